"""Writes letters from facts. The sentences come from the Act's file; this module selects them.

A letter can be written while facts are `missing`: what has no value is left out, so that the preparer can
see a draft.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain

from agencies.typed.characters import is_unprintable
from reports.document.dates import long_date
from reports.document.markup import Block as ParsedBlock
from reports.document.markup import languages, parse
from reports.document.text import MAX_TEXT, Text
from reports.document.wording import capitalised, closed, count_in_words, join_words, named, number
from reports.requests.law.act import Ground, Reason, UnknownGround
from reports.requests.letters.letter import (
    Block,
    Grid,
    Letter,
    LetterPart,
    Points,
    Purpose,
    Quote,
    Row,
    Words,
)
from reports.requests.letters.letter_facts import (
    Decision,
    Event,
    Facts,
    Happened,
    Kind,
    Line,
    Ombudsman,
    Person,
    Requester,
)


def write(kind: Kind, facts: Facts) -> Letter:
    """Return the letter of this kind. `missing` returns what it would lack.

    The decision on a release of our own accord is a memo to whoever signs it.
    """
    say = _Sentences(facts)
    if facts.is_own_initiative:
        return _memo(kind, facts, say)
    if kind == Kind.HAND_OVER:
        return _hand_over(facts, say)
    parts = [
        _request(kind, facts, say),
        _earlier(facts, say),
        *BODIES[kind](facts, say),
        _part(Purpose.OWN_WORDS, _own(facts.own_words)),
    ]
    if kind.has_schedule:
        parts += _reasons(facts, say)
    parts += [_contact(kind, facts.contact, say), _complaint(kind, facts, say)]
    if kind.has_schedule:
        parts.append(_schedule(facts, say))
    name = " ".join(facts.requester.name.split())
    return Letter(
        kind=kind,
        act=facts.act_name,
        language=facts.act.language,
        agency=facts.agency,
        reference=facts.reference,
        dated=facts.on,
        subject=say.text(_subject(kind, facts)),
        addressee=facts.requester,
        greeting=say.text("greeting_named", name=_saluted(name)) if name else say.text("greeting"),
        closing=say.text("closing"),
        signatory=facts.signatory,
        parts=tuple(part for part in parts if part.blocks),
    )


# Titles that stand before a family name, and those that stand before a given one.
BEFORE_FAMILY = {
    "dr",
    "prof",
    "professor",
    "mr",
    "mrs",
    "ms",
    "miss",
    "mx",
    "rev",
    "reverend",
    "judge",
}
BEFORE_GIVEN = {"sir", "dame"}


def _saluted(name: str) -> str:
    """Return how a letter greets a person: "Dr Miriam Halloran" as "Dr Halloran", a name without a title as it is. The
    organisation after a comma is left out."""
    name = name.partition(",")[0].strip() or name
    title, *others = name.split()
    known = title.rstrip(".").casefold()
    if len(others) < 2:
        return name
    if known in BEFORE_GIVEN:
        return f"{title} {others[0]}"
    if known not in BEFORE_FAMILY:
        return name
    # "van der Berg" is one family name.
    start = next((i for i, each in enumerate(others) if each.islower()), len(others) - 1)
    return " ".join([title, *others[start:]])


def _subject(kind: Kind, facts: Facts) -> str:
    """Return the key of a letter's subject."""
    if kind == Kind.TRANSFER and facts.transfer and facts.transfer.part.strip():
        return "subject_transfer_part"
    if kind == Kind.RELEASE and facts.is_corrected:
        return "subject_release_corrected"
    return f"subject_{kind}"


