"""What agencies say of a delay, in the sentences of a paper: its cause, what it means, what it needs."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from agencies.models import Agency
from reports.compose.budget import count_words
from reports.compose.citations import delay_source
from reports.compose.paragraphs import Writer, errors_naming
from reports.compose.settling import WORDS, settled_in_words
from reports.compose.slips import LateItem
from reports.compose.subjects import CAUSES, has_new_date, is_sayable, length_of_delay, what, when
from reports.document import Source
from reports.document.wording import capitalised, closed, first_sentences, number, opened
from workitems.models import Delay, Variation
from workitems.plan.plan_at import DelayAt, ItemAt, MilestoneAt, MitigationAt
from workitems.terms.as_told import is_plural
from workitems.terms.date_order import before_due
from workitems.terms.fragments import UNDER_WAY, as_reason, with_months
from workitems.terms.known_dates import KnownDate, from_to
from workitems.terms.sentence_ends import sentences
from workitems.terms.stems import cause, completion, has_verb, is_order, says_nothing, says_we
from workitems.terms.third_person import is_plural_agency, possessive, without_we

# Words of an agency in one paragraph: its reasons, why an item is at risk (twice as many in a single sentence),
# and what a delay means.
REASON_WORDS = 45
FEWER_WORDS = 20
AT_RISK_WORDS = 20
EFFECT_WORDS = 30
# How a sentence begins on a thing that a delay means.
THIS_MEANS = "This means "
MEANWHILE = "Meanwhile, "
_LONG = re.compile(r"\w{4,}")
_DECISION = re.compile(r"\bdecisions?\b", re.IGNORECASE)
_YEAR = re.compile(r"\b20\d\d\b")
_UNTIL_TAKEN = re.compile(
    r"\bcould not( (?:[\w’-]+ )+?(?:before|until) (?:[\w’-]+ )*?decisions? )(was|were)( (?:made|taken)\b)"
)
_ARTICLE = re.compile(r"(?:an?|the) ")
# A participle that nobody stands before: "Deferred by …".
_PASSIVE = re.compile(
    r"(?:to be|\w+ed (?:as|at|by|due|for|from|in|on|to|until|with))\b", re.IGNORECASE
)
# "19 sites without equipment".
_LACKS_BE = re.compile(r"((?:\d[\d,]*|[A-Z][a-z]+) \w+s) (at risk|unable|without)\b")
# Words of a sentence that says how late something is and why.
SENTENCE_WORDS = 45


def how_long(entry: LateItem) -> str:
    """Return how long after its agreed date the item's latest milestone is expected; "" if a late one has no new date."""
    step = latest_step(entry)
    return length_of_delay(step, step.forecast) if step else ""


def latest_step(entry: LateItem) -> MilestoneAt | None:
    """Return the item's late milestone that comes last, and of those of one day the one that has slipped most; None if one
    of them has no new date."""
    steps = [slip.milestone for slip in entry.slips if slip.milestone.is_late]
    if not all(map(has_new_date, steps)):
        return None
    return max(steps, key=lambda step: (step.forecast_due, -step.agreed_due.toordinal()))


def told_first(entry: LateItem) -> MilestoneAt:
    """Return the late milestone of an item whose dates are told."""
    return entry.late_steps[0]


def whole_of_late(total: int) -> str:
    """Return "the one late item", "both late items", "all three late items"."""
    whole = {1: "the one late item", 2: "both late items"}
    return whole.get(total, f"all {number(total)} late items")


def count_of_late(items: list[ItemAt], late: list[LateItem]) -> str:
    """Return "two of the three late items", "both late items", "all three late items"."""
    count, total = len(items), len(late)
    if count < total:
        return f"{number(count)} of the {number(total)} late items"
    return whole_of_late(total)


def noun_of(entries: list[LateItem], other: str) -> str:
    """Return "key item" for items that are all key, else the `other` noun."""
    return "key item" if all(entry.item.is_key for entry in entries) else other


