"""Measures of success of an item or of the whole plan, their targets, and the numbers that agencies give."""

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy

from agencies.models import Agency, User
from agencies.records.tracking import track
from workitems.models.delay import Variation
from workitems.models.item import WorkItem, known_to_field
from workitems.models.plan import Plan
from workitems.models.round import Return
from workitems.terms.known_dates import Known, KnownDate

AS_TOLD_OF_A_MEASURE = 200
# All numbers: finite, with three decimals.
DIGITS, DECIMALS = 15, 3
MOST = 10 ** (DIGITS - DECIMALS) - 1


def number_field() -> Any:
    return models.DecimalField(max_digits=DIGITS, decimal_places=DECIMALS, null=True, blank=True)


def finite(*names: str) -> Q:
    """Return that the numbers are between the bounds: a database may store "not a number" or infinity."""
    return Q(*(Q(**{name: None}) | Q(**{f"{name}__range": (-MOST, MOST)}) for name in names))


class MeasureQuerySet(models.QuerySet["Measure"]):
    def of(self, plan: Plan | int) -> Self:
        """Measures of the plan's items, and its outcomes."""
        return self.filter(Q(item__plan=plan) | Q(of_plan=plan))

    def asked(self) -> Self:
        """Measures whose numbers agencies give."""
        return self.exclude(kind=Measure.Kind.WORDS)

    def of_agency(self, agency: Any) -> Self:
        """Measures whose numbers the agency gives: its own, and those of items that it leads which name nobody else."""
        return self.filter(
            Q(responsible_agency=agency) | Q(responsible_agency=None, item__lead_agency=agency)
        )

    def in_order(self) -> Self:
        """Outcomes of the plan first, then by item."""
        return self.order_by(F("item__number_key").asc(nulls_first=True), "number")


class Measure(models.Model):
    """A measure of success of an item, or of the plan itself: then an outcome.

    Until the coordinator sets it up, it is `words`. The baseline of a period is of one as long as its targets name.
    """

    class Kind(models.TextChoices):
        WORDS = "words", gettext_lazy("Words only")
        LEVEL = "level", gettext_lazy("A level on a day")
        TOTAL = "total", gettext_lazy("A total since the plan began")
        PERIOD = "period", gettext_lazy("A number of a period")
        SHARE = "share", gettext_lazy("A share: so many of so many")
        YES_NO = "yes_no", gettext_lazy("Yes or no")

    class Better(models.TextChoices):
        HIGHER = "higher", gettext_lazy("Higher is better")
        LOWER = "lower", gettext_lazy("Lower is better")

    class Asked(models.TextChoices):
        EACH_ROUND = "each_round", gettext_lazy("In each round")
        EACH_YEAR = "each_year", gettext_lazy("Once a year")

    item = models.ForeignKey(
        WorkItem, models.PROTECT, null=True, blank=True, related_name="measures"
    )
    # Only of an outcome; other measures are of their item's plan.
    of_plan = models.ForeignKey(
        Plan, models.PROTECT, null=True, blank=True, related_name="outcomes"
    )
    number = models.PositiveSmallIntegerField()
    description = models.TextField()
    # Without one: the agency that leads the item.
    responsible_agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="measures"
    )
    as_told = models.CharField(
        max_length=AS_TOLD_OF_A_MEASURE, blank=True, default="", db_default=""
    )
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.WORDS, db_default="words")
    unit = models.CharField(max_length=60, blank=True, default="", db_default="")
    better = models.CharField(
        max_length=10, choices=Better, default=Better.HIGHER, db_default="higher"
    )
    asked = models.CharField(
        max_length=10, choices=Asked, default=Asked.EACH_ROUND, db_default="each_round"
    )
    source = models.TextField(blank=True, default="", db_default="")
    baseline = number_field()
    baseline_on = models.DateField(null=True, blank=True)
    baseline_unknown = models.TextField(blank=True, default="", db_default="")
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)

    objects = MeasureQuerySet.as_manager()
    history = track(plan_ways=["item__plan", "of_plan"])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "number"], name="measure_number_unique"),
            models.UniqueConstraint(
                fields=["of_plan", "number"], name="measure_outcome_number_unique"
            ),
            models.CheckConstraint(
                name="measure_of_item_or_plan",
                condition=Q(item__isnull=False, of_plan=None)
                | Q(item=None, of_plan__isnull=False, responsible_agency__isnull=False),
            ),
            models.CheckConstraint(
                name="measure_values_known",
                condition=Q(
                    kind__in=["words", "level", "total", "period", "share", "yes_no"],
                    better__in=["higher", "lower"],
                    asked__in=["each_round", "each_year"],
                ),
            ),
            models.CheckConstraint(
                name="measure_set_up_is_told", condition=Q(kind="words") | ~Q(as_told="")
            ),
            models.CheckConstraint(
                name="measure_baseline_has_day",
                condition=Q(baseline=None, baseline_on=None)
                | Q(baseline__isnull=False, baseline_on__isnull=False, baseline_unknown=""),
            ),
            models.CheckConstraint(name="measure_baseline_finite", condition=finite("baseline")),
        ]

    def __str__(self) -> str:
        return self.description

    @property
    def plan(self) -> Plan:
        """Load the item's plan first."""
        plan = self.item.plan if self.item else self.of_plan
        assert plan is not None  # held by a check constraint
        return plan

    @property
    def responsible(self) -> Agency:
        """Load the agency, and the item with its lead, first."""
        if self.responsible_agency is not None:
            return self.responsible_agency
        assert self.item is not None  # held by a check constraint
        return self.item.lead_agency

    @property
    def place(self) -> str:
        """ "1.2", or "" of an outcome."""
        return self.item.number if self.item else ""


