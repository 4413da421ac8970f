"""A round has levers: remind, extend, see who is seated, enter what came by email."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile

from agencies.models import Seat
from tests.factories import InvitationFactory, ReturnFactory, SeatFactory
from tests.workitems.record import NOW, TODAY, newest, refused, unchanged
from workitems.desk.to_dos import lines_for
from workitems.models import Evidence, Notice, Reminder
from workitems.notices import send_notices
from workitems.plan.asat import Moment
from workitems.plan.plan_at import plan_at
from workitems.returns.services import round_levers, rounds

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

DUE, LATER, TOO_EARLY = date(2010, 7, 14), date(2010, 7, 28), date(2010, 7, 14)
WORDS = "Please send it by Friday.\nWe finish the draft at the weekend."
LETTER = b"From: police@example.org\nSubject: Our return\n\nItem 1.2 is under way.\n"


@pytest.fixture(autouse=True)
def opened(on_the_day, of_return):
    """The round has been open for two weeks."""
    of_return.round.opened_at = NOW - timedelta(days=14)
    of_return.round.save()


@pytest.fixture
def of_customs(of_return, customs):
    return ReturnFactory(round=of_return.round, agency=customs)


@pytest.fixture
def post(client_of, of_return, django_capture_on_commit_callbacks):
    """Return a function that posts to an address below the round's as a user, with its emails."""

    def post(user, where, **data):
        with django_capture_on_commit_callbacks(execute=True):
            address = of_return.round.get_absolute_url() + where
            return client_of(user).post(address, data, follow=True)

    return post


def letter():
    return SimpleUploadedFile("return.eml", LETTER)


def told():
    return sorted(to for sent in mail.outbox for to in sent.to)


# --- remind ---------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_a_reminder_goes_at_once_in_own_words_to_those_who_have_not_submitted(
    of_return, of_customs, item, contributor, approver, colleague, coordinator, post
):
    of_customs.state = "submitted"
    of_customs.save()
    page = post(coordinator, "remind/", body=WORDS)
    assert "The reminder is sent." in page.text
    assert told() == sorted([contributor.email, approver.email])
    for sent in mail.outbox:
        assert sent.subject == "Plan Register: Return of Police is not submitted yet"
        assert f"Message from the coordinator:\n{WORDS}" in sent.body
        assert of_return.get_absolute_url() in sent.body
    assert {notice.reason for notice in Notice.objects.all()} == {"reminded"}
    assert "Please send it by Friday." in page.text
    reminder = Reminder.objects.get()
    assert (reminder.by, reminder.at) == (coordinator, NOW)
    assert newest(reminder) == ("+", "Coordinator (DoL)", "")
    history = page.client.get(f"/plans/{of_return.round.plan.slug}/history/").text
    assert "reminded the agencies whose return for January to June 2010 was missing." in history


def test_two_reminders_on_a_day_are_two_mails(of_return, item, contributor, coordinator, post):
    post(coordinator, "remind/", body="First.")
    post(coordinator, "remind/", body="Second.")
    send_notices(on=TODAY, at=NOW)
    reminders = [sent for sent in mail.outbox if "is not submitted yet" in sent.subject]
    assert len(reminders) == 2


def test_the_page_says_who_gets_it_and_where_nobody_does(
    of_return, of_customs, contributor, approver, coordinator, client_of
):
    address = f"{of_return.round.get_absolute_url()}remind/"
    page = client_of(coordinator).get(address).text
    assert "Police: Police approver, Police contributor" in page
    assert "nobody to email" in page
    InvitationFactory(agency=of_customs.agency, role=Seat.Role.APPROVER, name="Ana Bell")
    page = " ".join(client_of(coordinator).get(address).text.split())
    assert "nobody to email" not in page
    assert "Ana Bell (approver) is invited and has not accepted yet, so gets no reminder." in page


@pytest.mark.parametrize(
    ("body", "state", "sentence", "field"),
    [
        ("", "due", "Write what the agencies should read.", "body"),
        ("Now.", "submitted", "Every agency has submitted its return.", None),
    ],
)
def test_an_empty_or_needless_reminder_is_refused(
    of_return, coordinator, body, state, sentence, field
):
    of_return.state = state
    of_return.save()
    with refused(sentence, field):
        round_levers.remind(round=of_return.round, body=body, by=coordinator, at=NOW)
    assert Reminder.objects.count() == 0


# --- extend ---------------------------------------------------------------------------------------


def extend(of_return, by, **values):
    values = {"to": LATER, "reason": "The office moves.", "on": TODAY} | values
    return round_levers.extend(round=of_return.round, by=by, **values)


@pytest.mark.both_databases
def test_one_agency_or_all_get_a_later_due_date(of_return, of_customs, coordinator):
    assert extend(of_return, coordinator, agencies=[of_return.agency_id]) == [of_return]
    for row in (of_return, of_customs):
        row.refresh_from_db()
    assert (of_return.due_on, of_customs.due_on) == (LATER, DUE)
    assert newest(of_return) == ("~", "Coordinator (DoL)", "The office moves.")
    assert extend(of_return, coordinator) == [of_customs], "Police has that date already"