def because(
    start: str,
    reason: str,
    delay: DelayAt,
    *,
    is_late: bool,
    who: str,
    agencies: Iterable[str] = (),
    step: MilestoneAt | None = None,
) -> str:
    """Return the start and the reason as one sentence if they fit together. Of a late item, a cause that is over is
    reported as past, and one that is not that of the first move of its milestone (`step`) only of its own. What is no
    sentence of the paper is quoted as words of the agency `who`."""
    first, *rest = sentences(reason)
    is_quoted = says_we(reason) or not is_late or len(first.split()) == 1 or lacks_subject(first)
    why = None if is_quoted else cause_by(who, first, agencies)
    if why is None:
        return f"{start} {in_words_of(who, reason)}"
    if delay.is_open and (part := moved_again(step, delay)):
        begun = f"{start} It moved again, {part}, {why}."
    elif not delay.is_open:
        begun = f"{start} It slipped at first {why}."
    elif (
        len(sentences(start)) == 1
        and count_words(start, why) <= SENTENCE_WORDS
        and why.count(" because ") == 0
    ):
        begun = f"{opened(start)}, {why}."
    elif has_verb(first):
        begun = f"{start} {first}"
    else:
        begun = f"{start} It is late {why}."
    return " ".join([begun, *rest])


_HEAD = re.compile(r"(?P<head>[A-Za-z]+) (?:for|in|of|on|to) ")


def without_repeating(name: str, text: str) -> str:
    """Return a text that follows a name without its noun: of "Guidance for boards", "the two advisers who write it"."""
    found = _HEAD.match(name)
    if not found:
        return text
    it = "them" if is_plural(found["head"]) else "it"
    return re.sub(
        rf"\bthe {found['head'].lower()}(?= (?:are|had|has|have|is|was|were|will)\b|[,.;])",
        it,
        text,
        count=1,
    )


def moved_again(step: MilestoneAt | None, delay: DelayAt) -> str:
    """Return by which move of a milestone's date a cause is told, if an earlier one past the agreed date had another cause: "from 4
    March to May 2027"; "" if it is the cause of all of its lateness."""
    earlier = (
        [
            each
            for each in step.delays
            if each.found_on < delay.found_on and each.cause != delay.cause
        ]
        if step
        else []
    )
    if step is None or not earlier or not step.agreed_due < delay.due_before < delay.due_after:
        return ""
    return from_to(delay.before, delay.after)


# A name and a thing without an article, before what it does: "One NZ switch upgrade may run".
_BARE = re.compile(
    r"(?P<name>(?:[A-Z][\w’&-]* ){1,3})(?P<thing>(?:[a-z][\w-]* ){1,3})(?=(?:can|could|did|does|had|has|is|may|might|must|was|will|would)\b)"
)
_UNCOUNTED = re.compile(
    r"(?:advice|capacity|demand|funding|policy|staff|training|work|\w+(?:ment|[st]ion|ing|ance|ence|ity))$"
)


def cause_by(who: str, text: str, agencies: Iterable[str] = ()) -> str | None:
    """Return a reason as `cause` does. One that begins with a noun without its article ("One NZ switch upgrade may run") is quoted
    as the words of the agency `who`."""
    why = cause(text, agencies)
    found = _BARE.match(opened(text))
    if why is None or not found or not why.startswith(f"because {found['name']}"):
        return why
    thing = found["thing"].strip()
    if (
        thing.startswith(("and ", "for ", "in ", "of "))
        or is_plural(thing)
        or _UNCOUNTED.search(thing)
    ):
        return why
    return f"because, as {who} {'write' if is_plural_agency(who) else 'writes'}, “{opened(text)}”"


def own_sentence(reason: str, delay: DelayAt, who: str, agencies: Iterable[str] = ()) -> str:
    """Return the cause of an open delay as a sentence of its own: as its agency gives it after "It is late because", or
    with that beginning if it is none alone. A cause that is over is reported as past, and what is no sentence of the paper
    is quoted as words of the agency `who`."""
    first, *rest = sentences(reason)
    first = as_reason(first)
    reason = " ".join([first, *rest])
    if first.startswith(UNDER_WAY) and delay.is_open and not says_we(reason):
        return reason
    is_quoted = says_we(reason) or len(first.split()) == 1 or lacks_subject(first)
    why = None if is_quoted else cause(first, agencies)
    if why is None:
        return _reason_given(who, reason, delay)
    why = with_figure(why, delay.explanation)
    clause = why.removeprefix("because ")
    told = f"It slipped at first {why}."
    if delay.is_open:
        is_alone = completion("explanation", first, agencies) == clause and has_verb(clause)
        told = closed(capitalised(clause)) if is_alone else f"It is late {why}."
    return " ".join([told, *rest])


def with_figure(clause: str, typed: str) -> str:
    """Return a clause with the figure with which its agency began it, as within a sentence a number is not in words."""
    figure = typed.strip().partition(" ")[0]
    return clause.replace(capitalised(figure).lower(), figure, 1) if figure.isdecimal() else clause


