"""The Plan, its pillars, and the agencies in its working group."""

from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, TruncDate
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency, AgencyQuerySet, Seat, User
from agencies.records.tracking import track

# Seats with these roles may read the whole plan. A Minister's office reads only issued briefings.
READING_ROLES = (
    Seat.Role.CONTRIBUTOR,
    Seat.Role.APPROVER,
    Seat.Role.COORDINATOR,
    Seat.Role.AUTHORISING_MANAGER,
    Seat.Role.OBSERVER,
)


def reading_agencies(user: User) -> tuple[set[int], set[int], set[int]]:
    """Return the agencies through which the user reads plans today, those that they coordinate, and those that they
    audit for."""
    return (
        user.agencies_as(*READING_ROLES),
        user.agencies_as(Seat.Role.COORDINATOR),
        user.agencies_as(Seat.Role.AUDITOR),
    )


# Start of the reason that an import gives of its changes; the name of the file follows.
IMPORTED = "Imported from "


def left_by_its_agency(coordinating: Any, on: Any, plan: str = "") -> Q:
    """Filter the plans that had ended and whose coordinating agency had ended too, by its successors.

    Such a plan is not handed over, as it stays as it stood at its end: coordinators of the agency that succeeds its
    coordinating agency, after up to three changes, look after it. `plan` is the lookup, with its underscores.
    """
    found, agency = Q(pk__in=()), f"{plan}coordinating_agency"
    for _step in range(3):
        found |= Q(**{f"{agency}__valid_to__lt": on, f"{agency}__successor__among": coordinating})
        agency += "__successor"
    return found & Q(**{f"{plan}ends_on__lt": on})


class PlanQuerySet(models.QuerySet["Plan"]):
    def visible_to(self, user: User) -> Self:
        """Plans with a member agency in which the user holds a reading role today.

        A plan that is not adopted, only if the user is a coordinator of its coordinating agency. One that has ended, as
        its coordinating agency has, also if the user is a coordinator of that one's successor. An adopted plan, if the
        user is an auditor of an agency whose audit lasts.
        """
        return self.read_by(*reading_agencies(user), timezone.localdate())

    def read_by(self, agencies: Any, coordinating: Any, auditing: Any, on: Any) -> Self:
        """Plans that these agencies read, those that these coordinating ones are making, and those that these audit."""
        read = Member.objects.filter(agency__among=agencies).values("plan")
        audits = self.model._meta.get_field("audits").related_model._base_manager
        audited = audits.filter(agency__among=auditing, from_on__lte=on, to_on__gte=on)
        return self.filter(
            Q(adopted_on__isnull=False, pk__in=read)
            | Q(adopted_on__isnull=False, pk__in=audited.values("plan"))
            | Q(adopted_on=None, coordinating_agency__among=coordinating)
            | left_by_its_agency(coordinating, on)
        )

    def adopted(self) -> Self:
        return self.filter(adopted_on__isnull=False)

    def in_order(self) -> Self:
        """Newest release first."""
        return self.order_by("-released_on", "title")


