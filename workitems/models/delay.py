"""Delays of milestones, their mitigations, and variations of the Plan."""

import zlib
from datetime import date
from typing import Self

from django.db import models
from django.db.models import Case, F, Q, When
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency, User
from agencies.records.tracking import track
from workitems.models.item import Milestone, WorkItem, known_to_field
from workitems.models.plan import Pillar, Plan
from workitems.terms.additions import Addition, addition_of
from workitems.terms.asked_changes import name_of_change
from workitems.terms.item_texts import ITEM_TEXTS
from workitems.terms.known_dates import Known, KnownDate, from_to
from workitems.terms.lateness import CAUSES, cause_in_words, new_date_in_words
from workitems.terms.spans import span_in_words

# Characters of who settles a cause, if that is no agency of the plan.
SETTLING_OTHER_MAX = 100


class DelayQuerySet(models.QuerySet["Delay"]):
    def open(self, on: date) -> Self:
        return self.filter(Q(ended_on=None) | Q(ended_on__gt=on), found_on__lte=on)

    def in_order(self) -> Self:
        return self.order_by("milestone__item__number_key", "milestone__number", "number")


class Delay(models.Model):
    """A recorded delay of a milestone: its cause, its effect, what bridges it, and the dates before and after."""

    class Cause(models.TextChoices):
        FUNDING = "funding", gettext_lazy("Funding")
        PRIOR_COMMITMENTS = "prior_commitments", gettext_lazy("Prior commitments")
        STAFFING = "staffing", gettext_lazy("Staffing")
        ANOTHER_AGENCY = "another_agency", gettext_lazy("Another agency")
        LEGISLATION = "legislation", gettext_lazy("Legislation")
        PROCUREMENT = "procurement", gettext_lazy("Procurement")
        CONSULTATION = "consultation", gettext_lazy("Consultation")
        CABINET = "cabinet", gettext_lazy("Cabinet decision")
        OUTSIDE_EVENT = "outside_event", gettext_lazy("Outside event")
        OTHER = "other", gettext_lazy("Other")

        @property
        def within(self) -> str:
            """The cause within a sentence: "funding", "Cabinet decision"."""
            return str(CAUSES.get(self.value) or self.label.lower())

    class Settlement(models.TextChoices):
        """Whether the cause is settled. Empty if it is unknown."""

        SETTLED = "settled", gettext_lazy("Settled")
        BEING_SETTLED = "being_settled", gettext_lazy("Being settled")
        NEEDS_DECISION = "needs_decision", gettext_lazy("Needs a decision")

    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="delays")
    number = models.PositiveSmallIntegerField()
    cause = models.CharField(max_length=20, choices=Cause)
    explanation = models.TextField()
    effect = models.TextField(blank=True)
    # What bridges the delay, and what the milestone needs to be done.
    meanwhile = models.TextField(blank=True, db_default="")
    needs = models.TextField(blank=True, db_default="")
    # The case for a decision of the Minister.
    money_from = models.TextField(blank=True, db_default="")
    if_declined = models.TextField(blank=True, db_default="")
    settlement = models.CharField(
        gettext_lazy("is the cause settled?"),
        max_length=14,
        choices=Settlement,
        blank=True,
        db_default="",
    )
    # Who settles it, and by when; only while it is being settled.
    settling_agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Somebody who is no agency of the plan, in words: "Cabinet".
    settling_other = models.CharField(max_length=SETTLING_OTHER_MAX, blank=True, db_default="")
    settling_by = models.DateField(null=True, blank=True)
    found_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    due_before = models.DateField(
        help_text=gettext_lazy("When the milestone was due before the slip.")
    )
    before_known_to = known_to_field()
    due_after = models.DateField(help_text=gettext_lazy("When its agency expects it now."))
    after_known_to = known_to_field()
    # None while nobody knows the new date: then both dates are the same.
    times_moved = models.PositiveSmallIntegerField(default=1)

    before = Known[KnownDate]("due_before", "before_known_to")
    after = Known[KnownDate]("due_after", "after_known_to")

    objects = DelayQuerySet.as_manager()
    history = track(plan_ways=["milestone__item__plan"])

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["milestone", "number"], name="delay_number_unique_in_milestone"
            ),
            models.CheckConstraint(
                name="delay_period",
                condition=Q(ended_on=None) | Q(ended_on__gte=F("found_on")),
                violation_error_message="A delay cannot end before it was found.",
            ),
            models.CheckConstraint(
                name="delay_settled_by_somebody",
                condition=Q(
                    settlement="being_settled", settling_agency__isnull=False, settling_other=""
                )
                | Q(settlement="being_settled", settling_agency=None) & ~Q(settling_other="")
                | Q(
                    settlement__in=["", "settled", "needs_decision"],
                    settling_agency=None,
                    settling_other="",
                    settling_by=None,
                ),
                violation_error_message="Who settles it, and a date, go with a cause that is being settled.",
            ),
            models.CheckConstraint(
                name="delay_moved_at_least_once",
                condition=Q(times_moved__gte=1) | Q(times_moved=0, due_after=F("due_before")),
            ),
            models.CheckConstraint(
                name="delay_cause_known",
                condition=Q(
                    cause__in=[
                        "funding",
                        "prior_commitments",
                        "staffing",
                        "another_agency",
                        "legislation",
                        "procurement",
                        "consultation",
                        "cabinet",
                        "outside_event",
                        "other",
                    ]
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_cause_display()}: {self.explanation}"

    @property
    def settler(self) -> "Agency | str":
        """Who settles the cause. Load the settling agency first."""
        return self.settling_agency or self.settling_other

    @property
    def settled(self) -> str:
        """Whether the cause is settled, as a sentence; "" if it is unknown. Of a delay without a new date it says by when one is known.
        Load the settling agency first."""
        if not self.times_moved and self.settling_by:
            return new_date_in_words(self.settler, self.settling_by)
        return cause_in_words(self.cause, self.settlement, self.settler, self.settling_by)

    @property
    def settlement_key(self) -> str:
        """What it says of its cause, and a digest of its texts, to compare with what a page showed."""
        texts = "\n".join((self.meanwhile, self.needs, self.money_from, self.if_declined))
        digest = zlib.crc32(texts.encode()) if texts.strip() else ""
        other = zlib.crc32(self.settling_other.encode()) if self.settling_other else ""
        parts = (self.settlement, self.settling_agency_id, other, self.settling_by, digest)
        return " ".join(str(part) for part in parts if part)

    @property
    def moved(self) -> str:
        """ "from 30 June 2027 to July 2027"."""
        return from_to(self.before, self.after, is_known=bool(self.times_moved))

    @property
    def length(self) -> str:
        """How long it is from the date before to the date after: "eight months"; "" if it is not later. While its
        cause is not settled it is what is sure, as the milestone says it: "at least eight months"."""
        if self.due_after <= self.due_before:
            return ""
        waits = self.ended_on is None and self.settlement not in ("", "settled")
        if waits and self.after.first_day > self.due_before:
            return _("at least {time}").format(
                time=span_in_words(self.before, self.after, at_least=True)
            )
        return span_in_words(self.before, self.after)

    @property
    def days(self) -> int:
        """Calendar days from `due_before` to `due_after`."""
        return (self.due_after - self.due_before).days


class Mitigation(models.Model):
    """What an agency does about a delay, and by when."""

    delay = models.ForeignKey(Delay, models.PROTECT, related_name="mitigations")
    number = models.PositiveSmallIntegerField()
    description = models.TextField()
    owner_agency = models.ForeignKey(Agency, models.PROTECT, related_name="mitigations")
    due_on = models.DateField(null=True, blank=True)
    done_on = models.DateField(null=True, blank=True)

    history = track(plan_ways=["delay__milestone__item__plan"])

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["delay", "number"], name="mitigation_number_unique_in_delay"
            ),
        ]

    def __str__(self) -> str:
        return self.description


