"""Test the Document: what it refuses, its numbering, and its JSON."""

import json
from dataclasses import FrozenInstanceError, replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.document import (
    Bullet,
    Contact,
    DocumentError,
    MilestoneRow,
    Paragraph,
    ProgressPicture,
    Recommendation,
    Run,
    Section,
    SectionKind,
    TimelineRow,
    Verb,
    from_json,
    number_through,
    plain,
    plain_json,
    timeline_room,
    to_json,
)
from tests.reports import sample


def changed_json(change):
    data = json.loads(to_json(sample.document()))
    change(data)
    return json.dumps(data).encode()


# --- numbers --------------------------------------------------------------------------------


def test_paragraphs_are_numbered_throughout_and_recommendations_separately():
    document = sample.document()
    assert [p.number for p in document.paragraphs()] == list(range(1, 15))
    assert [r.number for r in document.recommendation.items] == [1, 2]


def test_numbering_again_changes_nothing():
    document = sample.document()
    parts = (document.sections, document.recommendation)
    assert number_through(*parts) == parts


def test_a_document_with_a_gap_in_its_numbering_is_refused():
    document = sample.document()
    first = document.sections[0]
    gap = replace(first, paragraphs=(replace(first.paragraphs[0], number=2),))
    with pytest.raises(DocumentError, match="numbered 1, 2, 3"):
        replace(document, sections=(gap, *document.sections[1:]))


# --- what is refused ------------------------------------------------------------------------


def test_sections_can_be_in_any_order():
    purpose, background, *rest = sample.sections()
    made = sample.document(sections=(background, purpose, *rest))
    assert [section.heading for section in made.sections[:2]] == ["Background", "Purpose"]
    assert [each.number for each in made.paragraphs()] == list(
        range(1, len(list(made.paragraphs())) + 1)
    )


def test_a_duplicate_section_is_refused():
    purpose, background, *_ = sample.sections()
    again = Section(SectionKind.PURPOSE, "Purpose", (sample.paragraph("p-99", "Again."),))
    with pytest.raises(DocumentError, match="Each kind of section stands once"):
        sample.document(sections=(purpose, again, background))


def test_a_duplicate_key_is_refused():
    twice = Section(
        SectionKind.PURPOSE,
        "Purpose",
        (sample.paragraph("p-01", "One."), sample.paragraph("p-01", "Two.")),
    )
    with pytest.raises(DocumentError, match="same key"):
        sample.document(sections=(twice,))


@pytest.mark.parametrize("key", ["", "P-1", "a b", 'x"onload', "ā", "x" * 65])
def test_a_key_with_words_or_markup_is_refused(key):
    section = Section(SectionKind.PURPOSE, "Purpose", (sample.paragraph(key, "One."),))
    with pytest.raises(DocumentError, match="cannot be a key"):
        sample.document(sections=(section,))


def test_a_section_without_a_paragraph_is_refused():
    with pytest.raises(DocumentError, match="The section “Delay” has no paragraph"):
        Section(SectionKind.DELAY, "Delay", ())


def test_a_briefing_without_a_recommendation_is_refused():
    with pytest.raises(DocumentError, match="at least one recommendation"):
        replace(sample.recommendations(), items=())


def test_a_cover_without_a_contact_is_refused():
    with pytest.raises(DocumentError, match="at least one contact"):
        replace(sample.cover(), contacts=())


@pytest.mark.parametrize("field", ["minister", "portfolio", "title", "tracker_number"])
def test_a_cover_with_an_empty_field_is_refused(field):
    with pytest.raises(DocumentError, match="is empty"):
        replace(sample.cover(), **{field: "  "})


@pytest.mark.parametrize("marking", ["RESTRICTED", "SECRET", "", "unclassified"])
def test_a_marking_that_is_higher_or_unknown_is_refused(marking):
    with pytest.raises(DocumentError, match="UNCLASSIFIED, IN CONFIDENCE or SENSITIVE"):
        replace(sample.cover(), marking=marking)