def _hand_over(facts: Facts, say: _Sentences) -> Letter:
    """Return the letter to the body that gets the request, or a part of it: who asks for what, why it, and since when."""
    transfer = facts.transfer
    is_part = transfer is not None and bool(transfer.part.strip())
    address = tuple(_lines(transfer.address)) if transfer is not None else ()
    asked: list[Block] = [say("hand_over_about"), *_quoted(facts.text)]
    if facts.scope.strip():
        asked += [say("hand_over_scope"), *_quoted(facts.scope)]
    parts = [
        _part(Purpose.REQUEST, asked),
        _part(Purpose.NEXT, _handing_over(facts, say) if transfer is not None else ()),
        _part(Purpose.OWN_WORDS, _own(transfer.words if transfer is not None else "")),
        _contact(Kind.HAND_OVER, facts.contact, say),
    ]
    return Letter(
        kind=Kind.HAND_OVER,
        act=facts.act_name,
        language=facts.act.language,
        agency=facts.agency,
        reference=facts.reference,
        dated=facts.on,
        subject=say.text("subject_hand_over_part" if is_part else "subject_hand_over"),
        addressee=Requester(name=transfer.whom if transfer is not None else "", address=address),
        greeting=say.text("greeting_agency"),
        closing=say.text("closing"),
        signatory=facts.signatory,
        parts=tuple(part for part in parts if part.blocks),
    )


def _handing_over(facts: Facts, say: _Sentences) -> Iterator[Block]:
    transfer = facts.transfer
    assert transfer is not None
    is_part = bool(transfer.part.strip())
    yield say("hand_over_part" if is_part else "hand_over")
    if is_part:
        yield from _quoted(transfer.part)
    if reason := _reason_for(facts.act.transfer_reasons, transfer.reason):
        yield Words(languages(reason.wording.format(whom=named(transfer.whom))))
    if facts.clock.transfer_late:
        yield say("transfer_late", late=_working_days(facts.clock.transfer_late))
    yield say("hand_over_next", on=long_date(facts.on))
    yield say("hand_over_requester")
    yield from _quoted("\n".join((facts.requester.name, *facts.requester.address)))
    if is_part:
        yield say("hand_over_rest")
    if enclosed := tuple(languages(line) for line in _lines(transfer.enclosures)):
        yield say("hand_over_enclosed")
        yield Points(enclosed)


def _memo(kind: Kind, facts: Facts, say: _Sentences) -> Letter:
    parts = [
        _part(Purpose.PROPOSAL, _proposal(facts, say), say.text("memo_heading_proposal")),
        _part(Purpose.OWN_WORDS, _own(facts.own_words), say.text("memo_heading_why")),
        _part(Purpose.DECISION, _memo_outcome(facts, say), say.text("memo_heading_decision")),
        *_reasons(facts, say),
        _schedule(facts, say),
    ]
    return Letter(
        kind=kind,
        act=facts.act_name,
        language=facts.act.language,
        agency=facts.agency,
        reference=facts.reference,
        dated=facts.on,
        subject=say.text("memo_subject"),
        addressee=facts.requester,
        greeting="",
        closing=say.text("memo_closing"),
        signatory=facts.signatory,
        parts=tuple(part for part in parts if part.blocks),
    )


def _proposal(facts: Facts, say: _Sentences) -> Iterator[Block]:
    yield say("memo_proposal")
    yield from _quoted(facts.text)
    if facts.scope.strip():
        yield say("memo_scope")
        yield from _quoted(facts.scope)


def _memo_outcome(facts: Facts, say: _Sentences) -> Iterator[Block]:
    yield from _outcome(facts, say)
    if any(line.decision and line.decision.gives for line in facts.lines):
        yield say("memo_publish")
    if facts.grounds_used():
        yield say("memo_act")