def test_accepted_returns_are_not_extended(of_return, of_customs, coordinator):
    of_customs.state, of_customs.accepted_on = "accepted", TODAY
    of_customs.save()
    with unchanged(of_customs):
        assert extend(of_return, coordinator) == [of_return]


@pytest.mark.parametrize(
    ("values", "sentence", "field"),
    [
        ({"reason": ""}, "Say why the due date is extended.", "reason"),
        ({"to": TODAY}, "Enter a date after today.", "to"),
        (
            {"to": TOO_EARLY},
            "This date is not later for any return: each one is accepted, or is due on that day or later.",
            "to",
        ),
    ],
)
def test_an_extension_needs_a_reason_and_a_later_date(
    of_return, coordinator, values, sentence, field
):
    with unchanged(of_return), refused(sentence, field):
        extend(of_return, coordinator, **values)


def test_no_lever_works_in_a_closed_round(of_return, coordinator):
    rounds.close_round(round=of_return.round, by=coordinator, at=NOW)
    with refused("This round is closed."):
        extend(of_return, coordinator)
    with refused("This round is closed."):
        round_levers.remind(round=of_return.round, body="Now.", by=coordinator, at=NOW)
    with refused("This round is closed."):
        round_levers.enter_for_agency(of_return=of_return, mail=letter(), by=coordinator, at=NOW)


def test_desk_calendar_attention_and_mails_use_the_new_date(
    of_return, item, contributor, coordinator, post, client_of
):
    page = post(
        coordinator, "extend/", agency=of_return.agency_id, to="28 July 2010", reason="They move."
    )
    assert "The return is now due on 28 July 2010: Police." in page.text
    assert "Due 28 July 2010 (extended)" in page.text
    (sent,) = mail.outbox
    assert sent.subject == "Plan Register: Return of Police is now due on 28 July 2010"
    assert "The coordinator has extended the due date to 28 July 2010." in sent.body
    (line,) = [each for each in lines_for(contributor, TODAY) if each.due == LATER]
    assert line.when == "Due in 57 days"
    page = client_of(contributor).get(of_return.get_absolute_url()).text
    assert "28 July 2010 (extended)" in page
    mail.outbox.clear()
    send_notices(on=date(2010, 7, 15), at=NOW)
    assert [sent.subject for sent in mail.outbox] == [
        "Plan Register: Return of Police is open until 28 July 2010"
    ]
    mail.outbox.clear()
    send_notices(on=date(2010, 7, 21), at=NOW)
    assert [sent.subject for sent in mail.outbox] == [
        "Plan Register: Return of Police is due in 7 days"
    ]


@pytest.mark.parametrize(
    ("day", "is_late"), [(DUE, False), (LATER, False), (LATER + timedelta(days=1), True)]
)
def test_the_plan_knows_the_extended_date_on_any_day(of_return, coordinator, day, is_late):
    extend(of_return, coordinator)
    plan = of_return.round.plan
    (row,) = plan_at(plan, Moment.end_of(day)).returns
    assert bool(row.reasons) == is_late


# --- who is seated --------------------------------------------------------------------------------


def test_the_round_says_who_is_seated_and_warns_without_an_approver(
    of_return, of_customs, contributor, approver, colleague, coordinator, client_of
):
    page = client_of(coordinator).get(of_return.round.get_absolute_url()).text
    assert "Contributor: Police contributor" in page
    assert "Approver: Police approver" in page
    assert page.count("Customs Service has no approver, so nobody there can submit the return") == 1
    member = client_of(contributor).get(of_return.round.get_absolute_url()).text
    assert "Police approver" not in member, "who holds which seat is for those who manage the round"


# --- enter what came by email ----------------------------------------------------------------------


def enter(of_return, by):
    return round_levers.enter_for_agency(of_return=of_return, mail=letter(), by=by, at=NOW)


def test_a_draft_is_its_agencys_own_until_the_coordinator_attaches_the_mail(
    of_return, item, coordinator, contributor, approver, client_of, post
):
    client, address = client_of(coordinator), of_return.get_absolute_url()
    assert client.get(address).status_code == 403
    assert client.post(address, {"act": "save"}).status_code == 403
    without = client.post(f"{address}enter/", {"note": "Sent on Monday."})
    assert (without.status_code, Evidence.objects.count()) == (422, 0)
    assert "Choose the file with the email." in without.text
    post(coordinator, f"{of_return.agency_id}/enter/", mail=letter())
    piece = Evidence.objects.get()
    assert (piece.of_return, piece.file_name, piece.added_by) == (
        of_return,
        "return.eml",
        coordinator,
    )
    assert told() == sorted([contributor.email, approver.email])
    assert "Coordinator is entering it for Police, from the email" in mail.outbox[0].body
    page = client.get(address).text
    assert "You enter this return for Police" in page
    assert "return.eml" in page
    download = client.get(f"/plans/{of_return.round.plan.slug}/evidence/{piece.pk}/")
    assert b"".join(download.streaming_content) == LETTER
    of_agency = client_of(contributor).get(address).text
    assert "Entered by Coordinator for Police" in of_agency


