"""Test the pages of calendar feeds, and the public URL as used by a calendar program."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from agencies.people.services.invitations import hash_of
from tests.factories import CalendarFeedFactory, MilestoneFactory, PlanFactory
from tests.workitems.record import NOW
from workitems.calendar import services, views
from workitems.models import CalendarFeed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]

TOKEN = "a-token-that-somebody-copied"


@pytest.fixture(autouse=True)
def _reset_rate_limits():
    cache.clear()


@pytest.fixture
def feed(plan, police, contributor):
    return CalendarFeedFactory(
        plan=plan,
        agency=police,
        label="Outlook of the policy team",
        token_hash=hash_of(TOKEN),
        created_by=contributor,
    )


def list_of(agency):
    return reverse("feeds:list", args=[agency.pk])


def revoke_of(feed):
    return reverse("feeds:revoke", args=[feed.agency_id, feed.pk])


def ask(token=TOKEN, **headers):
    return Client().get(reverse("feeds:calendar", args=[token]), headers=headers)


# --- the pages ------------------------------------------------------------------------------


def test_the_address_is_shown_once_and_works(client_of, contributor, plan, police, milestone):
    client = client_of(contributor)
    made = client.post(list_of(police), {"label": "My Outlook"}, follow=True)
    assert made.status_code == 200
    address = made.context["address"]
    assert f'value="{address}"' in made.text
    answer = Client().get(address.removeprefix("http://127.0.0.1:8000"))
    assert Calendar.from_ical(answer.content).events[0]["summary"] == "Brochure printed"
    later = client.get(list_of(police))
    assert "My Outlook" in later.text
    assert address not in later.text
    assert CalendarFeed.objects.get().token_hash not in later.text


def test_an_agency_in_several_plans_chooses_one_or_all(
    client_of, contributor, police, plan, labour
):
    other = PlanFactory(coordinating_agency=labour, members=[police])
    client = client_of(contributor)
    client.post(list_of(police), {"label": "Mine", "plan": other.pk})
    client.post(list_of(police), {"label": "Mine", "plan": ""})
    assert list(CalendarFeed.objects.order_by("pk").values_list("plan", flat=True)) == [
        other.pk,
        None,
    ]
    client.get(list_of(police))  # shows the new address once
    assert "All plans</td>" in client.get(list_of(police)).text


def test_a_plan_that_the_agency_is_not_in_cannot_be_chosen(client_of, contributor, police, plan):
    PlanFactory(members=[police])
    strange = PlanFactory()
    answer = client_of(contributor).post(list_of(police), {"label": "Mine", "plan": strange.pk})
    assert (answer.status_code, CalendarFeed.objects.count()) == (422, 0)


def test_a_refusal_is_shown_on_the_page(client_of, contributor, plan, police):
    for _ in range(20):
        CalendarFeedFactory(plan=plan, agency=police)
    answer = client_of(contributor).post(list_of(police), {"label": "Mine"})
    assert answer.status_code == 422
    assert "Police has 20 addresses for this calendar." in answer.text


def test_the_coordinator_sees_and_revokes_feeds_of_their_plan_but_adds_none(
    client_of, coordinator, feed, police
):
    elsewhere = CalendarFeedFactory(plan=PlanFactory(members=[police]), agency=police)
    client = client_of(coordinator)
    page = client.get(list_of(police))
    assert [row["feed"] for row in page.context["feeds"]] == [feed]
    assert page.context["form"] is None
    assert client.get(revoke_of(elsewhere)).status_code == 404
    assert client.post(list_of(police), {"label": "Mine"}).status_code == 403
    client.post(revoke_of(feed), {"reason": "Sent to a list."})
    assert ask().status_code == 404


def test_a_feed_of_another_agency_is_not_found_under_ones_own(
    client_of, approver, police, plan, customs
):
    theirs = CalendarFeedFactory(plan=plan, agency=customs)
    address = reverse("feeds:revoke", args=[police.pk, theirs.pk])
    assert client_of(approver).post(address).status_code == 404


def test_revoking_a_feed_appears_in_the_plans_history(client_of, approver, feed, plan):
    client_of(approver).post(revoke_of(feed), {"reason": "Sent to a list."})
    page = client_of(approver).get(reverse("plans:history", args=[plan.slug])).text
    assert "revoked the address of the calendar of Police, “Outlook of the policy team”." in page
    assert "Sent to a list." in page
    assert "made an address of the calendar of Police, “Outlook of the policy team”." in page


def test_a_revoked_feed_has_no_actions(client_of, approver, contributor, feed, police):
    services.revoke_feed(feed=feed, by=approver, at=NOW)
    page = client_of(contributor).get(list_of(police)).text
    assert "Revoked 1 June 2010" in page
    assert revoke_of(feed) not in page


def test_the_desk_and_the_people_page_link_to_the_calendar(client_of, approver, plan, police):
    client = client_of(approver)
    for page in (reverse("home"), reverse("agencies:seats", args=[police.pk])):
        assert f'href="{list_of(police)}"' in client.get(page).text


def test_a_desk_without_a_plan_has_no_link_to_a_calendar(client_of, stranger):
    assert "/calendar/" not in client_of(stranger).get(reverse("home")).text


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_for_three_feeds_as_for_one(
    client_of, contributor, plan, police, count, django_assert_num_queries
):
    for _ in range(count):
        CalendarFeedFactory(plan=plan, agency=police)
    client = client_of(contributor)
    client.get("/plans/")
    # Savepoint and release; session, person, seats; the agency, its plans, its feeds; the plans of
    # the frame.
    with django_assert_num_queries(9):
        assert len(client.get(list_of(police)).context["feeds"]) == count


# --- the public URL -------------------------------------------------------------------------


def test_a_calendar_needs_no_session_sets_no_cookie_and_is_cached_privately(feed, milestone):
    answer = ask()
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert answer["Cache-Control"] == "private, no-cache"
    assert answer["X-Robots-Tag"] == "noindex"
    assert answer["Content-Disposition"] == 'attachment; filename="police-due-dates.ics"'
    assert dict(answer.cookies) == {}
    assert not answer.has_header("Last-Modified")


def test_unknown_revoked_and_former_addresses_get_the_same_response(feed, approver, police):
    def told(answer):
        return answer.status_code, answer.content, sorted(answer.headers.items())

    unknown = told(ask("no-such-token"))
    assert unknown[0] == 404
    police.valid_to = NOW.date() - timedelta(days=1)
    police.save()
    assert told(ask()) == unknown
    police.valid_to = None
    police.save()
    assert ask().status_code == 200
    services.revoke_feed(feed=feed, by=approver, at=NOW)
    assert told(ask()) == unknown


def test_an_unchanged_calendar_is_not_sent_again(feed, milestone, item):
    etag = ask()["ETag"]
    again = ask(if_none_match=etag)
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
    assert again["Cache-Control"] == "private, no-cache"
    MilestoneFactory(item=item)
    assert ask(if_none_match=etag).status_code == 200
    milestone.completed_on = NOW.date()
    milestone.save()
    assert ask(if_none_match=etag).status_code == 200


def test_the_day_of_the_last_request_is_stored(feed):
    ask()
    feed.refresh_from_db()
    assert feed.last_read_on == NOW.date()


def test_too_many_requests_are_refused_without_affecting_other_clients(
    feed, plan, customs, monkeypatch
):
    assert views.READINGS_AN_HOUR == 120
    monkeypatch.setattr(views, "READINGS_AN_HOUR", 6)
    other = CalendarFeedFactory(plan=plan, agency=customs, token_hash=hash_of("another"))
    assert {ask().status_code for _ in range(6)} == {200}
    refused = ask()
    assert (refused.status_code, refused["Retry-After"]) == (429, "3600")
    assert ask("another").status_code == 200
    assert other.agency == customs


def test_guessed_addresses_are_rate_limited_and_valid_ones_still_work(feed):
    assert {ask(f"guess-{n}").status_code for n in range(60)} == {404}
    assert ask("guess").status_code == 429
    assert ask().status_code == 200
    with time_machine.travel(NOW + timedelta(hours=1)):
        assert ask("guess").status_code == 404


def test_tokens_are_not_logged(feed, caplog):
    caplog.set_level("INFO")
    ask()
    ask("no-such-token")
    lines = json.dumps([str(record.__dict__) for record in caplog.records])
    assert len(caplog.records) == 2
    assert TOKEN not in lines
