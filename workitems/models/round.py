"""Reporting rounds, each agency's return, its update on each item, and evidence."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, Self
from uuid import uuid4

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, When
from django.db.models.functions import Coalesce, Now
from django.urls import reverse
from django.utils.translation import gettext_lazy

from agencies.models import WRITING_ROLES, Agency, Seat, User, by_short_name
from agencies.records.composed import composed
from agencies.records.tracking import track
from workitems.models.delay import Variation
from workitems.models.item import Confidence, Milestone, Stage, WorkItem
from workitems.models.plan import READING_ROLES, Member, Plan
from workitems.models.tracker import TrackerNote
from workitems.terms.spans import add_months


def _from_tracker(way: str = "") -> Case:
    """Whether a round is what an imported spreadsheet said. `way` leads to it: "round__"."""
    came = Exists(TrackerNote.objects.filter(plan=OuterRef(f"{way}plan")))
    unsaid = {f"{way}opened_by": None, f"{way}closed_by": None, f"{way}closed_at__isnull": False}
    return Case(When(Q(**unsaid) & Q(came), True), default=False)


class RoundQuerySet(models.QuerySet["Round"]):
    def open(self) -> Self:
        return self.filter(closed_at=None)

    def with_origin(self) -> Self:
        """Annotate `is_from_tracker`: it holds what an imported spreadsheet said, and nobody was asked."""
        return self.annotate(is_from_tracker=_from_tracker())

    def asked(self) -> Self:
        """Rounds in which agencies were asked, so none that a spreadsheet became."""
        return self.with_origin().filter(is_from_tracker=False)

    def record_begins(self) -> Self:
        """Rounds that a spreadsheet became, the first of them first. Before its end, nothing was reported here."""
        return self.with_origin().filter(is_from_tracker=True).order_by("period_end")

    def told_of(self, *, start: Any, month_in: Any, end: Any) -> Self:
        """Rounds that end in a period, but for those that began before it and end before its first month is over: they report
        on the time before. All of them if there is no other. Values as by `period_told`."""
        ends_within = Q(period_end__gte=start, period_end__lte=end)
        is_of_it = ends_within & (Q(period_start__gte=start) | Q(period_end__gte=month_in))
        others = Round.objects.filter(is_of_it, plan=OuterRef("plan"))
        return self.filter(is_of_it | (ends_within & ~Exists(others)))


def period_told(start: date, end: date) -> dict[str, date]:
    """Return the values that `told_of` compares for a period."""
    return {"start": start, "month_in": start + timedelta(days=30), "end": end}


class Round(models.Model):
    """A named reporting period. Opening it creates a return for each member agency."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="rounds")
    name = models.CharField(max_length=100)
    period_start = models.DateField()
    period_end = models.DateField()
    due_on = models.DateField()
    message = models.TextField(blank=True)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="opened_rounds"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="closed_rounds"
    )

    # Annotation of `with_origin`.
    is_from_tracker: bool

    objects = RoundQuerySet.as_manager()
    history = track(plan_ways=["plan"])

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "period_start", "period_end"], name="round_once_per_period"
            ),
            models.UniqueConstraint(
                fields=["plan"], condition=Q(closed_at=None), name="round_one_open_per_plan"
            ),
            models.CheckConstraint(
                name="round_period", condition=Q(period_end__gt=F("period_start"))
            ),
            models.CheckConstraint(
                name="round_closed_by_and_at",
                # Imported rounds have a time but no user.
                condition=Q(closed_by=None) | Q(closed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("returns:round", args=[self.plan.slug, self.pk])

    @property
    def is_unasked(self) -> bool:
        """Whether nobody opened or closed it: in a plan that came from a spreadsheet, it is what that said."""
        return self.opened_by_id is None and self.closed_by_id is None and not self.is_open

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def next_period(self) -> tuple[date, date]:
        """The period directly after this one and as many months long, or to the plan's end if that comes first."""
        months = max(1, round((self.period_end - self.period_start).days / 30.44))
        starts = self.period_end + timedelta(days=1)
        ends = add_months(starts, months) - timedelta(days=1)
        last = self.plan.ends_on
        return starts, min(ends, last) if last and last > starts else ends


class Reminder(models.Model):
    """A reminder that the coordinator sent during a round, in their own words."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="reminders")
    body = models.TextField()
    by = models.ForeignKey(User, models.PROTECT, related_name="sent_reminders")
    at = models.DateTimeField()

    history = track(plan_ways=["round__plan"])

    def __str__(self) -> str:
        return self.body


class ReturnQuerySet(models.QuerySet["Return"]):
    def with_progress(self) -> Self:
        """Annotate `items` (number the agency is asked about as their lead), `answered` (of those), `last_written_at`.

        What was handed in counts what it answered as the lead, whoever leads an item since; what its earlier lead
        answered in the same round is not asked again.
        """
        return self.annotate(**_progress())

    def with_last_submission(self) -> Self:
        """Annotate `last_submitted_at`, which stays when the return is recalled or sent back."""
        rows = Return.history.filter(id=models.OuterRef("pk"), state=Return.State.SUBMITTED)
        times = rows.order_by("-history_id").values("history_date")
        return self.annotate(last_submitted_at=models.Subquery(times[:1]))

    def with_more_asked(self) -> Self:
        """Annotate `more_asked`: why it is not ready for approval any more, if more was asked since; else None or ""."""
        ready: Any = Return.history.filter(id=models.OuterRef("id"), ready_at__isnull=False)
        last = ready.order_by("-history_id").values("history_id")[:1]
        rows: Any = Return.history.filter(id=models.OuterRef("pk"), state__in=Return.WITH_AGENCY)
        submitted: Any = Return.history.filter(
            id=models.OuterRef("id"),
            state=Return.State.SUBMITTED,
            history_id__gt=models.Subquery(last),
        )
        after = rows.filter(history_id__gt=models.Subquery(last))
        after = after.exclude(models.Exists(submitted)).order_by("history_id")
        return self.annotate(more_asked=models.Subquery(after.values("history_change_reason")[:1]))

    def for_page(self) -> Self:
        """With all that the return's page prints about the return itself, in one query."""
        return (
            self.select_related(
                *("round", "agency", "submitted_by", "accepted_by"),
                *("ready_by", "first_read_by", "entered_by", "alone_allowed_by"),
            )
            .with_more_asked()
            .with_origin()
        )

    def with_origin(self) -> Self:
        """Annotate `is_from_tracker`: it holds what an imported spreadsheet said, and nobody signed it."""
        return self.annotate(is_from_tracker=_from_tracker("round__"))

    def in_open_round(self, agency_id: int, plan_id: int) -> Self:
        """The agency's return in the plan's open round, with its round: at most one."""
        found = self.filter(agency=agency_id, round__plan=plan_id, round__closed_at=None)
        return found.select_related("round", "agency")

    def with_nothing_to_answer(self) -> Self:
        """Those with their agency of which nothing is asked any more, and in which it wrote nothing.

        A decision while the round was open gave away or ended what it was asked, and it leads no live item and is responsible for no
        open milestone or measure.
        """
        of_plan, agency = OuterRef("round__plan"), OuterRef("agency")
        led = WorkItem.objects.asked().filter(plan=of_plan, lead_agency=agency)
        steps = Milestone.objects.asked().filter(item__plan=of_plan, responsible_agency=agency)
        measures: Any = WorkItem.measures.field.model.objects  # type: ignore[attr-defined]
        measured = measures.asked().of(of_plan).filter(responsible_agency=agency)
        kinds = Variation.Kind
        ended = Variation.objects.filter(
            Q(kind__in=(kinds.LEAD, kinds.RESPONSIBLE), agency_before=agency)
            | Q(kind=kinds.WITHDRAWAL, item__lead_agency=agency)
            | Q(kind=kinds.CANCEL, milestone__responsible_agency=agency),
            plan=of_plan,
            state=Variation.State.APPROVED,
            decided_at__gte=OuterRef("round__opened_at"),
            decided_at__lte=Coalesce(OuterRef("round__closed_at"), Now()),
        )
        written = Update.objects.filter(of_return=OuterRef("pk")).saying_something()
        return self.filter(
            Exists(ended),
            ~Exists(led),
            ~Exists(steps),
            ~Exists(measured),
            ~Exists(written),
            state__in=Return.WITH_AGENCY,
        )

    def expected(self) -> Self:
        """Leave out those that an agency did not submit before it left the working group: it has no items. And those with
        nothing to answer."""
        left = Member._base_manager.filter(
            plan=models.OuterRef("round__plan"),
            agency=models.OuterRef("agency"),
            left_on__isnull=False,
        )
        found = self.exclude(models.Exists(left), state__in=Return.WITH_AGENCY)
        return found.exclude(pk__in=Return.objects.with_nothing_to_answer().values("pk"))

    def waiting_for_agency(self) -> Self:
        """Returns in open rounds that the agency still has to submit, or submit again."""
        return self.filter(state__in=Return.WITH_AGENCY, round__closed_at=None).expected()

    def soonest_first(self) -> Self:
        return self.order_by(Coalesce("extended_to", "round__due_on"), by_short_name(), "pk")


@cache
def _progress() -> dict[str, Any]:
    """Compose the annotations of `with_progress` once, because that takes longer than the query."""
    led = (
        WorkItem.objects.filter(
            plan=models.OuterRef("round__plan"), lead_agency=models.OuterRef("agency")
        )
        .exclude(stage=Stage.WITHDRAWN)
        .exclude(
            pk__in=Update.objects.of_earlier_leads(
                models.OuterRef(models.OuterRef("round")),
                models.OuterRef(models.OuterRef("agency")),
            ).values("item")
        )
        .order_by()
        .values("lead_agency")
        .annotate(number=models.Count("pk"))
        .values("number")
    )
    # Subqueries run once per return; joins would repeat the work for each of its updates.
    updates = Update.objects.filter(of_return=models.OuterRef("pk")).order_by()
    live = updates.exclude(item__stage=Stage.WITHDRAWN)
    own = live.filter(item__lead_agency=models.OuterRef("agency"))
    as_lead = live.filter(Q(item__lead_agency=models.OuterRef("agency")) | ~Q(stage=""))

    def number_of(rows: UpdateQuerySet) -> models.Subquery:
        counted = rows.values("of_return").annotate(number=models.Count("pk"))
        return models.Subquery(counted.values("number"))

    last = updates.values("of_return").annotate(last=models.Max("written_at")).values("last")
    handed_in = Q(state__in=Return.HANDED_IN, submitted_by__isnull=False)
    items = Case(When(handed_in, then=number_of(as_lead)), default=models.Subquery(led))
    answered = Case(
        When(handed_in, then=number_of(as_lead.saying_something())),
        default=number_of(own.saying_something()),
    )
    return {
        "items": Coalesce(items, 0),
        "answered": Coalesce(answered, 0),
        "last_written_at": models.Subquery(last),
    }


def recalls(returns: Collection[int], until: datetime | None = None) -> dict[int, Any]:
    """Return the history row of the recall by return: the first after it was submitted last, `until` an instant. One query.

    A return that was sent back has such a row too; it keeps when it was submitted, and a recalled one does not.
    """
    rows: Any = Return.history.filter(id__in=returns)
    if until is not None:
        rows = rows.filter(history_date__lt=until)
    submitted = rows.filter(id=OuterRef("id"), state=Return.State.SUBMITTED)
    last = models.Subquery(submitted.order_by("-history_id").values("history_id")[:1])
    found: dict[int, Any] = {}
    later = rows.filter(history_id__gt=last).select_related("history_user")
    for row in later.order_by("history_id"):
        found.setdefault(row.id, row)
    return found


@composed
def answer_counts(returns: Any) -> Any:
    """Return the id, the number of items answered and the number of items of each of these returns."""
    rows: Any = Return.objects.filter(pk__among=returns).with_progress().order_by()
    return rows.values_list("pk", "answered", "items")


class Return(models.Model):
    """One agency's answers in a round. Created when the round opens, never by hand."""

    class State(models.TextChoices):
        DUE = "due", gettext_lazy("Due")
        SUBMITTED = "submitted", gettext_lazy("Submitted")
        SENT_BACK = "sent_back", gettext_lazy("Sent back")
        ACCEPTED = "accepted", gettext_lazy("Accepted")
        # Its agency ended, and its answers are in the successor's return.
        MOVED = "moved", gettext_lazy("Moved to the successor")

    NEXT: dict[str, tuple[str, ...]] = {
        State.DUE: (State.SUBMITTED,),
        # The agency may recall it until the coordinator reads it.
        State.SUBMITTED: (State.DUE, State.SENT_BACK, State.ACCEPTED),
        State.SENT_BACK: (State.SUBMITTED,),
        State.ACCEPTED: (),
        State.MOVED: (),
    }
    # The agency has to write or correct it.
    WITH_AGENCY = (State.DUE, State.SENT_BACK)
    # Its agency has answered all that it was asked.
    HANDED_IN = (State.SUBMITTED, State.ACCEPTED)
    # Nothing is left to do.
    FINISHED = (State.ACCEPTED, State.MOVED)

    round = models.ForeignKey(Round, models.PROTECT, related_name="returns")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="returns")
    state = models.CharField(max_length=10, choices=State, default=State.DUE)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="submitted_returns"
    )
    accepted_on = models.DateField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="accepted_returns"
    )
    # The due date of this return, if the coordinator extended it.
    extended_to = models.DateField(null=True, blank=True)
    # A contributor said that it is ready for an approver.
    ready_at = models.DateTimeField(null=True, blank=True)
    ready_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    # The coordinator first opened what was last submitted.
    first_read_at = models.DateTimeField(null=True, blank=True)
    first_read_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    # The coordinator enters for the agency what came by email; the email is evidence.
    entered_at = models.DateTimeField(null=True, blank=True)
    entered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    # The coordinator lets one person write and submit it, and why; whether one person has.
    alone_reason = models.TextField(blank=True, default="", db_default="")
    alone_allowed_at = models.DateTimeField(null=True, blank=True)
    alone_allowed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+"
    )
    is_by_one_person = models.BooleanField(default=False, db_default=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    # Annotations of `for_page`.
    is_from_tracker: bool
    more_asked: str | None
    # Annotations of `with_progress`.
    items: int
    answered: int
    last_written_at: datetime | None

    objects = ReturnQuerySet.as_manager()
    history = track(plan_ways=["round__plan"])

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round", "agency"], name="return_one_per_agency_and_round"
            ),
            models.CheckConstraint(
                name="return_state_known",
                condition=Q(state__in=["due", "submitted", "sent_back", "accepted", "moved"]),
            ),
            models.CheckConstraint(
                name="return_submitted_by_and_at",
                # Imported returns have a time but no user.
                condition=Q(submitted_by=None) | Q(submitted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="return_accepted_has_date",
                condition=Q(state="accepted", accepted_on__isnull=False)
                | (~Q(state="accepted") & Q(accepted_on=None, accepted_by=None)),
            ),
            models.CheckConstraint(
                name="return_ready_by_and_at",
                condition=Q(ready_at=None, ready_by=None)
                | Q(ready_at__isnull=False, ready_by__isnull=False, state__in=["due", "sent_back"]),
            ),
            models.CheckConstraint(
                name="return_first_read_by_and_at",
                condition=Q(first_read_at=None, first_read_by=None)
                | (Q(first_read_at__isnull=False, first_read_by__isnull=False) & ~Q(state="due")),
            ),
            models.CheckConstraint(
                name="return_entered_by_and_at",
                condition=Q(entered_at=None, entered_by=None)
                | Q(entered_at__isnull=False, entered_by__isnull=False),
            ),
            models.CheckConstraint(
                name="return_alone_by_at_and_why",
                condition=Q(
                    alone_allowed_at=None,
                    alone_allowed_by=None,
                    alone_reason="",
                    is_by_one_person=False,
                )
                | Q(alone_allowed_at__isnull=False, alone_allowed_by__isnull=False)
                & ~Q(alone_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency}, {self.round}"

    def get_absolute_url(self) -> str:
        return reverse("returns:detail", args=[self.round.plan.slug, self.round_id, self.agency_id])

    @property
    def is_with_agency(self) -> bool:
        return self.state in self.WITH_AGENCY

    @property
    def is_entered(self) -> bool:
        """True while the coordinator writes it for the agency, and after submitting it so."""
        return self.entered_at is not None

    @property
    def due_on(self) -> date:
        return self.extended_to or self.round.due_on

    def is_overdue(self, on: date) -> bool:
        return self.is_with_agency and self.due_on < on


class ReturnNoteQuerySet(models.QuerySet["ReturnNote"]):
    def of_coordinators(self) -> Self:
        """Notes with which a return was sent back to its agency."""
        return self.filter(is_own=False)

    def with_coming(self) -> Self:
        """Annotate `came_at`: when it came with the return of an agency that ended; None otherwise."""
        was: Any = ReturnNote.history.filter(id=models.OuterRef("pk"))
        elsewhere = was.exclude(of_return=models.OuterRef("of_return"))
        here = was.filter(of_return=models.OuterRef("of_return")).order_by("history_id")
        came = models.Subquery(here.values("history_date")[:1])
        return self.annotate(
            came_at=models.Case(models.When(models.Exists(elsewhere), then=came), default=None)
        )


class ReturnNote(models.Model):
    """The coordinator's note when sending a return back, and the agency's reply. All are kept.

    The notes of one sending back have the same time `at`. Without an item the note is on the
    return as a whole. An agency's own (`is_own`) is its approver's, to its writers: nobody else reads it.
    """

    of_return = models.ForeignKey(Return, models.PROTECT, related_name="notes")
    item = models.ForeignKey(WorkItem, models.PROTECT, null=True, blank=True, related_name="+")
    is_own = models.BooleanField(default=False, db_default=False)
    body = models.TextField()
    by = models.ForeignKey(User, models.PROTECT, related_name="return_notes")
    at = models.DateTimeField()
    reply = models.TextField(blank=True)
    replied_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    replied_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    # Annotation of `with_coming`.
    came_at: datetime | None

    objects = ReturnNoteQuerySet.as_manager()
    history = track(plan_ways=["of_return__round__plan"], pauses=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="returnnote_reply_by_and_at",
                condition=Q(replied_at=None, replied_by=None, reply="")
                | Q(replied_at__isnull=False, replied_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.body


class ReadingTicks(models.Model):
    """What an approver has accepted while reading a return that is not submitted. Nobody else reads it.

    `ticks` are the versions of what they read, by item id (`return_reading.ReadItem.as_read`). A tick
    counts as long as these are the same. It has no history; submitting deletes it.
    """

    of_return = models.ForeignKey(Return, models.PROTECT, related_name="reading_ticks")
    person = models.ForeignKey(User, models.PROTECT, related_name="+")
    ticks: Any = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "reading ticks"
        constraints = [
            models.UniqueConstraint(
                fields=["of_return", "person"], name="readingticks_one_of_a_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.of_return}"


class UpdateQuerySet(models.QuerySet["Update"]):
    def visible_to(self, user: User) -> Self:
        """Updates that the user may read in their present state, in plans that the user may read.

        Accepted ones, and those of returns that `workitems.read_return` shows. Of a return that was sent
        back, others than its writers read what was submitted, which is not in these rows.
        """
        writes = user.agencies_as(*WRITING_ROLES)
        reads = user.agencies_as(*READING_ROLES)
        coordinated = Plan.objects.filter(
            coordinating_agency__in=user.agencies_as(Seat.Role.COORDINATOR)
        )
        is_entered = Q(entered_at__isnull=False)
        is_shown = Q(submitted_at__isnull=False) & ~Q(state=Return.State.SENT_BACK)
        returns = Return.objects.filter(
            Q(state=Return.State.ACCEPTED)
            | Q(agency__in=writes)
            | ~Q(state=Return.State.SENT_BACK) & Q(agency__in=reads)
            | (is_entered | is_shown) & Q(round__plan__in=coordinated),
            round__plan__in=Plan.objects.visible_to(user),
        )
        return self.filter(of_return__in=returns)

    def accepted(self, until: date | None = None) -> Self:
        """Updates of accepted returns: the only ones that a briefing may quote."""
        found = self.filter(of_return__state=Return.State.ACCEPTED)
        return found if until is None else found.filter(of_return__accepted_on__lte=until)

    def of_earlier_leads(self, round: Any, agency: Any) -> Self:
        """Accepted answers of a round on items that the agency leads now, from the agency that led them then.

        The item is answered for this round. Where its new lead has written an answer all the same, this is not in.
        """
        own = Update.objects.filter(
            item=models.OuterRef("item"),
            of_return__agency=models.OuterRef("item__lead_agency"),
            of_return__round=models.OuterRef("of_return__round"),
        )
        found = self.accepted().filter(of_return__round=round, item__lead_agency=agency)
        found = found.exclude(stage="").exclude(of_return__agency=agency)
        return found.exclude(models.Exists(own))

    def newest_first(self) -> Self:
        return self.order_by("-of_return__round__period_end", by_short_name("of_return__agency__"))

    def from_spreadsheets(self) -> Self:
        """Updates that an imported spreadsheet said, and no agency."""
        found = self.annotate(is_from_tracker=_from_tracker("of_return__round__"))
        return found.filter(is_from_tracker=True)

    def saying_something(self) -> Self:
        return self.exclude(no_change_on=None, achieved="", planned_next="", challenges="")


class Update(models.Model):
    """One agency's answer on one item in one round."""

    # Set by the page of its item: the round's name, of an update that came from a spreadsheet.
    spreadsheet: str

    class KeyAchievement(models.TextChoices):
        NO = "no", gettext_lazy("No")
        YES = "yes", gettext_lazy("Yes")
        HEADLINE = "headline", gettext_lazy("Headline")

    of_return = models.ForeignKey(Return, models.PROTECT, related_name="updates")
    item = models.ForeignKey(WorkItem, models.PROTECT, related_name="updates")
    # Empty for an agency that supports the item: only the lead sets its status.
    stage = models.CharField(max_length=20, choices=Stage, blank=True)
    confidence = models.CharField(max_length=10, choices=Confidence, blank=True)
    # The item's version when its status was last compared with this answer; none in old returns.
    item_version = models.PositiveIntegerField(null=True, blank=True, editable=False)
    achieved = models.TextField(blank=True)
    planned_next = models.TextField(blank=True)
    challenges = models.TextField(blank=True)
    key_achievement = models.CharField(
        max_length=10, choices=KeyAchievement, default=KeyAchievement.NO
    )
    # Day of a "no change" answer. Refused for an overdue item and for the third time in a row.
    no_change_on = models.DateField(null=True, blank=True)
    # Whether it was saved from a link in an email.
    from_email = models.BooleanField(default=False, db_default=False)
    written_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="written_updates"
    )
    written_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = UpdateQuerySet.as_manager()
    history = track(plan_ways=["of_return__round__plan"], pauses=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["of_return", "item"], name="update_one_per_item_and_return"
            ),
            models.CheckConstraint(
                name="update_values_known",
                condition=Q(
                    stage__in=["", "not_started", "under_way", "complete", "ongoing", "withdrawn"],
                    confidence__in=["", "on_track", "at_risk", "off_track"],
                    key_achievement__in=["no", "yes", "headline"],
                ),
            ),
            models.CheckConstraint(
                name="update_no_change_says_nothing_else",
                condition=Q(no_change_on=None)
                | Q(achieved="", planned_next="", challenges="", key_achievement="no"),
                violation_error_message='"No change" goes alone, without other text.',
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.of_return}"

    @property
    def says_something(self) -> bool:
        """Whether it has words, or says "no change"; a stage alone is no answer."""
        return bool(self.no_change_on or self.achieved or self.planned_next or self.challenges)


def evidence_path(instance: "Evidence", filename: str) -> str:
    # A name that cannot be guessed and does not contain the uploaded name.
    return f"evidence/{uuid4().hex}"


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def not_withdrawn(self) -> Self:
        return self.filter(withdrawn_at=None)

    def given_by(self, until: datetime | None) -> Self:
        """Evidence that was there just before an instant, or is there now if none is given."""
        if until is None:
            return self.not_withdrawn()
        not_yet = Q(withdrawn_at=None) | Q(withdrawn_at__gte=until)
        return self.filter(not_yet, added_at__lt=until)

    def of_item(self, item: WorkItem | models.OuterRef) -> Self:
        """Evidence on an item that every reader of the plan may see.

        Leaves out evidence on updates whose return is not accepted.
        """
        return self.filter(
            Q(milestone__item=item)
            | Q(update__item=item, update__of_return__state=Return.State.ACCEPTED)
        )

    def of_plan(self, plan: Plan) -> Self:
        """The same on all items of a plan."""
        return self.filter(
            Q(milestone__item__plan=plan)
            | Q(update__item__plan=plan, update__of_return__state=Return.State.ACCEPTED)
        )

    def for_list(self) -> Self:
        """With all that a list prints, oldest first."""
        return self.select_related("added_by").order_by("added_at", "pk")


class Evidence(models.Model):
    """Evidence for an update, a milestone or an answer out of session: a file, a link or a note. Of
    a return: the email from which the coordinator entered it."""

    update = models.ForeignKey(
        Update, models.PROTECT, null=True, blank=True, related_name="evidence"
    )
    milestone = models.ForeignKey(
        Milestone, models.PROTECT, null=True, blank=True, related_name="evidence"
    )
    of_return = models.ForeignKey(
        Return, models.PROTECT, null=True, blank=True, related_name="evidence"
    )
    answer = models.ForeignKey(
        "OutOfSessionAnswer", models.PROTECT, null=True, blank=True, related_name="evidence"
    )
    note = models.TextField(blank=True)
    link = models.URLField(max_length=1000, blank=True)
    file = models.FileField(upload_to=evidence_path, blank=True, max_length=200)
    file_name = models.CharField(max_length=200, blank=True)
    # Of the file as it was added; empty of files from before digests were kept, until they are filled in.
    sha256 = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="evidence")
    added_at = models.DateTimeField()
    # Evidence added by mistake is withdrawn; its file can no longer be downloaded.
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="withdrawn_evidence"
    )
    withdrawn_reason = models.TextField(blank=True)

    objects = EvidenceQuerySet.as_manager()
    history = track(
        plan_ways=[
            "update__of_return__round__plan",
            "milestone__item__plan",
            "of_return__round__plan",
            "answer__out_of_session__variation__plan",
        ]
    )

    class Meta:
        verbose_name_plural = "evidence"
        constraints = [
            models.CheckConstraint(
                name="evidence_of_one_thing",
                condition=Q(update__isnull=False, milestone=None, of_return=None, answer=None)
                | Q(update=None, milestone__isnull=False, of_return=None, answer=None)
                | Q(update=None, milestone=None, of_return__isnull=False, answer=None)
                | Q(update=None, milestone=None, of_return=None, answer__isnull=False),
            ),
            models.CheckConstraint(
                name="evidence_shows_something",
                condition=~Q(note="", link="", file=""),
                violation_error_message="Give a file, a link or a note.",
            ),
            models.CheckConstraint(
                name="evidence_file_has_name",
                condition=Q(file="", file_name="") | (~Q(file="") & ~Q(file_name="")),
            ),
            models.CheckConstraint(
                name="evidence_withdrawn_by_whom_and_why",
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdrawn_reason="")
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False)
                & ~Q(withdrawn_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return self.file_name or self.link or self.note
