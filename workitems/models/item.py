"""Work items and their milestones.

Progress has three separate axes: stage, confidence and lateness (computed from dates).
"""

import re
from functools import lru_cache
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency, User
from agencies.records.tracking import track
from agencies.typed.characters import searchable
from workitems.models.plan import Pillar, Plan
from workitems.terms.item_texts import ITEM_TEXTS, official
from workitems.terms.known_dates import Known, KnownDate, KnownTo

TITLE_LENGTH = 200
AS_TOLD_LENGTH = 120
ITEM_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z.\-]*")


class Confidence(models.TextChoices):
    """A person's confidence in the next milestone's date."""

    ON_TRACK = "on_track", gettext_lazy("On track")
    AT_RISK = "at_risk", gettext_lazy("At risk")
    OFF_TRACK = "off_track", gettext_lazy("Off track")


class Stage(models.TextChoices):
    """Progress of an item. Independent of lateness, which is computed from dates."""

    NOT_STARTED = "not_started", gettext_lazy("Not started")
    UNDER_WAY = "under_way", gettext_lazy("Under way")
    COMPLETE = "complete", gettext_lazy("Complete")
    ONGOING = "ongoing", gettext_lazy("Ongoing")
    WITHDRAWN = "withdrawn", gettext_lazy("Withdrawn")


# Allowed transitions. Withdrawing needs an approved variation; reopening needs a reason.
NEXT_STAGES: dict[str, tuple[Stage, ...]] = {
    Stage.NOT_STARTED: (Stage.UNDER_WAY, Stage.ONGOING, Stage.COMPLETE, Stage.WITHDRAWN),
    Stage.UNDER_WAY: (Stage.NOT_STARTED, Stage.ONGOING, Stage.COMPLETE, Stage.WITHDRAWN),
    Stage.ONGOING: (Stage.UNDER_WAY, Stage.COMPLETE, Stage.WITHDRAWN),
    Stage.COMPLETE: (Stage.UNDER_WAY, Stage.ONGOING),
    Stage.WITHDRAWN: (),
}


@lru_cache(maxsize=20_000)
def number_key(number: str) -> str:
    """Return a sort key for an item number: "1.2" sorts before "1.10"."""
    return re.sub(r"\d+", lambda digits: digits.group().zfill(6), number)


def is_item_number(number: str) -> bool:
    """Return whether the text is letters, digits, full stops and hyphens that can be sorted."""
    return bool(ITEM_NUMBER.fullmatch(number)) and len(number_key(number)) <= 60


def known_to_field() -> "models.CharField[str, str]":
    """Return the column for the precision of a due date. The date of a month or a quarter is its
    last day (a constraint of plan_guards.py)."""
    return models.CharField(
        max_length=7,
        choices=[(each.value, each.value.capitalize()) for each in KnownTo],
        default=KnownTo.DAY.value,
        db_default=KnownTo.DAY.value,
    )


def as_told_field() -> "models.CharField[str, str]":
    """Return the column for a noun phrase that names the row in sentences (as_told.py)."""
    return models.CharField(max_length=AS_TOLD_LENGTH, blank=True, default="", db_default="")


def fits_within_sentences(name: str) -> models.CheckConstraint:
    """Return a constraint: the phrase has no full stop at its end and no quotation marks around it."""
    return models.CheckConstraint(
        name=name,
        condition=~Q(as_told__endswith=".") & ~Q(as_told__startswith="“"),
        violation_error_message="A phrase stands within a sentence: no full stop, no quotation marks.",
    )


def answered_by(agency_id: Any) -> Q:
    """Filter items that the agency leads or supports, or whose open milestones it is responsible for."""
    own = Milestone.objects.open().filter(responsible_agency=agency_id)
    return (
        Q(lead_agency=agency_id)
        | Q(pk__in=Support.objects.filter(agency=agency_id).values("item"))
        | Q(pk__in=own.values("item"))
    )


