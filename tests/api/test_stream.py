"""Test the audit stream: nothing left out, nothing twice, and no words that the reader may not read."""

import base64
import json
import threading
import zlib
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.urls import reverse
from django.utils.timezone import now

from agencies.models import Agency
from agencies.records import history
from tests.api.programs import program_of
from tests.factories import (
    MeasureFactory,
    MeasureValueFactory,
    PlanFactory,
    ReturnFactory,
    SeatFactory,
    UpdateFactory,
    WorkItemFactory,
)
from trafficking_plan.api import stream
from workitems.plan.services import items as item_services

# Rows are settled once their transaction has ended.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.one_database]


@pytest.fixture
def plan(police):
    return PlanFactory(slug="plan", coordinating_agency=police)


@pytest.fixture
def coordinator(police):
    return SeatFactory(agency=police, role="coordinator", user__name="Coordinator").user


def read(reader, after="", limit=1000, minutes=1):
    """Read so many minutes after what was written last."""
    with time_machine.travel(now() + timedelta(minutes=minutes)):
        answer = reader.get(reverse("api:audit"), {"after": after, "limit": limit})
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "application/x-ndjson"
    *entries, last = [json.loads(line) for line in answer.content.decode().splitlines()]
    assert answer["Next-Cursor"] == last["next"]
    return entries, last["next"]


@pytest.mark.both_databases
def test_a_change_tells_who_what_when_and_why(plan, police, coordinator):
    item = WorkItemFactory(plan=plan, number="1.2", confidence="at_risk", lead_agency=police)
    reader = program_of(coordinator, "audit")
    _, cursor = read(reader)
    item_services.change_status(
        item=item, stage=item.stage, confidence="on_track", version=item.version, by=coordinator,
        reason="Money came", on=date(2026, 6, 1),
    )  # fmt: skip
    (entry,), _ = read(reader, cursor)
    at = item.history.latest("history_id").history_date
    assert datetime.fromisoformat(entry.pop("at")) == at
    assert entry.pop("entry") == f"workitem-{entry.pop('version')}"
    assert entry == {
        "who": "Coordinator",
        "agency": "Police",
        "act": "changed",
        "record": "workitem",
        "id": item.pk,
        "number": "1.2",
        "plan": "plan",
        "is_open": False,
        "changes": [{"field": "confidence", "old": "at_risk", "new": "on_track"}],
        "reason": "Money came",
    }


def test_pages_of_any_size_give_each_entry_once(plan, coordinator):
    for number in range(4):
        WorkItemFactory(plan=plan, number=f"1.{number}")
    reader = program_of(coordinator, "audit")
    every, end = read(reader)
    found, cursor = [], ""
    while True:
        entries, cursor = read(reader, cursor, limit=2)
        if not entries:
            break
        found += entries
    names = [each["entry"] for each in found]
    assert sorted(names) == sorted({each["entry"] for each in every}) == sorted(set(names))
    assert cursor == end


def test_an_administrator_gets_every_record_and_words_of_agencies_alone(
    plan, administrator, police
):
    WorkItemFactory(plan=plan, title="Search ships")
    entries, _ = read(program_of(administrator, "audit"))
    by_record = {each["record"]: each for each in entries}
    assert {"agency", "plan", "workitem", "token"} <= by_record.keys()
    assert {"field": "short_name", "old": None, "new": "Police"} in [
        change for each in entries if each["record"] == "agency" for change in each["changes"]
    ]
    item = by_record["workitem"]
    assert {"field": "title"} in item["changes"]
    assert "Search ships" not in json.dumps(entries)
    assert item["reason"] is None


@pytest.mark.both_databases
def test_a_coordinator_gets_their_own_plans_and_no_words_of_drafts(plan, coordinator, police):
    WorkItemFactory(plan=PlanFactory(), title="Of another plan")
    item = WorkItemFactory(plan=plan, title="Search ships", lead_agency=police)
    UpdateFactory(
        of_return=ReturnFactory(round__plan=plan, agency=police), item=item, achieved="Secret yet"
    )
    entries, _ = read(program_of(coordinator, "audit"))
    text = json.dumps(entries)
    assert "Search ships" in text
    assert "Of another plan" not in text
    assert "Secret yet" not in text
    (update,) = (each for each in entries if each["record"] == "update")
    assert {"field": "achieved"} in update["changes"]


