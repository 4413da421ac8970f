"""The briefing while it is being written: its cover, its reporting period and its date.

Its text is composed from the plan's records (`reports.compose`). The Minister's name and the
agencies' names are looked up for the briefing's date and are not stored here.
"""

from datetime import date
from functools import cached_property, partial
from typing import Any, Self

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Seat, User
from agencies.records.tracking import track
from reports.document import Marking as PaperMarking
from workitems.models import Plan
from workitems.models.plan import READING_ROLES, left_by_its_agency

# Roles in the plan's coordinating agency that may read a briefing before it is issued.
DRAFTING_ROLES = (Seat.Role.COORDINATOR, Seat.Role.AUTHORISING_MANAGER)

NO_CONTACT = gettext_lazy("Enter the first contact’s name, role, or both. The cover prints them.")
MARKING_TOO_HIGH = format_lazy(
    gettext_lazy("This service holds papers up to {highest}. Anything higher belongs elsewhere."),
    highest=settings.MARKINGS[-1],
)

NUMBER_NEEDED = gettext_lazy("An issued paper, or one to be authorised, keeps its tracker number.")

# Fields the coordinator may change. The plan and the author never change.
COVER_FIELDS = (
    "title",
    "tracker_number",
    "period_start",
    "period_end",
    "dated",
    "deadline",
    "action_sought",
    "marking",
    "copied_to",
    "for_referral_to",
    "agencies_consulted",
    "contact_name",
    "contact_role",
    "contact_phone",
    "contact_mobile",
    "second_contact_name",
    "second_contact_role",
    "second_contact_phone",
    "second_contact_mobile",
    "manager_name",
    "manager_role",
    "manager_phone",
    "manager_mobile",
    "on_behalf_of",
)

# Agencies asked for clearance can read the briefing in these states.
CONSULTED_STATES = ("in_consultation", "awaiting")


def issued_of(briefing: models.OuterRef) -> "models.QuerySet[Any]":
    return apps.get_model("reports", "IssuedPaper").objects.filter(briefing=briefing)


class BriefingQuerySet(models.QuerySet["Briefing"]):
    def visible_to(self, user: User) -> Self:
        """Filter to the briefings that `user` may read.

        The coordinating agency's coordinators and authorising managers see all of the plan's
        briefings. Agencies asked for clearance see them during consultation. Once a briefing is
        issued, the whole working group sees it, and so does the office of the Minister to whom a
        version is addressed.
        """
        plans = Plan.objects.visible_to(user)
        drafting = user.agencies_as(*DRAFTING_ROLES)
        asked = apps.get_model("reports", "Clearance").objects.filter(
            briefing=models.OuterRef("pk"),
            agency__in=user.agencies_as(*READING_ROLES),
            is_withdrawn=False,
        )
        return self.filter(
            Q(plan__in=plans, plan__coordinating_agency__in=drafting)
            | Q(left_by_its_agency(drafting, timezone.localdate(), "plan__"), plan__in=plans)
            | Q(models.Exists(asked), plan__in=plans, state__in=CONSULTED_STATES)
            | Q(models.Exists(issued_of(models.OuterRef("pk"))), plan__in=plans)
            | Q(
                models.Exists(
                    issued_of(models.OuterRef("pk")).filter(portfolio__in=user.portfolios)
                )
            )
        )

    def with_addressee(self) -> Self:
        """Add the portfolio of each briefing's newest version, as `addressee`."""
        newest = issued_of(models.OuterRef("pk")).order_by("-number").values("portfolio")[:1]
        return self.annotate(
            addressee=Coalesce(
                models.Subquery(newest), models.Value(""), output_field=models.CharField()
            )
        )

    def addressed_to(self, portfolios: set[str]) -> Self:
        """Filter to the issued briefings whose newest version is to one of these portfolios."""
        return self.with_addressee().filter(Q(addressee__in=portfolios))

    def newest_first(self) -> Self:
        return self.order_by("-dated", "-pk")

    def with_standing(self, on: date) -> Self:
        """Add how far each is, for `briefings.whats_next`: agencies `asked` and `unanswered`, those that are `late` and when
        they were `reminded`, when the `first_due` answer is due, comments `unresolved`, and `to_follow_up`: whether the
        Minister's answer asks for something without an action.
        """
        get_model = partial(apps.get_model, "reports")
        asked = Q(clearances__is_withdrawn=False)
        unanswered = asked & Q(clearances__answer="")
        late = unanswered & Q(clearances__due_on__lt=on)
        return self.annotate(
            asked=Count("clearances", filter=asked, distinct=True),
            unanswered=Count("clearances", filter=unanswered, distinct=True),
            late=Count("clearances", filter=late, distinct=True),
            reminded=Max("clearances__reminded_at", filter=late),
            first_due=Min("clearances__due_on", filter=unanswered),
            unresolved=Count(
                "clearances__comments",
                filter=asked & Q(clearances__comments__resolved_at=None),
                distinct=True,
            ),
            to_follow_up=Exists(
                get_model("ResponseChoice")
                .objects.to_follow_up()
                .filter(response__issued__briefing=OuterRef("pk"))
            ),
        )


