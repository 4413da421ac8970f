"""Test the index of words: what a word finds, and that the database keeps it by itself."""

import json

import pytest
from django.core.management import call_command
from django.db import connection

from agencies.records.text_index import MOST_WORDS, TextIndex, Words
from tests.factories import PlanFactory, RiskFactory
from workitems.models import Risk
from workitems.models.indexes import INDEXES

INDEX = INDEXES[Risk]
HOSTILE = (
    *(
        '"',
        "'",
        "*",
        "-",
        "NEAR(a b)",
        "a AND",
        "OR NOT",
        "&|!",
        "a:b",
        "(",
        ")",
        "<->",
        ":*",
        "^a",
        "{a}:b",
    ),
    *(
        "\0",
        "a\0b",
        "\\",
        "--",
        ";",
        "%",
        "_",
        "\u0301",
        "\u202e",
        "𝓪",
        "ﬁ",
        "漢字",
        "กำ",
        "①",
        "…",
    ),
    *(
        "x" * 100_000,
        "x " * 50_000,
        "'" * 1000,
        "achieved:a",
        "rank",
        "a" * 2500,
        "1e5",
        "0x1f",
        "-5",
    ),
)


def found(typed, **options):
    words = Words.of(typed)
    if not words:
        return []
    rows = Risk.objects.filter(INDEX.matching(words, **options))
    return sorted(rows.values_list("description", flat=True))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Māori KĀINGA", ("maori", "kainga")),
        ("26/02944", ("26", "02944")),
        ("don't", ("don", "t")),
        ("a a A ā", ("a",)),
        ("“quoted”–dash_and…", ("quoted", "dash", "and")),
        ("  ", ()),
        ('"*&|!', ()),
    ],
)
def test_words_are_read_without_signs_macrons_and_capitals(typed, words):
    assert tuple(Words.of(typed)) == words


def test_only_the_first_words_count():
    assert len(tuple(Words.of(" ".join(f"word{n}" for n in range(50))))) == MOST_WORDS


def test_a_mistyped_ending_is_loosened_and_a_number_is_not():
    assert tuple(Words.of("trainign of 20101 staf").loosened) == ("train", "of", "20101", "staf")


@pytest.mark.django_db
@pytest.mark.parametrize("are_common", [False, True])
@pytest.mark.parametrize(
    ("typed", "is_found"),
    [
        ("māori", True),
        ("MAORI", True),
        ("kainga whenua", True),
        ("whenua kainga", True),
        ("train", True),
        ("trainings", False),
        ("tr", False),
        ("2944", False),
        ("02944", True),
        ("26/02944", True),
        ("1.4", True),
        ("1.40", False),
        ("or", True),
        ("govt", True),
        ("quoted dash", True),
        ("whenua absent", False),
        ("response", True),
    ],
)
def test_all_words_must_be_in_a_row_and_long_ones_may_begin_one(typed, is_found, are_common):
    text = "Māori and/or KĀINGA  whenua: Training 26/02944, police.govt.nz, “quoted”–dash. Item 1.4"
    RiskFactory(description=text, response="The response")
    RiskFactory(description="Another", response="")
    assert found(typed, are_common=are_common) == [text] * is_found


def test_postgresql_plans_a_search_for_its_words():
    rows = Risk.objects.filter(INDEX.matching(Words.of("whenua 1"))).order_by()
    sql, params = rows.query.sql_with_params()
    if connection.vendor == "postgresql":
        assert sql.endswith(
            " @@ to_tsquery('pg_catalog.simple'::regconfig, '''whenua'':* & ''1''')"
        )
        assert params == ()
    else:
        assert params == ('"whenua"* "1"',)


@pytest.mark.postgresql
@pytest.mark.django_db
def test_postgresql_expects_every_second_row_to_have_common_words():
    plan = PlanFactory()
    for n in range(20):
        RiskFactory(plan=plan, number=n + 1)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE workitems_risk")
    rows = Risk.objects.filter(INDEX.matching(Words.of("whenua"), are_common=True))
    [planned] = json.loads(rows.order_by().explain(format="json"))
    assert planned["Plan"]["Plan Rows"] == 10


@pytest.mark.django_db
@pytest.mark.parametrize("typed", HOSTILE)
def test_nothing_that_is_typed_is_an_operator_or_an_error(typed):
    text = typed.replace("\0", "")
    RiskFactory(description=text)
    # Rare letters are folded by one database and not by the other, and one leaves out endless words.
    is_usual = text.isascii() and max(map(len, Words.of(text)), default=0) < 2000
    wanted = [[text]] if is_usual else [[text], []]
    assert found(text) in (wanted if Words.of(text) else [[]])
    assert found(typed) is not None


@pytest.mark.django_db
def test_a_text_longer_than_anybody_writes_can_be_saved():
    risk = RiskFactory(description=" ".join(f"word{n}é" for n in range(60_000)))
    assert found("word7e") == [risk.description]


@pytest.mark.django_db
def test_the_index_follows_every_write():
    risk = RiskFactory(description="First words", response="kept")
    assert found("first kept") == ["First words"]
    risk.description = "Second words"
    risk.save()
    assert (found("first"), found("second kept")) == ([], ["Second words"])
    Risk.objects.filter(pk=risk.pk).update(response="moved")
    assert (found("kept"), found("moved")) == ([], ["Second words"])
    Risk.objects.bulk_create(
        [
            RiskFactory.build(
                plan=risk.plan, owner_agency=risk.owner_agency, description="Third", number=99
            )
        ]
    )
    assert found("third") == ["Third"]
    Risk.objects.filter(number=99).delete()
    assert found("third") == []
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {INDEX.name} ({INDEX.name}, rank) VALUES ('integrity-check', 1)"
            )


@pytest.mark.django_db
def test_migrating_again_leaves_the_index_and_an_outdated_one_is_made_anew():
    risk = RiskFactory(description="Words")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        install = cursor_install(cursor)
        assert install(INDEX) == []
        changed = TextIndex(INDEX.table, ("description",))
        assert install(changed) != []
        rows = Risk.objects.filter(changed.matching(Words.of("words")))
        assert list(rows) == [risk]
        assert install(INDEX) != []
    assert found("words") == ["Words"]


def cursor_install(cursor):
    """Return a function that installs an index and returns the statements that changed something."""

    class Noted:
        def __init__(self):
            self.changes = []

        def execute(self, sql, *more):
            if not sql.startswith("SELECT"):
                self.changes.append(sql)
            return cursor.execute(sql, *more)

        def fetchall(self):
            return cursor.fetchall()

    def install(index):
        noted = Noted()
        if connection.vendor == "postgresql":
            index.install_on_postgresql(noted)
        else:
            index.install_on_sqlite(noted)
        return noted.changes

    return install


@pytest.mark.django_db
def test_every_index_is_in_the_database_with_columns_that_are_never_null():
    from reports.models.indexes import COLUMNS as OF_PAPERS
    from workitems.models.indexes import COLUMNS

    for model, names in (COLUMNS | OF_PAPERS).items():
        assert not any(model._meta.get_field(name).null for name in names)
        index = TextIndex(model._meta.db_table, names)
        assert not model.objects.filter(index.matching(Words.of("nothing"))).exists()


@pytest.mark.django_db
def test_migrate_says_nothing_new():
    call_command("migrate", verbosity=0)
    assert found("nothing") == []
