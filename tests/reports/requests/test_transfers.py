"""Test that a transfer is told to the requester and to the receiving agency, in two letters that go together."""

import pytest

from reports.requests.models import RequestLetter
from reports.requests.pages.letters.forms import OF_KIND
from tests.reports.requests.conftest import at, client_of, fresh, seated

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

TYPED = {
    "version": 0,
    "dated": "3 May 2013",
    "whom": "New Zealand Police",
    "transfer_reason": "14(b)(i)",
    "part": "The minutes of January",
    "agency_address": "PO Box 3017\nWellington 6140",
    "enclosures": "The request of 21 April 2013",
    "agency_words": "Please ring us first.",
    "contact_role": "OIA adviser",
    "contact_email": "oia@example.org",
    "signatory_role": "OIA adviser",
}


@pytest.fixture
def written(request_, adviser):
    client = client_of(adviser)
    client.post(at("request-write-letter", request_.pk, "transfer"), TYPED)
    return client, RequestLetter.objects.get(kind="transfer")


def test_both_letters_are_written_together_and_the_page_leads_to_each(written, request_):
    client, letter = written
    beside = letter.to_agency
    page = client.get(at("request-letter", request_.pk, letter.pk)).text
    assert at("request-letter", request_.pk, beside.pk) in page
    shown = client.get(at("request-letter", request_.pk, beside.pk)).text
    for words in ("The requester", "12 Quiet Street", "PO Box 3017", "Please ring us first."):
        assert words in shown
    assert "It is changed and finished with" in shown and "Finish and send" not in shown


def test_both_letters_are_finished_together_and_recorded_with_the_transfer(written, request_):
    client, letter = written
    send = at("request-send-letter", request_.pk, letter.pk)
    answer = client.post(send, {"version": letter.version, "sent_on": "3 May 2013"}, follow=True)
    assert "Both letters are recorded as sent on 3 May 2013" in answer.text
    letter, beside = fresh(letter), fresh(letter.to_agency)
    assert letter.sent_on == beside.sent_on
    assert bytes(beside.pdf).startswith(b"%PDF") and bytes(beside.pdf) != bytes(letter.pdf)
    (event,) = request_.events.filter(kind="transferred_in_part")
    assert (event.letter, event.whom) == (letter, "New Zealand Police")
    page = client.get(at("request", request_.pk)).text
    assert page.count(at("request-letter", request_.pk, beside.pk)) == 2


def test_a_rewritten_transfer_rewrites_the_letter_to_the_agency(written, request_):
    client, letter = written
    changed = {**TYPED, "whom": "Ministry of Justice", "version": letter.version}
    client.post(at("request-letter", request_.pk, letter.pk), changed)
    (beside,) = RequestLetter.objects.filter(kind="hand_over")
    assert beside.content["addressee"]["name"] == "Ministry of Justice"


def test_the_letter_to_the_agency_is_neither_written_nor_changed_nor_sent_alone(written, request_):
    client, letter = written
    beside = letter.to_agency
    assert client.get(at("request-write-letter", request_.pk, "hand_over")).status_code == 404
    assert client.post(at("request-letter", request_.pk, beside.pk), TYPED).status_code == 404
    send = {"version": beside.version, "sent_on": "3 May 2013"}
    client.post(at("request-send-letter", request_.pk, beside.pk), send)
    assert fresh(beside).sent_on is None


def test_a_coordinator_does_not_read_who_asked_in_it(written, request_, agency):
    _client, letter = written
    coordinator = client_of(seated(agency, "coordinator", "Coordinator"))
    page = coordinator.get(at("request-letter", request_.pk, letter.to_agency.pk))
    assert page.status_code == 200
    assert "Quiet Street" not in page.text and "requester@example.org" not in page.text


def test_only_a_transfer_asks_about_the_receiving_agency():
    assert [kind for kind, names in OF_KIND.items() if "agency_address" in names] == ["transfer"]
