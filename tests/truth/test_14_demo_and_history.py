"""Whatever a page of the demo says happened on a day, the history of that day says too."""

from datetime import date, datetime
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.utils.timezone import localdate

from reports.models import Briefing, IssuedPaper, Response
from workitems.models import Attendance, Decision

pytestmark = pytest.mark.django_db(transaction=True)

# Dates that are planned, agreed or describe something, and do not say when it happened here.
NO_EVENTS = {
    "agencies.agency": {"valid_from", "valid_to"},
    "agencies.appointment": {"from_on", "to_on"},
    "agencies.invitation": {"from_on", "to_on", "expires_at"},
    "workitems.plan": {"released_on", "ends_on"},
    "workitems.workitem": {"starts_on"},
    "workitems.milestone": {"original_due", "agreed_due", "forecast_due"},
    "workitems.delay": {"due_before", "due_after", "settling_by"},
    "workitems.mitigation": {"due_on"},
    "workitems.variation": {"due_before", "due_after"},
    "workitems.round": {"period_start", "period_end", "due_on"},
    "workitems.meeting": {"held_on"},
    "workitems.decision": {"due_on"},
    "workitems.audit": {"from_on", "to_on"},
    "workitems.finding": {"as_at", "shown_from"},
    "workitems.heldentry": {"due_after"},
    "workitems.outofsession": {"due_on"},
    "workitems.measure": {"baseline_on"},
    "workitems.target": {"due"},
    "workitems.measurevalue": {"starts_on", "day", "expected"},
    "reports.briefing": {"period_start", "period_end", "dated", "deadline"},
    "reports.clearance": {"due_on"},
    "reports.followup": {"due_on"},
    "requests.informationrequest": {"dated", "scope_from", "scope_to"},
    "requests.scheduleline": {"dated"},
    "requests.earlierpaper": {"dated"},
}


def tracked():
    for app in ("agencies", "workitems", "reports", "requests"):
        yield from (
            model for model in apps.get_app_config(app).get_models() if hasattr(model, "history")
        )


def events():
    """Yield each tracked model with its date fields that say when something happened."""
    for model in tracked():
        stated = NO_EVENTS.get(model._meta.label_lower, set())
        fields = [
            field.attname
            for field in model._meta.concrete_fields
            if isinstance(field, models.DateField) and field.name not in stated
        ]
        if fields:
            yield model, fields


def day(value: date | datetime) -> date:
    return localdate(value) if isinstance(value, datetime) else value


def untold(model: Any, fields: list[str]) -> list[str]:
    """Return the dates of a model's records that the history first has on another day."""
    first: dict[tuple[int, str, Any], date] = {}
    for row in model.history.order_by("history_date", "history_id"):
        for field in fields:
            value = getattr(row, field)
            if value is not None:
                first.setdefault((row.id, field, value), localdate(row.history_date))
    return [
        f"{model.__name__} {row.pk} ({row}): {field} {day(value)}, in history {found}"
        for row in model.objects.all()
        for field in fields
        if (value := getattr(row, field)) is not None
        and (found := first.get((row.pk, field, value))) != day(value)
    ]


def unlike_its_last_version(model: Any) -> list[str]:
    """Return the records whose last history row says something else."""
    last = {row.id: row for row in model.history.order_by("history_date", "history_id")}
    fields = [field.attname for field in model.history.model.tracked_fields]
    return [
        f"{model.__name__} {row.pk} ({row}): {name} is {getattr(row, name)!r}, in history "
        f"{getattr(last[row.pk], name)!r}"
        for row in model.objects.all()
        for name in fields
        if getattr(row, name) != getattr(last[row.pk], name)
    ]


def first_days(model: Any) -> dict[int, date]:
    """Return the day of each record's first history row."""
    rows = model.history.order_by("-history_date", "-history_id")
    return {row.id: localdate(row.history_date) for row in rows}


def days_of_state(state: str) -> set[tuple[int, date]]:
    rows = Briefing.history.filter(state=state)
    return {(row.id, localdate(row.history_date)) for row in rows}


def test_history_says_of_each_day_what_the_demo_says(load_demo):
    load_demo("load_demo_plan", "load_demo_briefing", "load_demo_papers", "load_demo_requests")
    faults = [fault for model, fields in events() for fault in untold(model, fields)]
    faults += [fault for model in tracked() for fault in unlike_its_last_version(model)]

    # Dates that a record takes from another one.
    for model, day_of in (
        (Attendance, lambda row: row.meeting.held_on),
        (Decision, lambda row: row.decided_on),
    ):
        days = first_days(model)
        faults += [
            f"{model.__name__} {row.pk}: {day_of(row)}, in history {days[row.pk]}"
            for row in model.objects.select_related("meeting")
            if days[row.pk] != day_of(row)
        ]
    for state, rows in (
        ("authorised", IssuedPaper.objects.values_list("briefing", "authorised_at")),
        ("returned", Response.objects.values_list("issued__briefing", "recorded_at")),
    ):
        told = days_of_state(state)
        faults += [
            f"Briefing {pk}: {state} on {localdate(at)}, not in history"
            for pk, at in rows
            if (pk, localdate(at)) not in told
        ]
    assert not faults, "\n".join(faults)
