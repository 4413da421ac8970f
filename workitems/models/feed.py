"""Calendar feeds: secret URLs that serve an agency's due dates in a plan, or in all its plans."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from agencies.models import Agency, User
from agencies.records.tracking import track
from workitems.models.plan import Member, Plan


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    def not_revoked(self) -> Self:
        return self.filter(revoked_at=None)

    def working(self, on: date) -> Self:
        """Feeds that are served on the day: not revoked, and the agency exists and, of a plan, is a member."""
        is_member = Member.objects.filter(plan=OuterRef("plan"), agency=OuterRef("agency"))
        return self.not_revoked().filter(
            Q(plan=None) | Exists(is_member), agency__in=Agency.objects.valid_on(on)
        )

    def for_list(self) -> Self:
        """With all that a list row prints, in one query. Not revoked first, then newest first."""
        return self.select_related("agency", "plan", "created_by", "revoked_by").order_by(
            F("revoked_at").desc(nulls_first=True), "-created_at", "-pk"
        )


class CalendarFeed(models.Model):
    """A calendar feed of an agency, regardless of who created it. Only a hash of its token is stored."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="calendar_feeds")
    # Empty: all plans that the agency is a member of, on the day that the feed is read.
    plan = models.ForeignKey(
        Plan, models.PROTECT, null=True, blank=True, related_name="calendar_feeds"
    )
    label = models.CharField(max_length=100)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="calendar_feeds")
    created_at = models.DateTimeField()
    # Not in history: every day would write a history row without information.
    last_read_on = models.DateField(null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="revoked_calendar_feeds"
    )

    objects = CalendarFeedQuerySet.as_manager()
    history = track(leave_out=["token_hash", "last_read_on"], plan_ways=["plan"])

    class Meta:
        constraints = [
            models.CheckConstraint(name="calendarfeed_has_label", condition=~Q(label="")),
            models.CheckConstraint(
                name="calendarfeed_revoked_by_and_at",
                condition=Q(revoked_at=None, revoked_by=None)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def plans(self) -> "list[Plan]":
        """The plan, or all plans that the agency is a member of."""
        if self.plan is not None:
            return [self.plan]
        return list(
            Plan.objects.adopted()
            .filter(pk__in=Member.objects.filter(agency=self.agency).values("plan"))
            .in_order()
        )

    @property
    def is_revoked(self) -> bool:
        return self.revoked_at is not None