def _reason_given(who: str, reason: str, delay: DelayAt) -> str:
    """Return a cause that completes no sentence: as it is, or quoted as what the agency `who` says of its kind."""
    told = in_words_of(who, reason)
    if told == reason or delay.cause == Delay.Cause.OTHER or not delay.is_open:
        return told
    gives = "give" if is_plural_agency(who) else "gives"
    return f"{who} {gives} {CAUSES[Delay.Cause(delay.cause)]} as the reason: “{reason}”"


def lacks_subject(text: str) -> bool:
    """Whether a text begins with its verb: "Needs to align with the bill", "Deferred by the office", "Ask the office"."""
    first, _space, rest = text.partition(" ")
    as_order = f"{first.removesuffix('s')} {rest}" if first.endswith("s") else ""
    return bool(
        (as_order and completion("mitigation", as_order))
        or (rest and _PASSIVE.match(text))
        or is_order(text)
    )


def are_two(first: str, second: str) -> bool:
    """Whether each of two parts of a cause may be a sentence: not "because the ports of Nelson" and "Picton are full"."""
    return has_verb(first.removeprefix(", ").removeprefix("because ")) and has_verb(second)


# A second cause without which the first one is not understood.
_TURNS = re.compile(r"\b(?:but|cannot|never|no|nobody|none|not|only|until)\b")


def without_second(why: str) -> str:
    """Return a cause of one sentence without a second one, which the annex has."""
    first, _and, second = why.partition(", and ")
    is_two = len(sentences(why)) == 1 and are_two(first, second)
    return first if is_two and "”" not in why and not _TURNS.search(second) else why


def in_words_of(who: str, text: str) -> str:
    """Return what an agency writes as a sentence of the paper: as it is or, if it speaks as "we" or has no verb, as
    quoted words, as also if its first verb has no subject."""
    if not text:
        return text
    first = sentences(text)[0]
    if has_verb(first) and not says_we(text) and not lacks_subject(first):
        return text
    return f"In {possessive(who)} words: “{text}”"


def explained_delay(entry: LateItem) -> tuple[Source, DelayAt] | None:
    """Return the delay whose reason is printed, with its source."""
    if (found := entry.main_delay) is None:
        return None
    slip, delay = found
    return delay_source(entry.item, slip.milestone, delay), delay


def is_over(delay: DelayAt) -> bool:
    """Whether the cause of a delay is over: the delay is closed, or its agency reports the cause as settled."""
    return not delay.is_open or delay.settlement == Delay.Settlement.SETTLED


def open_delay(entry: LateItem) -> tuple[Source, DelayAt] | None:
    """Return the delay whose reason is printed, with its source, if it is open."""
    found = explained_delay(entry)
    return found if found and found[1].is_open else None


def unsettled(entry: LateItem) -> tuple[Source, DelayAt] | None:
    """Return the delay whose reason is printed, if it is open and its agency reports its cause as not settled."""
    found = open_delay(entry)
    if found and found[1].settlement not in ("", Delay.Settlement.SETTLED):
        return found
    return None


def needs_decision(entry: LateItem) -> bool:
    """Whether what the delay that is printed waits for is a decision."""
    found = unsettled(entry)
    return found is not None and found[1].settlement == Delay.Settlement.NEEDS_DECISION


WHO_DECIDES = "Who decides on"


def nobody_decides(entry: LateItem) -> str:
    """Return that the decision on which an item's date depends has neither a name nor a day: "Who decides on the funding, and when, is
    not reported."; "" of another item."""
    found = unsettled(entry)
    if found is None or not needs_decision(entry) or found[1].cause == Delay.Cause.OTHER:
        return ""
    delay = found[1]
    if delay.needs or delay.settling_agency or delay.settling_other or delay.settling_by:
        return ""
    return f"{WHO_DECIDES} {WORDS[Delay.Cause(delay.cause)].needed}, and when, is not reported."


def effects(writer: Writer, entry: LateItem) -> Iterator[str]:
    """Yield what the delay means, in the agency's words: its first sentence, and in a paper by item the second one too."""
    if found := explained_delay(entry):
        source, delay = found
        who = speaker(writer, entry)
        with errors_naming(source):
            first = in_agency_words(writer, delay.effect, 1, EFFECT_WORDS, who)
            both = in_agency_words(writer, delay.effect, 2, EFFECT_WORDS, who)
        told = [first] if first else []
        second = both.removeprefix(first).strip()
        if writer.is_by_item and first and second and len(sentences(second)) == 1:
            told.append(second)
        for sentence in told:
            if not before_due(sentence, meant_by(sentence, entry).agreed):
                yield sentence