class _Sentences:
    """The Act's sentences, with the facts that many of them name."""

    def __init__(self, facts: Facts) -> None:
        self._sentences = facts.act.letters
        if facts.is_own_initiative:
            # Sentences that differ between a memo and a letter to a requester.
            memo = {
                key.removeprefix("memo_"): key for key in facts.act.letters if key[:5] == "memo_"
            }
            own = {name: facts.act.letters[key] for name, key in memo.items()}
            self._sentences = {**facts.act.letters, **own}
        clock = facts.clock
        self._known = {
            **facts.act.sections,
            "act": facts.act.title,
            "dated": long_date(facts.dated),
            "received": long_date(facts.received),
            "decide_by": long_date(clock.decide_by),
            "first_due": long_date(clock.first_due),
            "transfer_by": long_date(clock.transfer_by),
            "limit": str(facts.act.limits.decide),
            "reference": facts.reference,
        }

    def text(self, key: str, **values: str) -> str:
        return _tidy(self._sentences[key].format(**self._known | values))

    def __call__(self, key: str, **values: str) -> Words:
        return Words(languages(self.text(key, **values)))

    def counted(self, key: str, count: int, **values: str) -> str:
        """Return the first of two sentences for one, the second for several."""
        words: str = self._sentences[key][count != 1]
        return _tidy(words.format(**{"n": number(count)} | self._known | values))

    def columns(self, key: str) -> tuple[str, ...]:
        return tuple(self._sentences[key])


def _part(purpose: Purpose, blocks: Iterable[Block], heading: str = "") -> LetterPart:
    return LetterPart(purpose, heading, tuple(blocks))


# --- The parts of every letter --------------------------------------------------------------


def _request(kind: Kind, facts: Facts, say: _Sentences) -> LetterPart:
    opening = "thanks" if kind == Kind.ACKNOWLEDGE else "about"
    same_day = "_same_day" if facts.dated == facts.received else ""
    blocks: list[Block] = [say(f"{opening}{same_day}"), *_quoted(facts.text)]
    if facts.scope.strip():
        blocks += [say("scope"), *_quoted(facts.scope)]
    return _part(Purpose.REQUEST, blocks)


def _earlier(facts: Facts, say: _Sentences) -> LetterPart:
    sentences = [
        _event_text(event, say) for event in sorted(facts.events, key=lambda each: each.on)
    ]
    if len(sentences) < 2:
        return _part(Purpose.EARLIER, map(Words, sentences))
    return _part(Purpose.EARLIER, [say("since_then"), Points(tuple(sentences))])


def _event_text(event: Event, say: _Sentences) -> Text:
    values = {
        "on": long_date(event.on),
        "whom": named(event.whom),
        "until": long_date(event.until) if event.until else "",
    }
    return say(f"event_{event.kind}", **values).text


def _contact(kind: Kind, person: Person, say: _Sentences) -> LetterPart:
    if not person.who:
        return _part(Purpose.CONTACT, [])
    who = person.who if person.name else say.text("contact_role", role=person.role)
    ways = [f"by phone on {person.phone}"] if person.phone else []
    ways += [f"by email at {person.email}"] if person.email else []
    how = f" {_either(ways)}" if ways else ""
    if not kind.has_schedule:
        return _part(Purpose.CONTACT, [say("contact", who=who, how=how)])
    blocks = [say("contact_below", who=who, how=how)]
    return _part(Purpose.CONTACT, blocks, say.text("heading_contact"))


def _complaint(kind: Kind, facts: Facts, say: _Sentences) -> LetterPart:
    own = {Kind.DECIDE, Kind.DECIDE_AND_RELEASE, Kind.RELEASE}
    key = "decide" if kind in own else kind if kind in (Kind.EXTEND, Kind.TRANSFER) else ""
    blocks = [say(f"complaint_{key}" if key else "complaint")]
    if ways := _ways(facts.ombudsman):
        blocks.append(say("ombudsman", how=_either(ways)))
    heading = say.text("heading_complaint") if kind.has_schedule else ""
    return _part(Purpose.COMPLAINT, blocks, heading)


def _ways(ombudsman: Ombudsman) -> list[str]:
    ways = [
        ("at", ombudsman.website),
        ("by email at", ombudsman.email),
        ("by phone on", ombudsman.phone),
        ("by post at", ombudsman.address),
    ]
    return [f"{how} {where}" for how, where in ways if where]


def _either(ways: list[str]) -> str:
    if len(ways) < 2:
        return "".join(ways)
    return f"{', '.join(ways[:-1])} or {ways[-1]}"


# --- What each kind says --------------------------------------------------------------------


