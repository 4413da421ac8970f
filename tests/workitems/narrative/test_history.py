"""Test history: author, time and reason, stored as text that outlasts people and agencies."""

from contextlib import contextmanager
from datetime import UTC, date, datetime
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection, transaction
from simple_history.signals import pre_create_historical_record

from agencies.models import User
from agencies.records import guards, history
from agencies.records.tracking import PLAN_COLUMN
from tests.cast import scene
from tests.factories import (
    AttendanceFactory,
    MeetingFactory,
    MilestoneFactory,
    MitigationFactory,
    ReturnNoteFactory,
    UpdateFactory,
    WorkItemFactory,
)
from tests.workitems.record import (
    NOW,
    SLIPPED,
    SLIPPED_AGAIN,
    TODAY,
    entries,
    item_history,
    newest,
    ready_to_decide,
    unchanged,
)
from workitems.models import Milestone, WorkItem
from workitems.narrative.record_kinds import KINDS
from workitems.plan.services import items
from workitems.variations.services import variations

pytestmark = pytest.mark.django_db


def test_history_keeps_the_authors_name_and_agency_as_text(item, contributor, police):
    items.change_status(
        item=item, version=1, stage="under_way", confidence="at_risk", by=contributor, on=TODAY
    )
    contributor.name = "Somebody else"
    contributor.save()
    police.short_name = "Pirihimana"
    police.save()
    assert newest(item) == ("~", "Police contributor (Police)", "")


def test_a_reason_may_be_a_paragraph(item, contributor):
    """On PostgreSQL the library's own column would refuse more than 100 characters."""
    reason = "The printer is late. " * 100
    items.change_status(
        item=item,
        version=1,
        stage="ongoing",
        confidence="",
        by=contributor,
        on=TODAY,
        reason=reason,
    )
    assert newest(item)[2] == reason


def test_a_row_can_be_read_as_it_was_at_a_time(item, contributor, police):
    milestone = MilestoneFactory.build(item=item, responsible_agency=police, number=3)
    history.save(milestone, by=contributor, at=datetime(2010, 1, 1, tzinfo=UTC))
    milestone.forecast_due = SLIPPED
    history.save(milestone, by=contributor, at=datetime(2010, 5, 1, tzinfo=UTC))
    stood = {
        month: milestone.history.as_of(datetime(2010, month, 2, tzinfo=UTC)).forecast_due
        for month in (4, 5)
    }
    assert stood == {4: date(2010, 6, 30), 5: SLIPPED}


def test_a_partial_save_is_recorded_as_a_whole_row(item, contributor):
    """Only the named fields are written; the history row has every field."""
    milestone = MilestoneFactory(item=item)
    fresh = Milestone.objects.get(pk=milestone.pk)
    fresh.forecast_due = SLIPPED
    fresh.description = "Not to be saved"
    history.save(fresh, by=contributor, fields=["forecast_due"])
    milestone.refresh_from_db()
    assert (milestone.forecast_due, milestone.description) == (
        SLIPPED,
        f"Milestone {milestone.number}",
    )


def test_a_row_is_not_saved_without_its_history_row(item, contributor):
    def fail(sender, instance, **kwargs):
        raise RuntimeError("The machine stopped between the row and its history.")

    pre_create_historical_record.connect(fail)
    try:
        with unchanged(item), pytest.raises(RuntimeError), transaction.atomic():
            item.confidence = "off_track"
            history.save(item, by=contributor)
    finally:
        pre_create_historical_record.disconnect(fail)


def test_a_command_writes_history_under_its_own_name(item):
    history.save(item, by=None, actor="Spreadsheet import", reason="First import")
    assert newest(item) == ("~", "Spreadsheet import", "First import")


