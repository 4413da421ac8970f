"""The schedule of a request: each paper in scope, what was decided on it, and whom we asked."""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency, User, by_short_name
from agencies.records.tracking import SIGNATURE_LENGTH, track
from reports.document import DocumentError, from_json
from reports.models.issue import IssuedPaper
from reports.models.meeting_paper import MeetingPaper
from reports.models.response import Response
from reports.requests.models.earlier_paper import EarlierPaper
from reports.requests.models.request import NOTE_LENGTH, InformationRequest
from reports.requests.redaction.quoting import is_repeated
from reports.requests.redaction.redact import BadSpan
from workitems.models import Evidence, Plan
from workitems.models.plan import READING_ROLES

if TYPE_CHECKING:
    from reports.requests.models.redaction import Redaction

TITLE_LENGTH = 400
GROUNDS_LENGTH = 300
# What the plan of a file is read from.
PLANS_OF_EVIDENCE = (
    *("milestone__item__plan", "update__item__plan", "of_return__round__plan"),
    "answer__out_of_session__variation__plan",
)
Paper = IssuedPaper | MeetingPaper | Response | Evidence | EarlierPaper


def file_path(line: "ScheduleLine", name: str) -> str:
    """Return an unguessable path that holds nothing of the uploaded file's name."""
    return f"requests/{uuid4().hex}"


def codes(grounds: str) -> tuple[str, ...]:
    """Return the codes of stored grounds, which stand with a space between: "9(2)(a) 6(c)"."""
    return tuple(grounds.split())


def plan_of(paper: Paper) -> Plan | None:
    """Return the plan of a paper; of an earlier paper, there may be none."""
    if isinstance(paper, IssuedPaper):
        return paper.briefing.plan
    if isinstance(paper, MeetingPaper):
        return paper.meeting.plan
    if isinstance(paper, Response):
        return paper.issued.briefing.plan
    if isinstance(paper, EarlierPaper):
        return paper.plan
    if paper.milestone is not None:
        return paper.milestone.item.plan
    if paper.update is not None:
        return paper.update.item.plan
    if paper.of_return is not None:
        return paper.of_return.round.plan
    assert paper.answer is not None, "Evidence is of one of these."
    return paper.answer.out_of_session.variation.plan


class ScheduleLineQuerySet(models.QuerySet["ScheduleLine"]):
    def undecided(self) -> Self:
        return self.filter(decision="")

    def given(self) -> Self:
        """Filter to the papers that go out, in full or in part."""
        return self.filter(decision__in=ScheduleLine.GIVEN)

    def kept_as_a_whole_or_in_a_file(self) -> Self:
        """Filter to what is not given whole, apart from words of papers that we redact."""
        decisions = ScheduleLine.Decision
        return self.exclude(decision__in=[decisions.NONE, decisions.FULL]).exclude(
            decision=decisions.PART, kind=ScheduleLine.Kind.ISSUED
        )

    def in_order(self) -> Self:
        return self.order_by("number", "pk")

    def for_list(self) -> Self:
        """With all that a schedule prints, in two queries and without files."""
        return (
            self.select_related(
                *("issued__briefing__plan", "meeting_paper__meeting__plan"),
                *("response__issued__briefing__plan", "earlier_paper__plan"),
                *(f"evidence__{each}" for each in PLANS_OF_EVIDENCE),
            )
            .prefetch_related(
                models.Prefetch(
                    "consultations",
                    Consultation.objects.select_related("agency").order_by(by_short_name()),
                )
            )
            .defer(
                *("issued__document", "issued__pdf", "meeting_paper__pdf"),
                *("response__issued__document", "response__issued__pdf"),
                *("meeting_paper__content", "earlier_paper__pdf"),
            )
            .in_order()
        )


# What is printed from here and listed as a file, by the beginning of its title, which is English.
PRINTED = (
    ("Return of ", gettext_lazy("Return")),
    ("Draft of ", gettext_lazy("Draft briefing")),
    ("Conversation ", gettext_lazy("Conversation")),
)


def printed_name(title: str) -> str:
    """Return the name of the file of a return, a draft or a conversation that was printed from here."""
    return f"{slugify(title)[:80].strip('-')}.pdf"