class Target(models.Model):
    """The number that a measure is to reach by a date: per cent of a share, 1 of a yes or no. It never changes; another
    replaces it."""

    measure = models.ForeignKey(Measure, models.PROTECT, related_name="targets")
    number = models.DecimalField(max_digits=DIGITS, decimal_places=DECIMALS)
    due = models.DateField()
    due_known_to = known_to_field()
    # Of a number of a period: how long that is.
    months = models.PositiveSmallIntegerField(null=True, blank=True)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    # Which allowed it, once the measure had a value.
    variation = models.ForeignKey(
        Variation, models.PROTECT, null=True, blank=True, related_name="targets"
    )
    set_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    set_on = models.DateField()

    by = Known[KnownDate]("due", "due_known_to")

    history = track(plan_ways=["measure__item__plan", "measure__of_plan"])

    class Meta:
        constraints = [
            models.CheckConstraint(name="target_finite", condition=finite("number")),
            models.CheckConstraint(
                name="target_months", condition=Q(months=None) | Q(months__range=(1, 120))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number:f} by {self.by}"


class MeasureValueQuerySet(models.QuerySet["MeasureValue"]):
    def accepted(self, until: date | None = None) -> Self:
        """Values that count: those that papers, public pages and judgements may use."""
        if until is None:
            return self.filter(accepted_on__isnull=False)
        return self.filter(accepted_on__lte=until)

    def waiting(self) -> Self:
        """Given between rounds, and not accepted yet."""
        return self.filter(of_return=None, accepted_on=None)

    def submitted(self) -> Self:
        """In a return that is submitted and not accepted yet."""
        rows = self.filter(of_return__state=Return.State.SUBMITTED, accepted_on=None)
        return rows.select_related("of_return__round", "of_return__agency")

    def of(self, plan: Plan | int) -> Self:
        return self.filter(Q(measure__item__plan=plan) | Q(measure__of_plan=plan))

    def for_list(self) -> Self:
        return self.select_related("agency", "written_by", "accepted_by", "of_return__round")


class MeasureValue(models.Model):
    """A number of a measure as at a day or of a period, or "no number yet", because and by when.

    Of a return, it is visible as an `Update` of it is, and accepted with it; without one, it is visible at once, and the
    coordinator accepts it by itself. An accepted value never changes: another one corrects it.
    """

    measure = models.ForeignKey(Measure, models.PROTECT, related_name="values")
    of_return = models.ForeignKey(
        Return, models.PROTECT, null=True, blank=True, related_name="measure_values"
    )
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    # The first day, of a period.
    starts_on = models.DateField(null=True, blank=True)
    day = models.DateField()
    number = number_field()
    # Of a share: of how many.
    of = models.DecimalField(
        max_digits=DIGITS, decimal_places=DECIMALS, null=True, blank=True, db_column="out_of"
    )
    note = models.TextField(blank=True)
    not_comparable = models.BooleanField(gettext_lazy("counted differently"), default=False)
    # There is no number yet.
    because = models.TextField(blank=True)
    expected = models.DateField(null=True, blank=True)
    expected_known_to = known_to_field()
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="corrections"
    )
    correction_reason = models.TextField(blank=True)
    given_on = models.DateField()
    written_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    written_at = models.DateTimeField()
    accepted_on = models.DateField(null=True, blank=True)
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1, editable=False)

    expected_by = Known[KnownDate | None]("expected", "expected_known_to")

    objects = MeasureValueQuerySet.as_manager()
    history = track(plan_ways=["measure__item__plan", "measure__of_plan"], pauses=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="measurevalue_number_or_none_yet",
                condition=Q(number__isnull=False, because="", expected=None)
                | Q(
                    number=None,
                    of=None,
                    expected__isnull=False,
                    not_comparable=False,
                    corrects=None,
                )
                & ~Q(because=""),
            ),
            models.CheckConstraint(
                name="measurevalue_part_of_whole",
                condition=Q(of=None) | Q(number__gte=0, number__lte=F("of")),
            ),
            models.CheckConstraint(name="measurevalue_finite", condition=finite("number", "of")),
            models.CheckConstraint(
                name="measurevalue_not_in_future", condition=Q(day__lte=F("given_on"))
            ),
            models.CheckConstraint(
                name="measurevalue_period",
                condition=Q(starts_on=None) | Q(starts_on__lte=F("day")),
            ),
            models.CheckConstraint(
                name="measurevalue_corrected_with_why",
                condition=Q(corrects=None, correction_reason="")
                | Q(corrects__isnull=False) & ~Q(correction_reason=""),
            ),
            # What a return says does not count before it is accepted; the round may close before.
            models.UniqueConstraint(
                fields=["measure", "day"],
                condition=Q(corrects=None, number__isnull=False)
                & (Q(of_return=None) | Q(accepted_on__isnull=False)),
                name="measurevalue_one_a_day",
            ),
            models.UniqueConstraint(
                fields=["corrects"],
                condition=Q(of_return=None) | Q(accepted_on__isnull=False),
                name="measurevalue_corrected_once",
            ),
            models.UniqueConstraint(
                fields=["of_return", "measure"], name="measurevalue_one_a_return"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure}: {self.number:f}" if self.number is not None else self.because