def test_a_number_of_a_measure_that_is_not_accepted_is_in_no_entry(plan, coordinator, police):
    row = MeasureFactory(item__plan=plan, kind="level", as_told="staff trained")
    history.save(
        MeasureValueFactory.build(measure=row, agency=police, number="83.375", written_by=None),
        by=None,
    )
    entries, _ = read(program_of(coordinator, "audit"))
    (given,) = [each for each in entries if each["record"] == "measurevalue"]
    assert given["number"] is None
    assert "83.375" not in json.dumps(entries)
    (measure,) = [each for each in entries if each["record"] == "measure"]
    assert {"field": "kind", "old": None, "new": "level"} in measure["changes"]


def test_secrets_are_in_no_entry(administrator):
    program_of(administrator, "audit")
    entries, _ = read(program_of(administrator, "audit"))
    fields = {change["field"] for each in entries for change in each["changes"]}
    assert not {field for field in fields if "hash" in field or "password" in field}


def packed(text):
    return base64.urlsafe_b64encode(zlib.compress(text.encode())).decode().rstrip("=")


@pytest.mark.parametrize(
    "after",
    [
        *("x", "!!!!", "eJw=", "a" * 2999, "ÿ", stream.write_cursor({"agency": -1})),
        *(packed("[" * 19_000), packed('{"a":' * 3_900), packed("[" * 9_000 + "]" * 9_000)),
    ],
    ids=range(9),
)
def test_what_is_no_cursor_is_refused(administrator, after):
    answer = program_of(administrator, "audit").get(reverse("api:audit"), {"after": after})
    says = "Give the cursor as the last answer gave it, or none."
    assert (answer.status_code, answer.json()["errors"]) == (
        400,
        [{"field": "after", "detail": says}],
    )


def test_a_cursor_that_unpacks_to_too_much_is_refused():
    bomb = base64.urlsafe_b64encode(zlib.compress(b" " * 1_000_000)).decode()
    with pytest.raises(stream.BadCursor):
        stream.read_cursor(bomb)


def test_a_cursor_keeps_working_when_there_are_more_kinds_of_record():
    kept = stream.read_cursor(stream.write_cursor({"agency": 5, "goneagency": 7}))
    assert kept == {"agency": 5}


def test_an_entry_of_the_last_seconds_waits(administrator):
    reader = program_of(administrator, "audit")
    _, cursor = read(reader)
    history.save(Agency(short_name="New", name="New"), by=administrator)
    assert read(reader, cursor, minutes=0)[0] == []
    assert [each["record"] for each in read(reader, cursor)[0]] == ["agency"]


def test_a_past_date_does_not_hide_an_entry(administrator):
    reader = program_of(administrator, "audit")
    _, cursor = read(reader)
    with history.written_at(datetime(2010, 1, 1, tzinfo=UTC)):
        history.save(Agency(short_name="Old", name="Old"), by=administrator)
    entries, _ = read(reader, cursor)
    assert [each["at"][:10] for each in entries] == ["2010-01-01"]


@pytest.mark.postgresql
def test_an_entry_that_is_committed_late_is_not_left_out(administrator):
    """Two write at once; the one with the lower id commits last, and both are given."""
    reader = program_of(administrator, "audit")
    _, cursor = read(reader)
    has_written, may_commit = threading.Event(), threading.Event()
    past = datetime(2010, 1, 1, tzinfo=UTC)

    def slowly():
        try:
            with transaction.atomic():
                history.save(Agency(short_name="First", name="First"), by=None, at=past)
                has_written.set()
                may_commit.wait(10)
        finally:
            connection.close()

    writer = threading.Thread(target=slowly)
    writer.start()
    assert has_written.wait(10)
    history.save(Agency(short_name="Second", name="Second"), by=None, at=past)
    before, cursor = read(reader, cursor)
    may_commit.set()
    writer.join()
    after, _ = read(reader, cursor)
    assert [each for each in before if each["record"] == "agency"] == []
    assert [each["changes"][0]["new"] for each in after] == ["First", "Second"]
