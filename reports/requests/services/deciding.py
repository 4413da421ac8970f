"""Prepare, sign and notify the decision on a request.

Whoever prepared it, or acted as adviser on its papers, never signs it. `obstacles` are what keeps it
from being signed; `warnings` may be left, each with a reason.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Seat, User
from agencies.people.confirming import signs_for
from agencies.records import history
from agencies.wording.translation import StrOrPromise
from reports.document import Document
from reports.document.dates import long_date
from reports.requests.law.act import act_named
from reports.requests.letters import Decision, Letter, Ombudsman
from reports.requests.letters.missing import WITHOUT_GROUND
from reports.requests.models import (
    Consultation,
    InformationRequest,
    LineCopy,
    Redaction,
    RequestEvent,
    RequestLetter,
    ScheduleLine,
)
from reports.requests.models.in_scope import found_in
from reports.requests.redaction.redact import leaves, visible_elsewhere
from reports.requests.redaction.withheld_words import folded, quoted
from reports.requests.services import earlier_releases
from reports.requests.services.letters import as_prepared, freeze, written
from reports.requests.services.line_files import NOTHING_WITHHELD, lack_of, named_line
from reports.requests.services.other_papers import left_keys, readable_elsewhere
from reports.requests.services.recording import check_day, not_now, record
from reports.requests.services.redactions import check_unchanged, document_of, shown, spans_of
from reports.requests.services.requests import move
from reports.requests.services.schedule import check_prepared
from workitems.plan.services.refusals import Refused, locked

State = InformationRequest.State
Outcome = RequestEvent.Outcome
# What is wrong with the redactions of a paper.
NOT_AGREED = gettext_lazy("{document} has a redaction that is neither agreed nor declined.")
WORDS_WITHHELD = gettext_lazy("{document} is released in full, but words of it are withheld.")
WORDS_CHANGED = gettext_lazy(
    "{document} has a redaction whose words have changed. Withdraw it and propose another."
)
OF_REDACTIONS = (NOT_AGREED, NOTHING_WITHHELD, WORDS_WITHHELD, WORDS_CHANGED)
WRITE_AGAIN = gettext_lazy("The records have changed since this letter was written. Rewrite it.")
SEND_BACK: StrOrPromise = gettext_lazy(
    "The records have changed since this letter was written. Send it back, so that the adviser rewrites it."
)


@dataclass(frozen=True)
class Warned:
    """Something to look at before signing. `key` names it in a form and in the record; `reason` is why
    the adviser left it."""

    key: str
    sentence: str
    reason: str = ""
    question: str = ""  # asked instead of why it stays so
    paper: str = ""  # in scope and not listed: those with the same reason are asked about at once
    line: int = 0  # the number of the document; without one, it is about the scope
    is_ours: bool = False  # words of that document are withheld here


# A reviewer or a decision-maker records these.
OF_REVIEWERS = (
    *(RequestEvent.Kind.SENT_BACK, RequestEvent.Kind.REVIEWED),
    *(RequestEvent.Kind.DECISION_NOTIFIED, RequestEvent.Kind.RELEASED),
    *(RequestEvent.Kind.CORRECTED, RequestEvent.Kind.PUBLISHED, RequestEvent.Kind.UNPUBLISHED),
)

# --- who may not sign ------------------------------------------------------------------------------


def advisers_of(request: InformationRequest) -> set[int]:
    """Return the ids of those who acted as its adviser: recorded, listed, withheld or wrote.

    Six queries.
    """
    letters = RequestLetter.history.filter(request=request.pk, kind__in=RequestLetter.DECIDING)
    lines = ScheduleLine.history.filter(request=request.pk)
    redactions = Redaction.objects.of_request(request)
    withdrawn = Redaction.history.filter(line__request=request.pk, state=Redaction.State.WITHDRAWN)
    found = {
        *request.events.exclude(kind__in=OF_REVIEWERS).values_list("recorded_by_id", flat=True),
        *letters.values_list("prepared_by_id", flat=True),
        *lines.values_list("history_user_id", flat=True),
        *redactions.values_list("proposed_by_id", flat=True),
        *LineCopy.objects.filter(line__request=request).values_list("added_by_id", flat=True),
        *withdrawn.values_list("history_user_id", flat=True),
    }
    return {pk for pk in found if pk is not None}


def signatory_obstacle(request: InformationRequest, by: User) -> str:
    """Return why this person may not sign the decision, as a sentence, or ""."""
    letters = RequestLetter.history.filter(request=request.pk, kind__in=RequestLetter.DECIDING)
    if letters.filter(prepared_by=by.pk).exists():
        return _("You prepared this decision. Another decision-maker must sign it.")
    if by.pk in advisers_of(request):
        return _("You acted as adviser on this request. Another decision-maker must sign it.")
    role = Seat.Role.OIA_DECISION_MAKER
    held = [
        each
        for each in by.current_seats
        if (each.agency_id, each.role) == (request.agency_id, role)
    ]
    prepared = letters.exclude(prepared_by=None).values_list("prepared_by", flat=True)
    if not signs_for(held, {*prepared, *advisers_of(request)}):
        return _(
            "Your role was given by a person who prepared this decision, and nobody else has confirmed "
            "it. Ask an administrator or the agency’s approver to confirm it under People."
        )
    return ""


# --- what keeps it from being signed ---------------------------------------------------------------


def deciding_letter(request: InformationRequest) -> RequestLetter | None:
    return request.letters.deciding().select_related("request__agency").first()


def obstacles(request: InformationRequest, *, on: date, ombudsman: Ombudsman) -> tuple[str, ...]:
    """Return what keeps the decision from being signed on a day, one sentence each."""
    letter = deciding_letter(request)
    found = [*_of_redactions(request), *_of_files(request)]
    if letter is None:
        refusal = (
            _("The decision memo is not prepared.")
            if request.is_own_initiative
            else _("The letter with the decision is not prepared.")
        )
        return (*_undecided(request), *found, refusal)
    lacks = written(letter, on=on, ombudsman=ombudsman)[1]
    # Of what withholds nothing, that it has no ground is said with it.
    said = {
        WITHOUT_GROUND[Decision.PART].format(document=named_line(line))
        for line in request.lines.given()
        if NOTHING_WITHHELD.format(document=named_line(line)) in found
    }
    lacks = tuple(each for each in lacks if each not in said)
    if not lacks and letter.content != as_prepared(letter, ombudsman=ombudsman):
        found.append(str(WRITE_AGAIN if request.state != State.READY else SEND_BACK))
    return (*lacks, *found)


def obstacles_of_papers(request: InformationRequest) -> tuple[str, ...]:
    """Return what keeps the papers from being released as they are decided on now, one sentence each."""
    return (*_undecided(request), *_of_redactions(request), *_of_files(request))


def _undecided(request: InformationRequest) -> Iterator[str]:
    for line in request.lines.undecided().in_order():
        yield _("Document {number}, “{title}”, has no decision.").format(
            number=line.number, title=line.title
        )


def _of_redactions(request: InformationRequest) -> Iterator[str]:
    for line in request.lines.given().in_order().select_related("issued"):
        if not line.is_ours:
            continue
        which = named_line(line)
        rows = list(line.redactions.standing().in_order().select_related("line__issued"))
        if any(row.state == Redaction.State.PROPOSED for row in rows):
            yield NOT_AGREED.format(document=which)
        if line.decision == ScheduleLine.Decision.PART and not rows:
            yield NOTHING_WITHHELD.format(document=which)
        if line.decision == ScheduleLine.Decision.FULL and rows:
            yield WORDS_WITHHELD.format(document=which)
        try:
            check_unchanged(*rows)
        except Refused:
            yield WORDS_CHANGED.format(document=which)


def _of_files(request: InformationRequest) -> Iterator[str]:
    rows = request.lines.given().in_order().select_related("evidence", "response")
    yield from filter(None, map(lack_of, rows))


# --- what is looked at first -----------------------------------------------------------------------


def warnings(request: InformationRequest) -> tuple[Warned, ...]:
    """Return what is to be looked at before signing: each is left with a reason, or mended."""
    found = (
        *_of_words(request),
        *_of_other_papers(request),
        *_of_consultations(request),
        *_of_extension(request),
        *_of_scope(request),
    )
    left = request.warnings_left
    if request.state == State.CORRECTING:
        signed = request.letters.deciding().values_list("warnings_left", flat=True).first()
        left = {**(signed or {}), **left}
    return tuple(replace(each, reason=each.reason or left.get(each.key, "")) for each in found)


def unanswered(request: InformationRequest) -> list[Warned]:
    """Return the withheld words that can be read in another paper, and that nobody gave a reason for."""
    left = left_keys(request)
    return [each for each in _of_other_papers(request) if each.key not in left]


def _of_other_papers(request: InformationRequest) -> Iterator[Warned]:
    for each in readable_elsewhere(request):
        reason = each.line.warnings_left.get(each.key, "")
        yield Warned(each.key, each.sentence, reason, line=each.line.number)


def _of_consultations(request: InformationRequest) -> Iterator[Warned]:
    rows = Consultation.objects.waiting().filter(line__request=request)
    for row in rows.select_related("line", "agency").order_by("line__number", "agency__name"):
        yield Warned(
            f"unanswered-{row.pk}",
            _(
                "{agency} was asked about document {number} on {asked_on} and has not answered."
            ).format(
                agency=row.agency.name, number=row.line.number, asked_on=long_date(row.asked_on)
            ),
            line=row.line.number,
        )


def _of_extension(request: InformationRequest) -> Iterator[Warned]:
    """Yield a warning of a time that was extended to consult others, when nobody was consulted."""
    events = request.events.in_force()
    extended = events.of_kind(RequestEvent.Kind.EXTENDED).last()
    if (
        extended is not None
        and extended.extension_reason == act_named().sections["extend_to_consult"]
        and not events.of_kind(RequestEvent.Kind.CONSULTED).exists()
    ):
        yield Warned(
            "extended-unconsulted",
            _(
                "The time was extended on {day} for consultations, and no consultation is recorded."
            ).format(day=long_date(extended.happened_on)),
            question=_(
                "The time was extended on {day} for consultations, and no consultation is recorded. Who was consulted?"
            ).format(day=long_date(extended.happened_on)),
        )


def _of_words(request: InformationRequest) -> Iterator[Warned]:
    for line in request.lines.in_order().select_related("issued", "request"):
        yield from warnings_of(line)


def warnings_of(line: ScheduleLine) -> Iterator[Warned]:
    """Yield what to look at in one paper: withheld words that can be read elsewhere in it, like fields
    treated unlike, and differences to what was decided on it before."""
    for key, sentence in (*_of_line(line), *earlier_releases.differences(line)):
        reason = line.warnings_left.get(key) or line.request.warnings_left.get(key, "")
        yield Warned(key, sentence, reason, line=line.number, is_ours=line.is_ours)


@transaction.atomic
def leave_warnings(
    *, line: ScheduleLine, reasons: Mapping[str, str], version: int, by: User
) -> ScheduleLine:
    """Record why warnings about a paper are left, by their keys. Without a reason, one is not left.

    Raise `Refused` for a warning that the paper no longer has.
    """
    request = locked(InformationRequest(pk=line.request_id))
    row = locked(line, version=version, related=("issued",))
    check_prepared(request)
    given = {key: why.strip() for key, why in reasons.items() if why.strip()}
    if set(given) - {warned.key for warned in warnings_of(row)}:
        raise Refused(_("The redactions have changed, and a warning is gone. Reload the page."))
    if given == row.warnings_left:
        return row
    row.warnings_left = given
    return history.save_version(row, by=by)


def _of_line(line: ScheduleLine) -> Iterator[tuple[str, str]]:
    spans = spans_of(line, proposed=True) if line.is_ours and _may_go_out(line) else ()
    if not spans:
        return
    document = document_of(line)
    for text in _longest(visible_elsewhere(document, spans)):
        yield (
            f"visible-{line.number}-{shown(text)}",
            _(
                "“{words}” is withheld in document {number}, and can be read elsewhere in it."
            ).format(words=quoted(text), number=line.number),
        )
    withheld = {span.place for span in spans}
    for name, fields in _like_fields(document):
        visible = [where for place, where in fields if place not in withheld]
        kept = [where for place, where in fields if place in withheld]
        if visible and kept:
            yield (
                f"unlike-{line.number}-{name}",
                _("In document {number}, “{withheld}” is withheld and “{shown}” is not.").format(
                    number=line.number, withheld=kept[0], shown=visible[0]
                ),
            )


def _longest(texts: Iterable[str]) -> list[str]:
    """Return the texts that are in none of the others: a phrase is asked about once, not once for each piece of it."""
    letters = {text: "".join(folded(text)) for text in texts}
    return [
        text
        for text, these in letters.items()
        if not any(these != others and these in others for others in letters.values())
    ]


def _may_go_out(line: ScheduleLine) -> bool:
    return line.is_given or not line.is_decided


def _like_fields(document: Document) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield the fields of the cover's people that are of one kind: names, roles, numbers."""
    of_people = [
        (place.rpartition(".")[2], place, where)
        for place, where, text in (
            (leaf.place, leaf.where or leaf.place, leaf.text) for leaf in leaves(document)
        )
        if place.startswith(("cover.contacts.", "cover.authorising_manager.")) and text.strip()
    ]
    for name, rows in groupby(sorted(of_people), key=lambda row: row[0]):
        yield name, [(place, where) for _name, place, where in rows]


