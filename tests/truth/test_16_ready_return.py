"""A return that is ready for approval is on the approver's desk, and can be finished from there."""

from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from agencies.models import Seat
from tests.factories import (
    MilestoneFactory,
    PlanFactory,
    ReturnFactory,
    RoundFactory,
    SeatFactory,
    TrackerNoteFactory,
    UpdateFactory,
    WorkItemFactory,
)
from tests.workitems.record import NOW, TODAY, TOMORROW, newest, refused, unchanged
from workitems.desk.to_dos import lines_for
from workitems.models import MilestoneAnswer, Notice
from workitems.notices import send_notices
from workitems.returns.return_reading import reading_of
from workitems.returns.services import handover, rounds

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture(autouse=True)
def opened(on_the_day, of_return):
    """The round has been open for two weeks."""
    of_return.round.opened_at = NOW - timedelta(days=14)
    of_return.round.save()


@pytest.fixture
def answered(of_return, item, contributor):
    return UpdateFactory(of_return=of_return, item=item, written_by=contributor, written_at=NOW)


@pytest.fixture
def post(client_of, of_return, django_capture_on_commit_callbacks):
    """Return a function that posts to an address below the return's as a user, with its emails."""

    def post(user, to="", **data):
        with django_capture_on_commit_callbacks(execute=True):
            return client_of(user).post(of_return.get_absolute_url() + to, data, follow=True)

    return post


def told():
    return sorted((to, sent.subject) for sent in mail.outbox for to in sent.to)


def ready(of_return, by, at=NOW):
    return handover.mark_ready(of_return=of_return, by=by, on=TODAY, at=at)


def submit(of_return, by, **more):
    return rounds.submit(of_return=of_return, by=by, on=TODAY, at=NOW, **more)


@pytest.mark.parametrize("is_signed", [True, False])
def test_an_approver_reads_all_of_the_first_answer_that_an_agency_signs(
    of_return, answered, item, police, approver, client_of, is_signed
):
    """A spreadsheet said the same before, and nobody signed that."""
    plan = item.plan
    if not is_signed:
        TrackerNoteFactory(plan=plan)
    day = of_return.round.period_start
    past = RoundFactory(
        plan=plan, period_start=day - timedelta(days=180), period_end=day - timedelta(days=1),
        closed_at=NOW, opened_by=None,
    )  # fmt: skip
    accepted = ReturnFactory(round=past, agency=police, state="accepted", accepted_on=TODAY)
    UpdateFactory(of_return=accepted, item=item, stage="under_way", confidence="off_track")
    answered.stage, answered.confidence, answered.achieved = "under_way", "off_track", "Printed."
    answered.save()
    (read,) = reading_of(of_return, TODAY).items
    labels = [str(change.label) for change in read.changes]
    assert ("Stage" in labels, "Confidence" in labels) == (not is_signed, not is_signed)
    page = client_of(approver).get(f"{of_return.get_absolute_url()}read/").text
    assert ("only what differs from last time" in page) == is_signed


# --- ready ----------------------------------------------------------------------------------------


def test_one_button_mails_the_approvers_at_once_with_the_way_to_submit(
    of_return, answered, contributor, approver, post
):
    page = post(contributor, act="ready")
    assert "Ready for approval. We’ll email the approvers of Police now" in page.text
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == (
        [approver.email],
        "Plan Register: Return of Police is ready for approval",
    )
    assert "Police contributor said on 1 June 2010 that it is ready for approval." in sent.body
    assert f"{of_return.get_absolute_url()}read/" in sent.body
    notice = Notice.objects.get()
    assert (notice.reason, notice.at_once) == ("ready", True)


@pytest.mark.both_databases
def test_the_mail_of_the_day_does_not_repeat_it_and_is_sent_all_the_same(
    of_return, answered, contributor, approver, police, post
):
    post(contributor, act="ready")
    mail.outbox.clear()
    second = PlanFactory(coordinating_agency=police)
    other = ReturnFactory(
        agency=police,
        round=RoundFactory(plan=second, due_on=TOMORROW, opened_at=NOW - timedelta(days=14)),
    )
    UpdateFactory(
        of_return=other,
        item=WorkItemFactory(plan=second, lead_agency=police),
        written_by=contributor,
    )
    send_notices(on=TODAY, at=NOW)
    to_approver = Notice.objects.filter(recipient=approver).order_by("sent_at", "pk")
    assert [(n.of_return, n.reason, n.at_once) for n in to_approver] == [
        (of_return, "ready", True),
        (other, "ready", False),
        (other, "due_day", False),
    ]


def test_what_the_mail_server_refuses_is_sent_by_the_next_run(
    of_return, answered, contributor, approver, post, monkeypatch
):
    def broken(self, messages):
        raise SMTPServerDisconnected

    with monkeypatch.context() as away:
        away.setattr(EmailBackend, "send_messages", broken)
        assert post(contributor, act="ready").status_code == 200
    assert (Notice.objects.count(), mail.outbox) == (0, [])
    send_notices(on=TODAY, at=NOW)
    assert told() == [(approver.email, "Plan Register: Return of Police is ready for approval")]


def test_it_is_on_the_approvers_desk_with_plan_due_date_and_who_said_it(
    of_return, answered, contributor, approver
):
    ready(of_return, contributor)
    (line,) = [
        each
        for each in lines_for(approver, TODAY)
        if "Return" in each.what or "return" in each.what
    ]
    assert line.what == "Read and submit: return for January to June 2010, Police"
    assert line.plan == of_return.round.plan.title
    assert line.detail == "Ready for approval since 1 June 2010, says Police contributor"
    assert (line.when, line.url) == ("Due in 43 days", f"{of_return.get_absolute_url()}read/")


@pytest.mark.both_databases
def test_it_can_be_withdrawn_and_history_says_both(
    of_return, answered, contributor, post, client_of
):
    post(contributor, act="ready")
    post(contributor, act="not-ready")
    of_return.refresh_from_db()
    assert (of_return.ready_at, of_return.ready_by, of_return.state) == (None, None, "due")
    page = post(contributor, act="save").text
    assert "Ready for approval</button>" in page
    history = client_of(contributor).get(f"{of_return.get_absolute_url()}history/").text
    assert "marked the return of Police for January to June 2010 as ready for approval." in history
    assert "as no longer ready for approval." in history


def test_a_later_edit_keeps_it_ready_and_the_page_says_so(
    of_return, item, answered, contributor, client_of
):
    page = client_of(contributor).get(of_return.get_absolute_url()).text
    assert "You can still change it afterwards; they read the latest text." in " ".join(
        page.split()
    )
    ready(of_return, contributor)
    rounds.write_update(
        of_return=of_return,
        item=item,
        stage="under_way",
        achieved="New.",
        version=1,
        by=contributor,
        at=NOW,
    )
    of_return.refresh_from_db()
    assert of_return.ready_by == contributor


def test_an_incomplete_return_is_not_ready(of_return, item, contributor):
    with unchanged(of_return), refused("Not yet complete. Item 1.2 has no answer yet."):
        ready(of_return, contributor)


@pytest.mark.parametrize("state", ["submitted", "accepted"])
def test_only_a_return_with_its_agency_is_ready(of_return, contributor, state):
    of_return.state = state
    of_return.accepted_on = TODAY if state == "accepted" else None
    of_return.save()
    with unchanged(of_return), refused(f"This return is {state}; it is locked."):
        ready(of_return, contributor)


def test_a_second_click_says_nothing_more(of_return, answered, contributor, approver):
    ready(of_return, contributor)
    with unchanged(of_return):
        ready(of_return, approver, at=NOW + timedelta(hours=1))


# --- reading --------------------------------------------------------------------------------------


@pytest.fixture
def before(of_return, item, second):
    """The agency's accepted return of the round before."""
    earlier = ReturnFactory(
        accepted=True,
        agency=of_return.agency,
        round=RoundFactory(
            plan=item.plan, period_start="2009-07-01", period_end="2009-12-31", closed_at=NOW
        ),
    )
    for each in (item, second):
        UpdateFactory(of_return=earlier, item=each, achieved="Written in ten languages.")
    return earlier


def answer(of_return, item, by, **values):
    values = {"achieved": "Written in ten languages.", "confidence": "on_track"} | values
    return UpdateFactory(of_return=of_return, item=item, written_by=by, written_at=NOW, **values)


