"""Create, read and revoke calendar feeds."""

import secrets
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from agencies.people.services.invitations import hash_of
from agencies.records import history
from workitems.models import CalendarFeed, Plan
from workitems.plan.services.refusals import Refused, locked

# Limit per agency and plan: nobody keeps track of more addresses.
MAX_FEEDS = 20


@transaction.atomic
def make_feed(
    *, agency: Agency, plan: Plan | None, label: str, by: User, at: datetime
) -> tuple[CalendarFeed, str]:
    """Create a feed, of all the agency's plans without `plan`, and return it with its token, which is not stored.

    Raise `Refused` if the agency is not a member of the plan or does not exist today, if there is
    no label, or if the agency has too many feeds already.
    """
    # Lock the agency's row, so that two requests do not both pass the limit.
    agency = locked(agency)
    if plan is not None and not plan.members.filter(agency=agency).exists():
        raise Refused(_("{agency} takes no part in this plan.").format(agency=agency), "plan")
    if not agency.exists_on(timezone.localdate(at)):
        raise Refused(_("{agency} does not exist today.").format(agency=agency))
    if not label:
        raise Refused(_("Say where the calendar will be read."), "label")
    feeds = CalendarFeed.objects.not_revoked().filter(agency=agency, plan=plan)
    if feeds.count() >= MAX_FEEDS:
        raise Refused(
            _(
                "{agency} has {count} addresses for this calendar. Revoke one that nobody reads."
            ).format(agency=agency, count=MAX_FEEDS)
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
    """Revoke a feed, so that its address is no longer served. Raise `Refused` if it is revoked."""
    feed = locked(feed)
    if feed.is_revoked:
        raise Refused(_("This address is already revoked."))
    feed.revoked_at, feed.revoked_by = at, by
    return history.save(feed, by=by, at=at, reason=reason, fields=["revoked_at", "revoked_by"])


def find_by_token(token: str, on: date) -> CalendarFeed | None:
    """Return the feed of this token with its agency and plan, or None if it is not served."""
    feeds = CalendarFeed.objects.working(on).select_related("agency", "plan")
    return feeds.filter(token_hash=hash_of(token)).first()


def note_reading(feed: CalendarFeed, on: date) -> None:
    """Store the day of the last request. At most one write a day."""
    if feed.last_read_on != on:
        CalendarFeed.objects.filter(pk=feed.pk).update(last_read_on=on)