def marking_words(marking: str) -> str:
    """Return what the country prints for a marking."""
    words: str = settings.MARKINGS[Briefing.Marking.values.index(marking)]
    return words


class Briefing(models.Model):
    """A paper to the Minister on a plan's progress in a period.

    Lists on the cover are stored as typed: one name a line or, for agencies, separated by commas. A
    blank deadline or referral is a valid answer and prints as "N/A".
    """

    class Marking(models.TextChoices):
        """Markings that this product may hold. The database refuses any higher marking too."""

        UNCLASSIFIED = PaperMarking.UNCLASSIFIED.value, "UNCLASSIFIED"
        IN_CONFIDENCE = PaperMarking.IN_CONFIDENCE.value, "IN CONFIDENCE"
        SENSITIVE = PaperMarking.SENSITIVE.value, "SENSITIVE"

    class State(models.TextChoices):
        DRAFTING = "drafting", gettext_lazy("Drafting")
        IN_CONSULTATION = "in_consultation", gettext_lazy("In consultation")
        AWAITING = "awaiting", gettext_lazy("Awaiting authorisation")
        AUTHORISED = "authorised", gettext_lazy("Authorised")
        WITH_MINISTER = "with_minister", gettext_lazy("With the Minister")
        RETURNED = "returned", gettext_lazy("Returned")
        CLOSED = "closed", gettext_lazy("Closed")
        WITHDRAWN = "withdrawn", gettext_lazy("Withdrawn")

    # Correcting an issued paper moves it back to drafting. A correction need not go through
    # consultation again; abandoning it restores the state before (`services.states`).
    NEXT: dict[str, tuple[str, ...]] = {
        State.DRAFTING: (
            State.IN_CONSULTATION,
            State.AWAITING,
            State.AUTHORISED,
            State.WITH_MINISTER,
            State.RETURNED,
            State.WITHDRAWN,
        ),
        State.IN_CONSULTATION: (State.DRAFTING, State.AWAITING, State.WITHDRAWN),
        State.AWAITING: (
            State.DRAFTING,
            State.IN_CONSULTATION,
            State.AUTHORISED,
            State.WITHDRAWN,
        ),
        State.AUTHORISED: (State.WITH_MINISTER, State.DRAFTING),
        State.WITH_MINISTER: (State.RETURNED, State.DRAFTING),
        State.RETURNED: (State.CLOSED, State.DRAFTING),
        State.CLOSED: (),
        State.WITHDRAWN: (),
    }
    # The text and cover can be edited.
    OPEN = (State.DRAFTING, State.IN_CONSULTATION)
    # The newest version is the current paper.
    ISSUED = (State.AUTHORISED, State.WITH_MINISTER, State.RETURNED, State.CLOSED)

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="briefings")
    # The kind it was drafted from, and its annexes. Empty until drafting begins.
    kind = models.ForeignKey(
        "reports.BriefingKind", models.PROTECT, null=True, blank=True, related_name="briefings"
    )
    annexes = models.JSONField(default=list, blank=True)
    # With what its text was composed, so that what was chosen stays chosen (`reports.compose.paper_parts.Share`). Empty
    # before drafting and in drafts from before this was kept.
    shared_words = models.PositiveIntegerField(null=True, blank=True, editable=False)
    is_tight = models.BooleanField(default=False, db_default=False, editable=False)
    state = models.CharField(max_length=16, choices=State, default=State.DRAFTING)
    # Reason for the next version. Set while an issued paper is being corrected.
    correction_note = models.TextField(blank=True, max_length=1000)
    title = models.CharField(max_length=250)
    # Given by a register, which may be after the paper is drafted. It is authorised with one.
    tracker_number = models.CharField(max_length=50, blank=True)
    period_start = models.DateField(gettext_lazy("period from"))
    period_end = models.DateField(gettext_lazy("period to (last day)"))
    dated = models.DateField(gettext_lazy("date of the briefing"))

    deadline = models.DateField(null=True, blank=True)
    action_sought = models.CharField(max_length=200, default="For your information")
    marking = models.CharField(max_length=20, choices=Marking, default=Marking.UNCLASSIFIED)
    copied_to = models.TextField(max_length=1000, blank=True)
    for_referral_to = models.TextField(max_length=1000, blank=True)
    agencies_consulted = models.TextField(max_length=1000, blank=True)

    # A contact is given by name, by role, or by both.
    contact_name = models.CharField(gettext_lazy("first contact"), max_length=150, blank=True)
    contact_role = models.CharField(gettext_lazy("role"), max_length=150, blank=True)
    contact_phone = models.CharField(gettext_lazy("direct dial"), max_length=40, blank=True)
    contact_mobile = models.CharField(gettext_lazy("mobile"), max_length=40, blank=True)
    second_contact_name = models.CharField(
        gettext_lazy("second contact"), max_length=150, blank=True
    )
    second_contact_role = models.CharField(gettext_lazy("role"), max_length=150, blank=True)
    second_contact_phone = models.CharField(gettext_lazy("direct dial"), max_length=40, blank=True)
    second_contact_mobile = models.CharField(gettext_lazy("mobile"), max_length=40, blank=True)
    manager_name = models.CharField(gettext_lazy("authorising manager"), max_length=150)
    manager_role = models.CharField(gettext_lazy("role"), max_length=150, blank=True)
    manager_phone = models.CharField(gettext_lazy("direct dial"), max_length=40, blank=True)
    manager_mobile = models.CharField(gettext_lazy("mobile"), max_length=40, blank=True)
    on_behalf_of = models.CharField(gettext_lazy("signed on behalf of"), max_length=150, blank=True)

    created_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="created_briefings"
    )
    created_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = BriefingQuerySet.as_manager()
    history = track()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tracker_number"],
                condition=~Q(tracker_number=""),
                name="briefing_tracker_number_unique",
                violation_error_message=gettext_lazy("Another briefing has this tracker number."),
            ),
            models.CheckConstraint(
                name="briefing_numbered_for_authorisation",
                condition=~Q(tracker_number="")
                | Q(state__in=["drafting", "in_consultation", "withdrawn"], correction_note=""),
                violation_error_message=NUMBER_NEEDED,
            ),
            models.CheckConstraint(
                name="briefing_first_contact_given",
                condition=~Q(contact_name="", contact_role=""),
                violation_error_message=NO_CONTACT,
            ),
            models.CheckConstraint(
                name="briefing_marking_known",
                condition=Q(marking__in=["UNCLASSIFIED", "IN CONFIDENCE", "SENSITIVE"]),
                # In the migrations, so the same in all countries. Forms and services say theirs.
                violation_error_message=gettext_lazy(
                    "This service holds papers up to SENSITIVE. Anything higher belongs elsewhere."
                ),
            ),
            models.CheckConstraint(
                name="briefing_state_known",
                condition=Q(
                    state__in=[
                        "drafting",
                        "in_consultation",
                        "awaiting",
                        "authorised",
                        "with_minister",
                        "returned",
                        "closed",
                        "withdrawn",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="briefing_period",
                condition=Q(period_end__gt=F("period_start")),
                violation_error_message=gettext_lazy("The period ends before it begins."),
            ),
            models.CheckConstraint(
                name="briefing_dated_after_its_period",
                condition=Q(dated__gte=F("period_end")),
                violation_error_message=gettext_lazy(
                    "Date the briefing on or after the last day that it reports on."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference}: {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("briefings:detail", args=[self.plan.slug, self.pk])

    @property
    def name(self) -> str:
        """What the briefing is called in a sentence: its tracker number or, before that, its title."""
        return self.tracker_number or self.title

    @property
    def reference(self) -> str:
        """What is said beside its title: its tracker number, or that it has none yet."""
        return self.tracker_number or _("No tracker number yet")

    @cached_property
    def addressee(self) -> str:
        """The portfolio to which the newest issued version is addressed, or "" before one is.

        A query, unless the row was loaded `with_addressee`.
        """
        versions = self.issued.order_by("-number")
        return str(versions.values_list("portfolio", flat=True).first() or "")

    def compose_anew(self) -> None:
        """Forget with what its text was composed, as it is about another period or refers to other annexes."""
        self.shared_words, self.is_tight = None, False

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def is_issued(self) -> bool:
        return self.state in self.ISSUED

    @property
    def is_corrected(self) -> bool:
        """Whether an issued paper is being corrected."""
        return bool(self.correction_note)


def keeps_apart(plan: Plan) -> bool:
    """Return whether one of the plan's briefings is marked SENSITIVE, so that nothing of it is shown in another plan."""
    return Briefing.objects.filter(plan=plan, marking=Briefing.Marking.SENSITIVE).exists()


def has_sensitive_paper() -> Exists:
    """Return the condition, of a plan, that one of its briefings is marked SENSITIVE."""
    sensitive = Briefing.objects.filter(plan=OuterRef("pk"), marking=Briefing.Marking.SENSITIVE)
    return Exists(sensitive)