class WorkItemQuerySet(models.QuerySet["WorkItem"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(plan__in=Plan.objects.visible_to(user))

    def of_agency(self, agency_ids: set[int]) -> Self:
        """Items that any of these agencies leads or supports."""
        return self.filter(
            Q(lead_agency__in=agency_ids)
            | Q(pk__in=Support.objects.filter(agency__in=agency_ids).values("item"))
        )

    def answered_by(self, agency_id: int) -> Self:
        """Items that the agency leads or supports, or whose open milestones it is responsible for."""
        return self.filter(answered_by(agency_id))

    def matching(self, words: str) -> Self:
        """Items whose number or text contains every word of the search (the first ten)."""
        found = self
        for word in searchable(words).split()[:10]:
            found = found.filter(Q(search_text__contains=word) | Q(number=word))
        return found

    def asked(self) -> Self:
        """Items that agencies answer for in a round: complete ones too, if they are not withdrawn."""
        return self.exclude(stage=Stage.WITHDRAWN)

    def live(self) -> Self:
        return self.exclude(stage__in=[Stage.COMPLETE, Stage.WITHDRAWN])

    def in_order(self) -> Self:
        return self.order_by("number_key", "pk")


# The words that the filter of the list and the search of the plan look through.
SEARCHED = ("number", *official(ITEM_TEXTS))


class WorkItem(models.Model):
    """An item of the Plan. Exactly one agency leads it; others may support it."""

    class Kind(models.TextChoices):
        ACTION_ITEM = "action_item", gettext_lazy("Action item")
        BUSINESS_AS_USUAL = "business_as_usual", gettext_lazy("Business as usual")

    class Timeframe(models.TextChoices):
        SHORT = "short", gettext_lazy("Short")
        MEDIUM = "medium", gettext_lazy("Medium")
        LONG = "long", gettext_lazy("Long")
        ONGOING = "ongoing", gettext_lazy("Ongoing")

    # Set by what asks an agency in a round: whether it need not answer.
    is_answered_for: bool = False

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="items")
    pillar = models.ForeignKey(Pillar, models.PROTECT, related_name="items")
    number = models.CharField(
        max_length=20, help_text=gettext_lazy('As printed in the Plan: "1.2"')
    )
    title = models.CharField(max_length=TITLE_LENGTH)
    as_told = as_told_field()
    objective = models.TextField(blank=True)
    action = models.TextField(gettext_lazy("action (the official wording)"), blank=True)
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.ACTION_ITEM)
    lead_agency = models.ForeignKey(Agency, models.PROTECT, related_name="led_items")
    is_key = models.BooleanField(gettext_lazy("key item"), default=False)
    timeframe = models.CharField(max_length=10, choices=Timeframe, default=Timeframe.MEDIUM)
    months = models.PositiveSmallIntegerField(
        gettext_lazy("anticipated months"), null=True, blank=True
    )
    starts_on = models.DateField(null=True, blank=True)

    # The item of an earlier plan that this one carries on.
    carried_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="carried_on"
    )

    stage = models.CharField(max_length=20, choices=Stage, default=Stage.NOT_STARTED)
    completed_on = models.DateField(null=True, blank=True)
    confidence = models.CharField(
        gettext_lazy("confidence (the agency's)"), max_length=10, choices=Confidence, blank=True
    )
    reviewer_confidence = models.CharField(
        gettext_lazy("confidence (the reviewer's)"), max_length=10, choices=Confidence, blank=True
    )
    # Day of the last accepted update; freshness is measured from it.
    heard_on = models.DateField(null=True, blank=True, editable=False)

    version = models.PositiveIntegerField(default=1, editable=False)
    number_key = models.CharField(max_length=70, editable=False, db_index=True)
    search_text = models.TextField(editable=False)

    objects = WorkItemQuerySet.as_manager()
    history = track(
        leave_out=["search_text", "number_key"],
        plan_ways=["plan"],
        counted=["stage", "pillar", "lead_agency"],
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "number"],
                name="workitem_number_unique_in_plan",
                violation_error_message="Another item of this plan has this number.",
            ),
            models.CheckConstraint(
                name="workitem_date_is_of_complete",
                condition=Q(stage="complete") | Q(completed_on=None),
                violation_error_message="A completion date goes with a complete item.",
            ),
            fits_within_sentences("workitem_told_within_sentences"),
            models.CheckConstraint(
                name="workitem_stage_known",
                condition=Q(
                    stage__in=["not_started", "under_way", "complete", "ongoing", "withdrawn"]
                ),
            ),
            models.CheckConstraint(
                name="workitem_confidence_known",
                condition=Q(
                    confidence__in=["", "on_track", "at_risk", "off_track"],
                    reviewer_confidence__in=["", "on_track", "at_risk", "off_track"],
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["plan", "number_key"], name="workitem_plan_order"),
            models.Index(fields=["plan", "lead_agency"], name="workitem_plan_lead"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.derive()
        fields = kwargs.get("update_fields")
        if fields is not None and set(SEARCHED) & set(fields):
            kwargs["update_fields"] = {*fields, "number_key", "search_text"}
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("workitems:detail", args=[self.plan.slug, self.number])

    def derive(self) -> None:
        """Fill the columns for searching and sorting. `save` calls this; bulk writes must."""
        self.number_key = number_key(self.number)
        self.search_text = searchable(*(getattr(self, name) for name in SEARCHED))

    @property
    def next_stages(self) -> tuple[Stage, ...]:
        return NEXT_STAGES[self.stage]

    @property
    def is_live(self) -> bool:
        return self.stage not in (Stage.COMPLETE, Stage.WITHDRAWN)

    @property
    def needs_date(self) -> bool:
        return needs_date(self.stage, self.timeframe)


def needs_date(stage: str, timeframe: str) -> bool:
    """Whether an item goes on and should come to an end, so that without a milestone nothing says when it is late."""
    is_live = stage not in (Stage.COMPLETE, Stage.WITHDRAWN)
    return is_live and timeframe != WorkItem.Timeframe.ONGOING


class SupportManager(models.Manager["Support"]):
    """The agencies that support an item now. Those that no longer do are in `_base_manager`."""

    def get_queryset(self) -> models.QuerySet["Support"]:
        return super().get_queryset().filter(ended_on=None)


class Support(models.Model):
    """A supporting agency of an item, and its role. It is ended by a decision, never deleted."""

    item = models.ForeignKey(WorkItem, models.PROTECT, related_name="supports")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="supported")
    role = models.CharField(max_length=200, blank=True)
    ended_on = models.DateField(null=True, blank=True)

    objects = SupportManager()
    history = track(plan_ways=["item__plan"])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "agency"], name="support_once_per_item"),
        ]

    def __str__(self) -> str:
        return _("{agency} supports {item}").format(agency=self.agency, item=self.item)


