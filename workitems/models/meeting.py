"""Meetings of the working group: attendance, agenda matters and decisions."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any, Self

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency, User
from agencies.records.then import then
from agencies.records.tracking import track
from agencies.wording.translation import day_words
from workitems.models.action import Action
from workitems.models.delay import Variation
from workitems.models.item import WorkItem
from workitems.models.out_of_session import OutOfSession
from workitems.models.plan import Plan
from workitems.models.risk import Risk
from workitems.models.round import Return

MATTER_TITLE_LENGTH = 300


def time_in_words(at: time) -> str:
    """Return "10:30 am", "2 pm", "noon"."""
    if at.minute == 0 and at.hour in (0, 12):
        return _("noon") if at.hour else _("midnight")
    minutes = f":{at:%M}" if at.minute else ""
    words = _("{time} am") if at.hour < 12 else _("{time} pm")
    return words.format(time=f"{at.hour % 12 or 12}{minutes}")


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def not_cancelled(self) -> Self:
        return self.filter(cancelled_on=None)

    def coming(self, on: date) -> Self:
        """Soonest first, without those of today whose record is closed."""
        return self.not_cancelled().filter(held_on__gte=on, closed_at=None).order_by("held_on")

    def past(self, on: date) -> Self:
        """Newest first, with those that were cancelled before their day."""
        return self.exclude(pk__in=self.model.objects.coming(on).values("pk")).order_by("-held_on")

    def recorded(self) -> Self:
        """Those of which something is recorded that happened: who came, a decision, a matter that was considered."""
        came = Attendance.objects.present().filter(meeting=models.OuterRef("pk"))
        considered = Matter.objects.filter(
            meeting=models.OuterRef("pk"), considered_on__isnull=False
        )
        return self.filter(
            Q(closed_at__isnull=False)
            | Q(models.Exists(came))
            | Q(models.Exists(Decision.objects.filter(meeting=models.OuterRef("pk"))))
            | Q(models.Exists(considered))
        )

    def to_record_or_cancel(self, on: date) -> Self:
        """Those whose day is over and of which nothing is recorded."""
        past = self.not_cancelled().filter(held_on__lt=on)
        return past.exclude(pk__in=self.model.objects.recorded().values("pk"))

    def with_counts(self) -> Self:
        """Annotate `matters_count` and `decisions_count`, for lists."""
        return self.annotate(
            matters_count=_count(Matter.objects.on_agenda()),
            decisions_count=_count(Decision.objects.all()),
        )


def _count(rows: "models.QuerySet[Any]") -> models.functions.Coalesce:
    of_meeting = rows.filter(meeting=models.OuterRef("pk")).order_by().values("meeting")
    count = models.Subquery(of_meeting.annotate(number=models.Count("pk")).values("number"))
    return models.functions.Coalesce(count, 0)


class Meeting(models.Model):
    """A meeting. Closing its record freezes attendance, agenda and the text of decisions.

    A cancelled meeting stays readable, and leaves its day to another one.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="meetings")
    held_on = models.DateField("date")
    starts_at = models.TimeField(null=True, blank=True)
    place = models.CharField(max_length=200, blank=True)
    link = models.URLField(max_length=1000, blank=True)
    notes = models.TextField(blank=True)
    people = models.TextField(
        blank=True, help_text=gettext_lazy("Who was present, a person a line.")
    )
    # What members see on their own devices: a slide's key. Not in history: it moves all the time.
    slide = models.CharField(max_length=20, blank=True, editable=False)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="closed_meetings"
    )
    cancelled_on = models.DateField(null=True, blank=True)
    cancelled_because = models.TextField(blank=True, db_default="")
    version = models.PositiveIntegerField(default=1)

    objects = MeetingQuerySet.as_manager()
    history = track(leave_out=["slide"], plan_ways=["plan"])

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "held_on"],
                condition=Q(cancelled_on=None),
                name="meeting_one_a_day",
            ),
            models.CheckConstraint(
                name="meeting_cancelled_with_reason",
                condition=Q(cancelled_on=None, cancelled_because="")
                | Q(cancelled_on__isnull=False, closed_at=None) & ~Q(cancelled_because=""),
            ),
            models.CheckConstraint(
                name="meeting_closed_by_and_at",
                condition=Q(closed_by=None, closed_at=None)
                | Q(closed_by__isnull=False, closed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return _("Working group, {day}").format(day=day_words(self.held_on))

    def get_absolute_url(self) -> str:
        return reverse("meetings:detail", args=[self.plan.slug, self.pk])

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None

    @property
    def is_cancelled(self) -> bool:
        return self.cancelled_on is not None

    @property
    def when(self) -> str:
        """The day, with the time if it is set: "15 October 2026, 10:30 am"."""
        day = day_words(self.held_on)
        return f"{day}, {self.starts_words}" if self.starts_at else day

    @property
    def starts_words(self) -> str:
        return time_in_words(self.starts_at) if self.starts_at else ""

    @property
    def people_present(self) -> list[str]:
        return [name for line in self.people.splitlines() if (name := line.strip())]


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    def present(self) -> Self:
        return self.filter(withdrawn_on=None)


class Attendance(models.Model):
    """An agency that was present. A mistaken row is withdrawn, not deleted, to keep the record."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="attendances")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="attendances")
    withdrawn_on = models.DateField(null=True, blank=True)

    objects = AttendanceQuerySet.as_manager()
    history = track(plan_ways=["meeting__plan"])

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "agency"], name="attendance_once_per_meeting"
            ),
        ]

    def __str__(self) -> str:
        return _("{agency} at {meeting}").format(agency=self.agency, meeting=self.meeting)


class MatterQuerySet(models.QuerySet["Matter"]):
    def on_agenda(self) -> Self:
        return self.filter(withdrawn_on=None)

    def in_order(self) -> Self:
        return self.order_by("position", "pk")

    def on_variation(self, variation: Variation) -> Self:
        """Matters at which the variation can be decided: its own, and those of its item."""
        of_item = Q() if variation.item_id is None else Q(item=variation.item_id)
        return self.filter(Q(variation=variation) | of_item)

    def for_page(self) -> Self:
        """With the subject of each matter, when it came on the agenda, and whose return it was (`holder`). One query."""
        return self.annotate(
            put_on=Subquery(
                Matter.history.filter(id=OuterRef("pk"))
                .order_by("history_date", "history_id")
                .values("history_date")[:1]
            ),
            holder=then(
                *(Return, "of_return_id", "agency__short_name"),
                at="meeting__closed_at",
                now="of_return__agency__short_name",
            ),
        ).select_related(
            "item__lead_agency",
            "variation__item",
            "variation__milestone",
            "variation__requesting_agency",
            "decision__meeting",
            "decision__out_of_session__variation",
            "decision__owner_agency",
            "risk__owner_agency",
            "risk__item",
            "of_return__agency",
            "of_return__round",
        )


class Matter(models.Model):
    """An agenda matter with at most one subject. Removed matters are withdrawn, never deleted.

    Positions on an agenda run from 1 without gaps. There is no unique constraint, because
    swapping two matters writes one row after the other; services keep positions unique while
    they hold the lock on the meeting.
    """

    SUBJECTS = ("item", "variation", "decision", "risk", "of_return")

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="matters")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=MATTER_TITLE_LENGTH)
    why = models.TextField(
        blank=True,
        help_text=gettext_lazy("Why it came on the agenda, a reason a line, as on that day."),
    )
    # Annotations of `for_page`.
    put_on: datetime
    holder: str
    note = models.TextField(blank=True)
    discussion = models.TextField(
        blank=True, help_text=gettext_lazy("What was said, beside the decisions.")
    )
    item = models.ForeignKey(
        WorkItem, models.PROTECT, null=True, blank=True, related_name="matters"
    )
    variation = models.ForeignKey(
        Variation, models.PROTECT, null=True, blank=True, related_name="matters"
    )
    decision = models.ForeignKey(
        "Decision",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="followed_up_in",
        help_text=gettext_lazy("One of an earlier meeting, to be followed up."),
    )
    risk = models.ForeignKey(Risk, models.PROTECT, null=True, blank=True, related_name="matters")
    of_return = models.ForeignKey(
        Return, models.PROTECT, null=True, blank=True, related_name="matters"
    )
    considered_on = models.DateField(
        null=True,
        blank=True,
        help_text=gettext_lazy("The meeting's day, once the group has dealt with it."),
    )
    withdrawn_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = MatterQuerySet.as_manager()
    history = track(plan_ways=["meeting__plan"])

    class Meta:
        constraints = [
            models.CheckConstraint(name="matter_position", condition=Q(position__gte=1)),
            models.CheckConstraint(name="matter_has_title", condition=~Q(title="")),
            models.CheckConstraint(
                name="matter_about_one_thing",
                condition=Q(variation=None, decision=None, risk=None, of_return=None)
                | Q(item=None, decision=None, risk=None, of_return=None)
                | Q(item=None, variation=None, risk=None, of_return=None)
                | Q(item=None, variation=None, decision=None, of_return=None)
                | Q(item=None, variation=None, decision=None, risk=None),
            ),
            models.CheckConstraint(
                name="matter_considered_or_withdrawn",
                condition=Q(considered_on=None) | Q(withdrawn_on=None),
            ),
            *(
                models.UniqueConstraint(
                    fields=["meeting", subject],
                    condition=Q(withdrawn_on=None),
                    name=f"matter_{subject}_once_on_agenda",
                )
                for subject in ("item", "variation", "decision", "risk", "of_return")
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def kind(self) -> str:
        """The name of the field with its subject (one of `SUBJECTS`), or "" without one."""
        for name in self.SUBJECTS:
            if getattr(self, f"{name}_id") is not None:
                return name
        return ""

    @property
    def subject(self) -> Any:
        return getattr(self, self.kind) if self.kind else None

    @property
    def subject_pk(self) -> int | None:
        return getattr(self, f"{self.kind}_id") if self.kind else None

    @property
    def subject_item(self) -> WorkItem | None:
        """The work item that it is about, directly or through its subject."""
        return self.item or getattr(self.subject, "item", None)

    @property
    def reasons(self) -> Sequence[str]:
        return self.why.splitlines()


class DecisionQuerySet(models.QuerySet["Decision"]):
    def of_plan(self, plan: Plan | int) -> Self:
        return self.filter(Q(meeting__plan=plan) | Q(out_of_session__variation__plan=plan))

    def decided_before(self, on: date) -> Self:
        return self.filter(Q(meeting__held_on__lt=on) | Q(out_of_session__closed_on__lt=on))

    def open(self, on: date) -> Self:
        return self.filter(Q(done_on=None) | Q(done_on__gt=on), owner_agency__isnull=False)

    def open_first(self, on: date) -> Self:
        """Decisions to follow up first, by due date; then the others, newest first."""
        waits = Q(owner_agency__isnull=False) & (Q(done_on=None) | Q(done_on__gt=on))
        day = models.functions.Coalesce("meeting__held_on", "out_of_session__closed_on")
        return self.order_by(
            models.Case(models.When(waits, then=0), default=1),
            models.Case(models.When(waits, then="due_on")),
            day.desc(),
            "number",
        )

    def to_confirm(self) -> Self:
        return self.filter(awaits_confirmation=True)

    def for_list(self) -> Self:
        """With all that a list row prints, in one query."""
        return self.select_related(
            *("meeting", "out_of_session__variation", "item", "variation__milestone"),
            *("variation__item", "owner_agency", "matter"),
        )


class Decision(Action):
    """A decision of the working group, at a meeting or out of session.

    With an owner and a due date it is followed up until it is done. `about` names a subject that
    this app has no model for, such as a briefing.
    """

    meeting = models.ForeignKey(
        Meeting, models.PROTECT, null=True, blank=True, related_name="decisions"
    )
    out_of_session = models.OneToOneField(
        OutOfSession, models.PROTECT, null=True, blank=True, related_name="decision"
    )
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    matter = models.ForeignKey(
        Matter, models.PROTECT, null=True, blank=True, related_name="decisions"
    )
    item = models.ForeignKey(
        WorkItem, models.PROTECT, null=True, blank=True, related_name="decisions"
    )
    variation = models.OneToOneField(
        Variation, models.PROTECT, null=True, blank=True, related_name="decision"
    )
    about = models.CharField(max_length=300, blank=True)
    owner_agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="decisions"
    )
    due_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = DecisionQuerySet.as_manager()
    history = track(plan_ways=["meeting__plan", "out_of_session__variation__plan"])

    class Meta:
        constraints = [
            *Action.Meta.constraints,
            models.CheckConstraint(
                name="decision_at_a_meeting_or_out_of_session",
                condition=Q(meeting__isnull=False, out_of_session=None)
                | Q(meeting=None, out_of_session__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["meeting", "number"], name="decision_number_unique_in_meeting"
            ),
            models.CheckConstraint(
                name="decision_owner_and_due",
                condition=Q(owner_agency=None, due_on=None, done_on=None)
                | Q(owner_agency__isnull=False, due_on__isnull=False),
                violation_error_message="A decision to follow up has an owner and a date.",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def is_followed_up(self) -> bool:
        return self.owner_agency_id is not None

    @property
    def plan(self) -> Plan:
        if self.meeting is not None:
            return self.meeting.plan
        assert self.out_of_session is not None  # held by a check constraint
        return self.out_of_session.variation.plan

    def within(self, plan: Plan) -> "Decision":
        """Set the plan that its rows belong to, which their URLs need."""
        if self.meeting is not None:
            self.meeting.plan = plan
        elif self.out_of_session is not None:
            self.out_of_session.variation.plan = plan
        if self.item is not None:
            self.item.plan = plan
        return self

    def get_absolute_url(self) -> str:
        return reverse("meetings:decision", args=[self.plan.slug, self.pk])

    @property
    def place_url(self) -> str:
        """The page of the meeting, or of the decision out of session."""
        if self.meeting is not None:
            return self.meeting.get_absolute_url()
        assert self.out_of_session is not None
        return self.out_of_session.get_absolute_url()

    @property
    def decided_on(self) -> date:
        if self.meeting is not None:
            return self.meeting.held_on
        assert self.out_of_session is not None and self.out_of_session.closed_on is not None
        return self.out_of_session.closed_on

    @property
    def origin(self) -> str:
        """Where it was decided: "meeting of 3 May 2010", "3 May 2010, out of session"."""
        day = day_words(self.decided_on)
        return (
            _("meeting of {day}").format(day=day)
            if self.meeting_id
            else _("{day}, out of session").format(day=day)
        )
