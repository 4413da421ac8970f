"""The sentence that a marked one could be, with which one press replaces it.

Only what the draft and its records say is offered. Where a person must decide what is meant, nothing is.
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from difflib import SequenceMatcher

from django.utils.translation import gettext as _

from reports.checks.check import Check, fingerprint
from reports.checks.contradicted import contradicted_in
from reports.checks.paper_dates import called_future
from reports.checks.recorded import NEARLY_ALL, is_told_in, plain, sentences_of
from reports.checks.values import dates_in, numbers_in
from reports.checks.warns import POINTS_BACK
from reports.compose.writing_out import write_out_after
from reports.document import Verb
from reports.document.wording import mentions
from reports.drafting.draft import REFERENCE, Part, sentence_ends, to_numbers
from reports.drafting.page import HIDE, NOT_NEEDED, SAVE, SPLIT, Offer
from reports.drafting.paper import Drafted
from workitems.terms.as_told import is_plural
from workitems.terms.sentence_ends import with_capital
from workitems.terms.shorthand import shorthand_in, written_out
from workitems.terms.stems import announces, says_we
from workitems.terms.third_person import in_third_person, is_plural_agency, without_we
from workitems.terms.word_diff import Strand, short_diff

# How alike two sentences are that say the same with other dates or numbers.
ALIKE = 0.5
# Sentences that a paragraph leaves out and that are offered one by one.
MOST_ADDED = 2
# A sentence of more words is offered only by its clause with a decision, a date or a number.
MOST_WORDS_ADDED = 60
_CLAUSE_END = re.compile(r"; |, (?:following|after) which ")
_DECIDES = re.compile(r"\b(?:agreed|approved|declined|decided|recommended)\b")
# Words shown to identify the sentence after which another is added or a paragraph is split.
LAST_WORDS = 4
# Words shown on either side of a date or number that is changed.
AROUND = 8
# After a thing in the plural only these verbs stay as they are after "it".
_ANY_NUMBER = re.compile(r"It (?:will|would|can|could|may|might|must|should)\b")
_IS_LATE = re.compile(r"\b(?:late|later|put back)\b")
_WILL = re.compile(r"(?P<who>.+?) will (?!have\b)")


def offers(drafted: Drafted, part: Part, check: Check) -> tuple[Offer, ...]:
    """Return what could be in the place of what a check found in a paragraph; none if that is for a person to say.
    No query."""
    make = _OFFERS.get(check.key.partition("-")[0])
    return tuple(make(drafted, part, check)) if make else ()


def to_add(
    drafted: Drafted, part: Part, rest: Sequence[tuple[str, str]], untrue: Collection[str]
) -> tuple[Offer, ...]:
    """Return the sentences that a paragraph leaves out, each to be added behind what it prints of the same record, and
    that none of them is needed. `rest` are the sentences, each with the end of the last one that is printed."""
    who = _who(drafted, part)
    found = []
    fit = [each for each in rest if each[0] not in untrue and not announces(each[0])]
    for sentence, end in fit[:MOST_ADDED]:
        lines = part.text.split("\n")
        place = next((n for n, line in enumerate(lines) if end in plain(line)), len(lines) - 1)
        told = _with_the_fact(with_capital(without_we(sentence, who) if who else sentence))
        if plain(told) in plain(part.text):
            continue
        before = " ".join(_printed(lines[place]).split()[-LAST_WORDS:])
        lines[place] = f"{lines[place].rstrip()} {told}"
        strands = (Strand(f"… {before} "), Strand(told, is_added=True))
        found.append(_saved(drafted, "\n".join(lines), strands, _("Add it")))
    if found or untrue:
        digest = fingerprint(*(sentence for sentence, _end in rest))
        found.append(Offer(_("Not needed"), NOT_NEEDED, digest))
    return tuple(found)


def _with_the_fact(sentence: str) -> str:
    """Return a sentence, or of a very long one the clause that has a decision, else most dates and numbers."""
    if len(sentence.split()) <= MOST_WORDS_ADDED:
        return sentence
    clause = max(
        _CLAUSE_END.split(sentence),
        key=lambda each: (
            bool(_DECIDES.search(each)),
            len(numbers_in(each)) + len(dates_in(each)),
        ),
    )
    return f"{with_capital(clause).rstrip('.')}."


def not_to_add(drafted: Drafted, part: Part, rest: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Map the sentences that a paragraph leaves out and that are not offered, as a measure says otherwise, to what it says."""
    assert drafted.found is not None
    items = drafted.items_of([(each.model, each.pk) for each in part.sources])
    found = contradicted_in(drafted.found.facts, items, [sentence for sentence, _end in rest])
    return {sentence: each.words for sentence, each in found}


