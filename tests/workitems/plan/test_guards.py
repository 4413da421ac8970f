"""Test the database's triggers: dates that may not move, and history that may not change.

All writes are raw: no service is between the test and the database.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from simple_history.models import registered_models

import agencies.records.guards
import reports.extensions.registry
import reports.models.guards
import tests.factories
import workitems.models.guards
from tests.factories import (
    DelayFactory,
    MilestoneFactory,
    PillarFactory,
    VariationFactory,
    WorkItemFactory,
)
from tests.workitems.record import DUE, SLIPPED, TODAY
from workitems.models import Milestone, WorkItem

GUARDS = [
    *agencies.records.guards.GUARDS,
    *workitems.models.guards.GUARDS,
    *reports.models.guards.GUARDS,
    *reports.extensions.registry.GUARDS,
]


@contextmanager
def refused(message: str) -> Iterator[None]:
    """Assert that the database refuses the block with this message; roll back its writes."""
    with pytest.raises(IntegrityError, match=message), transaction.atomic():
        yield


def triggers() -> set[str]:
    """Return the names of the triggers, but for those that keep SQLite's index of words; SQLite's have
    the index of their event."""
    sql = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }
    with connection.cursor() as cursor:
        cursor.execute(sql[connection.vendor])
        return {name for (name,) in cursor.fetchall() if not name.startswith("words_")}


def expected_triggers() -> set[str]:
    if connection.vendor == "postgresql":
        return {name for guard in GUARDS for name in guard.sources("postgresql")}
    return {f"{guard.name}_{index}" for guard in GUARDS for index, _ in enumerate(guard.events)}


REBUILDS = """
from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [("workitems", "{newest}")]
    operations = [
        migrations.AlterField("variation", "recommendation", models.CharField(max_length=301)),
        migrations.AlterField("milestone", "description", models.CharField(max_length=301)),
        migrations.AlterField("historicalworkitem", "title", models.CharField(max_length=301)),
    ]