class VariationQuerySet(models.QuerySet["Variation"]):
    def pending(self) -> Self:
        return self.filter(state__in=Variation.PENDING)

    def for_meetings(self) -> Self:
        """Without those on which agencies are answering out of session."""
        return self.exclude(out_of_session_decisions__state="open")

    def pending_first(self) -> Self:
        """Pending variations first, oldest first; then the others, newest first."""
        waits = Q(state__in=Variation.PENDING)
        return self.order_by(
            Case(When(waits, then=0), default=1), Case(When(waits, then="number")), "-number"
        )

    def for_list(self) -> Self:
        """With all that a list row prints, in one query."""
        return self.select_related("item", "milestone", "pillar", "requesting_agency")

    def pending_in(self, plan: Plan) -> list["Variation"]:
        """Return the pending variations among these, which are all of one plan, oldest first."""
        rows = list(self.pending().filter(plan=plan).for_list().pending_first())
        for row in rows:
            row.plan = plan
        return rows


class Variation(models.Model):
    """A request to change what was adopted: each `Kind` says what.

    What is added is kept as data (`adds`, see additions.py), and so are the role of a supporting agency
    and the value of a detail.
    `item` is the new item, and `milestone` the new milestone, only once it is approved. A change of the
    plan itself has no item.

    An agency requests it, the coordinator sends it to the working group with a recommendation,
    and the group decides it at a meeting that has it on its agenda, or out of session. An approval
    takes effect in the same transaction.
    """

    class Kind(models.TextChoices):
        DATE = "date", gettext_lazy("Move an agreed date")
        WORDING = "wording", gettext_lazy("Change the wording")
        WITHDRAWAL = "withdrawal", gettext_lazy("Withdraw the item")
        ITEM = "item", gettext_lazy("Add a work item")
        MILESTONE = "milestone", gettext_lazy("Add a milestone")
        LEAD = "lead", gettext_lazy("Change the lead agency")
        RESPONSIBLE = "responsible", gettext_lazy("Change the responsible agency")
        SUPPORTER = "supporter", gettext_lazy("Change the supporting agencies")
        CANCEL = "cancel", gettext_lazy("Cancel a milestone")
        DETAIL = "detail", gettext_lazy("Change a detail")
        MEMBER = "member", gettext_lazy("Leave the working group")
        END = "end", gettext_lazy("Change the plan’s end")
        MEASURE = "measure", gettext_lazy("Change a measure")

    class State(models.TextChoices):
        REQUESTED = "requested", gettext_lazy("Requested")
        RECOMMENDED = "recommended", gettext_lazy("With the working group")
        APPROVED = "approved", gettext_lazy("Approved")
        DECLINED = "declined", gettext_lazy("Declined")
        TAKEN_BACK = "taken_back", gettext_lazy("Withdrawn")

    NEXT: dict[str, tuple[str, ...]] = {
        State.REQUESTED: (State.RECOMMENDED, State.TAKEN_BACK),
        State.RECOMMENDED: (State.APPROVED, State.DECLINED, State.TAKEN_BACK),
        State.APPROVED: (),
        State.DECLINED: (),
        State.TAKEN_BACK: (),
    }
    PENDING = (State.REQUESTED, State.RECOMMENDED)

    class Recommends(models.TextChoices):
        APPROVE = "approve", gettext_lazy("Approve")
        DECLINE = "decline", gettext_lazy("Decline")

    class Wording(models.TextChoices):
        """What a change of the wording or of a detail is about."""

        TITLE = "title", ITEM_TEXTS["title"].label
        OBJECTIVE = "objective", ITEM_TEXTS["objective"].label
        ACTION = "action", ITEM_TEXTS["action"].label
        DESCRIPTION = "description", gettext_lazy("Words")
        DONE_MEANS = "done_means", gettext_lazy("Words on when it is done")
        PILLAR_TITLE = "pillar_title", gettext_lazy("Title of the pillar")
        PILLAR_TEXT = "pillar_text", gettext_lazy("Description of the pillar")
        PILLAR = "pillar", gettext_lazy("Pillar")
        KIND = "kind", gettext_lazy("Kind")
        KEY = "is_key", gettext_lazy("Key item")
        TIMEFRAME = "timeframe", gettext_lazy("Timeframe")
        MONTHS = "months", gettext_lazy("Months")
        STARTS_ON = "starts_on", gettext_lazy("Start")
        MEASURE = "measure", gettext_lazy("Measure")

    # The wordings of an item; the others are of a milestone or a pillar, or details of an item.
    OF_ITEM = (Wording.TITLE, Wording.OBJECTIVE, Wording.ACTION)

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="variations")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=Kind)
    item = models.ForeignKey(
        WorkItem, models.PROTECT, null=True, blank=True, related_name="variations"
    )
    milestone = models.ForeignKey(
        Milestone, models.PROTECT, null=True, blank=True, related_name="variations"
    )
    due_before = models.DateField(null=True, blank=True)
    before_known_to = known_to_field()
    due_after = models.DateField(null=True, blank=True)
    after_known_to = known_to_field()
    pillar = models.ForeignKey(
        Pillar, models.PROTECT, null=True, blank=True, related_name="variations"
    )
    agency_before = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="+"
    )
    agency_after = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="+"
    )
    wording = models.CharField(max_length=12, choices=Wording, blank=True)
    # The words before and after; of agencies, their short names on the day of the request.
    text_before = models.TextField(blank=True)
    text_after = models.TextField(blank=True)
    adds = models.JSONField(null=True, blank=True)
    reason = models.TextField()
    state = models.CharField(max_length=12, choices=State, default=State.REQUESTED)
    requesting_agency = models.ForeignKey(Agency, models.PROTECT, related_name="variations")
    requested_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="requested_variations"
    )
    requested_at = models.DateTimeField()
    recommends = models.CharField(max_length=10, choices=Recommends, blank=True)
    recommendation = models.TextField(blank=True)
    recommended_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="recommended_variations"
    )
    recommended_at = models.DateTimeField(null=True, blank=True)
    meeting = models.ForeignKey(
        "Meeting", models.PROTECT, null=True, blank=True, related_name="variations"
    )
    out_of_session = models.ForeignKey(
        "OutOfSession", models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="decided_variations"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    before = Known[KnownDate | None]("due_before", "before_known_to")
    after = Known[KnownDate | None]("due_after", "after_known_to")

    objects = VariationQuerySet.as_manager()
    history = track(plan_ways=["plan"])

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "number"], name="variation_number_unique_in_plan"
            ),
            models.UniqueConstraint(
                fields=["milestone"],
                condition=Q(kind="date", state__in=["requested", "recommended"]),
                name="variation_one_pending_date_per_milestone",
            ),
            models.CheckConstraint(
                name="variation_state_known",
                condition=Q(
                    state__in=["requested", "recommended", "approved", "declined", "taken_back"]
                ),
            ),
            models.CheckConstraint(
                name="variation_recommends_known",
                # Imported and older recommendations have only text.
                condition=Q(recommends__in=["", "approve", "decline"]),
            ),
            models.CheckConstraint(
                name="variation_says_what_changes",
                condition=Q(
                    kind="date",
                    milestone__isnull=False,
                    due_before__isnull=False,
                    due_after__isnull=False,
                )
                | Q(
                    kind="wording",
                    wording__in=["title", "objective", "action"],
                )
                | Q(
                    kind="wording",
                    wording__in=["description", "done_means"],
                    milestone__isnull=False,
                )
                | Q(
                    kind="wording",
                    wording__in=["pillar_title", "pillar_text"],
                    pillar__isnull=False,
                )
                | Q(
                    kind="detail",
                    wording__in=[
                        "pillar",
                        "kind",
                        "is_key",
                        "timeframe",
                        "months",
                        "starts_on",
                        "measure",
                        "pillar_title",
                    ],
                )
                | Q(kind="withdrawal", milestone=None)
                | Q(kind__in=["item", "milestone"], adds__isnull=False)
                | Q(kind="lead", milestone=None)
                & Q(agency_before__isnull=False, agency_after__isnull=False)
                | Q(
                    kind="responsible",
                    milestone__isnull=False,
                    agency_before__isnull=False,
                    agency_after__isnull=False,
                )
                | Q(kind="supporter", milestone=None)
                & (Q(agency_before__isnull=False) | Q(agency_after__isnull=False))
                | Q(kind="cancel", milestone__isnull=False)
                | Q(kind="member", agency_before__isnull=False, agency_after=None)
                | Q(kind="end", due_before__isnull=False)
                | Q(kind="end", due_after__isnull=False)
                | Q(kind="measure", adds__isnull=False),
            ),
            models.CheckConstraint(
                name="variation_changes_what_is_or_adds",
                condition=Q(
                    kind__in=[
                        "date",
                        "withdrawal",
                        "lead",
                        "responsible",
                        "supporter",
                        "cancel",
                    ],
                    item__isnull=False,
                )
                & (Q(adds__isnull=True) | Q(kind="supporter"))
                | Q(kind="detail", adds__isnull=False)
                & (Q(item__isnull=False) | Q(wording="pillar_title"))
                | Q(kind="wording", adds__isnull=True)
                & (Q(item__isnull=False) | Q(pillar__isnull=False))
                | Q(kind__in=["member", "end"], item=None, milestone=None, adds__isnull=True)
                # Of an outcome of the plan, it has no item.
                | Q(kind="measure", milestone=None, adds__isnull=False)
                | Q(kind="item", milestone=None)
                & (Q(state="approved", item__isnull=False) | ~Q(state="approved") & Q(item=None))
                | Q(kind="milestone", item__isnull=False)
                & (
                    Q(state="approved", milestone__isnull=False)
                    | ~Q(state="approved") & Q(milestone=None)
                ),
            ),
            models.CheckConstraint(
                name="variation_recommended_by_and_at",
                condition=Q(recommended_by=None, recommended_at=None)
                | Q(recommended_by__isnull=False, recommended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="variation_decided_by_the_group",
                condition=(
                    Q(
                        state__in=["approved", "declined"],
                        decided_by__isnull=False,
                        decided_at__isnull=False,
                    )
                    & (
                        Q(meeting__isnull=False, out_of_session=None)
                        | Q(meeting=None, out_of_session__isnull=False)
                    )
                )
                | (
                    ~Q(state__in=["approved", "declined"])
                    & Q(decided_by=None, decided_at=None, out_of_session=None)
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.reference})"

    def get_absolute_url(self) -> str:
        return reverse("variations:detail", args=[self.plan.slug, self.number])

    @property
    def reference(self) -> str:
        return f"V{self.number}"

    @property
    def asks(self) -> str:
        """What it does, in a few words, for places that show its item. Load the milestone first; the text names it."""
        return name_of_change(
            self.kind,
            code=self.wording,
            label=self.get_wording_display(),
            before=self.text_before,
            after=self.text_after,
            milestone=str(self.milestone or ""),
            due=self.after,
            adds=self.addition,
        )

    @property
    def name(self) -> str:
        """What it does, with the number of its item: "Move “Guide published” to 2 March 2027, 1.1"."""
        if self.item is None or self.kind == self.Kind.ITEM:  # a new item's name has its number
            return self.asks
        return f"{self.asks}, {self.item.number}"

    @property
    def addition(self) -> Addition | None:
        """What the request adds, or None if it changes an existing row."""
        return addition_of(self.kind, self.adds)

    @property
    def about(self) -> str:
        """The number and title of its item, which may be a proposed one, or else the pillar or the plan."""
        return str(self.item or self.addition or self.pillar or self.plan)

    @property
    def place(self) -> str:
        """ "Item 1.2 Print a brochure", or the pillar or the plan that it is about."""
        is_of_item = self.item is not None or self.addition is not None
        return _("Item {about}").format(about=self.about) if is_of_item else self.about

    @property
    def dates_asked(self) -> list[KnownDate]:
        """The agreed dates that an approval sets."""
        if self.addition is not None:
            return [milestone.due for milestone in self.addition.milestones]
        return [self.after] if self.kind == self.Kind.DATE and self.after else []

    @property
    def changed_agencies(self) -> set[int]:
        """The ids of the agencies whose part in the plan it is about, besides who asks. Load item and milestone first."""
        found = {
            self.agency_before_id,
            self.agency_after_id,
            self.item.lead_agency_id if self.item else None,
            self.milestone.responsible_agency_id if self.milestone else None,
            *(self.addition.agencies if self.addition else ()),
        }
        return {each for each in found if each is not None}

    @property
    def is_pending(self) -> bool:
        return self.state in self.PENDING
