"""Requests for official information, and what happened to them.

An event is never changed or deleted (`reports.requests.request_guards`): a correction is another event that names
the first. Due days and lateness are computed from the events and never stored.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency, Seat, User
from agencies.records.tracking import SIGNATURE_LENGTH, track
from agencies.typed.characters import searchable
from agencies.wording.translation import day_words, list_in_words
from reports.requests.letters import Requester, without_requester
from workitems.models import Plan

if TYPE_CHECKING:
    from reports.requests.models.letter import RequestLetter
    from reports.requests.models.released import Release

OIA_ROLES = (Seat.Role.OIA_ADVISER, Seat.Role.OIA_REVIEWER, Seat.Role.OIA_DECISION_MAKER)
# Who reads the requests of an agency. Everybody else gets 404.
REQUEST_ROLES = (*OIA_ROLES, Seat.Role.COORDINATOR)

REFERENCE_LENGTH = 100
NAME_LENGTH = 200
TEXT_LENGTH = 20_000
NOTE_LENGTH = 4000

# A line of an address that identifies a person, and one that many people share: "Wellington 6011".
OWN_LINE = re.compile(r"[\d@]")
PLACE = re.compile(r"(?!.*\b(?:box|bag|level|flat|unit|suite)\b)[^\d@]+ \d{4}", re.IGNORECASE)

# The first and the last day of papers in scope.
Period = tuple[date, date]

RECEIVED_TOO_EARLY = gettext_lazy("A request is received on or after the day that it is dated.")


def period_fields(number: int) -> tuple[str, str]:
    """Return what forms call the first and the last day of a period; the number of the first is 1."""
    return (
        ("scope_from", "scope_to")
        if number == 1
        else (f"scope_from_{number}", f"scope_to_{number}")
    )


class InformationRequestQuerySet(models.QuerySet["InformationRequest"]):
    def visible_to(self, user: User) -> Self:
        """Filter to the requests to agencies where the user has an OIA role or is a coordinator."""
        return self.filter(agency__in=user.agencies_as(*REQUEST_ROLES))

    def open(self) -> Self:
        """Filter to the requests that are not decided yet."""
        return self.filter(state__in=InformationRequest.OPEN)

    def from_requesters(self) -> Self:
        """Leave out what an agency releases of its own accord, which no clock counts."""
        return self.exclude(channel=InformationRequest.Channel.OWN_INITIATIVE)

    def next_reference(self, agencies: Collection[int]) -> str:
        """Return the last reference with the next free number at its end, to begin a form with. "" if several of the
        agencies have requests, and after a reference without a number."""
        rows = self.filter(agency__in=agencies).order_by("pk")
        used = list(rows.values_list("agency", "reference", "channel"))
        own_initiative = InformationRequest.Channel.OWN_INITIATIVE
        asked = [name for _agency, name, how in used if how != own_initiative]
        match = re.search(r"[0-9]{1,9}$", asked[-1]) if asked else None
        if match is None or len({agency for agency, _name, _how in used}) > 1:
            return ""
        taken, number = {name for _agency, name, _how in used}, int(match[0])
        while True:
            number += 1
            found = f"{match.string[: match.start()]}{number:0{len(match[0])}}"
            if found not in taken:
                return found

    def to_purge(self, closed_before: date) -> Self:
        """Filter to the requests closed before a day that still name their requester."""
        return self.filter(closed_on__lt=closed_before, purged_on=None).exclude(requester_name="")

    def matching(self, words: str, *, naming: Collection[int]) -> Self:
        """Filter to the requests with every word in their reference, text, scope, plan or agency.

        In the requests to the agencies of `naming`, also in the requester's name. Neither capitals
        nor macrons matter. Databases do not compare so, and requests are few: read in one query.
        """
        wanted = searchable(words).split()[:10]
        rows = self.select_related("agency", "plan").order_by()
        return self.filter(
            pk__in=[
                row.pk
                for row in rows
                for text in [row.search_text(with_requester=row.agency_id in naming)]
                if all(word in text for word in wanted)
            ]
        )

    def for_list(self) -> Self:
        """Add what a list prints, in two queries."""
        return (
            self.select_related("agency", "plan")
            .prefetch_related(models.Prefetch("events", RequestEvent.objects.in_order()))
            .order_by("received_on", "pk")
        )


class InformationRequest(models.Model):
    """A request to an agency, word for word, and how far its answer is.

    What an agency releases of its own accord is prepared like a request: its channel is
    `OWN_INITIATIVE`, it has no requester, and no clock counts for it.
    """

    class Channel(models.TextChoices):
        EMAIL = "email", gettext_lazy("Email")
        LETTER = "letter", gettext_lazy("Letter")
        SITE = "site", gettext_lazy("Public request site")
        FORM = "form", gettext_lazy("Form on a website")
        SPOKEN = "spoken", gettext_lazy("Spoken")
        OWN_INITIATIVE = "own_initiative", gettext_lazy("Our own initiative")

    class State(models.TextChoices):
        RECEIVED = "received", gettext_lazy("Received")
        SCOPING = "scoping", gettext_lazy("Scoping")
        PREPARING = "preparing", gettext_lazy("Preparing")
        IN_REVIEW = "in_review", gettext_lazy("In review")
        READY = "ready", gettext_lazy("Ready to sign")
        DECIDED = "decided", gettext_lazy("Decided")
        CORRECTING = "correcting", gettext_lazy("Release being corrected")
        CLOSED = "closed", gettext_lazy("Closed")
        WITHDRAWN = "withdrawn", gettext_lazy("Withdrawn")
        TRANSFERRED = "transferred", gettext_lazy("Transferred")
        REFUSED = "refused", gettext_lazy("Refused")

    NEXT: dict[str, tuple[str, ...]] = {
        State.RECEIVED: (State.SCOPING, State.WITHDRAWN, State.TRANSFERRED),
        State.SCOPING: (State.PREPARING, State.WITHDRAWN, State.TRANSFERRED),
        State.PREPARING: (State.IN_REVIEW, State.WITHDRAWN, State.TRANSFERRED),
        State.IN_REVIEW: (State.PREPARING, State.READY, State.WITHDRAWN, State.TRANSFERRED),
        # The decision-maker sends back what they do not sign.
        State.READY: (State.PREPARING, State.DECIDED, State.REFUSED, State.WITHDRAWN),
        State.DECIDED: (State.CLOSED, State.CORRECTING),
        # A release with a mistake is corrected, also after the close; a correction begun by mistake is cancelled.
        State.CORRECTING: (State.DECIDED, State.CLOSED),
        State.CLOSED: (State.CORRECTING,),
        State.WITHDRAWN: (),
        State.TRANSFERRED: (),
        State.REFUSED: (),
    }
    OPEN = (State.RECEIVED, State.SCOPING, State.PREPARING, State.IN_REVIEW, State.READY)
    # The schedule and the redactions can be changed.
    PREPARED_IN = (State.SCOPING, State.PREPARING, State.CORRECTING)
    ENDED = (State.CLOSED, State.WITHDRAWN, State.TRANSFERRED, State.REFUSED)

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="information_requests")
    plan = models.ForeignKey(
        Plan, models.PROTECT, null=True, blank=True, related_name="information_requests"
    )
    # As the agency's register has it: 13/02025, DOIA 2324-1559. Never parsed.
    reference = models.CharField(max_length=REFERENCE_LENGTH)
    channel = models.CharField(max_length=20, choices=Channel)
    requester_name = models.CharField(max_length=NAME_LENGTH, blank=True)
    requester_address = models.TextField(max_length=1000, blank=True)
    purged_on = models.DateField(gettext_lazy("requester removed on"), null=True, blank=True)
    dated = models.DateField(gettext_lazy("date of the request"))
    received_on = models.DateField(gettext_lazy("received on"))
    text = models.TextField(gettext_lazy("what is asked, word for word"), max_length=TEXT_LENGTH)
    scope_note = models.TextField(
        gettext_lazy("how it is read"), blank=True, max_length=NOTE_LENGTH
    )
    # The papers between these days are in scope; empty until the scope is recorded.
    scope_from = models.DateField(gettext_lazy("papers from"), null=True, blank=True)
    scope_to = models.DateField(gettext_lazy("papers to (last day)"), null=True, blank=True)
    # A request may name several periods: the days of each further one, as "2026-07-01".
    further_periods: Any = models.JSONField(
        gettext_lazy("further periods"),
        default=list,
        db_default=models.Value([], models.JSONField()),
        blank=True,
    )
    urgency_reason = models.TextField(
        gettext_lazy("why it is urgent"), blank=True, max_length=NOTE_LENGTH
    )
    # Why each warning about the answer was left: the warning's key, then the reason.
    warnings_left: Any = models.JSONField(
        default=dict, db_default=models.Value({}, models.JSONField()), blank=True
    )
    state = models.CharField(max_length=16, choices=State, default=State.RECEIVED)
    closed_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = InformationRequestQuerySet.as_manager()
    # Who asked is emptied one day, and history rows never change. The text never changes.
    history = track(
        ["requester_name", "requester_address", "text"],
        table="reports_historicalinformationrequest",
    )

    class Meta:
        db_table = "reports_informationrequest"
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "reference"],
                name="informationrequest_reference_unique",
                violation_error_message=gettext_lazy(
                    "Another request to this agency has this reference."
                ),
            ),
            models.CheckConstraint(
                name="informationrequest_has_reference", condition=~Q(reference="")
            ),
            models.CheckConstraint(name="informationrequest_has_text", condition=~Q(text="")),
            models.CheckConstraint(
                name="informationrequest_channel_known",
                condition=Q(
                    channel__in=["email", "letter", "site", "form", "spoken", "own_initiative"]
                ),
            ),
            models.CheckConstraint(
                name="informationrequest_state_known",
                condition=Q(
                    state__in=[
                        *("received", "scoping", "preparing", "in_review", "ready"),
                        *("decided", "correcting", "closed"),
                        *("withdrawn", "transferred", "refused"),
                    ]
                ),
            ),
            models.CheckConstraint(
                name="informationrequest_received_after_its_date",
                condition=Q(received_on__gte=F("dated")),
                violation_error_message=RECEIVED_TOO_EARLY,
            ),
            models.CheckConstraint(
                name="informationrequest_scope_is_a_period",
                condition=Q(scope_from=None, scope_to=None)
                | Q(
                    scope_from__isnull=False, scope_to__isnull=False, scope_to__gte=F("scope_from")
                ),
                violation_error_message=gettext_lazy("The period ends before it begins."),
            ),
            models.CheckConstraint(
                name="informationrequest_further_periods_have_a_first",
                condition=Q(further_periods=[]) | Q(scope_from__isnull=False),
            ),
            models.CheckConstraint(
                name="informationrequest_closed_when_ended",
                condition=Q(
                    closed_on__isnull=False,
                    state__in=["closed", "withdrawn", "transferred", "refused"],
                )
                | Q(closed_on=None)
                & ~Q(state__in=["closed", "withdrawn", "transferred", "refused"]),
            ),
            models.CheckConstraint(
                name="informationrequest_closed_after_receipt",
                condition=Q(closed_on=None) | Q(closed_on__gte=F("received_on")),
            ),
            # A release on own initiative has no requester; a purged request no longer has its requester.
            models.CheckConstraint(
                name="informationrequest_names_its_requester",
                condition=Q(channel="own_initiative", requester_name="", requester_address="")
                | Q(purged_on__isnull=False, requester_name="", requester_address="")
                | Q(purged_on=None) & ~Q(channel="own_initiative") & ~Q(requester_name=""),
            ),
            models.CheckConstraint(
                name="informationrequest_purged_after_closing",
                condition=Q(purged_on=None)
                | Q(closed_on__isnull=False, purged_on__gt=F("closed_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("requests:request", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def periods(self) -> list[Period]:
        """The periods of which papers are in scope, the earliest first; none until the scope is recorded."""
        if self.scope_from is None or self.scope_to is None:
            return []
        further = [
            (date.fromisoformat(first), date.fromisoformat(last))
            for first, last in self.further_periods
        ]
        return [(self.scope_from, self.scope_to), *further]

    @periods.setter
    def periods(self, found: Iterable[Period]) -> None:
        periods = sorted(set(found))
        self.scope_from, self.scope_to = periods[0] if periods else (None, None)
        self.further_periods = [[day.isoformat() for day in period] for period in periods[1:]]

    @property
    def periods_in_words(self) -> str:
        """ "1 July 2010 to 31 December 2010 and 1 July 2026 to 3 December 2026"."""
        return list_in_words(
            [
                _("{first} to {last}").format(first=day_words(first), last=day_words(last))
                for first, last in self.periods
            ]
        )

    @property
    def is_own_initiative(self) -> bool:
        return self.channel == self.Channel.OWN_INITIATIVE

    @property
    def release(self) -> "Release | None":
        """The release that counts: of several, the last, which corrects those before. One query."""
        return self.releases.order_by("-pk").first()

    @cached_property
    def agencies(self) -> set[int]:
        """The ids of the agency that answers and of those whose work it took over. A query each."""
        return Agency.objects.and_before(self.agency_id)

    def search_text(self, *, with_requester: bool) -> str:
        """Return what a search looks in. Without the requester, nothing that names them is in it."""
        plan = self.plan.title if self.plan else ""
        texts = [self.reference, self.text, self.scope_note, plan, self.agency.name]
        if with_requester:
            return searchable(*texts, self.requester_name)
        lines = tuple(line.strip() for line in self.requester_address.splitlines())
        who = Requester(name=self.requester_name, address=lines)
        return searchable(*(without_requester(text, who, "") for text in texts))

    @property
    def requester(self) -> tuple[str, ...]:
        """The strings that name the requester, which nothing published may contain.

        These are the name, the address as a whole, and each of its lines that is theirs alone: one
        with an email address or a number, but not a place with its postcode.
        """
        lines = [line.strip() for line in self.requester_address.splitlines()]
        own = [line for line in lines if OWN_LINE.search(line) and not PLACE.fullmatch(line)]
        found = (self.requester_name, *own, " ".join(lines))
        return tuple(dict.fromkeys(each for each in found if each))


# The kinds of events that name a release.
OF_RELEASES = [
    *("released", "correction_begun", "correction_cancelled", "corrected"),
    *("published", "unpublished"),
]


class RequestEventQuerySet(models.QuerySet["RequestEvent"]):
    def in_force(self) -> Self:
        """Leave out events that a later event corrects, and those that say one did not happen."""
        return self.filter(corrected_by=None, is_struck=False)

    def of_kind(self, *kinds: str) -> Self:
        return self.filter(kind__in=kinds)

    def in_order(self) -> Self:
        return self.order_by("happened_on", "pk")

    def for_timeline(self) -> Self:
        """With all that a timeline prints, oldest first, in one query."""
        return self.select_related("agency", "letter", "release", "corrects").in_order()


class RequestEvent(models.Model):
    """What happened to a request on one day, and who recorded it."""

    class Kind(models.TextChoices):
        RECEIVED = "received", gettext_lazy("Received")
        ACKNOWLEDGED = "acknowledged", gettext_lazy("Acknowledged")
        CLARIFICATION_SOUGHT = "clarification_sought", gettext_lazy("Clarification sought")
        CLARIFICATION_RECEIVED = "clarification_received", gettext_lazy("Clarification received")
        TRANSFERRED_IN_PART = "transferred_in_part", gettext_lazy("Transferred in part")
        TRANSFERRED = "transferred", gettext_lazy("Transferred")
        EXTENDED = "extended", gettext_lazy("Extension notified")
        CONSULTED = "consulted", gettext_lazy("Consulted")
        SENT_FOR_REVIEW = "sent_for_review", gettext_lazy("Sent for review")
        SENT_BACK = "sent_back", gettext_lazy("Sent back to the adviser")
        REVIEWED = "reviewed", gettext_lazy("Review finished")
        # Its signature. The requester is told on the day that `DECISION_SENT` names, if there is one.
        DECISION_NOTIFIED = "decision_notified", gettext_lazy("Decision signed")
        DECISION_SENT = "decision_sent", gettext_lazy("Decision sent to the requester")
        RELEASED = "released", gettext_lazy("Released")
        CORRECTION_BEGUN = "correction_begun", gettext_lazy("Correction of the release begun")
        CORRECTION_CANCELLED = "correction_cancelled", gettext_lazy("Correction cancelled")
        CORRECTED = "corrected", gettext_lazy("Corrected release")
        PUBLISHED = "published", gettext_lazy("Published")
        UNPUBLISHED = "unpublished", gettext_lazy("Unpublished")
        WITHDRAWN = "withdrawn", gettext_lazy("Withdrawn")
        COMPLAINT_RECEIVED = "complaint_received", gettext_lazy("Complaint received")
        COMPLAINT_CLOSED = "complaint_closed", gettext_lazy("Complaint closed")

    class Outcome(models.TextChoices):
        IN_FULL = "in_full", gettext_lazy("Given in full")
        IN_PART = "in_part", gettext_lazy("Given in part")
        REFUSED = "refused", gettext_lazy("Refused")

    # Their names on a release without a requester.
    OWN_WORDS = {
        Kind.RECEIVED: gettext_lazy("Started"),
        Kind.DECISION_NOTIFIED: gettext_lazy("Decided"),
    }

    # What one of us handed to another. It happened at the moment of its record, so nothing corrects it.
    HANDED_OVER = (
        *(Kind.SENT_FOR_REVIEW, Kind.SENT_BACK, Kind.REVIEWED),
        *(Kind.CORRECTION_BEGUN, Kind.CORRECTION_CANCELLED),
    )

    request = models.ForeignKey(InformationRequest, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=24, choices=Kind)
    happened_on = models.DateField("on")
    note = models.TextField(blank=True, max_length=NOTE_LENGTH)
    # Of an extension: the new last day, and the code of its reason in the Act.
    due_on = models.DateField(null=True, blank=True)
    extension_reason = models.CharField(max_length=20, blank=True)
    # Of a decision.
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    # Of a transfer: the body that it went to, which may be none of ours.
    whom = models.CharField(gettext_lazy("transferred to"), max_length=NAME_LENGTH, blank=True)
    # Of a consultation.
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="consulted_on_requests"
    )
    letter = models.ForeignKey(
        "requests.RequestLetter", models.PROTECT, null=True, blank=True, related_name="events"
    )
    release = models.ForeignKey(
        "requests.Release", models.PROTECT, null=True, blank=True, related_name="events"
    )
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )
    # The event that is corrected did not happen.
    is_struck = models.BooleanField(default=False)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="recorded_request_events")
    recorded_as = models.CharField(max_length=SIGNATURE_LENGTH)
    recorded_at = models.DateTimeField()

    # Of a transfer: the letter to the receiving agency, where a page has set it.
    to_agency: "RequestLetter | None"

    objects = RequestEventQuerySet.as_manager()

    class Meta:
        db_table = "reports_requestevent"
        constraints = [
            models.CheckConstraint(
                name="requestevent_kind_known",
                condition=Q(
                    kind__in=[
                        *("received", "acknowledged"),
                        *("clarification_sought", "clarification_received"),
                        *("transferred_in_part", "transferred", "extended", "consulted"),
                        *("sent_for_review", "sent_back", "reviewed"),
                        *("decision_notified", "decision_sent"),
                        *("released", "correction_begun", "correction_cancelled", "corrected"),
                        *("published", "unpublished"),
                        *("withdrawn", "complaint_received", "complaint_closed"),
                    ]
                ),
            ),
            models.UniqueConstraint(
                fields=["request", "kind"],
                condition=Q(
                    kind__in=["received", "decision_notified", "decision_sent", "released"],
                    corrects=None,
                ),
                name="requestevent_happens_once",
            ),
            models.CheckConstraint(
                name="requestevent_extension_has_day_and_reason",
                condition=Q(kind="extended", due_on__isnull=False, due_on__gt=F("happened_on"))
                & ~Q(extension_reason="")
                | ~Q(kind="extended") & Q(due_on=None, extension_reason=""),
            ),
            models.CheckConstraint(
                name="requestevent_decision_has_outcome",
                condition=Q(kind="decision_notified", outcome__in=["in_full", "in_part", "refused"])
                | ~Q(kind="decision_notified") & Q(outcome=""),
            ),
            models.CheckConstraint(
                name="requestevent_transfer_says_where_to",
                condition=Q(kind__in=["transferred", "transferred_in_part"]) & ~Q(whom="")
                | ~Q(kind__in=["transferred", "transferred_in_part"]) & Q(whom=""),
            ),
            models.CheckConstraint(
                name="requestevent_consultation_names_agency",
                condition=Q(kind="consulted", agency__isnull=False)
                | ~Q(kind="consulted") & Q(agency=None),
            ),
            models.CheckConstraint(
                name="requestevent_release_is_named",
                condition=Q(kind__in=OF_RELEASES, release__isnull=False)
                | ~Q(kind__in=OF_RELEASES) & Q(release=None),
            ),
            models.CheckConstraint(
                name="requestevent_correction_says_why",
                condition=Q(corrects=None, is_struck=False)
                | Q(corrects__isnull=False) & ~Q(note=""),
                violation_error_message=gettext_lazy("Say why this is corrected."),
            ),
        ]
        indexes = [
            models.Index(fields=["request", "happened_on"], name="requestevent_in_order"),
        ]

    def __str__(self) -> str:
        return _("{what} on {day}").format(
            what=self.get_kind_display(), day=day_words(self.happened_on)
        )

    @property
    def who(self) -> str:
        """Who recorded it, without the agencies that stand after the name."""
        return self.recorded_as.partition(" (")[0]

    @property
    def may_be_corrected(self) -> bool:
        fixed = (*self.HANDED_OVER, self.Kind.PUBLISHED, self.Kind.UNPUBLISHED)
        return self.kind not in fixed and not self.is_struck

    @property
    def words(self) -> str:
        """What happened, in the words of a request or of a proactive release."""
        own = self.OWN_WORDS.get(self.Kind(self.kind)) if self.request.is_own_initiative else None
        return str(own or self.get_kind_display())


def in_force(events: Iterable[RequestEvent]) -> list[RequestEvent]:
    """Return the loaded events that no other of them corrects or strikes, oldest first."""
    rows = sorted(events, key=lambda each: (each.happened_on, each.pk))
    corrected: set[Any] = {each.corrects_id for each in rows}
    return [each for each in rows if each.pk not in corrected and not each.is_struck]


def told_on(valid: Iterable[RequestEvent]) -> date | None:
    """Return the day on which the requester was told of the decision, of events in force: that on which it was sent
    or, while that is not recorded and before it was, that of the signature."""
    days = {each.kind: each.happened_on for each in valid}
    signed = days.get(RequestEvent.Kind.DECISION_NOTIFIED)
    return signed and days.get(RequestEvent.Kind.DECISION_SENT, signed)


@dataclass(frozen=True)
class SentBack:
    """What a request was sent back for, and what its adviser answered when sending it for review again, if they have."""

    sent: RequestEvent
    answered: RequestEvent | None


def sent_back(events: Iterable[RequestEvent]) -> SentBack | None:
    """Return what a request was sent back for last, until the decision is signed; of one never sent back, None."""
    found: SentBack | None = None
    for each in sorted(events, key=lambda each: each.pk):
        if each.kind == RequestEvent.Kind.SENT_BACK:
            found = SentBack(each, None)
        elif each.kind == RequestEvent.Kind.SENT_FOR_REVIEW and found and not found.answered:
            found = SentBack(found.sent, each)
        elif each.kind == RequestEvent.Kind.DECISION_NOTIFIED:
            found = None
    return found
