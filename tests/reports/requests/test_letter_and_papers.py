"""Test the order in which a decision leaves whose letter brings the papers: signed, released, then both are sent.

The letter says "the documents come with this letter", and they have no files before their release.
"""

import pytest

from reports.requests.registered import request_lines
from reports.requests.services.letters import as_prepared
from tests.reports.requests.conftest import OMBUDSMAN, TODAY, at, client_of, fresh
from tests.reports.requests.factories import ReleasedPaperFactory, RequestEventFactory

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def signed(ready, sign, request_):
    """A decision that brings its papers, signed and neither released nor sent."""
    letter = ready()
    type(letter).objects.filter(pk=letter.pk).update(kind="decide_and_release")
    sign(rewritten(fresh(letter)), sends=False)
    return fresh(request_)


def rewritten(letter):
    content = as_prepared(letter, ombudsman=OMBUDSMAN)
    type(letter).objects.filter(pk=letter.pk).update(content=content)
    return fresh(letter)


def released(request):
    paper = ReleasedPaperFactory(release__request=request, line=request.lines.get())
    RequestEventFactory(request=request, kind="released", release=paper.release)


def to_do(*users):
    return [[each.what for each in request_lines.lines_for(user, TODAY)] for user in users]


def page_of(user, request):
    return client_of(user).get(at("request", request.pk))


@pytest.mark.both_databases
def test_the_papers_are_released_before_their_letter_is_sent(
    signed, adviser, decision_maker, today
):
    assert to_do(adviser, decision_maker) == [
        [],
        ["Release the papers of request 13/02025, which go with its letter"],
    ]
    page = page_of(adviser, signed)
    found = page.context["next"]
    assert (found.step, found.what, found.role, found.people) == (
        *(None, "Release the papers", "OIA decision-maker"),
        (decision_maker.name,),
    )


def test_the_letter_and_the_papers_are_sent_together_and_one_record_says_so(
    signed, adviser, decision_maker, today
):
    released(signed)
    assert to_do(adviser, decision_maker) == [
        ["Send the decision on request 13/02025 with its papers, and record the day"],
        [],
    ]
    page = page_of(adviser, signed)
    assert page.context["next"].step.words == "Record that the letter and the papers were sent"
    assert at("request-package", signed.pk) in page.text
    answer = client_of(adviser).post(at("request-sent", signed.pk), {"on": "22 May 2013"})
    assert answer.status_code == 302
    assert page_of(adviser, signed).context["next"].step.words == "Close the request"
    assert to_do(adviser) == [["Close request 13/02025"]]


def test_papers_released_after_their_letter_are_sent_with_a_letter_of_their_own(
    decided, adviser, today
):
    released(decided)
    assert to_do(adviser) == [["Send the papers of request 13/02025 with a letter"]]
    assert (
        page_of(adviser, decided).context["next"].step.words == "Write the letter with the papers"
    )


def test_the_list_of_letters_says_when_the_decision_was_signed_and_when_it_was_sent(
    decided, adviser, today
):
    text = " ".join(page_of(adviser, decided).text.split())
    assert ", sent on 22 May 2013</span>" in text
    assert " : " not in text.partition('id="events"')[2].partition("</section>")[0]


def test_the_example_of_a_new_date_is_after_the_present_due_date(request_, adviser, today):
    page = client_of(adviser).get(at("request-write-letter", request_.pk, "extend"))
    assert "for example, 4 June 2013" in " ".join(page.text.split())
