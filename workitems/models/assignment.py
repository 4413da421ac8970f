"""Who in an agency looks after an item: a unit, a person, or both. Help within the agency, never ownership."""

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from agencies.models import Agency, Seat, Unit, User
from agencies.records.tracking import track
from workitems.models.item import WorkItem


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def given(self) -> Self:
        """Given to a unit or a person."""
        return self.exclude(unit=None, user=None)

    def to_person(self, user: Any, units: Any, agencies: Any) -> Self:
        """Given to the person, or to a unit that they work in, at an agency where they have a seat."""
        return self.filter(Q(user=user) | Q(unit__among=units), agency__among=agencies)

    def for_list(self, on: date) -> Self:
        """Load what a list shows, and annotate whether the person still has a seat there and the
        unit still exists."""
        held = Seat.objects.on(on).filter(agency=OuterRef("agency"), user=OuterRef("user"))
        return self.select_related("agency", "unit", "user", "given_by").annotate(
            user_is_here=Exists(held.filter(user__is_active=True)),
            unit_is_here=Exists(Unit.objects.on(on).filter(pk=OuterRef("unit"))),
        )


class Assignment(models.Model):
    """An item of an agency with the unit and the person who look after it, by a day.

    One row for each item and agency, which changes hands. With neither, the item is nobody's. Nobody's
    rights follow from it.
    """

    item = models.ForeignKey(WorkItem, models.PROTECT, related_name="assignments")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    by_on = models.DateField(null=True, blank=True)
    given_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = AssignmentQuerySet.as_manager()
    history = track(plan_ways=["item__plan"])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "agency"], name="assignment_once_in_agency"),
            models.CheckConstraint(
                name="assignment_day_is_somebodys",
                condition=Q(by_on=None) | Q(unit__isnull=False) | Q(user__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.held_by or 'nobody'}"

    @property
    def held_by(self) -> str:
        """The holder: "Financial Crime Group", "Police contributor (Financial Crime Group)", or "".
        After `for_list`, people without a seat and units that have ended do not count."""
        user = self.user if getattr(self, "user_is_here", True) else None
        unit = self.unit if getattr(self, "unit_is_here", True) else None
        names = [str(each) for each in (user, unit) if each is not None]
        return f"{names[0]} ({names[1]})" if len(names) == 2 else "".join(names)

    @property
    def was_held_by(self) -> str:
        """The last holder, if they left and the item has none now. After `for_list`."""
        return "" if self.held_by else str(self.user or self.unit or "")
