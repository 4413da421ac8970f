"""Test the pages of issuing: steps and permissions, the signature, and the issued paper."""

import hashlib
import logging
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.urls import reverse

from agencies.models import Seat
from agencies.records import history
from reports.briefings.services import states
from reports.document import to_json
from reports.models import Briefing, IssuedPaper
from tests.factories import (
    PASSWORD,
    BriefingFactory,
    FollowUpFactory,
    IssuedPaperFactory,
    OfficeSeatFactory,
    ResponseFactory,
    SeatFactory,
)
from tests.reports import sample
from tests.reports.drafted import drafted
from tests.reports.verifying import lift_triggers

pytestmark = pytest.mark.django_db

State = Briefing.State
Role = Seat.Role


@pytest.fixture(autouse=True)
def _in_august_2010():
    with time_machine.travel(datetime(2010, 8, 4, 0, 0, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def people(plan, police):
    labour = plan.coordinating_agency
    return {
        "coordinator": SeatFactory(agency=labour, role=Role.COORDINATOR).user,
        "manager": SeatFactory(
            agency=labour, role=Role.AUTHORISING_MANAGER, user__name="Group manager"
        ).user,
        "office": OfficeSeatFactory().user,
        "member": SeatFactory(agency=police, role=Role.CONTRIBUTOR).user,
    }


@pytest.fixture
def briefing(plan, item, people):
    return drafted(plan, item, people["coordinator"])


@pytest.fixture
def awaiting(briefing, people):
    states.start_consultation(briefing=briefing, by=people["coordinator"])
    return states.ask_for_authorisation(briefing=briefing, by=people["coordinator"])


@pytest.fixture
def issued(briefing):
    briefing.state = State.AUTHORISED
    history.save(briefing, by=None)
    return IssuedPaperFactory(briefing=briefing)


def ask(client, user, name, briefing, *rest, post=None):
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    address = reverse(f"briefings:{name}", args=[briefing.plan.slug, briefing.pk, *rest])
    return client.get(address) if post is None else client.post(address, post)


def messages_of(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


# --- steps --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "who", "words"),
    [
        (State.DRAFTING, "coordinator", "Open the draft"),
        (State.DRAFTING, "manager", None),
        (State.IN_CONSULTATION, "coordinator", "Ask for authorisation"),
        (State.AWAITING, "coordinator", None),
        (State.AWAITING, "manager", "Read and authorise"),
        (State.AUTHORISED, "coordinator", "Mark as sent to the Minister"),
        (State.AUTHORISED, "manager", None),
        (State.AUTHORISED, "office", None),
        (State.WITH_MINISTER, "office", "Read and answer"),
        (State.WITH_MINISTER, "coordinator", None),
        (State.RETURNED, "coordinator", "Close the briefing"),
        (State.CLOSED, "coordinator", None),
    ],
)
def test_the_next_step_is_shown_only_to_users_who_may_take_it(
    client, briefing, people, state, who, words
):
    briefing.state = state
    history.save(briefing, by=None)
    if briefing.is_issued:
        IssuedPaperFactory(briefing=briefing)
    client.force_login(people[who], backend="django.contrib.auth.backends.ModelBackend")
    response = client.get(reverse("briefings:list", args=[briefing.plan.slug]))
    (row,) = response.context["rows"]
    assert (row["step"].words if row["step"] else None) == words


def test_a_paper_is_sent_for_authorisation_by_a_button(client, briefing, people):
    briefing.state = State.IN_CONSULTATION
    history.save(briefing, by=None)
    response = ask(client, people["coordinator"], "ask", briefing, post={})
    assert response.url == briefing.get_absolute_url()
    briefing.refresh_from_db()
    assert briefing.state == State.AWAITING


def test_a_step_out_of_order_is_refused_with_a_message(client, briefing, people):
    response = ask(client, people["coordinator"], "close", briefing, post={})
    assert messages_of(response) == [
        "This briefing is drafting; it cannot become closed from there.",
    ]


def test_a_paper_is_sent_back_with_a_reason(client, awaiting, people):
    page = ask(client, people["manager"], "send-back", awaiting)
    assert "What has to change" in page.content.decode()
    response = ask(
        client, people["manager"], "send-back", awaiting, post={"reason": "Say what it\r\ncosts"}
    )
    assert response.status_code == 302
    awaiting.refresh_from_db()
    assert awaiting.state == State.IN_CONSULTATION
    latest = awaiting.history.latest("history_id")
    assert latest.history_change_reason == "Say what it\ncosts"


def test_starting_a_correction_redirects_to_the_draft(client, issued, people):
    response = ask(
        client, people["coordinator"], "correct", issued.briefing, post={"reason": "A date"}
    )
    assert response.url == issued.briefing.get_absolute_url()
    page = client.get(response.url).content.decode()
    assert "A correction of an issued paper" in page
    assert "Abandon the correction" in page


def test_the_cover_cannot_change_once_the_paper_awaits_authorisation(client, awaiting, people):
    page = ask(client, people["coordinator"], "detail", awaiting).content.decode()
    assert reverse("briefings:change-cover", args=[awaiting.plan.slug, awaiting.pk]) not in page


# --- the signature ------------------------------------------------------------------------


def test_the_manager_reads_and_signs_the_same_bytes(client, awaiting, people):
    page = ask(client, people["manager"], "authorise", awaiting)
    digest = page.context["sha256"]
    assert page.context["form"]["pdf_sha256"].value() == digest
    read = ask(client, people["manager"], "unsigned", awaiting, digest)
    assert hashlib.sha256(read.content).hexdigest() == digest
    response = ask(
        client,
        people["manager"],
        "authorise",
        awaiting,
        post={"pdf_sha256": digest, "has_read": "on", "password": PASSWORD},
    )
    paper = IssuedPaper.objects.get()
    assert (response.url, bytes(paper.pdf)) == (paper.get_absolute_url(), read.content)


def test_a_paper_that_changed_must_be_read_again(client, awaiting, people):
    digest = ask(client, people["manager"], "authorise", awaiting).context["sha256"]
    awaiting.title = "Another title"
    history.save(awaiting, by=None)
    response = ask(
        client,
        people["manager"],
        "authorise",
        awaiting,
        post={"pdf_sha256": digest, "has_read": "on", "password": PASSWORD},
    )
    assert response.status_code == 422
    assert response.context["form"].non_field_errors() == [
        "The paper is no longer the one that you read. Read it again before you authorise it."
    ]
    # The page now carries the paper as it is.
    assert response.context["form"]["pdf_sha256"].value() == response.context["sha256"] != digest
    assert IssuedPaper.objects.count() == 0
    old = ask(client, people["manager"], "unsigned", awaiting, digest)
    assert old.url == reverse("briefings:authorise", args=[awaiting.plan.slug, awaiting.pk])


def test_signing_needs_a_confirmation_of_having_read_the_paper(client, awaiting, people):
    digest = ask(client, people["manager"], "authorise", awaiting).context["sha256"]
    response = ask(client, people["manager"], "authorise", awaiting, post={"pdf_sha256": digest})
    assert response.context["form"].errors == {
        "has_read": ["Tick this when you have read the PDF. It is what you sign."],
        "password": ["Enter your password."],
    }


# --- the issued paper ---------------------------------------------------------------------


def test_a_draft_has_no_issued_page(client, briefing, people):
    for who in people.values():
        assert ask(client, who, "issued", briefing).status_code == 404


def test_the_page_of_the_draft_links_to_the_issued_paper(client, issued, people):
    response = ask(client, people["coordinator"], "detail", issued.briefing)
    assert response.url == issued.get_absolute_url()
    response = ask(client, people["coordinator"], "pdf", issued.briefing)
    assert response.url.endswith("/version-1.pdf")


@pytest.mark.parametrize("who", ["coordinator", "manager", "office", "member"])
def test_the_issued_page_shows_who_signed_which_version(client, issued, people, who):
    page = ask(client, people[who], "issued", issued.briefing).content.decode()
    for words in (issued.authorised_as, issued.pdf_sha256, issued.document_sha256):
        assert words in page


def test_a_member_gets_a_link_to_later_changes_and_the_office_does_not(client, issued, people):
    member = ask(client, people["member"], "issued", issued.briefing)
    assert member.context["since"]["url"].endswith("/dashboard/changes/?since=2010-07-30")
    office = ask(client, people["office"], "issued", issued.briefing)
    assert office.context["since"] is None
    assert "/dashboard/" not in office.content.decode()


def test_the_office_sees_issued_papers_and_no_drafts(client, issued, people):
    BriefingFactory(plan=issued.briefing.plan, tracker_number="11/1")
    client.force_login(people["office"], backend="django.contrib.auth.backends.ModelBackend")
    desk = client.get(reverse("home")).content.decode()
    address = reverse("briefings:list", args=[issued.briefing.plan.slug])
    assert address in desk
    page = client.get(address)
    assert [row["briefing"] for row in page.context["rows"]] == [issued.briefing]
    assert [label for label, _, _ in page.context["navigation"]] == ["Briefings"]


def test_the_stored_pdf_is_served_and_revalidated_by_browsers(client, issued, people):
    response = ask(client, people["office"], "version-pdf", issued.briefing, 1)
    assert response.content == bytes(issued.pdf)
    assert response["ETag"] == f'"{issued.pdf_sha256}"'
    assert response["Cache-Control"] == "private, no-cache"
    assert response["Content-Disposition"] == (
        'attachment; filename="briefing 10-96252 version 1.pdf"'
    )
    again = client.get(response.wsgi_request.path, headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_stored_json_is_served(client, issued, people):
    response = ask(client, people["member"], "version-json", issued.briefing, 1)
    assert response.content == bytes(issued.document)


def test_the_word_file_is_made_from_the_signed_version(client, issued, people):
    response = ask(client, people["office"], "version-docx", issued.briefing, 1)
    assert response.content.startswith(b"PK")


def test_the_version_on_screen_is_the_signed_one(client, issued, people):
    page = ask(client, people["member"], "version", issued.briefing, 1).content.decode()
    assert page.count("<h1") == 1
    assert "the contents of this paper" in page


@pytest.mark.parametrize(
    ("column", "names"),
    [("pdf", ["version-pdf"]), ("document", ["version-json", "version", "version-docx"])],
)
def test_a_file_that_was_tampered_with_is_refused_and_logged(
    client, issued, people, column, names, caplog
):
    lift_triggers("reports_issuedpaper")
    IssuedPaper.objects.update(**{column: b"%PDF-1.7 and more"})
    for name in names:
        with caplog.at_level(logging.ERROR):
            response = ask(client, people["office"], name, issued.briefing, 1)
        assert response.status_code == 500
        assert "It is not the file that was signed" in response.content.decode()
        assert f"issued paper {issued.pk} is not the one that was signed" in caplog.messages[0]
        caplog.clear()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_for_three_papers_as_for_one(
    client, plan, people, count, django_assert_num_queries
):
    for number in range(count):
        briefing = BriefingFactory(
            plan=plan, state=State.RETURNED, dated=date(2010 + number, 7, 30)
        )
        response = ResponseFactory(issued=IssuedPaperFactory(briefing=briefing), advice=4)
        FollowUpFactory(issued=response.issued)
    client.force_login(people["office"], backend="django.contrib.auth.backends.ModelBackend")
    # Session, user, seats, the office's plans, briefings, what is to do, ratings, the session's idle
    # clock; two transactions' ends.
    with django_assert_num_queries(12):
        page = client.get(reverse("briefings:list", args=[plan.slug]))
    assert (len(page.context["rows"]), len(page.context["to_do"])) == (count, count)
    assert len(page.context["ratings"].papers) == count


# --- a paper of a newer release -------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "rest"),
    [("version", [1]), ("version-docx", [1]), ("version-xlsx", [1]), ("answer", [])],
)
def test_a_paper_of_a_newer_release_is_not_shown_and_says_so(client, briefing, people, name, rest):
    briefing.state = State.WITH_MINISTER
    history.save(briefing, by=None)
    document = to_json(sample.document()).replace(b'"schema":1', b'"schema":2')
    paper = IssuedPaperFactory(briefing=briefing, document=document, paragraphs=False)
    page = ask(client, people["office"], name, briefing, *rest)
    assert page.status_code == 422
    assert (
        "The document cannot be read: its schema is 2; this version reads 1, and a newer one wrote "
        "it. Ask whoever runs this service to update it."
    ) in page.content.decode()
    assert ask(client, people["office"], "version-pdf", briefing, 1).content == paper.pdf
    assert ask(client, people["office"], "version-json", briefing, 1).content == document
