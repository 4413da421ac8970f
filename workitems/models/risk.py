"""The risk register of a plan: each risk has a likelihood and an impact, on three levels each."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Case, Q, Value, When
from django.urls import reverse
from django.utils.translation import gettext_lazy

from agencies.models import Agency
from agencies.records.tracking import track
from workitems.models.item import WorkItem
from workitems.models.plan import Plan

# (likelihood, impact) → severity, as in docs/glossary.md.
SEVERITY = {
    ("low", "low"): "low",
    ("low", "medium"): "low",
    ("low", "high"): "medium",
    ("medium", "low"): "low",
    ("medium", "medium"): "medium",
    ("medium", "high"): "high",
    ("high", "low"): "medium",
    ("high", "medium"): "high",
    ("high", "high"): "high",
}
LEVELS = ("low", "medium", "high")
# Likelihood × impact, each from 1 to 3. Risks are sorted by it.
WEIGHT = {
    (likelihood, impact): (LEVELS.index(likelihood) + 1) * (LEVELS.index(impact) + 1)
    for likelihood, impact in SEVERITY
}


class RiskQuerySet(models.QuerySet["Risk"]):
    def open(self, on: date) -> Self:
        return self.filter(Q(closed_on=None) | Q(closed_on__gt=on))

    def closed(self, on: date) -> Self:
        return self.filter(closed_on__lte=on)

    def escalated(self) -> Self:
        """Risks escalated to the working group or the Minister, including closed ones."""
        return self.exclude(escalated_to="")

    def open_first(self, on: date) -> Self:
        """Open risks first, then closed; each by likelihood × impact, highest first, then number."""
        weight = Case(
            *(
                When(likelihood=likelihood, impact=impact, then=Value(-weight))
                for (likelihood, impact), weight in WEIGHT.items()
            ),
            output_field=models.SmallIntegerField(),
        )
        is_closed = Case(When(closed_on__lte=on, then=1), default=0)
        return self.order_by(is_closed, weight, "number")

    def for_list(self) -> Self:
        """With all that a list row prints, in one query."""
        return self.select_related("item", "owner_agency")


class Risk(models.Model):
    """A risk to an item or to the whole plan. A closed risk stays and may be reopened."""

    class Level(models.TextChoices):
        LOW = "low", gettext_lazy("Low")
        MEDIUM = "medium", gettext_lazy("Medium")
        HIGH = "high", gettext_lazy("High")

    class EscalatedTo(models.TextChoices):
        GROUP = "group", gettext_lazy("The working group")
        MINISTER = "minister", gettext_lazy("The Minister")

    # Levels of escalation, lowest first. "" is the owner agency.
    STEPS = ("", EscalatedTo.GROUP.value, EscalatedTo.MINISTER.value)

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="risks")
    item = models.ForeignKey(WorkItem, models.PROTECT, null=True, blank=True, related_name="risks")
    number = models.PositiveIntegerField()
    description = models.TextField("risk")
    likelihood = models.CharField(max_length=10, choices=Level)
    impact = models.CharField(max_length=10, choices=Level)
    owner_agency = models.ForeignKey(Agency, models.PROTECT, related_name="risks")
    response = models.TextField(blank=True)
    escalated_to = models.CharField(max_length=10, choices=EscalatedTo, blank=True)
    escalated_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = RiskQuerySet.as_manager()
    history = track(plan_ways=["plan"])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="risk_number_unique_in_plan"),
            models.CheckConstraint(
                name="risk_levels_known",
                condition=Q(
                    likelihood__in=["low", "medium", "high"], impact__in=["low", "medium", "high"]
                ),
            ),
            models.CheckConstraint(
                name="risk_escalated_to_and_on",
                condition=Q(escalated_to="", escalated_on=None)
                | (~Q(escalated_to="") & Q(escalated_on__isnull=False)),
                violation_error_message="Say to whom and on what day the risk was escalated.",
            ),
        ]

    def __str__(self) -> str:
        return self.description

    def get_absolute_url(self) -> str:
        return reverse("risks:detail", args=[self.plan.slug, self.number])

    @property
    def reference(self) -> str:
        return f"R{self.number}"

    @property
    def severity(self) -> str:
        """ "low", "medium" or "high", by likelihood and impact."""
        return SEVERITY[self.likelihood, self.impact]

    @property
    def severity_label(self) -> str:
        return str(self.Level(self.severity).label)

    @property
    def with_whom(self) -> str:
        """Who handles it: "the Minister", "the working group", or its owner's short name."""
        if not self.escalated_to:
            return self.owner_agency.short_name
        return self.get_escalated_to_display().replace("The", "the", 1)

    @property
    def higher(self) -> tuple[str, ...]:
        """The levels that it may be escalated to."""
        return self.STEPS[self.STEPS.index(self.escalated_to) + 1 :]

    @property
    def lower(self) -> tuple[str, ...]:
        """The levels that it may be de-escalated to; "" is the owner agency."""
        return self.STEPS[: self.STEPS.index(self.escalated_to)]