def _of_scope(request: InformationRequest) -> Iterator[Warned]:
    for found in found_in(request, request.periods):
        # Papers of other plans are shown where papers are found; the request is about this one.
        if not found.is_listed and found.is_of_plan:
            of = {"title": found.title, "day": long_date(found.dated)}
            yield Warned(
                f"unlisted-{found.key}",
                _(
                    "“{title}” is of {day}, a day in scope, and the schedule does not list it."
                ).format(**of),
                question=_("Why is “{title}” of {day} not in the schedule?").format(**of),
                paper=_("“{title}” of {day}").format(**of),
            )


# --- signing ---------------------------------------------------------------------------------------


@transaction.atomic
def sign_decision(
    *,
    request: InformationRequest,
    letter_version: int,
    on: date,
    pdf: bytes,
    docx: bytes,
    ombudsman: Ombudsman,
    by: User,
    at: datetime,
    warnings_left: Mapping[str, str] | None = None,
    shown: Letter | None = None,
) -> RequestEvent:
    """Sign the decision, freeze its letter as it is sent, and record the signature. The adviser sends the letter, and
    records the day (`requests.record_sent`).

    The files were made from the letter of this version, dated `on`, which may be another day than
    that for which it was prepared; `shown` is that letter. A decision that gives nothing refuses the
    request as a whole, which ends it. Raise `Refused` with the first obstacle, for whoever prepared
    it or acted as adviser, and for a warning without a reason.
    """
    row = locked(request, related=("agency",))
    if row.state != State.READY:
        raise not_now(row, _("only a request that is ready is decided"))
    if refusal := signatory_obstacle(row, by):
        raise Refused(refusal)
    check_day(row, on, at)
    letter = deciding_letter(row)
    if letter is not None:
        letter = locked(letter, version=letter_version)
        letter.request = row
    found = obstacles(row, on=on, ombudsman=ombudsman)
    if found:
        raise Refused(found[0])
    assert letter is not None, "Its absence is an obstacle."
    given = {key: why.strip() for key, why in (warnings_left or {}).items() if why.strip()}
    for warned in warnings(row):
        if warned.reason:
            given.setdefault(warned.key, warned.reason)
        if not given.get(warned.key):
            raise Refused(
                _("{sentence} Fix it, or say why you leave it.").format(sentence=warned.sentence),
                "warnings_left",
            )
    content = written(letter, on=on, ombudsman=ombudsman)[0]
    if shown is not None and shown != content:
        raise Refused(
            _("The records have changed since this page was opened. Read the letter again.")
        )
    letter.warnings_left = given
    letter = freeze(letter, content=content, pdf=pdf, docx=docx, on=on, by=by, at=at)
    outcome = outcome_of(row)
    event = record(
        row,
        RequestEvent.Kind.DECISION_NOTIFIED,
        on=on,
        by=by,
        at=at,
        outcome=outcome,
        letter=letter,
    )
    if outcome == Outcome.REFUSED:
        row.closed_on = on
        move(row, State.REFUSED, by=by)
    else:
        move(row, State.DECIDED, by=by)
    return event


def outcome_of(request: InformationRequest) -> str:
    """Return what the decided schedule gives: all, a part or nothing. One query."""
    decisions = set(request.lines.values_list("decision", flat=True))
    decisions -= {ScheduleLine.Decision.OUT_OF_SCOPE, ScheduleLine.Decision.TRANSFERRED}
    if decisions == {ScheduleLine.Decision.FULL}:
        return Outcome.IN_FULL
    return Outcome.IN_PART if decisions & set(ScheduleLine.GIVEN) else Outcome.REFUSED