def test_the_approver_reads_only_what_differs_from_last_time(
    of_return, item, second, before, contributor, approver, client_of
):
    answer(
        of_return, item, contributor, achieved="Written in twelve languages.", confidence="at_risk"
    )
    answer(of_return, second, contributor)
    reading = reading_of(of_return, TODAY)
    assert [each.section.item for each in reading.same] == [second]
    (changed,) = reading.changed
    assert [(each.label, each.before) for each in changed.changes] == [
        ("Confidence", "On track"),
        ("Achieved", ""),
    ]
    page = client_of(approver).get(f"{of_return.get_absolute_url()}read/").text
    assert "The same as last time" in page
    assert page.count('name="accept"') == 1
    assert f'href="{of_return.get_absolute_url()}?open=1.2#item-1.2"' in page


def test_the_first_return_of_an_agency_speaks_of_no_last_time(
    of_return, item, second, contributor, approver, client_of
):
    answer(of_return, item, contributor)
    page = client_of(approver).get(f"{of_return.get_absolute_url()}read/").text
    assert "Below is what the return says." in page
    assert "last time" not in page


def test_what_the_return_says_of_milestones_is_read_with_its_item(
    of_return, item, second, before, contributor, approver, client_of
):
    answer(of_return, item, contributor)
    answer(of_return, second, contributor)
    said = MilestoneAnswer.objects.create(
        of_return=of_return,
        milestone=MilestoneFactory(item=second, description="Staff trained"),
        outcome="not_yet",
        day="2010-09-30",
        reason="The trainer left.",
        cause="staffing",
        new_mitigation="A new trainer.",
        owner_agency=of_return.agency,
        milestone_version=1,
        written_by=contributor,
        written_at=NOW,
    )
    client, address = client_of(approver), f"{of_return.get_absolute_url()}read/"
    page = client.get(address).text
    for words in ("Staff trained", "now expected on 30 September 2010", "A new trainer."):
        assert words in page
    data = versions_of(of_return) | {"accept": [second.pk]}
    changed_meanwhile = client.post(address, data, follow=True).text
    assert "Item 1.4 was changed while you were reading." in changed_meanwhile
    client.post(address, data | {f"a{said.pk}-version": 1})
    of_return.refresh_from_db()
    assert of_return.state == "submitted"


def versions_of(of_return):
    return {f"i{each.item_id}-version": each.version for each in of_return.updates.all()}


@pytest.mark.both_databases
def test_each_item_is_accepted_or_mended_before_one_submit(
    of_return, item, second, contributor, approver, client_of
):
    for each in (item, second):
        answer(of_return, each, contributor)
    client, address = client_of(approver), f"{of_return.get_absolute_url()}read/"
    page = client.post(address, versions_of(of_return) | {"accept": [item.pk]})
    assert page.status_code == 422
    assert "Accept item 1.4, or change it" in page.text
    assert page.text.count(" checked>") == 1
    client.post(address, versions_of(of_return) | {"accept": [item.pk, second.pk]})
    of_return.refresh_from_db()
    assert (of_return.state, of_return.submitted_by) == ("submitted", approver)


def submits(page):
    return [text for text in ("Accept all and submit", "Submit the return") if text in page.text]


def test_one_button_accepts_all_that_the_page_shows_and_submits(
    of_return, item, second, contributor, approver, client_of
):
    for each in (item, second):
        answer(of_return, each, contributor)
    client, address = client_of(approver), f"{of_return.get_absolute_url()}read/"
    assert submits(client.get(address)) == ["Accept all and submit"]
    shown = versions_of(of_return)
    client.post(address, shown | {"accept": [item.pk, second.pk], "act": "tick"})
    assert submits(client.get(address)) == ["Submit the return"]
    # What the page did not show is not accepted.
    unseen = {f"i{item.pk}-version": 1, "act": "submit-all"}
    page = client.post(address, unseen, follow=True)
    assert "Item 1.4 was changed while you were reading." in page.text
    client.post(address, shown | {"act": "submit-all"})
    of_return.refresh_from_db()
    assert (of_return.state, of_return.submitted_by) == ("submitted", approver)


EMPTY = "Answered, but says nothing that a reader can use:"


