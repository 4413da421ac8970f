"""Rule 22: "Saved" is said only when what was typed is kept; a reason is never dropped."""

from datetime import date, timedelta

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from agencies.models import Invitation, Seat
from agencies.pages.form_pages import NOTHING_CHANGED
from agencies.people.services import invitations, seats
from agencies.people.services.seats import SeatRefused
from tests.cast import standing_scene
from tests.factories import DelayFactory, MilestoneFactory, MitigationFactory
from tests.test_permissions import RULES
from tests.truth.every_form import fields_of
from tests.truth.test_23_one_act_one_record import client_of
from workitems.calendar import services as feeds
from workitems.models import Delay, Round
from workitems.plan.services import Refused, items

pytestmark = pytest.mark.django_db

TODAY, LATE, LATER = date(2010, 7, 1), date(2010, 8, 1), date(2010, 9, 1)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with standing_scene(django_db_blocker) as found:
        yield found


def sent(world, name, who, **says):
    """Send the form of a page as the page has it, with these words."""
    client = client_of(world, who)
    address = reverse(name, args=RULES[name].arguments(world))
    return client.post(address, fields_of(client.get(address), address) | says)


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


class Written:
    """Notes the tables of records that are written."""

    def __init__(self):
        self.tables = []

    def __call__(self, execute, sql, params, many, context):
        table = sql.split('"')[1] if sql.startswith(("INSERT", "UPDATE")) else ""
        if table.startswith(("agencies_", "workitems_", "reports_")):
            self.tables.append(table)
        return execute(sql, params, many, context)


# --- unchanged ----------------------------------------------------------------------------------

FORMS = {
    "workitems:change-status": "contributor",
    "risks:change": "contributor",
    "meetings:change": "coordinator",
    "meetings:change-matter": "coordinator",
    "meetings:change-decision": "coordinator",
    "briefings:change-kind": "coordinator",
    "briefings:change-section": "coordinator",
    "briefings:change-cover": "coordinator",
    "briefings:annexes": "coordinator",
}


@pytest.mark.parametrize("name", FORMS)
def test_a_form_sent_as_it_was_says_that_nothing_was_changed(world, name):
    written = Written()
    with connection.execute_wrapper(written):
        response = sent(world, name, FORMS[name])
    assert (response.status_code, said(response)) == (302, [NOTHING_CHANGED])
    assert written.tables == []


# --- a reason alone -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "who", "shown_on", "message"),
    [
        ("workitems:change-status", "contributor", "workitems:history", "Item 1.1 is saved."),
        ("risks:change", "contributor", "risks:detail", "R1 is saved."),
    ],
)
def test_a_reason_alone_is_kept_as_a_note_in_the_history(world, name, who, shown_on, message):
    # While a round is open, the status is part of the return and has no reason of its own.
    Round.objects.update(closed_at=timezone.now())
    response = sent(world, name, who, reason="The printer has called.")
    assert said(response) == [message]
    address = reverse(shown_on, args=RULES[shown_on].arguments(world))
    shown = " ".join(client_of(world, "observer").get(address).text.split())
    assert "wrote a note." in shown
    assert "The printer has called." in shown


def test_the_grounds_for_the_same_view_are_kept(world):
    sent(world, "workitems:review", "coordinator", confidence="at_risk", reason="No money.")
    response = sent(world, "workitems:review", "coordinator", reason="Still no money.")
    assert said(response) == ["Your rating of item 1.1 is saved."]
    reasons = world.item.history.values_list("history_change_reason", flat=True)
    assert list(reasons.order_by("-history_id")[:2]) == ["Still no money.", "No money."]


@pytest.mark.parametrize("name", ["briefings:change-kind", "briefings:change-section"])
def test_a_reason_that_explains_no_change_is_refused_where_no_note_is_kept(world, name):
    response = sent(world, name, "coordinator", reason="So.")
    assert response.status_code == 422
    assert response.context["form"].errors == {
        "reason": [
            "Nothing else was changed, so this explains no change. Change something, or clear it."
        ]
    }


