"""Run every call of docs/api.md as it can be copied, and compare what it says of options with the code."""

import csv
import re
import shlex
from base64 import b64encode
from datetime import timedelta

import pytest
from django.forms import ChoiceField
from django.utils import timezone

from agencies.models import Seat
from reports.progress import registers
from reports.progress.views.exports import EXPORTS
from tests.api.programs import token_of
from tests.codebase.source import ROOT
from tests.factories import (
    AgencyFactory,
    MilestoneFactory,
    PillarFactory,
    PlanFactory,
    PublicProgressFactory,
    ReturnFactory,
    RoundFactory,
    SeatFactory,
    WorkItemFactory,
)
from trafficking_plan.api.csv_endpoint import CHOICES
from trafficking_plan.api.odata.entity_sets import SETS
from trafficking_plan.api.odata.row_filters import CASES, PARTS, TEXTS
from workitems.items.filters import WorkItemFilter
from workitems.models import WorkItem
from workitems.plan.asat import Moment
from workitems.plan.plan_at import plan_at
from workitems.risks.forms import RiskFilter

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
TEXT = (ROOT / "docs" / "api.md").read_text()
SITE = "https://plans.example.govt.nz"
BLOCKS = re.findall(r"```sh\n(.*?)```", TEXT, re.S)
CALLS = [
    *(line for line in re.findall(r"`(curl [^`]*)`", TEXT)),
    *(line for block in BLOCKS for line in block.replace("\\\n", " ").splitlines()),
]


@pytest.fixture
def tokens(settings):
    """The plan of the examples, with tokens of a contributor and a coordinator."""
    settings.SITE_URL = SITE
    leader, police = AgencyFactory(), AgencyFactory(pk=3, short_name="Police")
    plan = PlanFactory(slug="trafficking", coordinating_agency=leader, members=[police])
    pillar = PillarFactory(plan=plan, number=1)
    item = WorkItemFactory(plan=plan, pillar=pillar, number="1.2", lead_agency=police)
    MilestoneFactory(item=item, number=3)
    ReturnFactory(round=RoundFactory(pk=7, plan=plan), agency=police)
    PublicProgressFactory(plan=plan)
    writer = SeatFactory(agency=police, role=Seat.Role.CONTRIBUTOR).user
    coordinator = SeatFactory(agency=leader, role=Seat.Role.COORDINATOR).user
    return {
        "$API_KEY": token_of(writer, "write"),
        "$AUDIT_KEY": token_of(coordinator, "audit"),
        "$CURSOR": "",
    }


@pytest.mark.parametrize("line", CALLS)
def test_each_documented_call_is_answered(client, tokens, line):
    assert answer_to(client, tokens, line).status_code == 200


def answer_to(client, tokens, line):
    """Send what the line asks for, as a shell and curl read it."""
    if "api/audit" in line:
        line = line.replace("$API_KEY", "$AUDIT_KEY")
    for name, text in tokens.items():
        line = line.replace(name, text)
    asked, _, _ = line.partition(" >> ")
    # As a shell reads it between double quotes.
    _, *parts = shlex.split(asked.replace("\\$", "$"))
    how, headers, method, body = iter(parts), {}, "GET", ""
    for part in how:
        if part == "-H":
            name, _, value = next(how).partition(": ")
            headers[name] = value
        elif part == "-u":
            headers["Authorization"] = f"Basic {b64encode(next(how).encode()).decode()}"
        elif part == "-f":
            pass
        elif part == "-o":
            next(how)
        elif part == "-X":
            method = next(how)
        elif part == "-d":
            body = next(how)
        else:
            assert part.startswith(SITE), part
            address = part.removeprefix(SITE)
    kind = headers.pop("Content-Type", "application/octet-stream")
    return client.generic(method, address, body, kind, headers=headers)


def test_the_calls_of_the_table_give_all_late_milestones_as_the_dashboard_counts_them(
    client, tokens
):
    item = WorkItem.objects.get()
    today = timezone.localdate()
    ahead, behind = today + timedelta(days=200), today - timedelta(days=9)
    for number, (agreed, forecast) in enumerate(
        [(behind, behind), (ahead, ahead + timedelta(days=90)), (ahead, ahead)], start=4
    ):
        MilestoneFactory(item=item, number=number, original_due=agreed, forecast_due=forecast)
    MilestoneFactory(item=item, number=7, original_due=behind, completed_on=behind)
    sheets = [line for line in CALLS if " -o late." in line]
    rows, lines = (answer_to(client, tokens, line) for line in sheets)
    assert [row["number"] for row in rows.json()["value"]] == [3, 4, 5]
    found = csv.DictReader(lines.content.decode("utf-8-sig").splitlines())
    assert [row["Number"] for row in found] == ["3", "4", "5"]
    at = plan_at(item.plan, Moment.today(today))
    counted = registers.open_milestones(at, late="late")
    assert [row.milestone.number for row in counted] == [3, 4, 5]


def test_the_filters_of_the_lists_are_documented_with_their_values():
    known = {name: dict(filters) for name, filters in CHOICES.items()}
    known["items"] |= choices_of(WorkItemFilter)
    known["risks"] = choices_of(RiskFilter)
    documented: dict[str, dict[str, list[str]]] = {}
    for name, each, values in re.findall(r"^\| `(\w+)` \| `(\w+)` \| (.*) \|$", TEXT, re.M):
        documented.setdefault(name, {})[each] = re.findall(r"`([\w-]{2,})`", values)
    assert documented == {
        name: {
            each: [str(value) for value in values if value and not value.startswith("-")]
            for each, values in filters.items()
        }
        for name, filters in known.items()
    }


def choices_of(form):
    fields = form.base_fields.items()
    return {
        name: [str(value) for value, _ in field.choices]
        for name, field in fields
        if type(field) is ChoiceField
    }


def test_the_calls_are_found():
    assert len(CALLS) >= 11


def test_what_is_known_is_documented():
    for name in (*SETS, *TEXTS, *CASES, *PARTS):
        assert re.search(rf"\b{name}\b", TEXT), name
    for name in EXPORTS:
        assert f"`{name}`" in TEXT, name
    for address in ("risks", "csv", "odata"):
        assert f"`/api/plans/SLUG/{address}/" in TEXT


def test_the_first_heading_of_each_door_is_there():
    for anchor in re.findall(r"\]\(#([\w-]+)\)", TEXT):
        headings = [
            re.sub(r"[^\w -]", "", line.strip("# ")).lower().replace(" ", "-")
            for line in TEXT.splitlines()
            if line.startswith("#")
        ]
        assert anchor in headings
