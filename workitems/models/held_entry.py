"""What a contributor raised and an approver of the same agency has not released yet."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency, User
from agencies.records.tracking import track
from workitems.models.delay import Variation
from workitems.models.item import Milestone, WorkItem, known_to_field
from workitems.models.plan import Plan
from workitems.models.risk import Risk
from workitems.models.wait import Wait
from workitems.terms.additions import Addition, addition_of
from workitems.terms.asked_changes import name_of_change
from workitems.terms.known_dates import Known, KnownDate


class HeldEntryQuerySet(models.QuerySet["HeldEntry"]):
    def waiting(self) -> Self:
        return self.filter(state=HeldEntry.State.WAITING)

    def of_agencies(self, agency_ids: set[int]) -> Self:
        return self.filter(agency__in=agency_ids)

    def for_list(self) -> Self:
        """With all that a list prints, oldest first."""
        return self.select_related(
            "item", "milestone", "waits_for__item", "agency", "owner_agency", "written_by"
        ).order_by("pk")


class HeldEntry(models.Model):
    """A request for a variation, a risk, or what a milestone waits for, until it is released. Only its agency may read it.

    Releasing creates the variation or the risk. It is a table of its own, so that registers,
    exports, histories and papers cannot show it before.
    """

    class Kind(models.TextChoices):
        DATE = "date", gettext_lazy("Move an agreed date")
        WORDING = "wording", gettext_lazy("Change the wording")
        WITHDRAWAL = "withdrawal", gettext_lazy("Withdraw the item")
        ITEM = "item", gettext_lazy("Add a work item")
        MILESTONE = "milestone", gettext_lazy("Add a milestone")
        LEAD = "lead", Variation.Kind.LEAD.label
        RESPONSIBLE = "responsible", Variation.Kind.RESPONSIBLE.label
        SUPPORTER = "supporter", Variation.Kind.SUPPORTER.label
        CANCEL = "cancel", Variation.Kind.CANCEL.label
        MEMBER = "member", Variation.Kind.MEMBER.label
        END = "end", Variation.Kind.END.label
        MEASURE = "measure", Variation.Kind.MEASURE.label
        RISK = "risk", gettext_lazy("Risk")
        WAIT = "wait", gettext_lazy("What a milestone waits for")

    VARIATIONS = tuple(kind for kind in Kind.values if kind not in ("risk", "wait"))
    # Those whose rows say all of what they ask; the others are called by their kind until they are released.
    NAMED = (Kind.DATE, Kind.WORDING, Kind.WITHDRAWAL, Kind.ITEM, Kind.MILESTONE)

    class State(models.TextChoices):
        WAITING = "waiting", gettext_lazy("Waiting for release")
        RELEASED = "released", gettext_lazy("Released")
        WITHDRAWN = "withdrawn", gettext_lazy("Withdrawn")

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="held_entries")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="held_entries")
    kind = models.CharField(max_length=12, choices=Kind)
    item = models.ForeignKey(WorkItem, models.PROTECT, null=True, blank=True, related_name="+")
    milestone = models.ForeignKey(
        Milestone, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # The version of the item or milestone when the request was written.
    made_from = models.PositiveIntegerField(null=True, blank=True)
    due_after = models.DateField(null=True, blank=True)
    after_known_to = known_to_field()
    wording = models.CharField(max_length=12, choices=Variation.Wording, blank=True)
    # What is to be added, as in a variation, or what is asked (variations/services/change_requests.py);
    # of a wait, the days needed after.
    adds = models.JSONField(null=True, blank=True)
    # The new wording, or what the risk is.
    text = models.TextField(blank=True)
    # Why the change is needed, or the response to the risk.
    reason = models.TextField(blank=True)
    likelihood = models.CharField(max_length=10, choices=Risk.Level, blank=True)
    impact = models.CharField(max_length=10, choices=Risk.Level, blank=True)
    owner_agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    # Why it was withdrawn.
    note = models.TextField(blank=True)
    variation = models.ForeignKey(
        Variation, models.PROTECT, null=True, blank=True, related_name="+"
    )
    risk = models.ForeignKey(Risk, models.PROTECT, null=True, blank=True, related_name="+")
    waits_for = models.ForeignKey(
        Milestone, models.PROTECT, null=True, blank=True, related_name="+"
    )
    wait = models.ForeignKey(Wait, models.PROTECT, null=True, blank=True, related_name="+")

    after = Known[KnownDate | None]("due_after", "after_known_to")

    objects = HeldEntryQuerySet.as_manager()
    history = track(plan_ways=["plan"])

    class Meta:
        verbose_name_plural = gettext_lazy("held entries")
        constraints = [
            models.CheckConstraint(
                name="held_entry_says_what_is_asked",
                condition=Q(kind="date", milestone__isnull=False, due_after__isnull=False)
                | Q(
                    kind="wording", item__isnull=False, wording__in=["title", "objective", "action"]
                )
                | Q(
                    kind="wording",
                    milestone__isnull=False,
                    wording__in=["description", "done_means"],
                    adds__isnull=False,
                )
                | Q(kind__in=["lead", "supporter"], item__isnull=False, adds__isnull=False)
                | Q(
                    kind__in=["responsible", "cancel"],
                    milestone__isnull=False,
                    adds__isnull=False,
                )
                | Q(kind__in=["member", "end"], item=None, adds__isnull=False)
                | Q(kind="withdrawal", item__isnull=False)
                | Q(kind="measure", adds__isnull=False)
                | Q(kind="item", item=None, adds__isnull=False)
                | Q(kind="milestone", item__isnull=False, milestone=None, adds__isnull=False)
                | Q(kind="risk", owner_agency__isnull=False) & ~Q(text="")
                | Q(
                    kind="wait",
                    milestone__isnull=False,
                    waits_for__isnull=False,
                    adds__isnull=False,
                )
                & ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="held_entry_settled_by_and_at",
                condition=Q(state="waiting", settled_by=None, settled_at=None)
                | Q(state__in=["released", "withdrawn"])
                & Q(settled_by__isnull=False, settled_at__isnull=False),
            ),
            models.CheckConstraint(
                name="held_entry_released_as_one_record",
                condition=Q(
                    state="released", kind="risk", risk__isnull=False, variation=None, wait=None
                )
                | Q(state="released", kind="wait", wait__isnull=False, variation=None, risk=None)
                | Q(state="released", variation__isnull=False, risk=None, wait=None)
                & ~Q(kind__in=["risk", "wait"])
                | ~Q(state="released") & Q(variation=None, risk=None, wait=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.item or self.plan}"

    def get_absolute_url(self) -> str:
        return reverse("held:detail", args=[self.plan.slug, self.pk])

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.WAITING

    @property
    def is_outdated(self) -> bool:
        """Whether the milestone or item has changed since the request was written."""
        row = self.milestone or self.item or self.plan
        return self.made_from is not None and row.version != self.made_from

    @property
    def asks(self) -> str:
        """The entry in a few words, as the variation is called later. Load its milestone and item first; the text names
        them."""
        if self.kind == self.Kind.RISK:
            return self.text
        if self.waits_for is not None:
            return _("“{milestone}” waits for “{other}”").format(
                milestone=self.milestone, other=self.waits_for
            )
        if self.kind not in self.NAMED:
            return str(self.get_kind_display())
        row = self.milestone or self.item
        return name_of_change(
            self.kind,
            code=self.wording,
            label=self.get_wording_display(),
            before=getattr(row, self.wording, "") if self.wording else "",
            after=self.text,
            milestone=str(self.milestone or ""),
            due=self.after,
            adds=self.addition,
        )

    @property
    def addition(self) -> Addition | None:
        return addition_of(self.kind, self.adds)