@pytest.mark.parametrize(
    "character", ["\x00", "\x1b", "\n", "\u202e", "\u2066", "\u2028", "\ud800", "\ue000"]
)
def test_text_that_cannot_be_printed_is_refused_with_its_code(character):
    with pytest.raises(DocumentError, match=f"U\\+{ord(character):04X}"):
        Run(f"a{character}b")


def test_text_in_an_unsupported_language_is_refused():
    with pytest.raises(DocumentError, match="not as “fr”"):
        Run("bonjour", lang="fr")


def test_a_hundred_thousand_characters_are_refused_as_one_paragraph():
    with pytest.raises(DocumentError, match="100,000 characters long; the limit is 10,000"):
        Paragraph(key="p-1", text=plain("x" * 100_000))


def test_the_limit_also_applies_to_a_paragraph_of_many_runs():
    with pytest.raises(DocumentError, match="the limit is 10,000"):
        Paragraph(key="p-1", text=plain("x" * 6_000) * 2)


def test_sub_bullets_go_two_levels_deep_and_no_further():
    second = Bullet(plain("b"), (Bullet(plain("c")),))
    with pytest.raises(DocumentError, match="two levels deep"):
        Bullet(plain("a"), (second,))


def test_a_timeline_with_more_rows_than_fit_its_page_is_refused():
    row = TimelineRow("1.1", MilestoneRow(label="Printed", original_on=date(2010, 5, 31)))
    with pytest.raises(DocumentError, match="room for 24 milestones"):
        ProgressPicture(key="a", heading="A", as_at=sample.DATED, pillars=(), timeline=(row,) * 25)


def test_more_pillars_leave_less_room_for_milestones():
    assert [timeline_room(n) for n in (0, 3, 4, 6, 20)] == [24, 24, 20, 12, 0]


def test_a_document_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        sample.document().plan_title = "Another"


# --- derived values -------------------------------------------------------------------------


def test_each_verb_has_options_and_a_recommendation_can_have_its_own():
    assert {verb.value: verb.options for verb in Verb} == {
        "note": ("noted",),
        "agree": ("agreed", "not agreed"),
        "approve": ("approved", "not approved"),
        "direct": ("directed", "not directed"),
        "forward": ("forwarded", "not forwarded"),
    }
    own = Recommendation(key="r", verb=Verb.AGREE, text=plain("to it"), options=("yes", "no"))
    assert own.printed_options == ("yes", "no")


def test_a_milestone_is_expected_at_completion_or_forecast_or_agreed_date():
    row = MilestoneRow(label="Printed", original_on=date(2010, 5, 31))
    assert (row.expected_on, row.slip) == (date(2010, 5, 31), 0)
    row = replace(row, agreed_on=date(2010, 6, 30))
    assert (row.expected_on, row.slip) == (date(2010, 6, 30), 30)
    row = replace(row, forecast_on=date(2010, 7, 31))
    assert (row.expected_on, row.slip) == (date(2010, 7, 31), 61)
    row = replace(row, completed_on=date(2010, 5, 21))
    assert (row.expected_on, row.slip) == (date(2010, 5, 21), -10)


# --- JSON -----------------------------------------------------------------------------------


def test_equal_documents_have_equal_bytes():
    data = to_json(sample.document())
    assert to_json(sample.document()) == data
    assert to_json(from_json(data)) == data


def test_an_earlier_release_can_read_a_paper_that_uses_no_new_entry():
    usual = sample.document()
    unusual = replace(
        usual, paper_size="Letter", cover=replace(usual.cover, marking_words="SECRET")
    )
    written = [json.loads(to_json(each))["document"] for each in (usual, unusual)]
    assert [
        {"paper_size", "marking_words"} & (each | each["cover"]).keys() for each in written
    ] == [
        set(),
        {"paper_size", "marking_words"},
    ]