def _acknowledge(facts: Facts, say: _Sentences) -> Iterator[LetterPart]:
    yield _part(Purpose.NEXT, _acknowledgement(facts, say))


def _acknowledgement(facts: Facts, say: _Sentences) -> Iterator[Block]:
    if facts.clock.late:
        yield say("decide_overdue")
    elif facts.clock.decide_by == facts.clock.first_due:
        yield say("decide_by")
    else:
        yield say("decide_by_moved")
    if facts.is_urgent:
        yield say("urgent")
    if not facts.clock.late:
        yield say("may_write")


def _clarify(facts: Facts, say: _Sentences) -> Iterator[LetterPart]:
    yield _part(Purpose.NEXT, _clarification(facts, say))


def _clarification(facts: Facts, say: _Sentences) -> Iterator[Block]:
    questions = [languages(line) for line in _lines(facts.question)]
    if questions:
        yield say("question")
        yield Points(tuple(questions)) if len(questions) > 1 else Quote(tuple(questions))
    yield say("help")
    limits = facts.act.limits
    if facts.clock.day <= limits.clarify and facts.received >= limits.clarify_since:
        yield say("restarts")
    elif facts.clock.late:
        yield say("decide_overdue")
    else:
        yield say("runs_on")


def _transfer(facts: Facts, say: _Sentences) -> Iterator[LetterPart]:
    if facts.transfer is not None and facts.transfer.whom.strip():
        yield _part(Purpose.NEXT, _transferral(facts, say))


def _transferral(facts: Facts, say: _Sentences) -> Iterator[Block]:
    transfer = facts.transfer
    assert transfer is not None
    whom = named(transfer.whom)
    is_part = bool(transfer.part.strip())
    yield say("transfer_part" if is_part else "transfer", whom=whom)
    if is_part:
        yield from _quoted(transfer.part)
    if reason := _reason_for(facts.act.transfer_reasons, transfer.reason):
        yield Words(languages(reason.wording.format(whom=whom)))
    if facts.clock.transfer_late:
        yield say("transfer_late", late=_working_days(facts.clock.transfer_late))
    yield say("transfer_next", Whom=capitalised(whom))
    if transfer.contact.strip():
        yield say("transfer_contact", whom=whom, contact=transfer.contact)
    if is_part:
        yield say("transfer_rest_overdue" if facts.clock.late else "transfer_rest")


def _extend(facts: Facts, say: _Sentences) -> Iterator[LetterPart]:
    if facts.extension is not None:
        yield _part(Purpose.NEXT, _extension(facts, say))


def _extension(facts: Facts, say: _Sentences) -> Iterator[Block]:
    extension = facts.extension
    assert extension is not None
    reason = _reason_for(facts.act.extension_reasons, extension.reason)
    section = reason.code if reason else facts.act.sections["extend"]
    yield say("extend", extend=section, until=long_date(extension.until))
    if reason:
        yield say("extend_reason", reason=reason.wording)
    yield from _own(extension.explanation)
    yield say("extend_sooner")


def _reason_for(reasons: Iterable[Reason], code: str) -> Reason | None:
    return next((each for each in reasons if each.code == code), None)


def _decide(facts: Facts, say: _Sentences, *, is_enclosed: bool = False) -> Iterator[LetterPart]:
    yield _late(facts, say)
    yield _part(
        Purpose.DECISION,
        chain(_outcome(facts, say), _sending(facts, say, is_enclosed=is_enclosed)),
        say.text("heading_decision"),
    )


def _release(facts: Facts, say: _Sentences) -> Iterator[LetterPart]:
    given = sum(1 for line in facts.lines if line.decision and line.decision.gives)
    if facts.is_corrected and given:
        yield _part(Purpose.NEXT, [_paragraph([say.counted("corrected", given)])])
        return
    yield _part(Purpose.NEXT, _sending(facts, say, is_enclosed=True))


