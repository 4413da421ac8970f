"""How requests for official information stand in words, and the to-do lines they make; a source of `workitems.desk.to_dos`."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from textwrap import shorten
from typing import Any

from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agencies.models import Seat, User
from agencies.records.composed import composed
from agencies.wording.translation import StrOrPromise
from reports.document.dates import long_date
from reports.requests.models import (
    Consultation,
    InformationRequest,
    Redaction,
    Release,
    RequestEvent,
    RequestLetter,
    ScheduleLine,
)
from reports.requests.models.request import OIA_ROLES, SentBack, in_force, sent_back
from reports.requests.models.request_clock import RequestClock, calendar, clock_of
from workitems.desk.to_dos import SHOWN_AT_MOST, Line, line, since
from workitems.rules import WRITERS

State = InformationRequest.State
LETTERS_OF_TEXT = 120
# Who has the next step in each state, and what it is.
TURNS = {
    State.RECEIVED: (Seat.Role.OIA_ADVISER, gettext_lazy("Answer request {request}")),
    State.SCOPING: (Seat.Role.OIA_ADVISER, gettext_lazy("Find the papers for request {request}")),
    State.PREPARING: (
        Seat.Role.OIA_ADVISER,
        gettext_lazy("Prepare the answer to request {request}"),
    ),
    State.IN_REVIEW: (
        Seat.Role.OIA_REVIEWER,
        gettext_lazy("Review the redactions of request {request}"),
    ),
    State.READY: (
        Seat.Role.OIA_DECISION_MAKER,
        gettext_lazy("Sign the decision on request {request}"),
    ),
}
# Signed longer ago, a refusal without a day of sending is from when the signature stood for it.
SENT_WITHIN = timedelta(days=30)
# Papers are given, and not released yet.
AWAITS_RELEASE = Exists(
    ScheduleLine.objects.filter(request=OuterRef("pk"), decision__in=ScheduleLine.GIVEN)
) & ~Exists(Release.objects.filter(request=OuterRef("pk")))
_SENT = RequestLetter.objects.filter(request=OuterRef("pk"), sent_on__isnull=False)
BRINGS_PAPERS = Exists(_SENT.filter(kind=RequestLetter.Kind.DECIDE_AND_RELEASE))
# Corrected papers, which no letter brought since.
LACKS_SECOND_LETTER = Exists(
    Release.objects.filter(
        request=OuterRef("pk"), corrects__isnull=False, corrected_by=None
    ).exclude(
        Exists(
            RequestLetter.objects.filter(
                request=OuterRef("request"),
                kind=RequestLetter.Kind.RELEASE,
                sent_at__gte=OuterRef("released_at"),
            )
        )
    )
)
PAPERS_HAVE_LETTER = Exists(_SENT.filter(kind__in=RequestLetter.RELEASING)) & ~LACKS_SECOND_LETTER


HAS_REDACTIONS = Exists(Redaction.objects.filter(line__request=OuterRef("pk")))
HAS_PROPOSED = Exists(
    Redaction.objects.filter(line__request=OuterRef("pk"), state=Redaction.State.PROPOSED)
)
IS_PUBLISHED = Exists(
    RequestEvent.objects.filter(request=OuterRef("pk"), kind=RequestEvent.Kind.PUBLISHED)
)
PROMISES_PUBLICATION = Exists(
    _SENT.filter(kind__in=RequestLetter.DECIDING, typed__will_be_published=True)
)
# Working days before the due day from which a request needs its people now.
SOON = 5


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """What of a signed decision has still to go to the requester.

    The letter may bring the papers; otherwise a letter of their own does, after the release.
    """

    is_unsent: bool  # nobody has recorded that the letter was sent
    is_released: bool
    brings_papers: bool
    papers_have_letter: bool
    is_corrected: bool = False  # the papers are those of a corrected release
    awaits_publication: bool = (
        False  # its letter says that they are published, and they are not yet
    )

    @property
    def awaits_papers(self) -> bool:
        """Whether the letter cannot be sent yet: its papers are not released, so they have no files."""
        return self.is_unsent and self.brings_papers and not self.is_released

    @property
    def lacks_papers(self) -> bool:
        """Whether the letter was sent without the papers, and nothing says that they were sent."""
        return self.is_released and not self.is_unsent and not self.papers_have_letter


def awaits_sending(row: InformationRequest, clock: RequestClock, on: date) -> bool:
    """Whether the decision is signed and nobody has recorded that it was sent."""
    if row.is_own_initiative or not clock.is_signed or clock.is_sent:
        return False
    ended_lately = (
        row.state == State.REFUSED and row.closed_on and row.closed_on >= on - SENT_WITHIN
    )
    return row.state == State.DECIDED or bool(ended_lately)


def late_by_words(late: int) -> str:
    return ngettext("{count} working day late", "{count} working days late", late).format(
        count=late
    )


def clock_words(clock: RequestClock, on: date) -> str:
    """Return how far a running clock is: "1 working day late", "Due today", "Due in 3 working days"."""
    late = clock.days.late_by(clock.due, on)
    if late:
        return late_by_words(late)
    if clock.due == on:
        return _("Due today")
    if clock.due < on:  # Since the due day, no working day has begun.
        return _("Was due on {day}").format(day=long_date(clock.due))
    days = clock.days.late_by(on, clock.due)
    return ngettext("Due in {count} working day", "Due in {count} working days", days).format(
        count=days
    )


def lines_for(user: User, on: date) -> list[Line]:
    """Return the lines for `user` as at `on`: at most seven queries, one for most people."""
    writing = user.agencies_as(*WRITERS)
    answering = user.agencies_as(*OIA_ROLES)
    preparing = user.agencies_as(Seat.Role.OIA_ADVISER)
    return [
        *(_consultations(writing, on) if writing else ()),
        *(_requests(user, answering, on) if answering else ()),
        *(_answers(preparing, on) if preparing else ()),
    ]


def _beginning(text: str) -> str:
    """Return whole words of a text from its beginning."""
    return shorten(text, LETTERS_OF_TEXT, placeholder="…")


def _answers(agencies: set[int], on: date) -> Iterator[Line]:
    """Yield a line for each answer of a consulted agency that the paper was not decided after."""
    rows = (
        Consultation.objects.filter(
            line__request__agency__in=agencies,
            line__request__state__in=InformationRequest.PREPARED_IN,
            answered_at__isnull=False,
        )
        .filter(Q(line__decided_at=None) | Q(line__decided_at__lt=F("answered_at")))
        .select_related("agency", "line__request__agency", "line__request__plan")
        .order_by("answered_at", "pk")
    )
    for row in rows[:SHOWN_AT_MOST]:
        assert row.answered_at is not None
        day, request = timezone.localdate(row.answered_at), row.line.request
        yield line(
            due=day,
            on=on,
            plan=request.plan.title if request.plan else request.agency.name,
            what=_("Read what {agency} answered about “{paper}”").format(
                agency=row.agency.short_name, paper=row.line.title
            ),
            detail=_beginning(row.answer),
            when=_("Answered {since}").format(since=since(day, on)),
            may_finish=False,
            url=reverse("requests:request-line", args=[request.pk, row.line.number]),
        )


def _requests(user: User, agencies: set[int], on: date) -> Iterator[Line]:
    rows = list(
        InformationRequest.objects.filter(agency__in=agencies)
        .filter(
            Q(state__in=(*TURNS, State.DECIDED, State.CORRECTING))
            | Q(PROMISES_PUBLICATION, ~IS_PUBLISHED, state=State.CLOSED)
            | Q(state=State.REFUSED, closed_on__gte=on - SENT_WITHIN)
        )
        .for_list()
        .annotate(
            awaits_release=AWAITS_RELEASE,
            brings_papers=BRINGS_PAPERS,
            papers_have_letter=PAPERS_HAVE_LETTER,
            has_redactions=HAS_REDACTIONS,
            has_proposed=HAS_PROPOSED,
            is_published=IS_PUBLISHED,
            promises_publication=PROMISES_PUBLICATION,
        )[:SHOWN_AT_MOST]
    )
    days = calendar()
    for row in rows:
        clock = clock_of(row.events.all(), days)
        for role, act in _turns(row, clock, on):
            if row.agency_id in user.agencies_as(role):
                yield _line_of(row, clock, act, on)


def _line_of(row: InformationRequest, clock: RequestClock, act: StrOrPromise, on: date) -> Line:
    why = sent_back(row.events.all()) if row.is_open else None
    is_counted = row.is_open and not row.is_own_initiative
    # What somebody else handed over waits already, however far its day is; so does an acknowledgement, and a decision
    # that is due soon.
    waits = (
        why is not None
        or row.state in (State.IN_REVIEW, State.READY)
        or is_counted
        and (_is_to_acknowledge(row) or clock.days.late_by(on, clock.due) <= SOON)
    )
    due = clock.due if is_counted else on
    return line(
        due=min(due, on) if waits else due,
        on=on,
        plan=row.plan.title if row.plan else row.agency.name,
        what=act.format(request=row.reference),
        detail=_beginning(_why_words(why) if why else row.text),
        when=clock_words(clock, on)
        if is_counted
        else _("Decided")
        if not row.is_open
        else _("No due day"),
        url=row.get_absolute_url(),
    )


def _is_to_acknowledge(row: InformationRequest) -> bool:
    happened = {each.kind for each in in_force(row.events.all())}
    return (
        row.state == State.RECEIVED
        and not row.is_own_initiative
        and RequestEvent.Kind.ACKNOWLEDGED not in happened
    )


def _why_words(why: SentBack) -> str:
    if why.answered is not None:
        return _("Sent back, and answered: {answer}").format(answer=why.answered.note)
    return _("Sent back: {reason}").format(reason=why.sent.note)


def _turns(row: Any, clock: RequestClock, on: date) -> "Iterator[tuple[str, StrOrPromise]]":
    """Yield whose turn it is, and what is done next. The row says what became of its papers and letters."""
    if row.state in TURNS:
        role, words = TURNS[State(row.state)]
        if row.state == State.IN_REVIEW and not row.has_redactions:
            words = gettext_lazy("Review the answer to request {request}")
        if _is_to_acknowledge(row):
            words = gettext_lazy("Acknowledge request {request}")
        yield role, words
        return
    if row.state == State.CORRECTING:
        yield Seat.Role.OIA_ADVISER, _("Correct the released papers of request {request}")
        if row.has_proposed:
            yield Seat.Role.OIA_REVIEWER, _("Review the redactions of request {request}")
        else:
            yield (
                Seat.Role.OIA_DECISION_MAKER,
                _("Release the corrected papers of request {request}"),
            )
        return
    out = Outgoing(
        is_unsent=awaits_sending(row, clock, on),
        is_released=not row.awaits_release,
        brings_papers=row.brings_papers,
        papers_have_letter=row.papers_have_letter or row.is_own_initiative,
    )
    if out.is_unsent and not out.awaits_papers:
        yield (
            Seat.Role.OIA_ADVISER,
            _("Send the decision on request {request} with its papers, and record the day")
            if out.brings_papers
            else _("Send the decision on request {request}, and record the day"),
        )
    if out.is_released and row.promises_publication and not row.is_published:
        yield (
            Seat.Role.OIA_DECISION_MAKER,
            _("Publish the papers of request {request}, as its letter says"),
        )
    if row.state != State.DECIDED:
        return
    if out.awaits_papers:
        yield (
            Seat.Role.OIA_DECISION_MAKER,
            _("Release the papers of request {request}, which go with its letter"),
        )
    elif not out.is_released:
        yield Seat.Role.OIA_DECISION_MAKER, _("Release the papers of request {request}")
    elif out.lacks_papers:
        yield Seat.Role.OIA_ADVISER, _("Send the papers of request {request} with a letter")
    elif not out.is_unsent:
        yield Seat.Role.OIA_ADVISER, _("Close request {request}")


@composed
def _waiting_consultations(agencies: Any) -> Any:
    rows = Consultation.objects.waiting().filter(
        agency__among=agencies, line__request__state__in=InformationRequest.OPEN
    )
    return rows.select_related("agency", "line").order_by("asked_on", "pk")[:SHOWN_AT_MOST]


def _consultations(agencies: set[int], on: date) -> Iterator[Line]:
    """Yield a line for each paper that an agency is asked about. It does not say who asked for it."""
    for row in _waiting_consultations(agencies=agencies):
        asked = _("Asked {since}").format(since=since(row.asked_on, on))
        if row.answer_by:
            asked = _("Answer by {day}. {asked}").format(day=long_date(row.answer_by), asked=asked)
        yield line(
            due=row.answer_by or row.asked_on,
            on=on,
            plan=row.agency.name,
            what=_("Say what may be released of “{paper}”").format(paper=row.line.title),
            detail=_beginning(row.question),
            when=asked,
            may_finish=False,
            url=reverse("requests:request-consultation", args=[row.pk]),
        )