def test_imported_history_is_written_with_its_true_dates_and_states(item):
    """The item is saved once with its current values; its past is given as states, oldest first."""
    was = WorkItem.objects.get(pk=item.pk)
    first, second = (datetime(2009, month, 1, tzinfo=UTC) for month in (7, 12))
    other = WorkItemFactory(plan=item.plan)
    states = []
    for row, at, stage in (
        (was, first, "not_started"),
        (other, first, "ongoing"),
        (was, second, "under_way"),
    ):
        state = WorkItem.objects.get(pk=row.pk)
        state.stage = stage
        states.append((state, at, "Imported"))
    history.write_past(states, by=None, actor="Spreadsheet import")

    written = item.history.filter(history_actor="Spreadsheet import").order_by("history_date")
    assert [
        (row.history_type, row.history_date, row.stage, row.history_change_reason)
        for row in written
    ] == [("+", first, "not_started", "Imported"), ("~", second, "under_way", "Imported")]
    assert other.history.filter(history_type="+", history_actor="Spreadsheet import").count() == 1
    item.refresh_from_db()
    assert item.stage == "under_way"


def test_history_imported_by_a_user_has_their_signature(item, contributor):
    history.write_past([(item, NOW, "")], by=contributor, actor="")
    assert entries(item)[0] == ("+", "Police contributor (Police)", "")


def test_search_columns_are_left_out_of_history():
    columns = {field.name for field in WorkItem.history.model._meta.fields}
    assert {"search_text", "number_key"} & columns == set()


def test_passwords_are_left_out_of_history(contributor):
    assert "password" not in {field.name for field in User.history.model._meta.fields}


# --- as sentences -----------------------------------------------------------------------------


def told(item) -> list[tuple[str, str, str]]:
    """Return the sentences of an item's history, oldest first."""
    return [(entry.who, entry.what, entry.why) for entry in item_history(item)[::-1]]


def test_an_items_history_reads_as_sentences(item, contributor, coordinator, police):
    milestone = MilestoneFactory(item=item, description="Brochure printed")
    who, reviewer = "Police contributor (Police)", "Coordinator (DoL)"

    def forecast(due, reason, **slip):
        milestone.refresh_from_db()
        items.move_forecast(
            milestone=milestone,
            version=milestone.version,
            forecast_due=due,
            by=contributor,
            on=TODAY,
            reason=reason,
            **slip,
        )

    items.review(item=item, version=1, confidence="at_risk", by=coordinator, reason="No printer.")
    forecast(SLIPPED, "No money.", cause="funding", mitigation="Ask for money.")
    forecast(SLIPPED_AGAIN, "Still none.")
    forecast(date(2010, 8, 31), "Some came.")
    milestone.refresh_from_db()
    items.close_milestone(
        milestone=milestone, version=milestone.version, completed_on=TODAY, by=contributor, on=TODAY
    )
    items.change_status(
        item=item,
        version=2,
        stage="complete",
        confidence="on_track",
        by=contributor,
        on=TODAY,
        reason="All sent.",
    )
    name = "“Brochure printed”"
    # Rows of one action have the same time, so compare the sentences without their order.
    assert sorted(told(item)) == sorted(
        [
            ("A user", "entered the item.", ""),
            ("A user", f"entered the milestone {name}, due on 30 June 2010.", ""),
            (reviewer, "recorded the reviewer’s rating: at risk.", "No printer."),
            (
                who,
                f"moved the forecast of {name} from 30 June 2010 to 30 September 2010.",
                "No money.",
            ),
            (
                who,
                f"recorded a delay to {name} (funding): from 30 June 2010 to 30 September 2010.",
                "No money.",
            ),
            (who, "recorded a mitigation: “Ask for money.”.", ""),
            (
                who,
                f"moved the forecast of {name} from 30 September 2010 to 31 December 2010.",
                "Still none.",
            ),
            (
                who,
                f"recorded that {name} slipped again, from 30 September 2010 to 31 December 2010.",
                "Still none.",
            ),
            (
                who,
                f"moved the forecast of {name} from 31 December 2010 to 31 August 2010.",
                "Some came.",
            ),
            (who, f"recorded that {name} comes sooner, on 31 August 2010.", "Some came."),
            (who, f"marked {name} as done on 1 June 2010.", ""),
            (who, f"ended the delay to {name} on 1 June 2010.", "Milestone completed"),
            (who, "moved the stage from under way to complete.", "All sent."),
        ]
    )