@pytest.mark.parametrize("to", ["", "read/"])
def test_answers_that_say_nothing_are_named_once_before_the_return_is_submitted(
    of_return, item, second, contributor, approver, client_of, to
):
    answer(of_return, item, contributor, achieved="Ongoing discussions", challenges="Weather")
    answer(of_return, second, contributor)
    client, address = client_of(approver), of_return.get_absolute_url() + to
    page = " ".join(client.get(address).text.split())
    assert f'{EMPTY}</p> <ul><li data-empty-of="1.2"' in page
    assert ";" not in page[page.index(EMPTY) : page.index("</ul>", page.index(EMPTY))]
    assert "(Achieved, Challenges)" in page
    assert "<p data-complete>" not in page
    asked = client.post(address, versions_of(of_return) | {"act": "submit-all" if to else "submit"})
    of_return.refresh_from_db()
    assert (asked.status_code, of_return.state) == (422, "due")
    assert "Submit it as it is" in asked.text
    assert "The answer on 1 item says nothing that a reader can use:" in asked.text
    assert 'role="alert" tabindex="-1" autofocus>' in asked.text
    if to:
        assert "<title>Error:" in " ".join(asked.text.split()).replace("<title> ", "<title>")
        assert asked.text.index("Not submitted yet") < asked.text.index('id="item-1.2"')
        assert "Accept all and submit" not in asked.text
    accepts = {"accept": [item.pk, second.pk], "act": "submit-unmended"}
    client.post(address, versions_of(of_return) | accepts)
    of_return.refresh_from_db()
    assert of_return.state == "submitted"


def test_answers_with_content_are_not_asked_about(
    of_return, item, second, contributor, approver, client_of
):
    for each in (item, second):
        answer(of_return, each, contributor)
    client, address = client_of(approver), of_return.get_absolute_url()
    page = client.get(address).text
    assert "<div data-empty hidden>" in page
    assert "data-empty-of" not in page
    client.post(address, versions_of(of_return) | {"act": "submit"})
    of_return.refresh_from_db()
    assert of_return.state == "submitted"


def test_an_answer_changed_while_reading_is_not_submitted(
    of_return, item, answered, contributor, approver, client_of
):
    stale = versions_of(of_return)
    rounds.write_update(
        of_return=of_return,
        item=item,
        stage="under_way",
        achieved="New.",
        version=1,
        by=contributor,
        at=NOW,
    )
    page = client_of(approver).post(
        f"{of_return.get_absolute_url()}read/", stale | {"accept": [item.pk]}, follow=True
    )
    assert "Item 1.2 was changed while you were reading." in page.text
    of_return.refresh_from_db()
    assert of_return.state == "due"


def test_reading_takes_the_same_queries_for_any_number_of_items(
    of_return, plan, police, contributor, django_assert_num_queries
):
    for count in (1, 3):
        for _ in range(count):
            answer(of_return, WorkItemFactory(plan=plan, lead_agency=police), contributor)
        with django_assert_num_queries(10):
            reading_of(of_return, TODAY)


def test_a_submitted_return_leads_from_reading_to_its_page(
    of_return, answered, approver, client_of
):
    submit(of_return, approver)
    response = client_of(approver).get(f"{of_return.get_absolute_url()}read/")
    assert response["Location"] == of_return.get_absolute_url()


# --- receipt --------------------------------------------------------------------------------------


def test_a_receipt_goes_once_to_the_submitter_and_the_contributors(
    of_return, item, answered, contributor, approver, police, post
):
    SeatFactory(user__name="Another approver", agency=police, role=Seat.Role.APPROVER)
    post(approver, act="submit", **versions_of(of_return))
    assert told() == sorted(
        (user.email, "Plan Register: Return of Police was submitted")
        for user in (approver, contributor)
    )
    assert (
        "It was submitted by Police approver on 1 June 2010 at 9:30 a.m.: 1 of 1 item answered."
        in mail.outbox[0].body
    )
    assert of_return.get_absolute_url() in mail.outbox[0].body
    for day in (TODAY, TOMORROW):
        send_notices(on=day, at=NOW)
    assert len(mail.outbox) == 2


# --- recall ---------------------------------------------------------------------------------------