"""


@pytest.fixture
def rebuilding_migration(tmp_path, monkeypatch, settings):
    """Add a migration of workitems for which SQLite rebuilds three guarded tables."""
    (newest,) = MigrationLoader(None).graph.leaf_nodes("workitems")
    package = tmp_path / "migrations_with_one_more"
    package.mkdir()
    # Makes this package find the real migrations too.
    real = settings.BASE_DIR / "workitems" / "migrations"
    (package / "__init__.py").write_text(f"__path__.append({str(real)!r})\n")
    (package / "9999_rebuild.py").write_text(REBUILDS.format(newest=newest[1]))
    monkeypatch.syspath_prepend(tmp_path)
    settings.MIGRATION_MODULES = {"workitems": package.name}
    yield "9999_rebuild"
    call_command("migrate", "workitems", newest[1], verbosity=0)


@pytest.mark.django_db(transaction=True)
def test_guards_are_in_place_after_a_migration_that_rebuilds_tables(rebuilding_migration):
    milestone = MilestoneFactory()
    call_command("migrate", "workitems", rebuilding_migration, verbosity=0)
    assert triggers() == expected_triggers()
    with refused("An agreed date moves only"):
        move(milestone, agreed_due=SLIPPED)


@pytest.mark.django_db
def test_every_guard_is_in_place():
    assert triggers() == expected_triggers()


@pytest.mark.django_db
def test_a_guard_is_skipped_while_its_table_does_not_exist():
    """A migration run may stop before the table is made."""
    early = agencies.records.guards.frozen_history(["workitems_historicalpromise"])
    agencies.records.guards.install(early, "default")
    assert triggers() == expected_triggers()


@pytest.mark.django_db
@pytest.mark.sqlite
def test_guards_are_not_dropped_when_there_is_nothing_to_migrate():
    agencies.records.guards.lift_before_migrate("default", plan=[])
    assert triggers() == expected_triggers()
    agencies.records.guards.lift_before_migrate("default", plan=["a migration"])
    assert triggers() == set()


@pytest.mark.django_db
@pytest.mark.postgresql
def test_guards_are_never_dropped_on_postgresql():
    agencies.records.guards.lift_before_migrate("default", plan=["a migration"])
    assert triggers() == expected_triggers()


# --- dates ------------------------------------------------------------------------------------


def move(milestone: Milestone, **dates: date) -> None:
    Milestone.objects.filter(pk=milestone.pk).update(**dates)


@pytest.mark.django_db
def test_an_agreed_date_cannot_be_changed_directly(milestone):
    with refused("An agreed date moves only through an approved"):
        move(milestone, agreed_due=SLIPPED)
    milestone.agreed_due = SLIPPED
    with refused("An agreed date"):
        milestone.save()


@pytest.mark.django_db
def test_an_agreed_date_moves_to_the_date_of_an_approved_variation(milestone):
    VariationFactory(milestone=milestone, due_after=SLIPPED, approved=True)
    move(milestone, agreed_due=SLIPPED)
    milestone.refresh_from_db()
    assert milestone.agreed_due == SLIPPED


@pytest.mark.django_db
@pytest.mark.parametrize(
    "differs",
    [
        {"state": "requested"},
        {"state": "recommended"},
        {"state": "declined", "decided": True},
        {"state": "taken_back"},
        {"approved": True, "due_after": date(2010, 9, 29)},
        {"approved": True, "due_before": date(2010, 6, 29)},
        {"approved": True, "kind": "wording", "wording": "title"},
    ],
    ids=lambda differs: " ".join(map(str, differs.values())),
)
def test_an_agreed_date_does_not_move_by_a_variation_that_is_not_approved(milestone, differs):
    VariationFactory(**{"milestone": milestone, "due_after": SLIPPED, **differs})
    with refused("An agreed date"):
        move(milestone, agreed_due=SLIPPED)


@pytest.mark.django_db
def test_an_agreed_date_does_not_move_by_another_milestones_variation(milestone):
    other = MilestoneFactory(item=milestone.item)
    VariationFactory(milestone=other, due_after=SLIPPED, approved=True)
    with refused("An agreed date"):
        move(milestone, agreed_due=SLIPPED)


@pytest.mark.django_db
def test_an_older_approval_cannot_move_a_date_back_after_a_later_one(milestone):
    first = VariationFactory(milestone=milestone, due_after=SLIPPED, approved=True)
    move(milestone, agreed_due=SLIPPED)
    VariationFactory(
        milestone=milestone,
        meeting=first.meeting,
        due_before=SLIPPED,
        due_after=DUE,
        approved=True,
        decided_at=datetime(2010, 7, 10, tzinfo=UTC),
    )
    move(milestone, agreed_due=DUE)
    with refused("An agreed date"):
        move(milestone, agreed_due=SLIPPED)


@pytest.mark.django_db
def test_an_original_date_never_moves(milestone):
    VariationFactory(milestone=milestone, due_after=SLIPPED, approved=True)
    with refused("The original date of a milestone never moves"):
        move(milestone, original_due=SLIPPED)


@pytest.mark.django_db
def test_how_an_agreed_date_is_known_moves_as_the_date_does(milestone):
    VariationFactory(milestone=milestone, due_after=DUE, after_known_to="month", approved=True)
    with refused("An agreed date moves only through an approved"):
        move(milestone, agreed_known_to="quarter")
    with refused("The original date of a milestone never moves"):
        move(milestone, original_known_to="month")
    move(milestone, agreed_known_to="month")
    with refused("An agreed date"):  # that variation moved it from a day
        move(milestone, agreed_known_to="day")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("known_to", "taken", "not_taken"),
    [
        (
            "month",
            ("2010-02-28", "2012-02-29", "2000-02-29", "2100-02-28", "2010-04-30", "2010-12-31"),
            ("2012-02-28", "2000-02-28", "2010-02-27", "2010-12-30", "2010-07-01"),
        ),
        (
            "quarter",
            ("2010-03-31", "2010-06-30", "2010-09-30", "2010-12-31"),
            ("2010-01-31", "2010-02-28", "2010-06-29", "2010-11-30"),
        ),
        ("year", (), ("2010-12-31",)),
    ],
)
def test_a_month_or_quarter_is_its_last_day(milestone, known_to, taken, not_taken):
    for day in taken:
        move(milestone, forecast_due=day, forecast_known_to=known_to)
    for day in not_taken:
        with refused("A month or quarter is kept as its last day"):
            move(milestone, forecast_due=day, forecast_known_to=known_to)


@pytest.mark.django_db
def test_every_due_date_is_held_to_how_it_is_known(milestone):
    """On every table, and not without a date."""
    variation = VariationFactory(milestone=milestone)
    delay = DelayFactory(milestone=milestone)
    middle = date(2010, 6, 15)
    for row, day, known_to in (
        (milestone, "forecast_due", "forecast_known_to"),
        (delay, "due_before", "before_known_to"),
        (delay, "due_after", "after_known_to"),
        (variation, "due_before", "before_known_to"),
        (variation, "due_after", "after_known_to"),
    ):
        with refused("A month or quarter is kept as its last day"):
            type(row).objects.filter(pk=row.pk).update(**{day: middle, known_to: "month"})
    with refused("A month or quarter is kept as its last day"):
        VariationFactory(kind="wording", wording="title", due_after=None, after_known_to="month")
    with refused("A month or quarter is kept as its last day"):
        MilestoneFactory(original_due=middle, original_known_to="month")


@pytest.mark.django_db
def test_forecast_and_completion_dates_can_be_changed(milestone):
    move(milestone, forecast_due=SLIPPED, completed_on=TODAY)
    milestone.refresh_from_db()
    assert (milestone.forecast_due, milestone.completed_on) == (SLIPPED, TODAY)


@pytest.mark.django_db
def test_a_milestone_can_be_created_with_dates_that_already_differ():
    """A plan imported midway already has moved dates."""
    milestone = MilestoneFactory(original_due=DUE, agreed_due=SLIPPED)
    assert milestone.agreed_due == SLIPPED


@pytest.mark.django_db
def test_an_item_belongs_to_a_pillar_of_its_own_plan():
    elsewhere = PillarFactory()
    item = WorkItemFactory()
    with refused("The pillar belongs to another plan"):
        WorkItemFactory(pillar=elsewhere, plan=item.plan)
    with refused("The pillar belongs to another plan"):
        WorkItem.objects.filter(pk=item.pk).update(pillar=elsewhere)


@pytest.mark.django_db
def test_an_estimate_that_was_kept_stays_as_it_was_made():
    kept = tests.factories.KeptEstimateFactory()
    kept.lines = [{"milestone": 1}]
    with refused("An estimate is never changed or deleted"):
        kept.save()
    with refused("An estimate is never changed or deleted"):
        kept.delete()


# --- history ----------------------------------------------------------------------------------

TRACKED = {
    model.__name__: model
    for model in registered_models.values()
    if model._meta.app_label in ("agencies", "workitems")
}


# Written by the program, or what somebody has only begun; and what nobody else sees of a person: what they follow, which emails they
# want, and when they were last on their desk (decision 112).
WITHOUT_HISTORY = {
    "AnswerKey",
    "EmailChoice",
    "Follow",
    "KeptEstimate",
    "MilestoneDraft",
    "Notice",
    "ReadConversation",
    "ReadingTicks",
    "ReceivedMail",
    "ReturnSheet",
    "Seen",
    "SentForm",
    "FilesMarker",
    "Maintenance",
    "WaitingMail",
    "TrackerMapping",
    "TrackerNote",
}


def test_every_model_that_users_can_change_has_history():
    ours = {
        model.__name__
        for label in ("agencies", "workitems")
        for model in apps.get_app_config(label).get_models()
        if not model.__name__.startswith("Historical")
    }
    assert set(TRACKED) == ours - WITHOUT_HISTORY


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(TRACKED))
def test_history_rows_cannot_be_changed_or_deleted(name):
    row = getattr(tests.factories, f"{name}Factory")()
    rows = TRACKED[name].history.filter(id=row.pk)
    with refused("History rows are never changed or deleted"):
        rows.update(history_change_reason="Something else")
    with refused("History rows are never changed or deleted"):
        rows.delete()


@pytest.mark.django_db
def test_every_history_table_has_its_guards():
    frozen = {guard.table for guard in GUARDS if guard.name.startswith("frozen_")}
    assert frozen == {model.history.model._meta.db_table for model in registered_models.values()}