def meant_by(effect: str, entry: LateItem) -> MilestoneAt:
    """Return the late milestone that an effect is of: the one whose words it all has ("Rule in force"), else the one whose delay
    it is."""
    assert entry.main_delay is not None
    said = effect.casefold()
    steps = [slip.milestone for slip in entry.slips if slip.milestone.is_late]
    named = [
        step
        for step in steps
        if (long := _LONG.findall(step.description.casefold()))
        and all(word in said for word in long)
    ]
    return named[0] if named else entry.main_delay[0].milestone


def as_still_open(delay: DelayAt, reason: str) -> str:
    """Return a cause that waits for a decision which is not taken yet in the present: "Drafting cannot begin until decisions are
    taken" of "Drafting could not begin until decisions were taken". One with a year is told as it is: it has happened."""
    is_waiting = delay.is_open and delay.settlement == Delay.Settlement.NEEDS_DECISION
    if not is_waiting or not _DECISION.search(delay.needs) or _YEAR.search(reason):
        return reason
    return _UNTIL_TAKEN.sub(
        lambda found: f"cannot{found[1]}{'is' if found[2] == 'was' else 'are'}{found[3]}",
        reason,
    )


def effect_in_words(writer: Writer, entry: LateItem, effect: str) -> str:
    """Return what the delay means as a sentence of the paper: as it is if it begins with the people whom it hurts."""
    if _LACKS_BE.match(effect) and not has_verb(effect):
        effect = _LACKS_BE.sub(r"\1 are \2", effect)
    if writer.is_by_item and effect[:1].isdigit() and has_verb(effect) and not says_we(effect):
        # No sentence begins with a digit.
        return f"{MEANWHILE}{effect}"
    if entry.begins_with_people and not says_we(effect):
        return effect
    told = in_words_of(speaker(writer, entry), effect)
    if writer.is_by_item and told != effect and (thing := _meant(writer, effect)):
        return closed(f"{THIS_MEANS}{thing}")
    return told


def _meant(writer: Writer, effect: str) -> str:
    """Return what a delay means if its agency typed it as a thing: "another summer under 16 bylaws"."""
    if says_we(effect) or has_verb(effect) or len(sentences(effect)) > 1 or is_order(effect):
        return ""
    return completion("needs", effect, writer.agency_names) or ""


def challenge_of(writer: Writer, item: ItemAt) -> tuple[str, Source] | None:
    """Return the first sentence of the challenges that the last round's updates of the item report, and its source; None if there
    are none or it is too long. What was in the way before need not be now."""
    updates = [each for each in writer.facts.updates_of(item) if each.no_change_on is None]
    for update in reversed(updates):
        if update.of_return.round != updates[-1].of_return.round:
            return None
        if not says_nothing(update.challenges):
            with errors_naming(update.source):
                who = update.of_return.agency.short_name
                words = in_agency_words(writer, update.challenges, 1, AT_RISK_WORDS, who)
            return (words, update.source) if words else None
    return None


def requested(writer: Writer, item: ItemAt) -> Iterator[tuple[str, bool]]:
    """Yield a sentence on each variation of the item that waits for a decision, and whether a date or the item itself
    depends on it. What would read the same is told once."""
    told = set()
    for asked in writer.facts.requests.get(item.pk, ()):
        who = writer.facts.agencies[asked.agency].short_name
        if asked.kind == Variation.Kind.WORDING:
            to = "reword a milestone" if asked.milestone else "change the item’s wording"
        elif asked.due is None:
            to = "withdraw the item"
        else:
            to = _new_date(item, asked.milestone, asked.due)
        is_grave = asked.kind != Variation.Kind.WORDING
        sentence = f"{who} has asked the working group to {to}."
        if asked.due is not None and asked.due.last_day < writer.facts.as_at:
            sentence = _asked_too_late(who, asked.due)
        if sentence not in told:
            told.add(sentence)
            yield sentence, is_grave


def _asked_too_late(who: str, due: KnownDate) -> str:
    """Return that a date which waits for a decision has passed."""
    return f"{who} asked the working group for {due}, which has passed, and has to ask for a later date."


