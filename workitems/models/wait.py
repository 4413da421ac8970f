"""What a milestone waits for: another milestone, of the same agency or another, of this plan or another."""

from datetime import date, timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency
from agencies.records.tracking import track
from workitems.models.item import Milestone
from workitems.models.plan import Plan

# The other agency is asked for an answer within so many days.
ANSWERED_WITHIN_DAYS = 14


class WaitQuerySet(models.QuerySet["Wait"]):
    def live(self) -> Self:
        return self.filter(ended_on=None)

    def for_list(self) -> Self:
        """With both milestones, their agencies, items and plans, in one query."""
        return self.select_related(
            *("milestone__responsible_agency", "milestone__item__plan__coordinating_agency"),
            *("waits_for__responsible_agency", "waits_for__item__plan__coordinating_agency"),
        ).order_by("pk")

    def to_answer(self) -> Self:
        """Live waits that the other agency has neither confirmed nor disputed."""
        return self.live().filter(answer="")


class Wait(models.Model):
    """A milestone waits for another, says its agency. The other agency confirms or disputes it.

    It promises nothing: no date, stage or count follows from it. It ends and is never deleted. Guards refuse a loop, and
    a plan that is not adopted.
    """

    class Answer(models.TextChoices):
        CONFIRMED = "confirmed", gettext_lazy("Confirmed")
        DISPUTED = "disputed", gettext_lazy("Disputed")

    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="waits")
    waits_for = models.ForeignKey(Milestone, models.PROTECT, related_name="waited_for_by")
    # Days that the milestone still needs once what it waits for is done.
    days_after = models.PositiveSmallIntegerField(default=0)
    why = models.TextField()
    said_on = models.DateField()
    answer = models.CharField(max_length=9, choices=Answer, blank=True)
    answer_words = models.TextField(blank=True)
    answered_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    end_reason = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = WaitQuerySet.as_manager()
    history = track(plan_ways=["milestone__item__plan"])

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["milestone", "waits_for"],
                condition=Q(ended_on=None),
                name="wait_once_a_pair",
            ),
            models.CheckConstraint(name="wait_for_another", condition=~Q(milestone=F("waits_for"))),
            models.CheckConstraint(name="wait_says_why", condition=~Q(why="")),
            models.CheckConstraint(
                name="wait_answered_on",
                condition=Q(answer="", answer_words="", answered_on=None)
                | Q(answer="confirmed", answered_on__isnull=False)
                | Q(answer="disputed", answered_on__isnull=False) & ~Q(answer_words=""),
            ),
            models.CheckConstraint(
                name="wait_ended_with_reason",
                condition=Q(ended_on=None, end_reason="")
                | Q(ended_on__gte=F("said_on")) & ~Q(end_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("waits:detail", args=[self.plan.slug, self.pk])

    @property
    def reference(self) -> str:
        """“First leads passed on” waits for “Way of tracing agreed”."""
        return _("“{milestone}” waits for “{other}”").format(
            milestone=self.milestone, other=self.waits_for
        )

    @property
    def plan(self) -> Plan:
        """The plan of the milestone that waits. Load its item's plan first."""
        return self.milestone.item.plan

    @property
    def other_plan(self) -> Plan:
        return self.waits_for.item.plan

    @property
    def is_between_plans(self) -> bool:
        return self.milestone.item.plan_id != self.waits_for.item.plan_id

    @property
    def agency(self) -> Agency:
        """The agency that says that it waits."""
        return self.milestone.responsible_agency

    @property
    def other_agency(self) -> Agency:
        """The agency that confirms or disputes it."""
        return self.waits_for.responsible_agency

    @property
    def agency_id(self) -> int:
        return self.milestone.responsible_agency_id

    @property
    def other_agency_id(self) -> int:
        return self.waits_for.responsible_agency_id

    @property
    def answer_by(self) -> date:
        return self.said_on + timedelta(ANSWERED_WITHIN_DAYS)

    @property
    def is_live(self) -> bool:
        return self.ended_on is None
