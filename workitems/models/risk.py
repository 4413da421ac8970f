"""What threatens an item or the plan: a light register, weighed on two scales of three."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Case, Q, Value, When
from django.urls import reverse

from agencies.models import Agency
from agencies.tracking import track
from workitems.models.item import WorkItem
from workitems.models.plan import Plan

# How severe a risk is: (likelihood, impact) → severity. As printed in docs/glossary.md.
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
# Likelihood × impact, each counted from 1 to 3: orders risks of one severity.
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
        """Brought before the working group or the Minister; closed ones as well."""
        return self.exclude(escalated_to="")

    def open_first(self, on: date) -> Self:
        """Open ones by likelihood × impact, heaviest first; then the closed; each by number."""
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
        """Everything that a list row prints, in one query."""
        return self.select_related("item", "owner_agency")


class Risk(models.Model):
    """What threatens an item or the whole plan, who owns it, and what is done.

    A closed one stays in the register, and may be opened again.
    """

    class Level(models.TextChoices):
        LOW = "low", "Low"
        MEDIUM = "medium", "Medium"
        HIGH = "high", "High"

    class EscalatedTo(models.TextChoices):
        GROUP = "group", "The working group"
        MINISTER = "minister", "The Minister"

    # From the agency that owns it upwards.
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
    history = track()

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
        """Low, medium or high, by likelihood and impact."""
        return SEVERITY[self.likelihood, self.impact]

    @property
    def severity_label(self) -> str:
        return self.Level(self.severity).label

    @property
    def with_whom(self) -> str:
        """Who has it in hand: "the Minister", "the working group", or its owner by short name."""
        if not self.escalated_to:
            return self.owner_agency.short_name
        return self.get_escalated_to_display().replace("The", "the", 1)

    @property
    def higher(self) -> tuple[str, ...]:
        """To whom it may still be escalated."""
        return self.STEPS[self.STEPS.index(self.escalated_to) + 1 :]

    @property
    def lower(self) -> tuple[str, ...]:
        """Where it may be brought down to; "" is the agency that owns it."""
        return self.STEPS[: self.STEPS.index(self.escalated_to)]