class ScheduleLine(models.Model):
    """One paper in scope, as listed, or a line of what is not held here.

    `grounds` are those of a paper that is withheld or refused as a whole, or of a file that was
    redacted elsewhere; what is withheld within a briefing is in its `redactions`.
    """

    class Kind(models.TextChoices):
        ISSUED = "issued", gettext_lazy("Briefing")
        PACK = "pack", gettext_lazy("Meeting pack")
        MINUTES = "minutes", gettext_lazy("Minutes")
        ANSWER = "answer", gettext_lazy("Minister’s answer")
        EVIDENCE = "evidence", gettext_lazy("Evidence")
        FILE = "file", gettext_lazy("Uploaded file")
        EARLIER = "earlier", gettext_lazy("Earlier paper")
        NOT_HELD = "not_held", gettext_lazy("Not held here")

    class Decision(models.TextChoices):
        NONE = "", gettext_lazy("Not decided")
        FULL = "full", gettext_lazy("Release in full")
        PART = "part", gettext_lazy("Release in part")
        WITHHELD = "withheld", gettext_lazy("Withheld")
        REFUSED = "refused", gettext_lazy("Refused")
        TRANSFERRED = "transferred", gettext_lazy("Transferred")
        OUT_OF_SCOPE = "out_of_scope", gettext_lazy("Out of scope")

    GIVEN = (Decision.FULL, Decision.PART)
    # Withheld or refused as a whole: a ground is given.
    KEPT = (Decision.WITHHELD, Decision.REFUSED)

    request = models.ForeignKey(InformationRequest, models.PROTECT, related_name="lines")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    issued = models.ForeignKey(
        IssuedPaper, models.PROTECT, null=True, blank=True, related_name="schedule_lines"
    )
    meeting_paper = models.ForeignKey(
        MeetingPaper, models.PROTECT, null=True, blank=True, related_name="schedule_lines"
    )
    response = models.ForeignKey(
        Response, models.PROTECT, null=True, blank=True, related_name="schedule_lines"
    )
    evidence = models.ForeignKey(
        Evidence, models.PROTECT, null=True, blank=True, related_name="schedule_lines"
    )
    earlier_paper = models.ForeignKey(
        EarlierPaper, models.PROTECT, null=True, blank=True, related_name="schedule_lines"
    )
    file = models.FileField(upload_to=file_path, blank=True, max_length=200)
    file_name = models.CharField(max_length=200, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    title = models.CharField(gettext_lazy("title as listed"), max_length=TITLE_LENGTH)
    dated = models.DateField(null=True, blank=True)
    decision = models.CharField(max_length=12, choices=Decision, blank=True, default=Decision.NONE)
    grounds = models.CharField(max_length=GROUNDS_LENGTH, blank=True)
    reason = models.TextField(blank=True, max_length=NOTE_LENGTH)
    public_interest = models.TextField(blank=True, max_length=NOTE_LENGTH)
    # Why each warning about its redactions was left: the warning's key, then the reason.
    warnings_left: Any = models.JSONField(default=dict, blank=True)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="decided_schedule_lines"
    )
    decided_as = models.CharField(max_length=SIGNATURE_LENGTH, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    # What to look at about it before the answer goes on (`deciding.Warned`), where a page has set it.
    warnings: Sequence[Any]

    objects = ScheduleLineQuerySet.as_manager()
    history = track(table="reports_historicalscheduleline")

    class Meta:
        db_table = "reports_scheduleline"
        constraints = [
            models.UniqueConstraint(fields=["request", "number"], name="scheduleline_number_once"),
            *(
                models.UniqueConstraint(
                    fields=["request", name],
                    condition=Q(**{f"{name}__isnull": False}),
                    name=f"scheduleline_{name}_once",
                    violation_error_message=gettext_lazy("The schedule already lists this paper."),
                )
                for name in ("issued", "meeting_paper", "response", "evidence", "earlier_paper")
            ),
            models.CheckConstraint(name="scheduleline_has_title", condition=~Q(title="")),
            models.CheckConstraint(
                name="scheduleline_is_of_its_kind",
                condition=Q(
                    *(("kind", "issued"), ("issued__isnull", False), ("meeting_paper", None)),
                    *(("response", None), ("evidence", None), ("earlier_paper", None)),
                    *(("file", ""),),
                )
                | Q(
                    *(("kind__in", ["pack", "minutes"]), ("issued", None)),
                    *(("meeting_paper__isnull", False), ("response", None), ("evidence", None)),
                    *(("earlier_paper", None), ("file", "")),
                )
                | Q(
                    *(("kind", "answer"), ("issued", None), ("meeting_paper", None)),
                    *(("response__isnull", False), ("evidence", None), ("earlier_paper", None)),
                    *(("file", ""),),
                )
                | Q(
                    *(("kind", "evidence"), ("issued", None), ("meeting_paper", None)),
                    *(("response", None), ("evidence__isnull", False), ("earlier_paper", None)),
                    *(("file", ""),),
                )
                | Q(
                    *(("kind", "earlier"), ("issued", None), ("meeting_paper", None)),
                    *(("response", None), ("evidence", None), ("earlier_paper__isnull", False)),
                    *(("file", ""),),
                )
                | Q(
                    *(("kind", "file"), ("issued", None), ("meeting_paper", None)),
                    *(("response", None), ("evidence", None), ("earlier_paper", None)),
                )
                & ~Q(file="")
                & ~Q(file_name="")
                & ~Q(file_sha256="")
                | Q(
                    *(("kind", "not_held"), ("issued", None), ("meeting_paper", None)),
                    *(("response", None), ("evidence", None), ("earlier_paper", None)),
                    *(("file", ""),),
                ),
            ),
            models.CheckConstraint(
                name="scheduleline_decision_has_what_it_needs",
                condition=Q(decision="", grounds="")
                | Q(decision="full", grounds="")
                | Q(decision="part")
                | Q(decision__in=["withheld", "refused"]) & ~Q(grounds="")
                | Q(decision__in=["transferred", "out_of_scope"], grounds="") & ~Q(reason=""),
                violation_error_message=gettext_lazy(
                    "Choose the ground, or say why it is out of scope or transferred."
                ),
            ),
            models.CheckConstraint(
                name="scheduleline_not_held_is_not_given",
                condition=~Q(kind="not_held") | ~Q(decision__in=["full", "part", "withheld"]),
                violation_error_message=gettext_lazy(
                    "What is not held here cannot be released or withheld."
                ),
            ),
            models.CheckConstraint(
                name="scheduleline_decided_by_whom_and_when",
                condition=Q(decision="", decided_by=None, decided_as="", decided_at=None)
                | ~Q(decision="")
                & ~Q(decided_as="")
                & Q(decided_by__isnull=False, decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"

    @property
    def is_decided(self) -> bool:
        return bool(self.decision)

    @property
    def paper(self) -> Paper | None:
        """The paper that the product holds, of which there is none for an uploaded file."""
        held = (self.issued, self.meeting_paper, self.response, self.evidence, self.earlier_paper)
        return next((each for each in held if each is not None), None)

    @property
    def other_plan(self) -> Plan | None:
        """The plan of its paper, if the request is of another or of none. Of a line loaded `for_list`."""
        found = plan_of(self.paper) if self.paper is not None else None
        return found if found is not None and found.pk != self.request.plan_id else None

    @property
    def kind_words(self) -> str:
        """Say what it is: of a file that was printed from here, what its title and its file's name begin with."""
        if self.kind == self.Kind.FILE and self.file_name == printed_name(self.title):
            for begins, words in PRINTED:
                if self.title.startswith(begins):
                    return str(words)
        return str(self.get_kind_display())

    @property
    def is_given(self) -> bool:
        return self.decision in self.GIVEN

    @property
    def may_go_whole(self) -> bool:
        """Whether nothing is decided, and nothing is known that would withhold a part: withheld words, or the answer of
        an agency that is awaited or came."""
        if self.is_decided or self.kind == self.Kind.NOT_HELD or self.consultations.all():
            return False
        return not any(each.is_standing for each in self.redactions.all())

    @property
    def is_ours(self) -> bool:
        """Whether we own the text, so that it is redacted before it is rendered."""
        return self.kind == self.Kind.ISSUED

    @property
    def ground_codes(self) -> tuple[str, ...]:
        return codes(self.grounds)

    @cached_property
    def repeats(self) -> "tuple[Redaction | ScheduleLine, ...]":
        """What the same schedule withholds of the briefing that an answer is about and that the answer says too, so
        that it is withheld here as well: each redaction or, of a briefing that is withheld as a whole, its line once
        for each recommendation. Up to four queries; none for any other paper."""
        if self.response is None or not self.is_given:
            return ()
        rows = ScheduleLine.objects.filter(request=self.request_id, issued=self.response.issued_id)
        briefing = rows.select_related("issued").first()
        if briefing is None or briefing.issued is None:
            return ()
        answered = set(self.response.choices.values_list("key", flat=True))
        if not briefing.is_given:
            return (briefing,) * len(answered) if briefing.grounds else ()
        redactions = list(briefing.redactions.standing().in_order())
        try:
            document = from_json(bytes(briefing.issued.document)) if redactions else None
            return tuple(
                row
                for row in redactions
                if document is not None and is_repeated(document, row.span, answered)
            )
        except (DocumentError, BadSpan):  # the review says so
            return ()

    @property
    def withheld_in_it(self) -> "list[Redaction | ScheduleLine]":
        """The places at which words of a given paper are withheld, its own and those that it repeats."""
        if not self.is_given:
            return []
        return [*(row for row in self.redactions.all() if row.is_standing), *self.repeats]

    @property
    def told(self) -> str:
        """The decision as it is told: of a paper that goes out in full but for words that it repeats, in part."""
        is_part = self.decision == self.Decision.FULL and bool(self.repeats)
        return self.Decision.PART if is_part else self.decision

    @property
    def told_in_words(self) -> str:
        return str(self.Decision(self.told).label)

    def printed_grounds(self) -> tuple[str, ...]:
        """Return the codes of its own grounds and of the words withheld in it. One query, or none if
        its redactions are loaded."""
        within = [code for each in self.withheld_in_it for code in each.ground_codes]
        return tuple(dict.fromkeys((*self.ground_codes, *within)))


class ConsultationQuerySet(models.QuerySet["Consultation"]):
    def visible_to(self, user: User) -> Self:
        """Filter to what the user's agencies were asked about, while the request is open.

        A consulted agency sees the paper and our question. The page must not say who asked, or
        what: the request is not loaded.
        """
        return self.filter(
            agency__in=user.agencies_as(*READING_ROLES),
            line__request__state__in=InformationRequest.OPEN,
        ).select_related("agency", "line", "asked_by")

    def waiting(self) -> Self:
        return self.filter(answered_at=None)


class Consultation(models.Model):
    """One agency asked about one paper of a request, and its answer."""

    line = models.ForeignKey(ScheduleLine, models.PROTECT, related_name="consultations")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="release_consultations")
    question = models.TextField(max_length=NOTE_LENGTH)
    asked_on = models.DateField()
    # Empty of those asked before a day was asked for.
    answer_by = models.DateField(gettext_lazy("answer wanted by"), null=True, blank=True)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="asked_release_consultations")
    answer = models.TextField(blank=True, max_length=NOTE_LENGTH)
    answered_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="answered_release_consultations"
    )
    answered_as = models.CharField(max_length=SIGNATURE_LENGTH, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ConsultationQuerySet.as_manager()
    history = track(table="reports_historicalconsultation")

    class Meta:
        db_table = "reports_consultation"
        constraints = [
            models.CheckConstraint(
                name="consultation_answered_after_it_is_asked",
                condition=Q(answer_by=None) | Q(answer_by__gte=F("asked_on")),
                violation_error_message=gettext_lazy(
                    "The answer is wanted on or after the day of the question."
                ),
            ),
            models.UniqueConstraint(
                fields=["line", "agency"],
                name="consultation_once_of_an_agency",
                violation_error_message=gettext_lazy(
                    "This agency was already asked about this paper."
                ),
            ),
            models.CheckConstraint(
                name="consultation_answered_by_whom_and_when",
                condition=Q(answer="", answered_by=None, answered_as="", answered_at=None)
                | ~Q(answer="")
                & ~Q(answered_as="")
                & Q(answered_by__isnull=False, answered_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return _("{agency} on {line}").format(agency=self.agency, line=self.line)