def test_json_keeps_macrons_unescaped_and_has_no_optional_spaces():
    data = to_json(sample.document())
    assert "whānau".encode() in data
    assert (
        json.dumps(
            json.loads(data), sort_keys=True, ensure_ascii=False, separators=(",", ":")
        ).encode()
        == data
    )


@pytest.mark.parametrize("schema", [0, -1, "1", True, None, [1]])
def test_a_schema_that_is_not_a_positive_number_is_refused(schema):
    with pytest.raises(DocumentError, match="its schema is .*; this version reads 1"):
        from_json(changed_json(lambda data: data.update(schema=schema)))


def test_a_newer_schema_is_refused_with_its_own_message():
    with pytest.raises(DocumentError, match="this version reads 1, and a newer one wrote it"):
        from_json(changed_json(lambda data: data.update(schema=2)))


def test_a_missing_entry_takes_its_default():
    def earlier(data):
        del data["document"]["cover"]["on_behalf_of"]
        del data["document"]["annexes"]
        for section in data["document"]["sections"]:
            for paragraph in section["paragraphs"]:
                del paragraph["sources"]

    document = from_json(changed_json(earlier))
    assert document.cover.on_behalf_of == ""
    assert document.annexes == ()
    assert {paragraph.sources for paragraph in document.paragraphs()} >= {()}


def test_an_older_schema_is_upgraded_step_by_step(monkeypatch):
    def portfolio_was_called_office(data):
        data["cover"]["portfolio"] = data["cover"].pop("office")
        return data

    def title_was_in_two_parts(data):
        data["cover"]["title"] = " ".join(data["cover"].pop("titles"))
        return data

    steps = [portfolio_was_called_office, title_was_in_two_parts]
    monkeypatch.setattr("reports.document.document.UPGRADES", steps)
    document = sample.document()

    def of_schema_2(data):
        data["schema"] = 2
        data["document"]["cover"]["titles"] = data["document"]["cover"].pop("title").split(" ")

    def of_schema_1(data):
        of_schema_2(data)
        data["schema"] = 1
        data["document"]["cover"]["office"] = data["document"]["cover"].pop("portfolio")

    def of_schema_3(data):
        data["schema"] = 3

    for earlier in (of_schema_1, of_schema_2, of_schema_3):
        assert from_json(changed_json(earlier)) == document
    with pytest.raises(DocumentError, match="this version reads 1 to 3, and a newer one wrote it"):
        from_json(changed_json(lambda data: data.update(schema=4)))
    with pytest.raises(DocumentError, match="document.cover has an unknown entry “titles”"):
        from_json(changed_json(lambda data: (of_schema_2(data), data.update(schema=3))))


def _unknown(data):
    data["document"]["cover"]["colour"] = "red"


def _missing(data):
    del data["document"]["cover"]["minister"]


def _mistyped(data):
    data["document"]["sections"][0]["paragraphs"][0]["number"] = "1"


def _truth_for_number(data):
    data["document"]["sections"][0]["paragraphs"][0]["number"] = True


def _no_date(data):
    data["document"]["cover"]["dated"] = "30/7/2010"


def _short_date(data):
    data["document"]["cover"]["dated"] = "20100730"


def _unknown_verb(data):
    data["document"]["recommendation"]["items"][0]["verb"] = "decline"


def _unknown_annex(data):
    data["document"]["annexes"][0]["type"] = "Photograph"


def _not_a_list(data):
    data["document"]["sections"] = {}


def _not_an_object(data):
    data["document"]["cover"] = []