def to_cut(drafted: Drafted, part: Part) -> tuple[Offer, ...]:
    """Return the words of a paragraph that can go if the paper is too long, or none: a sentence after the first that has no
    number, date or name, turns nothing and is not of what the Minister or a group decides, one that another paragraph has
    too before others; else what follows the last comma of a long sentence and is like that."""
    names = _names(drafted)
    found: list[tuple[bool, int, str, str, str]] = []
    for line in part.text.split("\n"):
        for place, sentence in enumerate(sentences_of(line)):
            start, comma, end = sentence.rpartition(", ")
            if place and _says_no_fact(sentence, names):
                is_told = is_repeated(drafted, part, sentence)
                found.append((is_told, len(sentence.split()), sentence, "", sentence))
            elif (
                len(sentence.split()) > MANY
                and comma
                and _MORE.match(end)
                and _says_no_fact(end, names)
            ):
                found.append(
                    (False, len(end.split()), sentence, f"{start}.", f", {end.rstrip('.')}")
                )
    for _is_told, _count, sentence, now, cut in sorted(found, reverse=True)[:1]:
        text = _swapped(part.text, sentence, now)
        if text and REFERENCE.findall(text) == REFERENCE.findall(part.text):
            strands = (
                (Strand(sentence, is_removed=True),)
                if not now
                else (
                    Strand(f"… {' '.join(now.rstrip('.').split()[-LAST_WORDS:])}"),
                    Strand(cut, is_removed=True),
                )
            )
            return (_saved(drafted, text, strands, _("Leave these words out")),)
    return ()


def is_repeated(drafted: Drafted, part: Part, words: str) -> bool:
    """Whether another paragraph says in nearly the same words what some of a paragraph's say."""
    others = (
        each.text
        for portion in drafted.draft.portions
        for each in portion.shown
        if each is not part
    )
    return any(is_told_in(words, text, NEARLY_ALL) for text in others)


def to_leave_out() -> Offer:
    """Return the offer to leave a paragraph or recommendation out."""
    return Offer(_("Leave it out"), HIDE)


def as_asked(drafted: Drafted, key: str) -> tuple[Offer, ...]:
    """Return what the records recommend now in the place of a recommendation, or to leave it out; nothing if it says that."""
    assert drafted.found is not None
    ask = drafted.draft.shown_asks[key]
    if ask.verb == Verb.FORWARD:
        return ()
    fresh = next((each for each in drafted.found.asks if each.key == key), None)
    if fresh is None:
        return (to_leave_out(),)
    if (ask.verb, ask.text) == (fresh.verb, fresh.text):
        return ()
    strands = short_diff(f"{ask.verb} {_printed(ask.text)}", f"{fresh.verb} {_printed(fresh.text)}")
    offer = _saved(drafted, fresh.text, strands)
    return (offer._replace(verb=str(fresh.verb)),)


# --- by what the check found ----------------------------------------------------------------------


def _without(drafted: Drafted, part: Part, check: Check) -> Iterator[Offer]:
    """Leave out a sentence that says nothing, or that stands elsewhere too."""
    text = _swapped(part.text, check.sentence, "")
    if text is None:
        return
    if not text.strip("- \n"):
        yield to_leave_out()
        return
    strands = (Strand(check.sentence, is_removed=True),)
    yield _saved(drafted, text, strands, _("Leave the sentence out"))


def _by_name(drafted: Drafted, part: Part, check: Check) -> Iterator[Offer]:
    """Call an agency by its name where it says "we"."""
    who = _who(drafted, part)
    text, was, now = part.text, [], []
    for sentence in sentences_of(part.text) if who else ():
        told = in_third_person(sentence, who) if says_we(sentence) else sentence
        changed = _swapped(text, sentence, told) if told and told != sentence else None
        if told and changed:
            text = changed
            was.append(sentence)
            now.append(told)
    if was:
        yield _saved(drafted, text, short_diff(" ".join(was), " ".join(now)))


def _by_subject(drafted: Drafted, part: Part, check: Check) -> Iterator[Offer]:
    """Name the one item that a paragraph is about where it begins with "It"."""
    found = POINTS_BACK.match(part.text)
    items = drafted.items_of([(each.model, each.pk) for each in part.sources])
    if not found or found.group() != "It" or len(items) != 1:
        return
    (item,) = items
    name = _("Item {number}").format(number=item.number)
    if item.as_told and (not is_plural(item.as_told) or _ANY_NUMBER.match(part.text)):
        name = f"{with_capital(item.as_told)} ({item.number})"
    sentence = next(iter(sentences_of(part.text)))
    now = f"{name}{sentence[2:]}"
    if text := _swapped(part.text, sentence, now):
        yield _saved(drafted, text, short_diff(sentence, now))


