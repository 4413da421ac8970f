"""Audits of a plan by an agency outside its working group, and what they find."""

from collections.abc import Collection
from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy

from agencies.models import Agency, PeriodQuerySet, Seat, User
from agencies.records.tracking import track
from workitems.models.item import WorkItem
from workitems.models.plan import READING_ROLES, Plan

# Without a reply, a finding is shown after so many days from Monday to Friday.
REPLY_WITHIN = 10


class Audit(models.Model):
    """A period, of a year at most, in which the auditors of an agency read a plan. A guard keeps out its members; only
    the last day changes, and only to an earlier one."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="audits")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="audits")
    scope = models.TextField()
    from_on = models.DateField()
    to_on = models.DateField()
    set_up_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    set_up_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = PeriodQuerySet.as_manager()
    history = track(plan_ways=["plan"])

    class Meta:
        constraints = [
            models.CheckConstraint(name="audit_period", condition=Q(to_on__gte=F("from_on"))),
            models.CheckConstraint(name="audit_has_scope", condition=~Q(scope="")),
        ]

    def __str__(self) -> str:
        return f"{self.agency}: {self.plan}"

    def get_absolute_url(self) -> str:
        return reverse("audits:list", args=[self.plan.slug])

    def is_on(self, day: date) -> bool:
        return self.from_on <= day <= self.to_on


class FindingQuerySet(models.QuerySet["Finding"]):
    def of(self, plan: Plan | int) -> Self:
        return self.filter(audit__plan=plan)

    def shown(self, on: date) -> Self:
        """Those that every reader of the plan sees by the end of a day: with a reply, or not replied to in time."""
        return self.filter(Q(replied_on__lte=on) | Q(shown_from__lte=on))

    def readable_by(self, user: User, plans: Collection[Plan], on: date) -> Self:
        """Those of plans that the user reads which are shown, and sooner those of the reader's own audit, and those that
        their agency is to reply to; all for a plan's coordinators."""
        run = [plan.pk for plan in plans if user.has_perm("workitems.manage_audit", plan)]
        sooner = Q(audit__plan__in=run)
        sooner |= Q(audit__agency__in=user.agencies_as(Seat.Role.AUDITOR))
        sooner |= Q(item__lead_agency__in=user.agencies_as(*READING_ROLES))
        rows = self.filter(audit__plan__in=[plan.pk for plan in plans])
        return rows.filter(Q(replied_on__lte=on) | Q(shown_from__lte=on) | sooner)

    def not_shown(self, on: date) -> Self:
        """Those that only few see yet: nobody has replied, and the days to reply are not over."""
        return self.filter(replied_on=None, shown_from__gt=on)

    def for_list(self) -> Self:
        """The newest first, with all that a list prints."""
        related = ("audit__agency", "audit__plan__coordinating_agency", "item__lead_agency")
        return self.select_related(*related, "replied_for").order_by("-as_at", "-pk")


class Finding(models.Model):
    """What an audit finds on an item, or on the whole plan, as at a day. It never changes, and takes one reply."""

    class Verdict(models.TextChoices):
        """Does the evidence support what was reported?"""

        SUPPORTED = "supported", gettext_lazy("Supported")
        IN_PART = "in_part", gettext_lazy("Supported in part")
        NOT_SUPPORTED = "not_supported", gettext_lazy("Not supported")

        @property
        def shape(self) -> str:
            """The shape beside its word (components/shape.html)."""
            return {"supported": "completed", "in_part": "at_risk"}.get(self, "off_track")

    audit = models.ForeignKey(Audit, models.PROTECT, related_name="findings")
    number = models.PositiveSmallIntegerField()
    # Without one: on the whole plan.
    item = models.ForeignKey(
        WorkItem, models.PROTECT, null=True, blank=True, related_name="findings"
    )
    as_at = models.DateField()
    verdict = models.CharField(max_length=15, choices=Verdict)
    note = models.TextField()
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    given_on = models.DateField()
    shown_from = models.DateField()
    reply = models.TextField(blank=True, default="")
    replied_for = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    replied_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    replied_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = FindingQuerySet.as_manager()
    history = track(plan_ways=["audit__plan"])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["audit", "number"], name="finding_number_unique"),
            models.CheckConstraint(
                name="finding_values_known",
                condition=Q(verdict__in=["supported", "in_part", "not_supported"]) & ~Q(note=""),
            ),
            models.CheckConstraint(
                name="finding_days",
                condition=Q(as_at__lte=F("given_on"), shown_from__gt=F("given_on")),
            ),
            models.CheckConstraint(
                name="finding_replied_by_whom",
                condition=Q(reply="", replied_for=None, replied_by=None, replied_on=None)
                | Q(
                    replied_for__isnull=False,
                    replied_by__isnull=False,
                    replied_on__gte=F("given_on"),
                )
                & ~Q(reply=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference}: {self.get_verdict_display()}"

    def get_absolute_url(self) -> str:
        return reverse("audits:finding", args=[self.audit.plan.slug, self.pk])

    @property
    def plan(self) -> Plan:
        """Load the audit's plan first."""
        return self.audit.plan

    @property
    def reference(self) -> str:
        return f"F{self.number}"

    @property
    def mark(self) -> Any:
        return self.Verdict(self.verdict)

    @property
    def replies(self) -> Agency:
        """The agency that is to reply: the item's lead, or who coordinates the plan."""
        return self.item.lead_agency if self.item else self.audit.plan.coordinating_agency

    def is_shown(self, on: date) -> bool:
        return self.shown_from <= on or (self.replied_on is not None and self.replied_on <= on)