def _wrong_object(data):
    data["document"]["cover"] = data["document"]["sections"][0]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (_unknown, "document.cover has an unknown entry “colour”"),
        (_missing, "document.cover has no “minister”"),
        (_mistyped, r"document.sections\[0\].paragraphs\[0\].number is not a int"),
        (_truth_for_number, "number is not a int"),
        (_no_date, "document.cover.dated is not a date like 2010-07-30"),
        (_short_date, "document.cover.dated is not a date like 2010-07-30"),
        (_unknown_verb, "verb is 'decline', which is no Verb"),
        (_unknown_annex, r"annexes\[0\] is none of ProgressPicture, WorkItemTable"),
        (_not_a_list, "document.sections is not a list"),
        (_not_an_object, "document.cover is not an object"),
        (_wrong_object, "document.cover is not a Cover"),
    ],
)
def test_malformed_json_is_refused_with_the_place(change, sentence):
    with pytest.raises(DocumentError, match=f"The document cannot be read: .*{sentence}"):
        from_json(changed_json(change))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"[]",
        b"null",
        b'{"schema": 1}',
        b'{"schema": 1, "schema": 1, "document": {}}',
        b'{"schema": 1.0, "document": {}}',
        b'{"schema": NaN, "document": {}}',
        b"[" * 100_000,
    ],
)
def test_bytes_that_are_not_a_briefing_are_refused(data):
    with pytest.raises(DocumentError, match="The document cannot be read"):
        from_json(data)


@pytest.mark.parametrize("depth", [250, 20_000])
def test_deeply_nested_bullets_are_refused(depth):
    bullet = plain_json.dump(plain_json.plain(Bullet(plain("a")))).decode()
    before, after = bullet.split("[]", 1)
    nested = before + f"[{before}" * depth + "[]" + f"{after}]" * depth + after
    data = to_json(sample.document(sections=(), annexes=()))
    lead, rest = data.decode().split('"lead":{"bullets":[]', 1)
    with pytest.raises(DocumentError, match="The document cannot be read"):
        from_json(f'{lead}"lead":{{"bullets":[{nested}]{rest}'.encode())


def test_json_over_the_size_limit_is_refused_without_parsing():
    with pytest.raises(DocumentError, match="too long to read"):
        from_json(b" " * 8_000_001)


printable = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Cn", "Co", "Cf", "Zl", "Zp")), min_size=1
).filter(str.strip)


@given(text=printable, bold=st.booleans(), lang=st.sampled_from(["", "mi"]))
def test_any_printable_text_survives_json(text, bold, lang):
    paragraph = Paragraph(key="p-1", text=(Run(text, bold, lang),))
    document = sample.document(
        sections=(Section(SectionKind.PURPOSE, "Purpose", (paragraph,)),), annexes=()
    )
    assert from_json(to_json(document)) == document


@given(data=st.binary(max_size=60))
def test_arbitrary_bytes_do_not_crash_the_reader(data):
    with pytest.raises(DocumentError):
        from_json(data)


def test_documents_work_without_a_database(project_root):
    """A Document is plain data: of Django it has only the translation of words."""
    import subprocess
    import sys

    code = "import sys, reports.document; print([m for m in sys.modules if m.startswith(('django.db', 'django.http', 'django.template'))])"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=project_root, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"


def test_a_contact_needs_a_name_or_a_role():
    people = Contact("A. Person"), Contact("", "Duty Manager"), Contact("A. Person", "Duty Manager")
    assert [each.who for each in people] == ["A. Person", "Duty Manager", "A. Person, Duty Manager"]
    with pytest.raises(DocumentError, match="A contact's name and role is empty"):
        Contact("")


def test_new_papers_leave_out_who_gets_no_copy_and_name_an_unnamed_minister_once():
    of_version_1 = replace(
        sample.cover(),
        minister="The Minister of Police",
        portfolio="Minister of Police",
        copied_to=("N/A", "Minister of Justice"),
    )
    new = replace(of_version_1, says_once=True)
    assert (of_version_1.addressee, of_version_1.copies) == (
        ("The Minister of Police", "Minister of Police"),
        ("N/A", "Minister of Justice"),
    )
    assert (new.addressee, new.copies) == (("Minister of Police",), ("Minister of Justice",))