class Plan(models.Model):
    """A national Plan of Action. Before its adoption its coordinator changes it freely; afterwards
    what was adopted changes only by variation (guards.py)."""

    title = models.CharField(max_length=200)
    # What the masthead calls it; empty: its title.
    short_title = models.CharField(max_length=40, blank=True, default="", db_default="")
    slug = models.SlugField(max_length=200, unique=True)
    released_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    # None while it is being made; set once (plan_guards.py).
    adopted_on = models.DateField(null=True, blank=True, editable=False)
    portfolio = models.CharField(
        max_length=150,
        help_text=gettext_lazy("The portfolio that is told, as printed: Minister of Immigration"),
    )
    coordinating_agency = models.ForeignKey(
        Agency, models.PROTECT, related_name="coordinated_plans"
    )
    background = models.TextField(
        blank=True, help_text=gettext_lazy("Standing text; a blank line between paragraphs.")
    )
    copied_to = models.CharField(max_length=300, blank=True)
    quorum = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text=gettext_lazy(
            "Agencies that must take part in deciding a variation; empty: the majority."
        ),
    )
    # Whether emails about notes say what they say. Never if the plan has a sensitive paper.
    quotes_notes = models.BooleanField(default=True, db_default=True)
    # The plan that it follows, whose open items it carries on.
    successor_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="successors"
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = PlanQuerySet.as_manager()
    history = track()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="plan_period",
                condition=Q(ends_on=None) | Q(ends_on__gt=F("released_on")),
                violation_error_message="A plan ends after its release.",
            ),
            models.CheckConstraint(
                name="plan_quorum_of_several",
                condition=Q(quorum=None) | Q(quorum__gte=2),
                violation_error_message="One agency alone does not decide; enter 2 or more.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("plans:detail", args=[self.slug])

    @property
    def name_on_screen(self) -> str:
        return self.short_title or self.title

    @property
    def agencies(self) -> AgencyQuerySet:
        """The member agencies of today, in order."""
        return Agency.objects.filter(memberships__plan=self, memberships__left_on=None).in_order()

    def agencies_on(self, on: date) -> AgencyQuerySet:
        """Return the agencies that exist on a day, had joined by it and had not left before it."""
        stays = Q(memberships__left_on=None) | Q(memberships__left_on__gte=on)
        members = Agency.objects.valid_on(on).filter(stays, memberships__plan=self)
        return members.exclude(pk__in=self._joined_after(on)).in_order()

    def _joined_after(self, on: date) -> "models.QuerySet[Any, Any]":
        """Return the ids of agencies that joined the adopted plan after a day, as history has it. Those that were
        members by the end of the day of its adoption were there from the beginning."""
        plans: Any = type(self).history.model
        adopted = plans.objects.filter(id=self.pk, adopted_on__isnull=False).order_by(
            "history_date"
        )
        members: Any = Member.history.model
        rows = members.objects.filter(plan=self.pk).order_by().values("agency")
        rows = rows.annotate(began=models.Min("history_date"))
        after = timezone.make_aware(datetime.combine(on + timedelta(days=1), time.min))
        adopted = adopted.annotate(day=TruncDate("history_date")).values("day")
        later = Q(began__gte=after, began__date__gt=adopted[:1])
        found: models.QuerySet[Any, Any] = rows.filter(later).values("agency")
        return found

    def agencies_after(self, on: date, kept: Q | None = None) -> AgencyQuerySet:
        """Return the member agencies that can take work on: those that do not end by this day. `kept` are others
        that a form has to offer, because its row has them."""
        goes_on = Q(valid_to=None) | Q(valid_to__gt=on)
        begun = Q(valid_from=None) | Q(valid_from__lte=on)
        taking = goes_on & begun
        return self.agencies.filter(taking | kept if kept else taking)

    @cached_property
    def record_begins(self) -> date | None:
        """The day of the spreadsheet that it came from, before which nothing was reported here; None of another
        plan. Pages have it from the query of their plans."""
        rounds: Any = self.rounds
        found: date | None = rounds.record_begins().values_list("period_end", flat=True).first()
        return found

    @cached_property
    def is_audited(self) -> bool:
        """Whether an audit was ever set up. Pages have it from the query of their plans."""
        audits: Any = self.audits
        return bool(audits.exists())

    @cached_property
    def has_waits(self) -> bool:
        """Whether a milestone of it ever waited for another, or was waited for. Pages have it from the query of their
        plans."""
        items: Any = self.items
        waits = Q(milestones__waits__isnull=False) | Q(milestones__waited_for_by__isnull=False)
        return bool(items.filter(waits).exists())

    def names_people(self) -> bool:
        """Return whether the spreadsheet that it came from has email addresses of people, who can be invited."""
        notes: Any = self.tracker_notes
        return bool(notes.filter(text__contains="@").exists())

    def quorum_of(self, members: int) -> int:
        """Return how many of that many member agencies must take part in deciding a variation."""
        return members // 2 + 1 if self.quorum is None else min(self.quorum, members)

    def has_ended(self, on: date) -> bool:
        """Whether its last day is before the day. A plan without a last day goes on."""
        return self.ends_on is not None and self.ends_on < on

    def present_day(self, on: date) -> date:
        """Return the day up to which lateness counts: `on`, or the last day of an ended plan."""
        return on if self.ends_on is None else min(on, self.ends_on)

    @property
    def background_paragraphs(self) -> list[str]:
        return [text.strip() for text in self.background.split("\n\n") if text.strip()]


class MemberManager(models.Manager["Member"]):
    """The members of now. Those that have left are in `_base_manager`."""

    def get_queryset(self) -> models.QuerySet["Member"]:
        return super().get_queryset().filter(left_on=None)


class Member(models.Model):
    """A member agency of the plan's working group, for as long as the agency exists or until it leaves
    by a decision. `left_on` is its last day."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="members")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="memberships")
    left_on = models.DateField(null=True, blank=True)

    objects = MemberManager()
    history = track(plan_ways=["plan"])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "agency"], name="member_once_per_plan"),
        ]

    def __str__(self) -> str:
        return _("{agency} in {plan}").format(agency=self.agency, plan=self.plan)


class Pillar(models.Model):
    """An ordered part of the plan."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="pillars")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)

    history = track(plan_ways=["plan"])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="pillar_number_unique_in_plan"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class GlossaryEntry(models.Model):
    """What an acronym of the plan's texts stands for. Without words, its readers know it. It is never deleted."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="glossary")
    acronym = models.CharField(max_length=20)
    words = models.CharField(max_length=200, blank=True, default="", db_default="")
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)

    history = track(plan_ways=["plan"])

    class Meta:
        verbose_name_plural = "glossary entries"
        constraints = [
            models.UniqueConstraint(
                "plan",
                Lower("acronym"),
                name="glossaryentry_once_in_plan",
                violation_error_message="The plan’s glossary has this acronym already.",
            ),
            models.CheckConstraint(
                name="glossaryentry_has_acronym",
                condition=~Q(acronym=""),
                violation_error_message="Enter the acronym.",
            ),
        ]

    def __str__(self) -> str:
        return self.acronym