class MilestoneQuerySet(models.QuerySet["Milestone"]):
    def open(self) -> Self:
        return self.filter(completed_on=None, withdrawn_on=None)

    def asked(self) -> Self:
        """Milestones that agencies answer for in a round: open ones of items that are not withdrawn."""
        return self.open().exclude(item__stage=Stage.WITHDRAWN)

    def in_order(self) -> Self:
        return self.order_by("item", "number")


class Milestone(models.Model):
    """A step of an item, with three due dates, each known to the day, the month or the quarter.

    Original: as first promised; never changes. Agreed: changes only by an approved variation
    (plan_guards.py enforces both). Forecast: the responsible agency's current expectation. Compare
    and sort by the `_due` columns; say `original`, `agreed` and `forecast`.
    """

    item = models.ForeignKey(WorkItem, models.PROTECT, related_name="milestones")
    number = models.PositiveSmallIntegerField()
    description = models.CharField(max_length=300)
    as_told = as_told_field()
    done_means = models.TextField(gettext_lazy("done means"), blank=True)
    responsible_agency = models.ForeignKey(Agency, models.PROTECT, related_name="milestones")
    original_due = models.DateField()
    original_known_to = known_to_field()
    agreed_due = models.DateField()
    agreed_known_to = known_to_field()
    forecast_due = models.DateField()
    forecast_known_to = known_to_field()
    completed_on = models.DateField(null=True, blank=True)
    withdrawn_on = models.DateField(null=True, blank=True)
    no_evidence = models.TextField(
        blank=True,
        help_text=gettext_lazy(
            "Why the reviewer sees nothing that shows it was done; empty where nobody said so."
        ),
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    original = Known[KnownDate]("original_due", "original_known_to")
    agreed = Known[KnownDate]("agreed_due", "agreed_known_to")
    forecast = Known[KnownDate]("forecast_due", "forecast_known_to")

    objects = MilestoneQuerySet.as_manager()
    history = track(plan_ways=["item__plan"])

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item", "number"], name="milestone_number_unique_in_item"
            ),
            fits_within_sentences("milestone_told_within_sentences"),
            models.CheckConstraint(
                name="milestone_done_or_withdrawn",
                condition=Q(completed_on=None) | Q(withdrawn_on=None),
                violation_error_message="A milestone is completed or withdrawn, not both.",
            ),
            models.CheckConstraint(
                name="milestone_no_evidence_of_completion",
                condition=Q(no_evidence="") | Q(completed_on__isnull=False),
                violation_error_message="Only a completed milestone can lack evidence.",
            ),
        ]
        indexes = [
            models.Index(
                fields=["agreed_due"],
                name="milestone_open_by_agreed",
                condition=Q(completed_on=None, withdrawn_on=None),
            ),
        ]

    def __str__(self) -> str:
        return self.description

    def get_absolute_url(self) -> str:
        return reverse(
            "workitems:milestone", args=[self.item.plan.slug, self.item.number, self.number]
        )

    @property
    def is_open(self) -> bool:
        return self.completed_on is None and self.withdrawn_on is None

    @property
    def reference(self) -> str:
        """The number of its item and its own: "3.6.2". Load the item first."""
        return f"{self.item.number}.{self.number}"
