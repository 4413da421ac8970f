"""A supporting agency's proposal to an item's lead agency: another stage or confidence."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from agencies.models import Agency, User
from agencies.records.tracking import track
from workitems.models.item import Confidence, Stage, WorkItem


class StatusProposalQuerySet(models.QuerySet["StatusProposal"]):
    def open(self) -> Self:
        return self.filter(state=StatusProposal.State.OPEN)

    def for_list(self) -> Self:
        """With all that a list prints, newest first."""
        return self.select_related("agency", "proposed_by", "answered_by").order_by("-pk")


class StatusProposal(models.Model):
    """The stage and confidence that a supporting agency proposes. The lead accepts or declines."""

    class State(models.TextChoices):
        OPEN = "open", gettext_lazy("With the lead agency")
        ACCEPTED = "accepted", gettext_lazy("Accepted")
        DECLINED = "declined", gettext_lazy("Declined")
        WITHDRAWN = "withdrawn", gettext_lazy("Withdrawn")

    item = models.ForeignKey(WorkItem, models.PROTECT, related_name="status_proposals")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="status_proposals")
    stage = models.CharField(max_length=20, choices=Stage)
    confidence = models.CharField(max_length=10, choices=Confidence, blank=True)
    reason = models.TextField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = StatusProposalQuerySet.as_manager()
    history = track(plan_ways=["item__plan"])

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item", "agency"],
                condition=Q(state="open"),
                name="status_proposal_one_open_per_agency",
            ),
            models.CheckConstraint(
                name="status_proposal_values_known",
                condition=Q(
                    stage__in=["not_started", "under_way", "complete", "ongoing"],
                    confidence__in=["", "on_track", "at_risk", "off_track"],
                    state__in=["open", "accepted", "declined", "withdrawn"],
                )
                & ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="status_proposal_answered_by_and_at",
                condition=Q(state="open", answered_by=None, answered_at=None)
                | ~Q(state="open") & Q(answered_by__isnull=False, answered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="status_proposal_declined_with_words",
                condition=~Q(state="declined") | ~Q(answer=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency}: {self.get_stage_display().lower()}, {self.item}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN
