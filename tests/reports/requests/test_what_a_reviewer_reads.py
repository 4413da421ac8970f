"""Test that whoever reviews a request reads what its adviser and its signatory read."""

from datetime import date

import pytest

from reports.requests.services import deciding, schedule
from tests.factories import AgencyFactory
from tests.reports.requests.conftest import NOW, at, client_of, fresh

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def test_the_review_page_has_the_warnings_with_reasons_and_links(
    request_, line, propose, adviser, reviewer
):
    propose("cover.contacts.0.name", 0, 3)
    schedule.ask_agency(
        line=line,
        agency=AgencyFactory(name="New Zealand Police"),
        question="May it go out?",
        on=date(2013, 5, 20),
        by=adviser,
        at=NOW,
    )
    kept = next(deciding.warnings_of(fresh(line)))
    deciding.leave_warnings(
        line=line, reasons={kept.key: "It is public"}, version=fresh(line).version, by=adviser
    )
    page = client_of(reviewer).get(at("request-review", request_.pk))
    assert page.context["warnings"] == deciding.warnings(request_)
    text = " ".join(page.text.split())
    assert f'{at("request-redact", request_.pk, line.number)}">{kept.sentence}</a>' in text
    assert "Reason for leaving it: It is public" in text
    assert (
        f'{at("request-line", request_.pk, line.number)}">New Zealand Police was asked about document 1 '
        "on 20 May 2013 and has not answered.</a>"
    ) in text


def test_the_review_page_links_to_a_briefing_that_is_released_in_full(
    request_, line, decide, reviewer
):
    decide(line, "full")
    page = client_of(reviewer).get(at("request-review", request_.pk))
    assert page.context["whole"] == [fresh(line)]
    assert at("request-line-file", request_.pk, line.number) in page.text


def test_a_warning_about_the_scope_links_to_its_page_only_for_whoever_may_open_it(
    request_, line, adviser, reviewer
):
    type(request_).objects.filter(pk=request_.pk).update(
        scope_from=date(2010, 1, 1), scope_to=date(2010, 12, 31)
    )
    line.delete()
    (unlisted,) = deciding.warnings(fresh(request_))
    for user, is_linked in ((adviser, True), (reviewer, False)):
        page = client_of(user).get(at("request-decision", request_.pk)).text
        assert f">{unlisted.sentence}<" in page
        assert (at("request-scope", request_.pk) in page) == is_linked