def test_a_return_is_recalled_until_the_coordinator_opens_it(
    of_return, answered, approver, coordinator, client_of
):
    submit(of_return, approver)
    address = of_return.get_absolute_url()
    client_of(approver).post(f"{address}recall/")
    of_return.refresh_from_db()
    assert (of_return.state, of_return.submitted_at, of_return.version) == ("due", None, 3)
    assert newest(of_return)[:2] == ("~", "Police approver (Police)")
    assert client_of(coordinator).get(address).status_code == 403

    submit(of_return, approver)
    client_of(coordinator).head(address)
    of_return.refresh_from_db()
    assert of_return.first_read_at is None, "a program that looks whether the page is there"
    client_of(coordinator).get(address)
    of_return.refresh_from_db()
    assert (of_return.first_read_at, of_return.first_read_by) == (NOW, coordinator)
    sentence = (
        "Coordinator opened this return on 1 June 2010 at 9:30 a.m., so it can no longer be "
        "recalled. Ask the coordinator to send it back."
    )
    assert sentence in client_of(approver).get(address).text
    with unchanged(of_return), refused(sentence):
        handover.recall(of_return=of_return, by=approver)


@pytest.mark.both_databases
def test_a_recalled_return_that_was_sent_back_before_is_sent_back_again(
    of_return, item, answered, contributor, approver, coordinator, client_of
):
    submit(of_return, approver)
    rounds.send_back(of_return=of_return, note="More.", by=coordinator, at=NOW - timedelta(hours=1))
    submit(of_return, approver)
    assert handover.recall(of_return=of_return, by=approver).state == "sent_back"
    assert client_of(coordinator).get(of_return.get_absolute_url()).status_code == 403
    history = client_of(contributor).get(f"{of_return.get_absolute_url()}history/").text
    assert "recalled the return of Police" in history


@pytest.mark.both_databases
def test_the_first_reader_stays_and_a_new_submission_is_unread(
    of_return, answered, approver, coordinator, labour
):
    submit(of_return, approver)
    other = SeatFactory(user__name="Other", agency=labour, role=Seat.Role.COORDINATOR).user
    handover.mark_read(of_return=of_return, by=coordinator, at=NOW)
    handover.mark_read(of_return=of_return, by=other, at=NOW)
    of_return.refresh_from_db()
    assert of_return.first_read_by == coordinator
    rounds.send_back(of_return=of_return, note="More.", by=coordinator, at=NOW - timedelta(hours=1))
    assert submit(of_return, approver).first_read_by is None


# --- what waits for its reader is for now, whenever it is due ---------------------------------------


def waits(user):
    return [(line.what, line.is_now(TODAY)) for line in lines_for(user, TODAY)]


RETURN = "Return for January to June 2010, Police"


def test_a_ready_return_waits_for_the_approver_now_and_for_nobody_else(
    of_return, answered, contributor, approver
):
    assert waits(approver) == [(RETURN, False)]
    ready(of_return, contributor)
    assert waits(approver) == [("Read and submit: return for January to June 2010, Police", True)]
    assert waits(contributor) == [(RETURN, False)]


def test_one_that_an_approver_called_ready_waits_for_another_approver(
    of_return, answered, approver, police
):
    ready(of_return, approver)
    other = SeatFactory(agency=police, role=Seat.Role.APPROVER).user
    assert (waits(approver), waits(other)) == (
        [(RETURN, False)],
        [("Read and submit: return for January to June 2010, Police", True)],
    )


def test_a_return_that_is_sent_back_waits_for_its_writers_now(
    of_return, answered, contributor, approver
):
    handover.return_to_writers(of_return=of_return, note="Who printed it?", by=approver, at=NOW)
    assert waits(contributor) == [(RETURN, True)]


def test_a_late_milestone_comes_back_when_its_new_date_is_near(item, contributor):
    due = TODAY - timedelta(days=90)
    for days in (-90, 20, 40):
        expected = TODAY + timedelta(days=days)
        MilestoneFactory(item=item, description=f"{days}", original_due=due, forecast_due=expected)
    found = [line for line in lines_for(contributor, TODAY) if line.what in ("-90", "20", "40")]
    assert [(line.what, line.when, line.is_late) for line in found] == [
        ("-90", "Overdue by nearly three months", True),
        ("20", "Now expected on 21 June 2010", False),
    ]