BODIES: dict[Kind, Callable[[Facts, _Sentences], Iterator[LetterPart]]] = {
    Kind.ACKNOWLEDGE: _acknowledge,
    Kind.CLARIFY: _clarify,
    Kind.TRANSFER: _transfer,
    Kind.EXTEND: _extend,
    Kind.DECIDE: _decide,
    Kind.RELEASE: _release,
    Kind.DECIDE_AND_RELEASE: partial(_decide, is_enclosed=True),
}


# --- Decisions and releases -----------------------------------------------------------------

NOT_DECIDED_HERE = (Decision.TRANSFERRED, Decision.OUT_OF_SCOPE)


def _paragraph(sentences: Iterable[str]) -> Words:
    return Words(languages(" ".join(sentences)))


def _late(facts: Facts, say: _Sentences) -> LetterPart:
    if not facts.clock.late:
        return _part(Purpose.LATE, [])
    words = [say.text("late", late=_working_days(facts.clock.late))]
    if facts.apologises:
        words.append(say.text("apology"))
    return _part(Purpose.LATE, [_paragraph(words)])


def _outcome(facts: Facts, say: _Sentences) -> Iterator[Block]:
    decided = {line.decision for line in facts.lines} - {None, *NOT_DECIDED_HERE}
    if decided == {Decision.FULL}:
        transferred = any(each.kind == Happened.TRANSFERRED_IN_PART for each in facts.events)
        sentences = [say.text("outcome_full_of_rest" if transferred else "outcome_full")]
    elif decided & {Decision.FULL, Decision.PART}:
        sentences = [say.text("outcome_part")]
    else:
        sentences = [say.text("outcome_refused")]
    counts = Counter(line.decision for line in facts.lines)
    # Of three documents, "three are released in part" is said as "all".
    every = {"n": "both" if len(facts.lines) == 2 else "all"} if len(counts) == 1 else {}
    counted = [
        say.counted(f"count_{decision}", counts[decision], **every)
        for decision in Decision
        if counts[decision]
    ]
    if len(facts.lines) > 1 and counted:
        sentences.append(
            say.text("counts", all=number(len(facts.lines)), counts=join_words(counted))
        )
    yield _paragraph(sentences)


def _sending(facts: Facts, say: _Sentences, *, is_enclosed: bool) -> Iterator[Block]:
    """Yield how the documents are sent, how withheld words are marked in them or, of copies that were redacted elsewhere,
    why they are withheld, and whether all is published."""
    given = [line for line in facts.lines if line.decision and line.decision.gives]
    sentences = []
    if given and is_enclosed:
        sentences.append(say.counted("enclosed", len(given)))
    elif given and facts.release_by:
        by = long_date(facts.release_by)
        sentences.append(say.counted("follows_by", len(given), release_by=by))
    elif given:
        sentences.append(say.counted("follows", len(given)))
    redacted = [line for line in given if line.grounds]
    labelled = [line for line in redacted if line.shows_labels]
    if within := [ground for line in labelled for ground in _grounds(facts, line.grounds)]:
        numbers = join_words([str(line.number) for line in labelled])
        where = f" in {say.counted('where', len(labelled), documents=numbers)}"
        sentences.append(
            say.text(
                "labels",
                label=f"[{within[0].cited}]",
                where=where if len(labelled) < len(redacted) else "",
            )
        )
    for line in redacted:
        if line.shows_labels or not (grounds := _grounds(facts, line.grounds)):
            continue
        codes = join_words([each.code for each in grounds])
        named = {"document": str(line.number), "sections": codes}
        sentences.append(say.counted("unlabelled", len(grounds), **named))
    if sentences:
        yield _paragraph(sentences)
    if facts.will_be_published and given:
        yield say("publish")


