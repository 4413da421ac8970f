"""Run every call of docs/api.md as it can be copied, and compare what it says of options with the code."""

import re
import shlex
from base64 import b64encode

import pytest

from agencies.models import Seat
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
from trafficking_plan.api.odata.entity_sets import SETS
from trafficking_plan.api.odata.row_filters import CASES, PARTS, TEXTS

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database(reason="PostgreSQL is asked the same by other tests"),
]
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
        "$TOKEN": token_of(writer, "write"),
        "$AUDIT_TOKEN": token_of(coordinator, "audit"),
        "$CURSOR": "",
    }


@pytest.mark.parametrize("line", CALLS)
def test_each_documented_call_is_answered(client, tokens, line):
    if "api/audit" in line:
        line = line.replace("$TOKEN", "$AUDIT_TOKEN")
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
        elif part == "-X":
            method = next(how)
        elif part == "-d":
            body = next(how)
        else:
            assert part.startswith(SITE), part
            address = part.removeprefix(SITE)
    kind = headers.pop("Content-Type", "application/octet-stream")
    answer = client.generic(method, address, body, kind, headers=headers)
    assert answer.status_code == 200, answer.content


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