def test_a_colleague_of_another_agency_cannot_open_the_mail(
    of_return, coordinator, colleague, client_of
):
    enter(of_return, coordinator)
    address = f"/plans/{of_return.round.plan.slug}/evidence/{Evidence.objects.get().pk}/"
    assert client_of(colleague).get(address).status_code == 403
    assert client_of(coordinator).get(f"{address}withdraw/").status_code == 403


@pytest.fixture
def entered(of_return, item, contributor, approver, coordinator, post):
    """The coordinator has entered the return from an email and submitted it."""
    post(coordinator, f"{of_return.agency_id}/enter/", mail=letter())
    to = f"{of_return.agency_id}/"
    values = {"stage": "under_way", "confidence": "on_track", "achieved": "Printed."}
    values = {f"i{item.pk}-{name}": value for name, value in values.items()}
    post(
        coordinator,
        to,
        act="submit",
        **values,
        **{f"i{item.pk}-version": 0, f"i{item.pk}-key_achievement": "no"},
    )
    of_return.refresh_from_db()
    assert of_return.state == "submitted"
    return of_return


@pytest.mark.both_databases
def test_history_says_who_entered_it_for_whom(entered, item, contributor, client_of):
    update = entered.updates.get()
    assert update.written_by == entered.submitted_by
    for row in (update, entered):
        assert newest(row)[1] == "Coordinator (DoL), for Police"
    history = client_of(contributor).get(f"{entered.get_absolute_url()}history/").text
    assert "Coordinator (DoL), for Police" in history
    assert "began to enter the return of Police" in history
    assert "added the file “return.eml” as evidence of the return of Police." in history


@pytest.mark.both_databases
def test_the_agency_gets_the_receipt_and_may_correct_until_acceptance(
    entered, item, contributor, approver, coordinator, client_of
):
    mail.outbox.clear()
    send_notices(on=TODAY, at=NOW)
    assert mail.outbox == [], "it went out at once"
    receipts = Notice.objects.filter(reason="submitted")
    assert {notice.recipient for notice in receipts} == {contributor, approver, coordinator}
    client_of(coordinator).get(entered.get_absolute_url())
    page = client_of(contributor).get(entered.get_absolute_url()).text
    assert "You can correct what the coordinator entered until it is accepted." in page
    client_of(contributor).post(f"{entered.get_absolute_url()}recall/")
    entered.refresh_from_db()
    assert (entered.state, entered.entered_at) == ("due", None)
    assert client_of(coordinator).get(entered.get_absolute_url()).status_code == 403
    assert Evidence.objects.not_withdrawn().filter(of_return=entered).count() == 1


@pytest.mark.both_databases
def test_whoever_entered_it_does_not_accept_it(entered, coordinator, labour):
    with refused("You submitted this return. Another coordinator must accept it."):
        rounds.accept(of_return=entered, by=coordinator, on=TODAY)
    other = SeatFactory(user__name="Other", agency=labour, role=Seat.Role.COORDINATOR).user
    assert rounds.accept(of_return=entered, by=other, on=TODAY).state == "accepted"


def test_what_the_agency_has_submitted_itself_since_its_only_coordinator_accepts(
    entered, contributor, approver, coordinator, client_of
):
    client_of(contributor).post(f"{entered.get_absolute_url()}recall/")
    rounds.submit(of_return=entered, by=approver, on=TODAY, at=NOW)
    assert rounds.accept(of_return=entered, by=coordinator, on=TODAY).state == "accepted"


@pytest.mark.both_databases
def test_the_agency_can_write_while_it_is_entered(of_return, item, coordinator, approver):
    enter(of_return, coordinator)
    rounds.write_update(
        of_return=of_return, item=item, stage="under_way", achieved="Ours.", by=approver, at=NOW
    )
    assert newest(of_return.updates.get(item=item))[1] == "Police approver (Police)"


@pytest.mark.parametrize("state", ["submitted", "accepted"])
def test_only_a_return_with_its_agency_is_entered(of_return, coordinator, state):
    of_return.state = state
    of_return.accepted_on = TODAY if state == "accepted" else None
    of_return.save()
    with unchanged(of_return), refused(f"This return is {state}; it is locked."):
        enter(of_return, coordinator)
    assert Evidence.objects.count() == 0


def test_the_same_mail_twice_is_one_piece_of_evidence(of_return, coordinator):
    enter(of_return, coordinator)
    enter(of_return, coordinator)
    assert Evidence.objects.count() == 1
