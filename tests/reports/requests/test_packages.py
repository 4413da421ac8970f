"""Test the files of a release, from a real-looking request to the bytes that go out."""

from datetime import date

import pytest

from reports.requests.services import deciding, packages, releases, requests, schedule
from tests.reports.paper_reading import pages
from tests.reports.requests.conftest import NOW, TODAY, fresh
from tests.reports.requests.factories import EarlierPaperFactory
from tests.reports.requests.test_earlier_releases import DIAL, NAME, withhold
from tests.reports.requests.test_gate import made
from workitems.plan.services import Refused

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

CONTACT = (NAME, DIAL)
STAMP = "RELEASED UNDER THE OFFICIAL INFORMATION ACT"


@pytest.fixture
def withheld(line, adviser, reviewer):
    """The contact's name and number are withheld for privacy; both are agreed."""
    withhold(line, CONTACT, adviser, reviewer)


@pytest.mark.both_databases
def test_a_request_is_answered_from_its_receipt_to_the_bytes(
    request_, withheld, ready, sign, adviser
):
    letter = ready("part")
    reasons = {each.key: "Their office is public" for each in deciding.warnings(fresh(request_))}
    sign(letter, warnings_left=reasons)
    (paper,) = packages.prepared_papers(request_)
    assert paper.report.findings == ()
    assert len(pages(paper.pdf)) == paper.pages
    act = {"on": TODAY, "by": adviser, "at": NOW}
    release = releases.release(request=request_, papers=[paper], **act)
    (kept,) = release.papers.all()
    assert kept.is_intact
    assert kept.withheld == {"9(2)(a)": 2}
    assert kept.gate_report["searched"] >= 2
    releases.publish(release=release, **act)
    assert requests.clock(request_).late_by(date(2030, 1, 1)) == 1


def test_the_gate_finds_a_name_that_was_withheld_in_a_paper_printed_whole(
    request_, line, withheld, ready, sign, monkeypatch
):
    """If redacting failed, nothing would go out."""
    letter = ready("part")
    reasons = {each.key: "As agreed" for each in deciding.warnings(fresh(request_))}
    sign(letter, warnings_left=reasons)
    whole = packages.render_released
    monkeypatch.setattr(
        packages, "render_released", lambda document, spans, **how: whole(document, (), **how)
    )
    (paper,) = packages.prepared_papers(request_)
    assert not paper.report.passes
    act = {"on": TODAY, "by": line.issued.authorised_by, "at": NOW}
    with pytest.raises(Refused):
        releases.release(request=request_, papers=[paper], **act)


@pytest.fixture
def earlier(request_, line, agency, plan, adviser, decide):
    """An earlier paper beside the briefing, which is withheld."""
    data = made(pages=1)
    row = EarlierPaperFactory(agency=agency, plan=plan, pdf=data, title="First report")
    decide(line, "withheld", grounds=["6(c)"])
    return schedule.add_paper(request=request_, paper=row, by=adviser)


def test_an_earlier_paper_goes_out_as_it_is(request_, earlier, decide):
    decide(earlier, "full")
    (paper,) = packages.prepared_papers(request_)
    assert paper.pdf == bytes(earlier.earlier_paper.pdf)
    assert (paper.file_name, paper.pages) == ("02-091-first-report.pdf", 1)
    assert paper.report.passes


def test_the_stamp_says_why_a_paper_is_released(request_):
    assert packages.stamp_of(request_) == STAMP
    request_.channel = "own_initiative"
    assert packages.stamp_of(request_) == "PROACTIVELY RELEASED"
