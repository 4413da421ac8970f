"""Test that no page reads the history of other plans: PostgreSQL finds its rows by an index.

There are fifty copies of a plan of 41 items, so that a plan has a fiftieth of each table. A page that read a whole
table would get slower with every other plan.
"""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.db.models import CharField, ForeignKey

from agencies.records.tracking import PLAN_COLUMN
from reports.compose.facts import read_facts
from tests.cast import scene
from tests.factories import (
    AttendanceFactory,
    MitigationFactory,
    ReturnNoteFactory,
    SupportFactory,
    UpdateFactory,
)
from workitems.models import CalendarFeed, ReturnNote
from workitems.narrative.blocks import Field
from workitems.narrative.record_kinds import KINDS

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db]

NOW = datetime(2012, 8, 1, tzinfo=UTC)
PLANS, ITEMS, VERSIONS = 50, 40, 4
# How much higher the ids of the next item's records are, and of the next plan's.
NEXT_ITEM, NEXT_PLAN = 100_000, 100_000_000
OF_PLAN = [kind.model for kind in KINDS.values() if kind.model is not CalendarFeed]
OF_ITEM = [kind.model for kind in KINDS.values() if kind.item and kind.model is not ReturnNote]
# Smaller tables may be read whole, and are.
LARGE = 1_000


def copied(table, models, step):
    """Yield each column of a table, and the SQL of its value in the n-th copy of a row."""
    to_copies = {"id"}
    if step == NEXT_PLAN:
        to_copies.add(PLAN_COLUMN)
    for field in table._meta.concrete_fields:
        column = field.column
        value = f'"{column}"'
        if field.name == "history_id":
            continue
        if column in to_copies or (isinstance(field, ForeignKey) and field.related_model in models):
            value += f" + nth * {step}"
        elif column == "slug" or (
            column == "number" and step == NEXT_ITEM and isinstance(field, CharField)
        ):
            value += " || '-' || nth"
        elif column == "number" and step == NEXT_ITEM:
            value += " + nth * 100"
        elif column == "history_date":
            value += " + turn * interval '20 days'"
        yield column, value


def multiply(cursor, models, count, step, versions):
    """Copy all rows of the models so many times, and their history as often in so many versions."""
    for model in dict.fromkeys(models):
        for table, last in ((model, 1), (model.history.model, versions)):
            columns = dict(copied(table, models, step))
            name = table._meta.db_table
            targets = ", ".join(map(connection.ops.quote_name, columns))
            cursor.execute(
                f"INSERT INTO {name} ({targets}) SELECT {', '.join(columns.values())} FROM {name},"
                f" generate_series(1, {count}::bigint) nth, generate_series(1, {last}) turn"
            )


@pytest.fixture
def found():
    """The plan that the others are copies of, with its people, 800 days after it was written."""
    with time_machine.travel(NOW - timedelta(days=800), tick=False):
        found = scene()
        of_return = found.round.returns.first()
        SupportFactory(item=found.item)
        MitigationFactory(delay__milestone=found.milestone)
        AttendanceFactory(meeting=found.meeting)
        ReturnNoteFactory(of_return=of_return)
        UpdateFactory(of_return=found.round.returns.last(), item=found.item)
    with connection.cursor() as cursor:
        multiply(cursor, OF_ITEM, ITEMS, NEXT_ITEM, VERSIONS)
        multiply(cursor, OF_PLAN, PLANS, NEXT_PLAN, 1)
        cursor.execute("ANALYZE")
        # So that tables of this size are as large to the planner as they are with more plans.
        cursor.execute("SET LOCAL random_page_cost = 1.1")
    with time_machine.travel(NOW, tick=False):
        yield found


def pages(found):
    """Return the path of every page that reads history, and a few of the present, by name."""
    plan, item = f"/plans/{found.plan.slug}/", f"items/{found.item.number}/"
    of_return = found.round.returns.exclude(submitted_at=None).first()
    then, before = ((NOW - timedelta(days=days)).date() for days in (300, 600))
    between = f"at={then}&since={before}"
    paths = {
        "list": f"items/?at={then}",
        "item": f"{item}?at={then}",
        "dashboard": f"dashboard/?{between}",
        "dashboard today": f"dashboard/?since={before}",
        "what changed": f"dashboard/changes/?{between}",
        "what changed until today": f"dashboard/changes/?since={before}",
        "timeline": f"dashboard/timeline/?at={then}",
        "trends": f"dashboard/trends/?at={then}",
        "history of the plan": "history/",
        "its tenth page": "history/?page=10",
        "its days": f"history/?since={before}&until={then}",
        "history of an agency": f"history/?agency={found.agencies['police'].pk}",
        "history of the item": f"{item}history/",
        "history of a return": f"returns/{of_return.round_id}/{of_return.agency_id}/history/",
        **{f"history of {field}": f"history/?field={field}" for field in Field},
    }
    return {name: plan + path for name, path in paths.items()}


def read_whole(cursor, sql, parameters):
    """Return the large history tables that the statement reads from end to end."""
    cursor.execute(f"EXPLAIN {sql}", parameters)
    steps = "\n".join(step for (step,) in cursor.fetchall())
    names = set(re.findall(r"Seq Scan on (\w+_historical\w+)", steps))
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relname = ANY(%s) AND reltuples >= %s",
        [list(names), LARGE],
    )
    return {name for (name,) in cursor.fetchall()}


def test_no_page_reads_history_from_end_to_end(client, found):
    statements = []

    def note(execute, sql, parameters, many, context):
        if "_historical" in sql:
            statements.append((name, sql, parameters))
        return execute(sql, parameters, many, context)

    client.force_login(found["coordinator"])
    with connection.execute_wrapper(note):
        for name, path in pages(found).items():
            assert client.get(path).status_code == 200, (name, path)
        name = "the records of a briefing"
        read_facts(found.briefing)
    read = {name for name, _, _ in statements}
    assert read == {*pages(found), "the records of a briefing"}
    with connection.cursor() as cursor:
        whole = "SELECT * FROM workitems_historicalworkitem WHERE title <> %s"
        assert read_whole(cursor, whole, [""]) == {"workitems_historicalworkitem"}
        faults = {
            (name, table)
            for name, sql, parameters in statements
            for table in read_whole(cursor, sql, parameters)
        }
    assert sorted(faults) == []
