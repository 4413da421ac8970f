"""The record of how a request was handled, for the Ombudsman or anyone else who reviews that: read from what is stored.

Words that are withheld from briefings are left out of what people typed, and those that a refused file still had. Writes nothing.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from itertools import groupby, pairwise
from typing import Any

from django.utils import timezone

from agencies.wording.translation import in_english
from reports.document import DocumentError
from reports.document.dates import long_date
from reports.document.text import words
from reports.document.wording import join_words
from reports.render.pdf import printable
from reports.requests.law.act import cited
from reports.requests.letters import (
    Grid,
    Letter,
    Requester,
    letter_from,
    lines_of,
    without_requester,
)
from reports.requests.models import (
    Consultation,
    FileCheck,
    InformationRequest,
    LineCopy,
    Redaction,
    ReleasedPaper,
    RequestEvent,
    RequestLetter,
    ScheduleLine,
)
from reports.requests.models.in_scope import found_in, not_accepted, not_frozen
from reports.requests.models.request import in_force
from reports.requests.models.request_clock import RequestClock, calendar, clock_of
from reports.requests.redaction.redact import needles, visible_elsewhere
from reports.requests.services.redactions import document_of, spans_of
from reports.requests.services.requests import FOUND
from reports.requests.services.schedule import RECORDED_BY
from workitems.plan.services.refusals import Refused

Kind = RequestEvent.Kind
State = Redaction.State
LEAST = 3  # letters of a withheld text that is looked for in what people typed
NO_REASON = "No reason was given."
WITHHELD, WHO_ASKED = "[withheld]", "[who asked]"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Something that happened, with what is said of it. `at` orders what happened on one day.

    `is_timed`: it was done here at that time, unless it was recorded on a later day.
    """

    on: date
    at: datetime
    is_timed: bool = True
    what: str
    who: str = ""
    said: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A paper as the schedule lists it, with what was decided on it and why."""

    number: int
    title: str
    about: str
    decision: str
    grounds: tuple[str, ...]
    said: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SentLetter:
    """A letter that was signed or sent, in its own words, line by line. Without lines, `why_not` says why."""

    title: str
    digest: str
    lines: tuple[str, ...] = ()
    why_not: str = ""


@dataclass(frozen=True, kw_only=True)
class Handling:
    """The whole record, as plain data for its template."""

    reference: str
    agency: str
    made_on: date
    facts: tuple[tuple[str, str], ...]
    asked: str
    how_read: str
    periods: str
    late: tuple[str, ...]
    entries: tuple[Entry, ...]
    papers: tuple[Paper, ...]
    unlisted: tuple[str, ...]
    letters: tuple[SentLetter, ...]
    files: tuple[str, ...]


@in_english
def handling_of(
    request: InformationRequest, *, on: date, with_requester: bool, with_redactions: bool
) -> dict[str, Any]:
    """Return the record of a request as plain data, as at a day. Without the requester, no text names them; without
    redactions, it says how many words are withheld and under which grounds, and not why.
    """
    events = list(request.events.for_timeline())
    clock = clock_of(events, calendar())
    lines = list(request.lines.for_list().prefetch_related("redactions"))
    asked = list(
        Consultation.objects.filter(line__request=request)
        .select_related("agency", "line")
        .order_by("asked_on", "pk")
    )
    entries = [
        *_of_searches(request),
        *_of_schedule(request, lines),
        *_of_answers(asked),
        *_of_redactions(request),
        *_of_files(request),
        *_of_events(request, events, asked, clock),
        *_of_letters(request, events),
    ]
    record = Handling(
        reference=request.reference,
        agency=request.agency.name,
        made_on=on,
        facts=tuple(_facts(request, clock, on, with_requester=with_requester)),
        asked=request.text,
        how_read=request.scope_note,
        periods=request.periods_in_words,
        late=tuple(_late(request, events, asked, clock, on)),
        entries=tuple(map(_timed, sorted(entries, key=lambda each: (each.on, each.at)))),
        papers=tuple(_paper(line, clock, with_redactions=with_redactions) for line in lines),
        unlisted=tuple(_unlisted(request, on)),
        letters=tuple(_letters(request, with_requester=with_requester)),
        files=tuple(_released(request)),
    )
    cleared = _cleared(request, lines, with_requester=with_requester)
    return {key: _each_text(each, cleared) for key, each in asdict(record).items()}


# --- what is left out ------------------------------------------------------------------------------


def _cleared(
    request: InformationRequest, lines: Iterable[ScheduleLine], *, with_requester: bool
) -> Callable[[str], str]:
    """Return what takes withheld words out of a text and, if asked, who requested it."""
    patterns = [
        re.compile(
            r"(?<!\w)" + r"\s+".join(map(re.escape, text.split())) + r"(?!\w)", re.IGNORECASE
        )
        for text in sorted(_withheld(lines), key=len, reverse=True)
    ]
    who = Requester(
        name=request.requester_name,
        address=tuple(line.strip() for line in request.requester_address.splitlines()),
    )

    def clear(text: str) -> str:
        for pattern in patterns:
            text = pattern.sub(WITHHELD, text)
        return printable(text if with_requester else without_requester(text, who, WHO_ASKED))

    return clear


def _withheld(lines: Iterable[ScheduleLine]) -> set[str]:
    """Return the words withheld of briefings that cannot be read elsewhere in them."""
    found: set[str] = set()
    for line in lines:
        spans = spans_of(line, proposed=True) if line.is_ours else ()
        if not spans:
            continue
        try:
            document = document_of(line)
        except (Refused, DocumentError):
            continue
        seen = set(visible_elsewhere(document, spans))
        found |= {" ".join(text.split()) for text in needles(document, spans)} - seen
    return {text for text in found if len(text) >= LEAST}


def _each_text(plain: Any, clear: Callable[[str], str]) -> Any:
    if isinstance(plain, str):
        return clear(plain)
    if isinstance(plain, dict):
        return {key: _each_text(each, clear) for key, each in plain.items()}
    if isinstance(plain, list | tuple):
        return [_each_text(each, clear) for each in plain]
    return plain


# --- the clock -------------------------------------------------------------------------------------


def _facts(
    request: InformationRequest, clock: RequestClock, on: date, *, with_requester: bool
) -> Iterator[tuple[str, str]]:
    limits, sections = clock.days.act.limits, clock.days.act.sections
    if request.is_own_initiative:
        yield "Started", long_date(request.received_on)
    else:
        yield "Act", clock.days.act.title
        if with_requester and request.requester_name:
            yield "Who asked", request.requester_name
        yield "Dated", long_date(request.dated)
        yield "Received", f"{long_date(clock.received_on)}, {request.get_channel_display().lower()}"
        if clock.starts_on != clock.received_on:
            yield (
                "Counted from",
                f"{long_date(clock.starts_on)}, when the requester answered a question "
                f"({cited(sections['clarify'])})",
            )
        yield (
            "Decision due",
            f"{long_date(clock.first_due)}: {limits.decide} working days ({cited(sections['decide'])})",
        )
        if clock.extended_to:
            yield "Extended to", f"{long_date(clock.extended_to)} ({cited(sections['extend'])})"
        if counted := clock.recorded_days(on):
            yield "Working days", f"{counted} counted as this agency recorded them, not by the Act"
    if request.urgency_reason:
        yield "Urgent", request.urgency_reason
    if request.plan:
        yield "Plan", request.plan.title
    yield "State", request.get_state_display()


def _late(
    request: InformationRequest,
    events: Iterable[RequestEvent],
    asked: Iterable[Consultation],
    clock: RequestClock,
    on: date,
) -> Iterator[str]:
    if not request.is_own_initiative and (late := clock.late_by(on)):
        until = (
            f"was told on {long_date(clock.stopped_on)}"
            if clock.stopped_on
            else f"had not been told by {long_date(on)}"
        )
        yield (
            f"The decision: due on {long_date(clock.due)}, and the requester {until}, "
            f"{_working_days(late)} late."
        )
    for event in in_force(events):
        if event.kind in (Kind.TRANSFERRED, Kind.TRANSFERRED_IN_PART) and (
            late := clock.days.late_by(clock.transfer_by, event.happened_on)
        ):
            yield (
                f"The transfer to {event.whom}: due on {long_date(clock.transfer_by)}, made on "
                f"{long_date(event.happened_on)}, {_working_days(late)} late."
            )
    for each in asked:
        answered = timezone.localdate(each.answered_at) if each.answered_at else None
        if each.answer_by and (answered or on) > each.answer_by:
            until = f"came on {long_date(answered)}" if answered else "has not come"
            yield (
                f"The answer of {each.agency.name} about document {each.line.number}: wanted by "
                f"{long_date(each.answer_by)}, and {until}."
            )


def _working_days(count: int) -> str:
    return f"{count} working day" if count == 1 else f"{count} working days"


# --- in order of time ------------------------------------------------------------------------------


def _timed(entry: Entry) -> Entry:
    """Return an entry without its time if that is only when it was recorded."""
    return replace(entry, is_timed=entry.is_timed and timezone.localdate(entry.at) == entry.on)


def _of_events(
    request: InformationRequest,
    events: list[RequestEvent],
    asked: Iterable[Consultation],
    clock: RequestClock,
) -> Iterator[Entry]:
    act = clock.days.act
    questions = {(each.agency_id, f"About document {each.line.number}"): each for each in asked}
    reasons = {each.code: each.words for each in act.extension_reasons}
    corrected = {each.corrects_id: each for each in events if each.corrects_id}
    named: set[int] = set()
    for event in events:
        event.request = request
        what = event.words
        if event.is_struck:
            what = f"Recorded that this did not happen: {what}"
        elif event.corrects:
            what = f"Corrected: {what}"
        if event.whom:
            what += f" to {event.whom}"
        if event.agency:
            what += f": {event.agency.name}"
        if event.due_on:
            reason = reasons.get(event.extension_reason, "")
            what += (
                f" to {long_date(event.due_on)}, {cited(event.extension_reason)} {reason}".rstrip()
            )
        if event.outcome:
            what += f": {event.get_outcome_display().lower()}"
        said = [event.note]
        if question := questions.get((event.agency_id or 0, event.note)):
            said.append(f"Asked: {question.question}")
            if question.answer_by:
                said.append(f"Answer wanted by {long_date(question.answer_by)}.")
        if (letter := event.letter) is not None and letter.pk not in named:
            named.add(letter.pk)
            said.append(f"Letter: {letter.get_kind_display()}, {_sent(letter)}")
        if (later := corrected.get(event.pk)) is not None:
            said.append(
                "A later record says that this did not happen."
                if later.is_struck
                else f"A later record corrects the day to {long_date(later.happened_on)}."
            )
        recorded = timezone.localdate(event.recorded_at)
        if recorded != event.happened_on:
            said.append(f"Recorded on {long_date(recorded)}.")
        yield Entry(
            on=event.happened_on,
            at=event.recorded_at,
            what=what,
            who=event.recorded_as,
            said=tuple(filter(None, said)),
        )
    if request.closed_on:
        end = max(each.recorded_at for each in events)
        yield Entry(
            on=request.closed_on,
            at=end,
            is_timed=False,
            what=request.get_state_display(),
        )


def _of_letters(request: InformationRequest, events: Iterable[RequestEvent]) -> Iterator[Entry]:
    """Yield the letters that were sent and that no event names."""
    named = {each.letter_id for each in events}
    for letter in request.letters.without_contents():
        if letter.sent_on and letter.sent_at and letter.pk not in named:
            yield Entry(
                on=letter.sent_on,
                at=letter.sent_at,
                what=f"Letter sent: {letter.get_kind_display()}",
                who=letter.sent_as,
                said=(f"SHA-256 of its PDF {letter.pdf_sha256}",),
            )


def _sent(letter: RequestLetter) -> str:
    if not letter.sent_on:
        return "not sent yet"
    what = "signed" if letter.is_decision else "sent"
    return f"{what} on {long_date(letter.sent_on)} by {letter.sent_as}; SHA-256 of its PDF {letter.pdf_sha256}"


def _of_searches(request: InformationRequest) -> Iterator[Entry]:
    """Yield each time that the scope was saved: the periods that were searched, and what was found then."""
    rows = InformationRequest.history.filter(id=request.pk).order_by("history_date", "history_id")
    for was, now in pairwise(rows):
        found = now.history_change_reason or ""
        if _scope(was) == _scope(now) and not found.startswith(FOUND):
            continue
        searched = InformationRequest(scope_from=now.scope_from, scope_to=now.scope_to)
        searched.further_periods = now.further_periods
        said = [found]
        if now.scope_note != was.scope_note:
            said.append(f"How we read the request: {now.scope_note or 'no longer said'}")
        yield Entry(
            on=timezone.localdate(now.history_date),
            at=now.history_date,
            what=f"Searched for papers from {searched.periods_in_words}"
            if searched.periods
            else "Changed how the request is read",
            who=now.history_actor,
            said=tuple(filter(None, said)),
        )


def _scope(row: Any) -> tuple[Any, ...]:
    return row.scope_from, row.scope_to, row.further_periods, row.scope_note


# Of an answer that was decided to go out in full.
REPEATED = ", but for the words that it repeats and that are withheld in the briefing"


def _of_schedule(request: InformationRequest, lines: Iterable[ScheduleLine]) -> Iterator[Entry]:
    """Yield what was listed, and each decision on a paper, with those that were changed since."""
    rows = ScheduleLine.history.filter(request=request.pk).order_by("history_date", "history_id")
    seen: dict[int, tuple[str, str]] = {}
    repeating = {line.pk for line in lines if line.repeats}
    listed: dict[tuple[date, str], list[Any]] = defaultdict(list)
    decided: list[Entry] = []
    for row in rows:
        before, now = seen.get(row.id), (row.decision, row.grounds)
        seen[row.id] = now
        if before is None:
            listed[timezone.localdate(row.history_date), row.history_actor].append(row)
        elif before != now:
            decision = row.get_decision_display()
            under = join_words(cited(code) for code in row.grounds.split())
            decided.append(
                Entry(
                    on=timezone.localdate(row.history_date),
                    at=row.history_date,
                    what=f"Document {row.number}: {decision.lower()}"
                    + (f", {under}" if under else "")
                    + (
                        REPEATED
                        if row.id in repeating and row.decision == ScheduleLine.Decision.FULL
                        else ""
                    ),
                    who=row.history_actor,
                    said=tuple(filter(None, [row.reason])),
                )
            )
    for (on, who), each in listed.items():
        numbers = join_words(str(row.number) for row in each)
        what = f"Listed document {numbers}" if len(each) == 1 else f"Listed documents {numbers}"
        yield Entry(on=on, at=each[0].history_date, what=what, who=who)
    yield from decided


def _of_answers(asked: Iterable[Consultation]) -> Iterator[Entry]:
    for each in asked:
        if each.answered_at:
            yield Entry(
                on=timezone.localdate(each.answered_at),
                at=each.answered_at,
                what=f"{each.agency.name} answered about document {each.line.number}",
                # Of an answer that came by email or phone, only the day is known.
                is_timed=RECORDED_BY not in each.answered_as,
                who=each.answered_as,
                said=(each.answer,),
            )


def _of_redactions(request: InformationRequest) -> Iterator[Entry]:
    """Yield how many redactions were proposed, agreed, declined and withdrawn, a line for each day and person."""
    rows = Redaction.history.filter(line__request=request.pk).select_related("line")
    seen: dict[int, str] = {}
    moved: list[Any] = []
    for row in rows.order_by("history_date", "history_id"):
        if seen.get(row.id) != row.state:
            seen[row.id] = row.state
            moved.append(row)

    def key(row: Any) -> tuple[Any, ...]:
        on = timezone.localdate(row.history_date)
        return on, row.line.number, row.state, row.history_actor

    for (on, number, state, who), found in groupby(sorted(moved, key=key), key=key):
        each = list(found)
        codes = dict.fromkeys(code for row in each for code in row.grounds.split())
        places = _places(len(each))
        done = {State.PROPOSED: "proposed to withhold"}.get(state, f"{State(state).label.lower()}:")
        words = f"{done} {places}" if state == State.PROPOSED else f"redaction {done} {places}"
        yield Entry(
            on=on,
            at=each[0].history_date,
            what=f"Document {number}: {words}, {join_words(map(cited, codes))}",
            who=who,
        )


def _of_files(request: InformationRequest) -> Iterator[Entry]:
    """Yield each file that the check refused, with why, and each copy that was kept."""
    checks = FileCheck.objects.without_contents().filter(line__request=request)
    for check in checks.filter(state=FileCheck.State.DONE).select_related("line"):
        if check.found:
            what = "a copy was refused" if check.added_by_id else "the paper as held was refused"
            yield Entry(
                on=timezone.localdate(check.asked_at),
                at=check.asked_at,
                what=f"Document {check.line.number}: {what} by the check",
                who=check.added_as,
                said=tuple(dict.fromkeys(each.wordless.sentence for each in check.found)),
            )
    for copy in (
        LineCopy.objects.without_contents().filter(line__request=request).select_related("line")
    ):
        pages = "1 page" if copy.pages == 1 else f"{copy.pages} pages"
        yield Entry(
            on=timezone.localdate(copy.added_at),
            at=copy.added_at,
            what=f"Document {copy.line.number}: a copy of {pages} passed the check and was kept",
            who=copy.added_as,
            said=(f"SHA-256 {copy.pdf_sha256}",),
        )


# --- the papers ------------------------------------------------------------------------------------


def _paper(line: ScheduleLine, clock: RequestClock, *, with_redactions: bool) -> Paper:
    about = [line.kind_words]
    if line.dated:
        about.append(long_date(line.dated))
    said = [line.reason]
    if line.public_interest:
        said.append(f"Public interest: {line.public_interest}")
    places = line.withheld_in_it
    if places:
        said.append(f"{_places(len(places))} withheld.")
    if with_redactions:
        said += _why_withheld(places, clock)
    return Paper(
        number=line.number,
        title=line.title,
        about=", ".join(about),
        decision=line.told_in_words,
        grounds=tuple(str(each) for each in clock.days.act.in_order(line.printed_grounds())),
        said=tuple(filter(None, said)),
    )


def _why_withheld(places: Iterable[Redaction | ScheduleLine], clock: RequestClock) -> Iterator[str]:
    """Yield the grounds, the reason and the public interest of what is withheld, once for places that share them."""
    alike = Counter((each.ground_codes, each.reason, each.public_interest) for each in places)
    for (codes, reason, interest), count in alike.items():
        under = join_words(str(each) for each in clock.days.act.in_order(codes))
        said = [f"{_places(count)}: {under}."]
        said.append(f"Reason: {reason}" if reason else NO_REASON)
        if interest:
            said.append(f"Public interest: {interest}")
        yield "\n".join(said)


def _places(count: int) -> str:
    return "1 place" if count == 1 else f"{count} places"


def _letters(request: InformationRequest, *, with_requester: bool) -> Iterator[SentLetter]:
    """Yield the letters that were signed or sent. One to a receiving agency is about who asked."""
    for row in request.letters.sent().defer("pdf", "docx").order_by("sent_at", "pk"):
        why_not = ""
        if row.is_purged:
            why_not = "Its text was removed with the name and address of who asked."
        elif row.kind == RequestLetter.Kind.HAND_OVER and not with_requester:
            why_not = "It is about who asked, so its text is left out."
        what = "signed" if row.is_decision else "sent"
        assert row.sent_on is not None
        yield SentLetter(
            title=f"{row.get_kind_display()}, {what} on {long_date(row.sent_on)} by {row.sent_as}",
            digest=row.pdf_sha256,
            lines=() if why_not else tuple(_lines_of(letter_from(row.content))),
            why_not=why_not,
        )


def _lines_of(letter: Letter) -> Iterator[str]:
    """Yield what a letter says, line by line, with a line for each row of its schedule."""
    yield from lines_of(replace(letter, parts=letter.body))
    for part in letter.schedule:
        yield part.heading
        for block in part.blocks:
            if isinstance(block, Grid):
                for row in block.rows:
                    yield " · ".join(filter(None, map(words, row.cells)))


def _unlisted(request: InformationRequest, on: date) -> Iterator[str]:
    """Yield what the search of the scope finds today and the schedule does not list, with the reason if one was given."""
    left = {**request.warnings_left}
    for typed in request.letters.values_list("warnings_left", flat=True):
        left |= typed
    for found in found_in(request, request.periods):
        if not found.is_listed:
            why = left.get(f"unlisted-{found.key}", "")
            if not why and not found.is_of_plan:
                why = f"Of another plan{f', {found.plan}' if found.plan else ''}."
            yield f"{found.title}, {long_date(found.dated)}. {why or NO_REASON}"
    # No page asks why one of these is not listed.
    rest = [each for each in not_frozen(request, request.periods, today=on) if not each.is_listed]
    if rest:
        counts = Counter(each.kind for each in rest)
        counted = join_words(
            f"{count} {kind}" if count == 1 else f"{count} {kind}s"
            for kind, count in counts.items()
        )
        titles = "; ".join(
            f"{each.title}, {'a draft today' if each.kind == 'draft' else long_date(each.dated)}"
            for each in rest
        )
        yield f"{counted}, of which no reason is asked: {titles}."
    for agency, count in not_accepted(request, request.periods):
        returns = "1 return" if count == 1 else f"{count} returns"
        yield f"{returns} of {agency}, submitted and not accepted on {long_date(on)}."


def _released(request: InformationRequest) -> Iterator[str]:
    rows = ReleasedPaper.objects.filter(release__request=request).select_related("release")
    for paper in rows.defer("pdf").order_by("release__pk", "number"):
        pages = "1 page" if paper.pages == 1 else f"{paper.pages} pages"
        yield (
            f"{paper.title}, released {long_date(paper.release.released_on)} by {paper.release.released_as}: "
            f"{paper.file_name}, {pages}, SHA-256 {paper.pdf_sha256}"
        )
