"""Test that papers which nobody asked for go the way of a request's, from the start to the public page."""

import re

import pytest
from django.urls import reverse

from reports.requests.letters import Ombudsman, lines_of
from reports.requests.models import InformationRequest, PublicPage
from reports.requests.services import deciding, letters, releases
from tests.reports.requests.conftest import NOW, TODAY, fresh
from tests.reports.requests.test_releases import PDF, paper_of

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def request_(client, plan, adviser):
    """Start it on its page, in place of a request that somebody sent."""
    client.force_login(adviser)
    typed = {
        "agency": plan.coordinating_agency.pk,
        "plan": plan.pk,
        "reference": "PR 1",
        "text": "The report of 2010.",
    }
    assert client.post(reverse("requests:proactive"), typed).status_code == 302
    InformationRequest.objects.update(dated=TODAY, received_on=TODAY)  # as if it were that day
    return InformationRequest.objects.get()


WHY = "The Minister agreed to it."


@pytest.fixture
def prepared(adviser):
    """Write the decision memo."""

    def prepare(request, **typed):
        return letters.prepare_letter(
            request=request,
            kind="decide",
            typed={"signatory": {"role": "OIA decision-maker"}, "own_words": WHY, **typed},
            on=TODAY,
            ombudsman=Ombudsman(),
            by=adviser,
            at=NOW,
        )

    return prepare


def test_its_decision_is_a_memo_without_a_word_to_somebody_who_asked(line, decide, prepared):
    decide(line, "withheld", grounds=["6(a)"])
    memo = prepared(line.request)
    text, lacks = letters.written(memo, on=TODAY, ombudsman=Ombudsman())
    lines = lines_of(text)
    assert lacks == ()
    assert text.subject == "Proactive release: decision"
    assert [part.heading for part in text.parts] == [
        "What is released",
        "Why",
        "Decision",
        "What is not released, and why",
        "Schedule of documents",
    ]
    for words in ("The report of 2010.", WHY, "Section 6(a)", "OIA decision-maker"):
        assert any(words in each for each in lines), words
    for words in ("you", "request", "Ombudsman", "complain", "received", "Yours"):
        assert not any(re.search(rf"\b{words}", each, re.IGNORECASE) for each in lines), words


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"own_words": ""}, "The memo does not say why the papers are released. Write it."),
        ({"signatory": {}}, "The memo has no signatory."),
    ],
)
def test_a_memo_lacks(typed, sentence, line, decide, prepared):
    decide(line, "full")
    prepared(line.request, **typed)
    found = deciding.obstacles(line.request, on=TODAY, ombudsman=Ombudsman())
    assert found == (sentence,)


@pytest.mark.both_databases
def test_no_letter_but_the_memo_is_written(client, line, adviser):
    client.force_login(adviser)
    for kind in ("acknowledge", "release", "decide_and_release"):
        address = reverse("requests:request-write-letter", args=[line.request_id, kind])
        assert client.get(address).status_code == 404
    page = client.get(reverse("requests:request-write-letter", args=[line.request_id, "decide"]))
    assert "Decision memo" in page.text
    assert set(page.context["form"].fields) == {
        *("dated", "public_interest", "own_words", "signatory_name", "signatory_role", "version")
    }


def test_its_page_has_words_of_its_own(client, decided, adviser):
    client.force_login(adviser)
    page = " ".join(client.get(decided.get_absolute_url()).text.split())
    for words in ("Proactive release", "What is released", "Started", "Decided", "Decision memo"):
        assert words in page, words
    for words in ("What is asked", "Received", "No due day", "Decision notified", "Letters"):
        assert words not in page, words


def test_it_is_signed_released_and_published_without_a_requester(
    client, decided, plan, adviser, decision_maker
):
    release = releases.release(
        request=decided, papers=[paper_of(decided)], on=TODAY, by=adviser, at=NOW
    )
    assert release.kind == "proactive"
    client.force_login(decision_maker)
    step = client.get(decided.get_absolute_url()).context["next"].step
    assert (step.words, step.url) == (
        "Publish the papers",
        reverse("requests:publish", args=[release.pk]),
    )
    PublicPage.objects.create(plan=plan, is_open=True, version=1)
    client.force_login(decision_maker)
    assert client.post(reverse("requests:publish", args=[release.pk])).status_code == 302
    assert fresh(decided).state == "closed"
    to_answer = client.get(reverse("requests:requests")).context["rows"]
    assert list(to_answer) == []
    client.logout()
    page = client.get(reverse("requests:released", args=[plan.slug])).text
    assert "Released proactively, 22 May 2013" in page
    paper = reverse("requests:released-paper", args=[plan.slug, release.papers.get().pk])
    assert client.get(paper).content == PDF