def test_another_day_of_completion_is_told_with_its_reason(world, django_db_blocker):
    item = world.item
    item.refresh_from_db()
    by = world["contributor"]
    for milestone in item.milestones.all():
        items.close_milestone(
            milestone=milestone, version=1, completed_on=TODAY, by=by, on=LATER, reason="Done."
        )
    made = items.change_status(
        item=item, version=item.version, stage="complete", confidence="", by=by, on=LATER,
        completed_on=LATE, reason="Done.",
    )  # fmt: skip
    items.change_status(
        item=made, version=made.version, stage="complete", confidence="", by=by, on=LATER,
        completed_on=TODAY, reason="The day was wrong.",
    )  # fmt: skip
    address = reverse("workitems:history", args=[world.plan.slug, item.number])
    shown = " ".join(client_of(world, "observer").get(address).text.split())
    assert "moved the completion from 1 August 2010 to 1 July 2010." in shown


# --- words about a delay ------------------------------------------------------------------------


@pytest.fixture
def milestone(world):
    return MilestoneFactory(item=world.item, number=77)


def move(milestone, world, to, **words):
    return items.move_forecast(
        milestone=milestone,
        version=milestone.version,
        forecast_due=to,
        by=world["contributor"],
        on=TODAY,
        reason="It slips.",
        **words,
    )


def refused(act):
    with pytest.raises(Refused) as refusal:
        act()
    return str(refusal.value), refusal.value.field


@pytest.mark.parametrize("field", ["cause", "effect", "meanwhile", "needs", "mitigation"])
def test_words_about_a_delay_are_refused_where_there_is_none(world, field):
    milestone = MilestoneFactory(item=world.item, number=78, agreed_due=LATER, forecast_due=LATER)
    assert refused(lambda: move(milestone, world, LATE, **{field: "funding"})) == (
        "The new date is not after the agreed date, so there is no delay. Leave this blank.",
        field,
    )


@pytest.mark.parametrize("field", ["effect", "meanwhile", "needs"])
def test_a_new_text_of_an_open_delay_is_kept_and_nothing_clears_it(world, milestone, field):
    delay = DelayFactory(milestone=milestone, due_after=LATE)
    MitigationFactory(delay=delay)
    move(milestone, world, LATER, **{field: "Nobody reads it."})
    milestone.refresh_from_db()
    move(milestone, world, LATER + timedelta(days=1))
    assert getattr(Delay.objects.get(pk=delay.pk), field) == "Nobody reads it."


def test_a_cause_is_refused_when_a_late_date_comes_sooner(world, milestone):
    milestone.forecast_due = LATER
    milestone.save()
    MitigationFactory(delay=DelayFactory(milestone=milestone, due_after=LATER))
    assert refused(lambda: move(milestone, world, LATE, cause="funding"))[1] == "cause"


def test_a_day_for_a_mitigation_without_words_is_refused(world, milestone):
    MitigationFactory(delay=DelayFactory(milestone=milestone, due_after=LATE))
    said = refused(lambda: move(milestone, world, LATER, mitigation_due_on=LATE))
    assert said == ("Say what will be done by that date.", "mitigation")


# --- done already -------------------------------------------------------------------------------


def test_a_reason_for_what_is_done_already_is_refused(world):
    by, at = world["approver"], timezone.now()
    invitation = Invitation.objects.get(agency=world.agencies["police"])
    invitations.withdraw(invitation=invitation, by=by, at=at)
    with pytest.raises(SeatRefused, match="The invitation was already withdrawn."):
        invitations.withdraw(invitation=invitation, by=by, at=at, reason="Moved on.")
    feed = world.agencies["police"].calendar_feeds.get()
    feeds.revoke_feed(feed=feed, by=by, at=at)
    with pytest.raises(Refused, match="This address is already revoked."):
        feeds.revoke_feed(feed=feed, by=by, at=at, reason="Lost.")
    seat = Seat.objects.get(user=world["observer"])
    seats.end_seat_at_once(seat=seat, by=by, at=at, reason="Left.")
    with pytest.raises(SeatRefused, match="The role already ended on"):
        seats.end_seat_at_once(seat=seat, by=by, at=at, reason="Left.")
