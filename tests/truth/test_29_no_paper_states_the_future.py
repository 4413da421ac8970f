"""Test rule 29: a briefing dated ahead has its facts as at today, says so, and cannot be authorised before its date."""

import ast
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.conf import settings
from django.urls import reverse

from agencies.models import Seat
from reports import checks
from reports.briefings.services import states
from reports.briefings.services.gates import Blocked
from reports.drafting.paper import read_drafted
from reports.issuing.services import issuing, renderings
from reports.models import Briefing
from reports.requests.models.in_scope import found_in
from tests.factories import (
    BriefingFactory,
    DelayFactory,
    IssuedPaperFactory,
    MilestoneFactory,
    MitigationFactory,
    SeatFactory,
    UserFactory,
)
from tests.reports.drafted import BEFORE, BEFORE_ON, DATED, drafted
from tests.reports.requests.factories import InformationRequestFactory

ON_ITS_DATE = datetime(2010, 7, 30, 2, tzinfo=UTC)
SAYS = (
    "The briefing is dated 30 July 2010. Until that day its facts are as at today, 1 July 2010, and it "
    "cannot be authorised."
)
# What composes a paper, and the number of arguments with the day among them.
COMPOSE = {
    "read_facts": 2,
    "generate": 9,
    "compose": 2,
    "generated": 3,
    "read_consultation": 2,
    "read_drafted": 2,
    "document_of": 2,
    "composed": 2,
    "composed_anew": 2,
    "generated_for": 9,
    "to_sign": 2,
    "start_consultation": 9,
    "ask_for_authorisation": 9,
    "begin_as": 9,
}

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture(autouse=True)
def print_quickly(monkeypatch):
    """Stand in for rendering, which takes a second: a file that holds the paper's JSON."""
    monkeypatch.setattr(renderings, "make", lambda form, document, tell: b"%PDF-1.7 " + document)


@pytest.fixture
def coordinator(labour):
    return SeatFactory(agency=labour, role=Seat.Role.COORDINATOR).user


@pytest.fixture
def manager(labour):
    return SeatFactory(agency=labour, role=Seat.Role.AUTHORISING_MANAGER).user


@pytest.fixture
def briefing(plan, item, coordinator):
    """A briefing dated 30 July, written on 1 July; a milestone is due on the 22nd."""
    with time_machine.travel(BEFORE, tick=False):
        milestone = MilestoneFactory(item=item, original_due=date(2010, 7, 22))
        MitigationFactory(delay=DelayFactory(milestone=milestone))
        return drafted(plan, item, coordinator)


def test_a_date_that_has_not_come_is_not_overdue(briefing):
    today, then = (read_drafted(briefing, day).found.facts for day in (BEFORE_ON, DATED))
    assert [row.status.value for row in today.items] == ["on_time"]
    assert [row.status.value for row in then.items] == ["late"]
    assert (today.as_at, then.as_at) == (BEFORE_ON, DATED)


def test_a_paper_after_its_date_has_its_facts_as_at_its_date(briefing):
    late = read_drafted(briefing, date(2011, 1, 1)).found.facts
    assert (late.as_at, late.is_dated_ahead) == (DATED, False)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("workshop:draft", "Facts as at 1 July 2010, until the paper’s date."),
        ("workshop:update", SAYS),
        ("briefings:detail", SAYS),
    ],
)
def test_the_draft_and_the_preview_say_as_at_which_day_their_facts_are(
    client_of, coordinator, briefing, name, says
):
    address = reverse(name, args=[briefing.plan.slug, briefing.pk])
    with time_machine.travel(BEFORE, tick=False):
        assert " ".join(client_of(coordinator).get(address).text.split()).count(says) == 1
    with time_machine.travel(ON_ITS_DATE, tick=False):
        assert says not in " ".join(client_of(coordinator).get(address).text.split())


def test_the_file_has_the_facts_of_the_day_on_which_it_is_made(client_of, coordinator, briefing):
    address = reverse("briefings:json", args=[briefing.plan.slug, briefing.pk])
    found = []
    for moment in (BEFORE, ON_ITS_DATE):
        with time_machine.travel(moment, tick=False):
            annexes = client_of(coordinator).get(address).json()["document"]["annexes"]
            found.append({annex["as_at"] for annex in annexes if "as_at" in annex})
    assert found == [{"2010-07-01"}, {"2010-07-30"}]


def test_a_check_that_must_be_fixed_names_the_way_out(briefing):
    check, *_ = checks.failed_checks(read_drafted(briefing, BEFORE_ON))
    assert (check.key, check.is_late_stop, check.remedy) == (
        "dated-ahead",
        True,
        "Date it today, or ask for authorisation on its date.",
    )
    assert check.mend_url.endswith("/cover/#id_dated")


def test_the_gate_refuses_before_the_date_and_opens_on_it(
    client_of, coordinator, manager, briefing
):
    Briefing.objects.filter(pk=briefing.pk).update(state=Briefing.State.IN_CONSULTATION)
    address = reverse("briefings:ask", args=[briefing.plan.slug, briefing.pk])
    with time_machine.travel(BEFORE, tick=False):
        page = client_of(coordinator).post(address, follow=True)
        assert "One problem must be fixed before the paper is authorised." in page.text
        assert "and it cannot be authorised." in page.text
    awaiting = states.ask_for_authorisation(briefing=briefing, by=coordinator, today=DATED)
    paper = issuing.printed(issuing.to_sign(awaiting, BEFORE_ON), at=BEFORE)
    with pytest.raises(Blocked):
        issuing.authorise(briefing=awaiting, pdf_sha256=paper.pdf_sha256, by=manager, at=BEFORE)
    on_its_date = issuing.printed(issuing.to_sign(awaiting, DATED), at=ON_ITS_DATE)
    issued = issuing.authorise(
        briefing=awaiting, pdf_sha256=on_its_date.pdf_sha256, by=manager, at=ON_ITS_DATE
    )
    assert issued.number == 1


def test_a_search_finds_a_paper_by_the_day_of_its_signature_and_by_its_own(plan):
    paper = IssuedPaperFactory(
        briefing=BriefingFactory(plan=plan, dated=date(2026, 12, 8), state="with_minister"),
        authorised_at=datetime(2026, 11, 29, 22, tzinfo=UTC),  # 30 November in New Zealand
        authorised_by=UserFactory(),
    )
    request = InformationRequestFactory(plan=plan)

    def found(first, last):
        return [each.paper for each in found_in(request, [(first, last)])]

    assert found(date(2026, 11, 30), date(2026, 11, 30)) == [paper]
    assert found(date(2026, 12, 8), date(2026, 12, 8)) == [paper]
    assert found(date(2026, 12, 1), date(2026, 12, 7)) == []


def test_whatever_composes_a_paper_is_given_the_day():
    without = []
    for path in sorted((settings.BASE_DIR / "reports").rglob("*.py")):
        if {"demo", "commands", "requests"} & set(path.parts):
            continue  # they write the past, or read what was signed
        for call in ast.walk(ast.parse(path.read_text())):
            if not isinstance(call, ast.Call):
                continue
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            keywords = {keyword.arg for keyword in call.keywords}
            if name in COMPOSE and len(call.args) < COMPOSE[name] and "today" not in keywords:
                without.append(f"{path.name}: {ast.unparse(call)}")
    assert without == []