def _new_date(item: ItemAt, milestone: int | None, due: KnownDate) -> str:
    """Return "agree to June 2011" of a date that is expected already, else "move the date to June 2011"; of an item with
    several late milestones, with which one."""
    late = [step for step in item.milestones if step.is_late]
    step = next((row for row in item.milestones if row.pk == milestone), None)
    of = f" for {what(step)}" if step and late != [step] and is_sayable(step) else ""
    if step and step.forecast_due == due.last_day:
        return f"agree to {when(due, item.on)}{of}"
    return f"move the date{of} to {when(due, item.on)}"


class Needed(NamedTuple):
    """What an item needs: "a second tender" or "to appoint a translator", by which agency, and until when (" by
    June 2011", or "")."""

    agency: Agency
    thing: str
    until: str

    @property
    def is_act(self) -> bool:
        return self.thing.startswith("to ")

    @property
    def is_quoted(self) -> bool:
        return self.thing.startswith("“")


def needed_for(writer: Writer, entry: LateItem) -> Needed | None:
    """Return what the item needs; None if its agency has not written it, or if the day has passed."""
    found = open_delay(entry)
    if found is None:
        return None
    source, delay = found
    by = delay.settling_by
    if delay.settlement == Delay.Settlement.SETTLED or (by and by < delay.on):
        return None
    thing = completed(writer, source, "needs", delay.needs, speaker(writer, entry))
    if thing is None:
        return None
    is_act = thing.startswith("to ")
    is_wordy = not is_act and " to " in thing and not _ARTICLE.match(thing)
    if " " not in thing or is_wordy or thing.startswith("to be "):
        thing = f"“{opened(delay.needs.strip())}”"
    agency = writer.facts.agencies[delay.settling_agency or entry.item.lead]
    return Needed(agency, thing, f" by {when(KnownDate(by), delay.on)}" if by else "")


def as_you(writer: Writer, text: str, agency: Agency) -> str:
    """Return what an agency writes with "you" in place of the Minister to whom the paper goes: by portfolio, and of "the
    Minister" only as the coordinating agency writes it, since another agency may mean its own."""
    own = [f"the {re.escape(writer.facts.plan.portfolio)}"]
    if agency.pk == writer.facts.coordinator.pk:
        own.append(r"the Minister(?! (?:for|of)\b)")
    text = re.sub(rf"\b(?:{'|'.join(own)})\b(?![’'])", "you", text)
    return re.sub(r"\b(by|from|of) (the (?:(?!\band\b).)+) and you\b", r"\1 you and \2", text)


def completed(writer: Writer, source: Source, asked: str, typed: str, who: str) -> str | None:
    """Return the first sentence of the text that an agency `who` typed of a delay, as it completes what is `asked`;
    None if it does not."""
    with errors_naming(source):
        first = in_agency_words(writer, typed, 1, EFFECT_WORDS, who)
    return completion(asked, first, writer.agency_names)


def in_agency_words(writer: Writer, typed: str, most: int, words: int, who: str) -> str:
    """Return the first sentences of what an agency `who` typed, at most so many with so many words, in the third
    person where that is possible; "" if the first one is too long."""
    if not typed.strip():
        return ""
    text = writer.named_itself(without_we(with_months(writer.flat(typed)), who), who)
    return closed(capitalised(first_sentences(text, most, words)))


def speaker(writer: Writer, entry: LateItem) -> str:
    """Return the short name of the agency that reports the delay that is printed: that of its milestone."""
    found = entry.main_delay
    if found is None:
        return writer.facts.lead_of(entry.item).short_name
    slip, delay = found
    has_it = slip.milestone.responsible
    return writer.facts.writer_of("delay", delay.pk, delay.explanation, has_it).short_name


def settled(writer: Writer, delay: DelayAt, *, of: str = "", introduce: bool = True) -> str:
    """Return a sentence on whether the delay's cause is settled, "" if its agency has not reported it. `of` is
    the name of what is late."""
    by, who = delay.settling_by, delay.settling_other
    if delay.settling_agency:
        agency = writer.facts.agencies[delay.settling_agency]
        who = writer.agency(agency, introduce=introduce)
    return settled_in_words(
        delay.cause,
        delay.settlement,
        of=of,
        who=who,
        by=when(KnownDate(by), delay.on) if by else "",
        is_past=by is not None and by < delay.on,
    )


def is_done(row: MitigationAt) -> bool:
    return row.done_on is not None and row.done_on <= row.on