def _written_out(drafted: Drafted, part: Part, check: Check) -> Iterator[Offer]:
    """Write an acronym of the glossary out where the paper has it first."""
    assert drafted.found is not None
    shown = [each.text for portion in drafted.draft.portions for each in portion.shown]
    earlier = shown[: shown.index(part.text)]
    text, _sources = write_out_after(earlier, part.text, drafted.found.facts)
    if text != part.text:
        yield _saved(drafted, text, short_diff(_printed(part.text), _printed(text)))


def _was_to(drafted: Drafted, part: Part, check: Check) -> Iterator[Offer]:
    """Say of what was to be done before the paper's date that it was to be, and that no record has it as done."""
    on = drafted.briefing.dated
    for sentence in sentences_of(part.text):
        found = _WILL.match(sentence)
        if not found or sentence.count(" will ") != 1 or not any(called_future(sentence, on)):
            continue
        if _IS_LATE.search(sentence):
            # What will be late is no act that was to be done.
            continue
        who = found["who"].rpartition(", ")[2]
        are = is_plural_agency(who) or (not who.isupper() and is_plural(who))
        now = f"{found['who']} {'were' if are else 'was'} to {sentence[found.end() :]}"
        if _is_open(drafted, part):
            now = _("{sentence}; no record says that it is done.").format(sentence=now.rstrip("."))
        if text := _swapped(part.text, sentence, now):
            yield _saved(drafted, text, short_diff(sentence, now))
        return


def _as_recorded(drafted: Drafted, part: Part, check: Check) -> Iterator[Offer]:
    """Put the date or number that the records give in the place of a marked one, and leave all other words as they are.
    None is offered if it is not sure which it is: the generated sentence that is most alike must have one that the
    paragraph's sentence has not."""
    generated = {each.key: each.text for each in drafted.composed}
    texts = [generated.get(taken.key, taken.text) for taken in part.taken]
    known = [each for text in texts for each in sentences_of(text)]
    for typed, recorded in check.differing:
        for sentence in sentences_of(part.text):
            alike = max(known, key=lambda each: _likeness(sentence, each), default="")
            wrong = [word for word in typed if _has(sentence, word)]
            right = [word for word in recorded if _has(alike, word) and not _has(sentence, word)]
            if len(wrong) != 1 or len(right) != 1 or _likeness(sentence, alike) < ALIKE:
                continue
            (was,), (now,) = wrong, right
            if _has(part.text, was):
                words = _("Change “{was}” to “{now}”").format(was=was, now=now)
                yield _saved(
                    drafted, _with(part.text, was, now), _in_place(sentence, was, now), words
                )


def _by_measure(drafted: Drafted, part: Part, check: Check) -> Iterator[Offer]:
    """Say what the measure says or, if the paragraph has that too, leave out the sentence that it contradicts."""
    if not check.instead or check.instead in part.text:
        yield from _without(drafted, part, check)
    elif text := _swapped(part.text, check.sentence, check.instead):
        strands = (
            Strand(f"{check.sentence} ", is_removed=True),
            Strand(check.instead, is_added=True),
        )
        yield _saved(drafted, text, strands)


def _without_shorthand(drafted: Drafted, part: Part, check: Check) -> Iterator[Offer]:
    """Write out what is written in a hurry."""
    sentences = [each for each in sentences_of(part.text) if any(shorthand_in(each))]
    text = part.text
    for sentence in sentences:
        text = _swapped(text, sentence, written_out(sentence)) or text
    if text != part.text:
        strands = short_diff(" ".join(sentences), " ".join(map(written_out, sentences)))
        label = _("Use this sentence") if len(sentences) == 1 else _("Use these sentences")
        yield _saved(drafted, text, strands, label)


def _split(drafted: Drafted, part: Part, check: Check) -> Iterator[Offer]:
    """Split a long paragraph in the middle."""
    ends = sentence_ends(part.text)
    if ends:
        at = min(ends, key=lambda each: abs(each - len(part.text) / 2))
        last = " ".join(_printed(part.text[:at]).split()[-LAST_WORDS:])
        yield Offer(_("Split it after “{words}”").format(words=last), SPLIT, at=at)


_OFFERS: dict[str, Callable[[Drafted, Part, Check], Iterator[Offer]]] = {
    "empty": _without,
    "twice": _without,
    "we": _by_name,
    "subject": _by_subject,
    "acronym": _written_out,
    "past": _was_to,
    "edit": _as_recorded,
    "long": _split,
    "older": _by_measure,
    "shorthand": _without_shorthand,
}