def test_a_variation_reads_as_sentences(item, contributor, coordinator, plan, police):
    milestone = MilestoneFactory(item=item, description="Brochure printed")
    asked = variations.request_date(
        milestone=milestone,
        due_after=SLIPPED,
        reason="The printer is late.",
        agency=police,
        by=contributor,
        at=NOW,
    )
    variations.recommend(variation=asked, recommendation="Approve.", by=coordinator, at=NOW)
    meeting = ready_to_decide(MeetingFactory(plan=plan, held_on=TODAY), asked)
    variations.decide(
        variation=asked, approve=True, meeting=meeting, by=coordinator, at=NOW, text="Agreed."
    )
    who, by = "Police contributor (Police)", "Coordinator (DoL)"
    assert told(item)[2:] == [
        (
            who,
            "requested variation V1, to move a date from 30 June 2010 to 30 September 2010.",
            "The printer is late.",
        ),
        (by, "sent variation V1 to the working group.", "Approve."),
        (by, "recorded the approval of variation V1.", "Agreed."),
        (
            by,
            "moved the agreed date of “Brochure printed” from 30 June 2010 to 30 September 2010.",
            "Variation V1: The printer is late.",
        ),
        (by, "recorded a decision of the meeting of 1 June 2010: “Agreed.”", ""),
    ]


def test_an_items_history_excludes_other_items(item):
    MilestoneFactory(item=WorkItemFactory(plan=item.plan))
    assert told(item) == [("A user", "entered the item.", "")]


# --- the plan of a history row -----------------------------------------------------------------


def histories_without_plan():
    """Return the history models of records that have no plan of their own."""
    models = dict.fromkeys(kind.model for kind in KINDS.values())
    return [model.history.model for model in models if hasattr(model.history.model, PLAN_COLUMN)]


def plans_kept():
    """Return each history row's plan as it keeps it, and as its record says."""
    kept, told = {}, {}
    for past in histories_without_plan():
        for pk, *plans in past.objects.values_list("history_id", PLAN_COLUMN, *past.plan_ways):
            key = past._meta.model_name, pk
            kept[key], told[key] = plans[0], next(plan for plan in plans[1:] if plan)
    return kept, told


def test_every_history_row_keeps_its_plan():
    scene()
    delay = MitigationFactory().delay
    for row in (delay, UpdateFactory(), ReturnNoteFactory(), AttendanceFactory()):
        # As loaded afresh, so that the plan is looked up by the statement.
        again = type(row).objects.get(pk=row.pk)
        history.save(again, by=None, reason="Again")
        history.write_past([(again, NOW, "")], by=None, actor="Test", created=False)
    kept, told = plans_kept()
    assert kept == told
    assert len(kept) > 20


@contextmanager
def guard_off(past):
    """Turn the guard of a history table off on PostgreSQL."""
    table = connection.ops.quote_name(past._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        if connection.vendor == "postgresql":
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.mark.django_db
def test_a_migration_gives_older_history_rows_their_plan_and_changes_nothing_else():
    scene()
    migration = import_module("workitems.migrations.0002_find_the_history_of_a_plan")
    # Tables that were made later have no older rows.
    names = [f"historical{name}" for name in migration.WAYS]
    tables = [past for past in histories_without_plan() if past._meta.model_name in names]
    before = [list(past.objects.order_by("history_id").values()) for past in tables]
    connection.check_constraints()  # PostgreSQL alters no table while checks of its rows are due
    guards.lift("default")
    for past in tables:
        with guard_off(past):
            past.objects.update(**{PLAN_COLUMN: None})
    migration.fill(apps, connection.SchemaEditorClass(connection, atomic=False))
    guards.install_after_migrate("default")
    assert [list(past.objects.order_by("history_id").values()) for past in tables] == before
    kept, told = plans_kept()
    assert kept == told
