"""Agencies, the offices of Ministers, and who held a portfolio when."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Lower
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.records.tracking import track


class PeriodQuerySet(models.QuerySet[Any]):
    def on(self, day: date) -> Self:
        """Rows whose period includes the day. First and last day count; no end means open."""
        return self.filter(Q(to_on=None) | Q(to_on__gte=day), from_on__lte=day)

    def during(self, from_on: date, to_on: date | None) -> Self:
        """Rows whose period overlaps this one by at least a day. No end means open."""
        begun = self.filter(Q(to_on=None) | Q(to_on__gte=from_on))
        return begun if to_on is None else begun.filter(from_on__lte=to_on)


def by_short_name(way: str = "agency__") -> Lower:
    """Return the order by the short name of an agency, in any case: "ACC", "Customs", "DoL". `way` is
    the lookup to the agency."""
    return Lower(f"{way}short_name")


class AgencyQuerySet(models.QuerySet["Agency"]):
    def and_before(self, agency: int) -> set[int]:
        """Return the ids of an agency and of all whose work it took over. A query a generation."""
        found, newest = {agency}, {agency}
        while newest:
            newest = set(self.filter(successor__in=newest).values_list("pk", flat=True)) - found
            found |= newest
        return found

    def valid_on(self, day: date) -> Self:
        return self.filter(
            Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_to=None) | Q(valid_to__gte=day)
        )

    def in_order(self) -> Self:
        return self.order_by(by_short_name(""))

    def with_people(self, on: date) -> Self:
        """Add `people`: how many people with an open account have a seat there on the day."""
        from agencies.models.users import Seat

        held = Seat.objects.on(on).filter(agency=OuterRef("pk"), user__is_active=True)
        people = held.order_by().values("agency").annotate(many=Count("user", distinct=True))
        return self.annotate(people=Coalesce(Subquery(people.values("many")), 0))


class Agency(models.Model):
    """A department, ministry or Crown agency, for as long as it existed under that name."""

    short_name = models.CharField(max_length=30)
    name = models.CharField(max_length=200)
    name_mi = models.CharField(gettext_lazy("te reo name"), max_length=200, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(gettext_lazy("valid to (last day)"), null=True, blank=True)
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="predecessors"
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = AgencyQuerySet.as_manager()
    history = track()

    class Meta:
        verbose_name_plural = "agencies"
        constraints = [
            models.UniqueConstraint(
                Lower("short_name"),
                name="agency_short_name_unique",
                violation_error_message="Another agency has this short name.",
            ),
            models.CheckConstraint(
                name="agency_valid_period",
                condition=Q(valid_to__gte=F("valid_from")) | Q(valid_to=None) | Q(valid_from=None),
                violation_error_message="An agency cannot end before it began.",
            ),
            models.CheckConstraint(
                name="agency_successor_has_end",
                condition=Q(successor=None) | Q(valid_to__isnull=False),
                violation_error_message="An agency with a successor has a last day.",
            ),
        ]

    def __str__(self) -> str:
        return self.short_name

    @property
    def names(self) -> tuple[str, str, str]:
        """All names: in full, short, and in te reo Māori, which may be empty."""
        return self.name, self.short_name, self.name_mi

    def exists_on(self, day: date) -> bool:
        return (self.valid_from or day) <= day <= (self.valid_to or day)


@dataclass(frozen=True)
class Office:
    """A Minister's office: the place of the seats at a portfolio, regardless of its holder."""

    portfolio: str

    def __str__(self) -> str:
        return _("the office of the {portfolio}").format(portfolio=self.portfolio)

    @property
    def name(self) -> str:
        return _("Office of the {portfolio}").format(portfolio=self.portfolio)

    @property
    def short_name(self) -> str:
        """The name in English, as kept in signatures."""
        return f"Office of the {self.portfolio}"

    def exists_on(self, day: date) -> bool:
        return True


# Where people have seats.
Place = Agency | Office

# How the path of an office's pages begins, before the portfolio.
OFFICE_PATH = "office-of-"


def path_of(place: Place) -> str:
    """Return the place's part of an address: an agency's id, or "office-of-" and the portfolio."""
    return f"{OFFICE_PATH}{place.portfolio}" if isinstance(place, Office) else str(place.pk)


def columns_of(place: Place) -> dict[str, Any]:
    """Return the columns with the place of a seat or an invitation, to set them or to filter by."""
    if isinstance(place, Office):
        return {"agency": None, "portfolio": place.portfolio}
    return {"agency": place, "portfolio": ""}


def anywhere(word: str, *fields: str) -> Q:
    """Return the condition that the word is in one of the fields."""
    found = Q()
    for field in fields:
        found |= Q(**{f"{field}__icontains": word})
    return found


class AppointmentQuerySet(PeriodQuerySet):
    def holding(self, portfolio: str, on: date) -> "Appointment | None":
        return self.on(on).filter(portfolio=portfolio).first()

    def portfolios(self) -> models.QuerySet[Any, str]:
        """Return each portfolio that was ever recorded once, in order."""
        return self.order_by("portfolio").values_list("portfolio", flat=True).distinct()


class Appointment(models.Model):
    """A Minister's period in a portfolio. A paper names the Minister of the paper's date."""

    minister = models.CharField(
        max_length=150, help_text=gettext_lazy("As printed: Hon Dr Jonathan Coleman")
    )
    portfolio = models.CharField(
        max_length=150, help_text=gettext_lazy("As printed: Minister of Immigration")
    )
    from_on = models.DateField("from")
    to_on = models.DateField(gettext_lazy("to (last day)"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = AppointmentQuerySet.as_manager()
    history = track()

    class Meta:
        verbose_name = gettext_lazy("ministerial appointment")
        constraints = [
            models.CheckConstraint(
                name="appointment_period",
                condition=Q(to_on=None) | Q(to_on__gte=F("from_on")),
                violation_error_message="An appointment cannot end before it begins.",
            ),
            # guards.py refuses overlapping appointments to the same portfolio.
        ]

    def __str__(self) -> str:
        return f"{self.minister}, {self.portfolio}"

    @property
    def place(self) -> Office:
        return Office(self.portfolio)

    def clean(self) -> None:
        """Say in a form what the guard would refuse without one."""
        if self.from_on is None:
            return
        others = Appointment.objects.filter(portfolio=self.portfolio).exclude(pk=self.pk)
        if others.during(self.from_on, self.to_on).exists():
            raise ValidationError(_("Another Minister holds that portfolio for part of the time."))