# Words that begin what is said besides in a sentence, as "…, so that victims wait less".
_MORE = re.compile(r"(?:which|so that|with|where|as well as|including)\b")
# What turns the sense of what is said before it, or bounds it.
_TURNS = re.compile(r"\b(?:but|however|no|not|only|then|until)\b", re.IGNORECASE)
# What the Minister, or a group, was asked, decides or must know.
_DECIDES = re.compile(
    r"\b(?:you|your|minister\w*|cabinet|agree[ds]?|decided?|decisions?|approved?|recommend\w*|ask(?:s|ed)?|request\w*|late|overdue)\b",
    re.IGNORECASE,
)
# Words of a sentence of which such an end can go.
MANY = 25


def _names(drafted: Drafted) -> list[str]:
    facts = drafted.found.facts if drafted.found else None
    return [name for agency in facts.agencies.values() for name in agency.names] if facts else []


def _says_no_fact(text: str, names: Sequence[str]) -> bool:
    return not (
        _TURNS.search(text)
        or _DECIDES.search(text)
        or numbers_in(text)
        or dates_in(text)
        or mentions(text, names)
        or REFERENCE.search(text)
    )


# --- what they share ------------------------------------------------------------------------------


def _saved(
    drafted: Drafted, text: str, strands: Sequence[Strand], label: str | None = None
) -> Offer:
    words = to_numbers(drafted.draft, text)
    return Offer(label or _("Use this sentence"), SAVE, text=words, strands=tuple(strands))


def _swapped(text: str, sentence: str, now: str) -> str | None:
    """Return a text with another sentence in the place of one, or without it; None if the text does not have the sentence
    as it is, such as across bold words."""
    if not sentence or sentence not in text:
        return None
    if now:
        return text.replace(sentence, now, 1)
    lines = text.replace(sentence, "", 1).split("\n")
    return "\n".join(
        re.sub(r"(?<=\S) {2,}", " ", line).rstrip() for line in lines if line.strip("- ")
    )


def _printed(text: str) -> str:
    return REFERENCE.sub("…", text).replace("**", "").strip()


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one.split(), other.split(), autojunk=False).ratio()


def _has(sentence: str, words: str) -> bool:
    """Whether a sentence has a date or number as it is written, once."""
    return len(re.findall(_as_word(words), sentence)) == 1


def _in_place(sentence: str, was: str, now: str) -> tuple[Strand, ...]:
    """Return the words of a sentence around what goes and what comes."""
    before, after = re.split(_as_word(was), sentence, maxsplit=1)
    first, last = before.split(), after.split()
    start = f"{'… ' if len(first) > AROUND else ''}{' '.join(first[-AROUND:])} "
    # A full stop stands at the word.
    gap = " " if after[:1].isspace() else ""
    end = f"{gap}{' '.join(last[:AROUND])}{' …' if len(last) > AROUND else ''}"
    return (Strand(start), Strand(was, is_removed=True), Strand(now, is_added=True), Strand(end))


def _with(text: str, was: str, now: str) -> str:
    return re.sub(_as_word(was), lambda _found: now, text)


def _as_word(words: str) -> str:
    return rf"(?<![\w.,]){re.escape(words)}(?!\w|[.,]\d)"


def _who(drafted: Drafted, part: Part) -> str:
    """Return the short name of the one agency whose words a paragraph has, or ""."""
    assert drafted.found is not None
    facts = drafted.found.facts
    cited = {(source.model, source.pk) for source in part.sources}
    found = set()
    for item in drafted.items_of(cited):
        for update in facts.updates_of(item):
            if ("workitems.update", update.pk) in cited:
                found.add(update.of_return.agency_id)
        for step in item.milestones:
            for delay in step.delays:
                if ("workitems.delay", delay.pk) in cited:
                    found.add(step.responsible)
                found |= {
                    row.owner
                    for row in delay.mitigations
                    if ("workitems.mitigation", row.pk) in cited
                }
    return facts.agencies[found.pop()].short_name if len(found) == 1 else ""


def _is_open(drafted: Drafted, part: Part) -> bool:
    """Whether a paragraph is written from actions against delays, none of which is done."""
    cited = {(source.model, source.pk) for source in part.sources}
    rows = [
        row
        for item in drafted.items_of(cited)
        for step in item.milestones
        for delay in step.delays
        for row in delay.mitigations
        if ("workitems.mitigation", row.pk) in cited
    ]
    return bool(rows) and all(row.done_on is None for row in rows)