def _reasons(facts: Facts, say: _Sentences) -> Iterator[LetterPart]:
    """Give each ground used once with its wording, and the public interest if one is balanced."""
    grounds = _grounds(facts, facts.grounds_used())
    if not grounds:
        return
    points = tuple(_reason(facts, ground, say) for ground in grounds)
    kept = {line.decision for line in facts.lines if line.decision and line.decision.keeps}
    refused, others = Decision.REFUSED in kept, kept - {Decision.REFUSED}
    key = "grounds" if refused and others else "grounds_refused" if refused else "grounds_withheld"
    yield _part(
        Purpose.GROUNDS,
        [_paragraph([say.counted(key, len(grounds))]), Points(points)],
        say.text("heading_reasons"),
    )
    if any(ground.is_balanced for ground in grounds):
        yield _part(Purpose.PUBLIC_INTEREST, [say("public_interest"), *_own(facts.public_interest)])


def _reason(facts: Facts, ground: Ground, say: _Sentences) -> Text:
    where = ""
    if len(facts.lines) > 1:
        found = [str(line.number) for line in facts.lines if ground.code in line.grounds]
        where = f" ({say.counted('where', len(found), documents=join_words(found))})"
    return say("ground", code=ground.code, wording=ground.wording, where=where).text


def _grounds(facts: Facts, codes: Iterable[str]) -> tuple[Ground, ...]:
    """Return the grounds of these codes in the order of the Act, without what it does not know."""
    known = []
    for code in codes:
        try:
            known.append(facts.act.ground(code).code)
        except UnknownGround:
            continue
    return facts.act.in_order(known)


def _schedule(facts: Facts, say: _Sentences) -> LetterPart:
    rows = tuple(Row(_cells(facts, line, say)) for line in facts.lines)
    blocks = [Grid(say.columns("schedule_columns"), rows)] if rows else []
    return _part(Purpose.SCHEDULE, blocks, say.text("heading_schedule"))


def _cells(facts: Facts, line: Line, say: _Sentences) -> tuple[Text, ...]:
    decision = ""
    if line.decision is not None:
        reason = closed(_tidy(line.reason))
        decision = say.text(f"decision_{line.decision}", reason=reason).strip(": ")
        name, _colon, rest = decision.partition(": ")
        if rest.startswith(f"{name} "):  # "Transferred: Transferred to Police."
            decision = rest
    grounds = join_words(ground.cited for ground in _grounds(facts, line.grounds))
    cells = (
        str(line.number),
        _tidy(line.title),
        long_date(line.dated) if line.dated else say.text("no_date"),
        decision,
        grounds or say.text("no_ground"),
    )
    return tuple(languages(cell) if cell else () for cell in cells)


# --- Typed words ---------------------------------------------------------------------------


def _quoted(source: str) -> Iterator[Quote]:
    lines = tuple(languages(line) for line in _lines(source))
    if lines:
        yield Quote(lines)


def _lines(source: str) -> Iterator[str]:
    """Yield the lines of a text that came from outside, as they can be printed.

    White space is collapsed and what no paper can hold is left out; a line too long is divided.
    """
    for line in source.splitlines():
        words = _tidy(line)
        while len(words) > MAX_TEXT:
            end = words.rfind(" ", 0, MAX_TEXT)
            end = end if end > 0 else MAX_TEXT
            yield words[:end].strip()
            words = words[end:].strip()
        if words:
            yield words


def _tidy(words: str) -> str:
    """Return words on one line, with single spaces and without what no paper can hold."""
    spaced = " ".join(unicodedata.normalize("NFC", words).split())
    return " ".join("".join(each for each in spaced if not _is_left_out(each)).split())


def _is_left_out(character: str) -> bool:
    # Invisible format characters could hide the requester's name from the public copy.
    return is_unprintable(character) or unicodedata.category(character) == "Cf"


def _own(source: str) -> Iterator[Block]:
    """Yield the paragraphs and bullets of what the agency typed. Raise `DocumentError`."""
    for block in parse(source):
        yield Words(block.text)
        if block.bullets:
            yield Points(_flat(block))


def _flat(block: ParsedBlock) -> tuple[Text, ...]:
    return tuple(
        text
        for bullet in block.bullets
        for text in (bullet.text, *(inner.text for inner in bullet.bullets))
    )


def _working_days(count: int) -> str:
    return count_in_words(count, "working day")
