"""Addresses of calendars: made, read from, revoked."""

import secrets
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from agencies import history
from agencies.models import Agency, User
from agencies.services.invitations import hash_of
from workitems.models import CalendarFeed, Plan
from workitems.services.refusals import Refused, locked

# Of one agency in one plan. More addresses than this are no longer anybody's to look after.
STANDING_AT_MOST = 20


@transaction.atomic
def make_feed(
    *, agency: Agency, plan: Plan, label: str, by: User, at: datetime
) -> tuple[CalendarFeed, str]:
    """A new address, as its row and its token; the token can never be read again.

    Refused where the agency takes no part in the plan or does not exist on that day, without a
    label, and where the agency has too many addresses already.
    """
    # The agency's row is the lock: two makers count one after the other.
    agency = locked(agency)
    if not plan.members.filter(agency=agency).exists():
        raise Refused(f"{agency} takes no part in this plan.", "plan")
    if not agency.exists_on(timezone.localdate(at)):
        raise Refused(f"{agency} does not exist today.")
    if not label:
        raise Refused("Say where the calendar will be read.", "label")
    standing = CalendarFeed.objects.standing().filter(agency=agency, plan=plan)
    if standing.count() >= STANDING_AT_MOST:
        raise Refused(
            f"{agency} has {STANDING_AT_MOST} addresses for this plan. Revoke one that nobody reads."
        )
    token = secrets.token_urlsafe(32)
    feed = CalendarFeed(
        agency=agency,
        plan=plan,
        label=label,
        token_hash=hash_of(token),
        created_by=by,
        created_at=at,
    )
    return history.save(feed, by=by, at=at), token


@transaction.atomic
def revoke_feed(*, feed: CalendarFeed, by: User, at: datetime, reason: str = "") -> CalendarFeed:
    """Stop the address from answering. Asked twice, it is revoked once."""
    feed = locked(feed)
    if feed.is_revoked:
        return feed
    feed.revoked_at, feed.revoked_by = at, by
    return history.save(feed, by=by, at=at, reason=reason, fields=["revoked_at", "revoked_by"])


def behind(token: str, on: date) -> CalendarFeed | None:
    """The feed whose address answers on the day, with its agency and plan."""
    feeds = CalendarFeed.objects.working(on).select_related("agency", "plan")
    return feeds.filter(token_hash=hash_of(token)).first()


def note_reading(feed: CalendarFeed, on: date) -> None:
    """Keep the day of the last reading: one write a day, however often programs ask."""
    if feed.last_read_on != on:
        CalendarFeed.objects.filter(pk=feed.pk).update(last_read_on=on)
