"""Section Mitigation: what is being done about the late items, what bridges their delays, and what they still need."""

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import date

from reports.compose.budget import Room, count_words
from reports.compose.citations import item_source
from reports.compose.late_words import (
    EFFECT_WORDS,
    Needed,
    as_you,
    completed,
    count_of_late,
    explained_delay,
    in_agency_words,
    in_words_of,
    is_done,
    needed_for,
    noun_of,
    open_delay,
    settled,
    speaker,
    unsettled,
)
from reports.compose.paragraphs import Writer, errors_naming
from reports.compose.planned import planned_in_words, plans
from reports.compose.slips import LateItem
from reports.compose.subjects import (
    by_when,
    numbers_of,
    when,
)
from reports.document import Paragraph, Section, SectionKind, Source
from reports.document.dates import MONTHS
from reports.document.wording import (
    agree,
    capitalised,
    cited,
    closed,
    count_in_words,
    join_words,
    joined,
    mentions,
    named,
    number,
    opened,
    some,
)
from workitems.plan.plan_at import DelayAt, MitigationAt
from workitems.terms.as_told import LINKS, is_plural
from workitems.terms.date_order import without_other_date
from workitems.terms.known_dates import KnownDate
from workitems.terms.sentence_ends import sentences
from workitems.terms.stems import completion, future, has_verb, is_verb, says_we, within
from workitems.terms.third_person import is_plural_agency, possessive
from workitems.terms.verbs import ALSO_NOUNS, FROM_TWO, PAST

# Limits on the items reported that are not key, on those named without an action, and on an item's open actions.
MAX_OTHERS = 3
MAX_NAMED = 2
MAX_ACTIONS = 2
# Limit on the items named without a dated step.
MAX_UNDATED = 7
# An act of more words, or with a time of its own, follows its day.
LONG_ACT = 12
EASY_ACT = 9  # of more words, the day is not read with the last ones
# What goes on: its day is no end, and it is not said to bridge a delay until then.
_GOES_ON = re.compile(
    r"(?:continues?|go on|keep|maintain)\b|.*\bongoing\b|.*\b(?:each|every) (?:day|fortnight|month|quarter|week)\b",
    re.IGNORECASE,
)
# An agency's sentence on what bridges a delay may have no verb that is certain.
_BRIDGES = re.compile(r".*\buntil then", re.IGNORECASE)
_HAS_TIME = re.compile(
    r"\b(?:after|as (?:it|they)|before|once|so that|until|when|within)\b|\b(?:by|for|in|of|on|to|with)$|(?<!Budget )\b(?:19|20)\d\d\b"
)
# Words of an agency about an action, and of all actions of an item.
ACTION_WORDS = 40
PARAGRAPH_WORDS = 90
# What makes a text a sentence beyond doubt, in its words before a comma or a relative clause.
_CLAUSE_END = re.compile(r",|\b(?:that|which|who|whose|where)\b")
_HELPER = re.compile(r"\b(?:are|can|had|has|have|is|may|must|was|were|will)\b")
# A sentence on somebody who is no agency: "A support organisation meets each person".
_SOMEBODY_DOES = re.compile(
    r"(?:An?|Each|The) (?:[\w’-]+ ){1,4}[a-z]{2,}s (?:an?|all|each|every|the|them|their)\b(?! (?:day|week|fortnight|month|quarter|year)\b)"
)
# Something that has happened: "A team of three started on 1 December".
_STARTED = re.compile(
    r"(?:An?|The) (?:[\w’-]+ ){1,6}(?:began|closed|ended|left|opened|started|went)\b"
)
# What is being done, by nobody who is named.
_BEING_DONE = re.compile(
    r"(?P<thing>[^,;:]+?) (?:is|are) being (?P<verb>[a-z]+)ed\b(?P<rest>(?!.*\bby\b)[^,;:]*)"
)
# Who is to do something, and is no agency: "Independent chair to report".
_IS_TO = re.compile(
    r"(?P<who>(?:[\w’-]+ ){0,2}(?:advisers?|auditor|board|chair|committee|contractors?|councils|crews?|experts?|group|lawyers?|officers?|officials"
    r"|panel|reviewers?|supplier|team))(?P<to> to )(?P<act>[a-z]+\b[^:;]*)",
    re.IGNORECASE,
)
# What begins with a determiner or number, and what is not counted: "additional funding".
_DETERMINED = re.compile(
    rf"(?:\d|{FROM_TWO}|an?|all|another|any|each|its|more|most|no|one|other|several|some|the|their|this)\b",
    re.IGNORECASE,
)
_NOT_COUNTED = re.compile(
    r"(?:(?<!brief)(?<!build)(?<!hear)(?<!meet)ing|ment|tion|sion|ance|ence|advice|care|cover|data|equipment|money|research|staff|support|time|use|work)$"
)
# By primary key of an item: the open actions to report, a sentence with its source, and what it needs.
Actions = dict[int, list[tuple[Source, MitigationAt]]]
Passages = dict[int, tuple[str, Source]]
Needs = dict[int, Needed | None]


def mitigation(writer: Writer) -> Section:
    """Return the section on what is being done about the late items: by item, open actions and causes that are
    not settled. Of those that lead it is told whether there is room or not."""
    facts, room = writer.facts, writer.room("mitigation")
    late = [entry for entry in facts.late if entry.is_late]
    keys = [entry for entry in late if entry.leads]
    others = [entry for entry in late if not entry.leads]
    # Of these something is told whether there is room or not.
    sure = {entry.item.pk for entry in keys}
    # A few others are named as late, so what is done about them is told.
    few = {entry.item.pk for entry in others if len(others) <= MAX_OTHERS}
    actions = _actions(writer, keys, others[:MAX_OTHERS], sure | few, room)
    writer.actions.update(row.pk for rows in actions.values() for _, row in rows)
    still_open = _not_settled(writer, [*keys, *others[:MAX_OTHERS]], actions, sure, room)
    told = actions.keys() | still_open.keys()
    bridges = _bridges(writer, [*keys, *others[:MAX_OTHERS]], actions, told, sure, room)
    ahead = {
        plan.item.pk: (text, plan.update.source)
        for plan in plans(facts)
        if plan.item.is_late and (text := planned_in_words(writer, plan, room))
    }
    paragraphs = [
        *_by_item(writer, late, actions, still_open, bridges, ahead),
        *undated(writer, keys, actions, room),
        *without_action(writer, late, {*still_open, *bridges, *ahead}, room),
    ]
    if not paragraphs:
        words = "There is no delay to make good."
        if facts.late:
            words = "The delays above are over; no action against them was recorded."
        paragraphs.append(writer.paragraph(words, about="nothing to mitigate"))
    return Section(SectionKind.MITIGATION, "Mitigation", tuple(paragraphs))


def _bridges(
    writer: Writer,
    entries: list[LateItem],
    actions: Actions,
    told: Collection[int],
    sure: Collection[int],
    room: Room,
) -> Passages:
    """Return what bridges the delays while there is room: of the items that are `sure` always if their delay hurts people
    or nothing else is told of them."""
    bridges: Passages = {}
    for entry in entries:
        found = open_delay(entry)
        if found is None:
            continue
        source, delay = found
        sentence = meanwhile(writer, entry, source, delay)
        # An action may be to go on with it.
        if any(
            has_words(row.description, delay.meanwhile) for _, row in actions.get(entry.item.pk, ())
        ):
            continue
        must = entry.item.pk in sure and (entry.hurts_people or entry.item.pk not in told)
        if sentence and (must or room.has(sentence)):
            room.use(sentence)
            bridges[entry.item.pk] = (sentence, source)
    return bridges


def meanwhile(writer: Writer, entry: LateItem, source: Source, delay: DelayAt) -> str:
    """Return a sentence on what bridges the delay, in its agency's words if they do not fit into one; "" if that is
    not recorded."""
    who = speaker(writer, entry)
    clause = completed(writer, source, "meanwhile", delay.meanwhile, who)
    if clause:
        return f"In the meantime, {clause}."
    with errors_naming(source):
        typed = in_agency_words(writer, delay.meanwhile, 1, EFFECT_WORDS, who)
    if not typed:
        return ""
    if writer.is_by_item and not has_verb(typed):
        thing = completed(writer, source, "needs", delay.meanwhile, who)
        if thing and not thing.startswith("to "):
            return _in_place(thing, delay.effect)
    told = in_words_of(who, typed)
    if told == typed and delay.meanwhile.lstrip()[:1].islower():
        told = f"{told[:1].lower()}{told[1:]}"
    return (
        f"In the meantime, {told}"
        if told[:1].islower()
        else joined("In the meantime", ",", told, writer.agency_names)
    )


# "temporary life rings at the 7 busiest", and "19 sites" of an effect.
_OF_SOME = re.compile(r"(.+?) (?:at|for|in|on) the (\d+) (\w+est)")
_COUNTED = re.compile(r"(\d+) ([a-z]+s)\b")


def _in_place(thing: str, effect: str) -> str:
    """Return a sentence on a thing that bridges a delay: "In the meantime, there are temporary life rings at seven sites.", and
    of some of those that the `effect` counts, "The seven busiest of the 19 sites have temporary life rings."
    """
    some_of, counted = _OF_SOME.fullmatch(thing), _COUNTED.match(effect.strip())
    if some_of and counted and int(some_of[2]) < int(counted[1]):
        those = f"The {number(int(some_of[2]))} {some_of[3]} of the {number(int(counted[1]))} {counted[2]}"
        has = "has" if int(some_of[2]) == 1 else "have"
        return f"{those} {has} {some_of[1]}."
    return f"In the meantime, there {'are' if is_plural(thing) else 'is'} {thing}."


def has_words(text: str, words: str) -> bool:
    """Whether a text has the words, in this order."""
    return opened(words).casefold() in text.casefold()


def what_is_open(
    writer: Writer, entry: LateItem, name: str, needed: Needed | None, *, introduce: bool = True
) -> str:
    """Return what the item needs, or else whether the cause of its delay is settled; "" if it is not said. `name` is
    that of the item, "" where its paragraph has named it."""
    if needed:
        who = writer.agency(needed.agency, introduce=introduce)
        start = f"For {name}, " if name else ""
        if needed.is_quoted:
            said = f"{start}in {possessive(who)} words, what is needed is {needed.thing}{needed.until}."
            return capitalised(said)
        must = needed.thing.removeprefix("to ") if needed.is_act else f"have {needed.thing}"
        until = needed.until or "; no date is set"
        return capitalised(f"{start}{who} must {must}{until}.")
    if found := unsettled(entry):
        return settled(writer, found[1], of=name, introduce=introduce)
    return ""


def _actions(
    writer: Writer,
    keys: list[LateItem],
    others: list[LateItem],
    sure: Collection[int],
    room: Room,
) -> Actions:
    """Return the open actions for which there is room: the first of each item, then the second.

    The items that are `sure` get one action whether there is room or not.
    """
    actions: Actions = {}
    used: dict[int, str] = {}
    for place in range(MAX_ACTIONS):
        for entry in [*keys, *others]:
            found = [pair for pair in entry.mitigations() if is_step(writer, *pair)]
            if place >= len(found):
                continue
            item = entry.item
            sentence = action_in_words(writer, entry, *found[place], introduce=False)
            so_far = used.get(item.pk, "")
            is_long = count_words(so_far, sentence) > PARAGRAPH_WORDS
            if sentence in so_far or (so_far and is_long):
                continue
            if not room.take(sentence):
                if item.pk in actions or item.pk not in sure:
                    continue
                room.use(sentence)
            used[item.pk] = f"{so_far} {sentence}"
            actions.setdefault(item.pk, []).append(found[place])
    return actions


def is_told_before(writer: Writer, entry: LateItem, needed: Needed | None) -> bool:
    """Whether the summary or a recommendation says on what the item's new date depends."""
    return entry.item.pk in writer.conditions and (
        not needed.is_act if needed else bool(entry.mitigations())
    )


def what_is_left_open(writer: Writer, entry: LateItem, *, introduce: bool = True) -> str:
    """Return what a named item needs, or whether its cause is settled; nothing if the paper has told it."""
    needed = needed_for(writer, entry)
    if is_told_before(writer, entry, needed):
        return ""
    return what_is_open(writer, entry, "", needed, introduce=introduce)


def _not_settled(
    writer: Writer,
    entries: list[LateItem],
    actions: "Actions",
    sure: Collection[int],
    room: Room,
) -> Needs:
    """Return what items need, of those with a sentence on it, or None where it says that the cause of the delay is not
    settled: of items that are `sure` and have no action always, of others while there is room. What the summary has of a
    need is not repeated, nor of a cause if the item has an action or is named without a dated one."""
    needs: Needs = {}
    for entry in entries:
        name, needed = _name(writer, entry), needed_for(writer, entry)
        sentence = what_is_open(writer, entry, name, needed, introduce=False)
        if not sentence or is_told_before(writer, entry, needed):
            continue
        must = entry.item.pk in sure and entry.item.pk not in actions
        if must or room.has(sentence):
            room.use(sentence)
            needs[entry.item.pk] = needed
    return needs


def _passages(
    writer: Writer,
    entry: LateItem,
    name: str,
    actions: Actions,
    still_open: Needs,
    bridges: Passages,
    ahead: Passages,
) -> list[tuple[str, Source]]:
    """Return the sentences on an item: the cause to be settled, what bridges the delay, its open actions, whether all
    actions are done, and what its agency plans next."""
    pk, passages = entry.item.pk, []
    if pk in still_open and (found := explained_delay(entry)):
        passages.append((what_is_open(writer, entry, name, still_open[pk]), found[0]))
    if pk in bridges:
        passages.append(bridges[pk])
    of_item = actions.get(pk, [])
    passages += [(action_in_words(writer, entry, source, row), source) for source, row in of_item]
    if done := all_done(entry):
        of = f" for {writer.names.again(entry.item)}" if passages else ""
        passages.append((done.format(of), item_source(entry.item)))
    if pk in ahead:
        passages.append(ahead[pk])
    return passages


def _by_item(
    writer: Writer,
    late: list[LateItem],
    actions: Actions,
    still_open: Needs,
    bridges: Passages,
    ahead: Passages,
) -> Iterator[Paragraph]:
    """Yield a paragraph on each item, which begins with its name."""
    for entry in late:
        name = _name(writer, entry)
        passages = _passages(writer, entry, name, actions, still_open, bridges, ahead)
        if not passages:
            continue
        (first, source), *rest = passages
        if name not in first:
            first = first.removeprefix("Next, ")
            # An action may be no sentence: "A shorter course by video".
            is_sentence = _says_who(writer, first) or has_verb(sentences(first)[0])
            if is_sentence or first.startswith(("It was for", "In ")):
                # "Training for staff" has a "for" of its own.
                on = "On" if re.match(r"\w+ for ", name) else "For"
                first = joined(f"{on} {name}", ",", first, writer.agency_names)
            else:
                first = f"For {name}: {first}"
        yield writer.running(
            [(text, [of]) for text, of in ((first, source), *rest)],
            about=f"mitigation of item {entry.item.pk}",
        )


def _name(writer: Writer, entry: LateItem) -> str:
    """Return the item as a paragraph on it begins: never by its number alone."""
    name = writer.names.item(entry.item)
    return writer.names.in_full(entry.item) if name == f"item {entry.item.number}" else name


def _says_who(writer: Writer, text: str) -> bool:
    """Whether a text begins with an agency, so that it says who acts."""
    names = filter(None, writer.agency_names)
    starts = [capitalised(form) for name in names for form in (name, named(name))]
    return text.startswith(tuple(starts))


def action_in_words(
    writer: Writer, entry: LateItem, source: Source, row: MitigationAt, *, introduce: bool = True
) -> str:
    """Return an open action in the agency's words, with its owner and date unless they mention them, or the date
    is the item's new one: "DoL will print the card, by 31 August 2010." if they complete that sentence. Words that
    are too long are left out."""
    agency = writer.facts.agencies[row.owner]
    is_brief = writer.is_tight and not entry.leads
    words = _without_label(_described(writer, source, row, 1 if is_brief else 2))
    if writer.is_tight and writer.is_by_item:
        words = _CONTRACT.sub("", words)
    if not words:
        words = f"One action for {writer.names.item(entry.item)} is open."
    first, *rest = sentences(words)
    they = "They" if is_plural_agency(agency.short_name) else "It"
    rest = [_also(each, they, agency.names) for each in rest]
    if verb := completion("mitigation", first, agency.names):
        who = writer.agency(agency, introduce=introduce)
        return _with_rest(_will(who, verb, row, entry), rest, writer.agency_names)
    if later := future(first, writer.agency_names):
        words = _with_rest(closed(later), rest, writer.agency_names)
    elif acts := _IS_TO.fullmatch(opened(first)):
        who = _with_a(within(acts["who"], writer.agency_names) or acts["who"])
        told = f"{capitalised(who)} {'are' if is_plural(who) else 'is'} to {acts['act']}"
        day = (
            f" {by_when(KnownDate(row.due_on), row.on)}"
            if row.due_on and row.due_on >= row.on
            else ""
        )
        return _with_rest(closed(f"{told}{day}"), rest, writer.agency_names)
    elif not _says_who(writer, first) and (
        does := at_work(as_you(writer, first, agency), agency.short_name, writer.agency_names)
    ):
        who = writer.agency(agency, introduce=introduce)
        return _with_rest(_does(who, does, row, entry), rest, writer.agency_names)
    elif not _is_sentence(writer, words):
        words = f"In {possessive(agency.short_name)} words: “{closed(words)}”"
    # The day is that of what is said first.
    told, *more = [words] if words.endswith("”") else sentences(words)
    notes = []
    if not mentions(words, agency.names):
        notes.append(writer.bracketed(agency))
    if row.due_on is None:
        notes.append("no date set")
    elif row.due_on < row.on:
        notes.append(f"due {by_when(KnownDate(row.due_on), row.on)} and not done yet")
    elif (
        row.due_on not in _new_dates(entry)
        and when(KnownDate(row.due_on), row.on) not in words
        # What goes on until then ends with the delay.
        and not _BRIDGES.match(first)
    ):
        notes.append(by_when(KnownDate(row.due_on), row.on))
    if writer.is_by_item and row.due_on and row.due_on >= row.on and notes:
        # What goes on is told without its day, which would be read as that of something else.
        if mentions(words, agency.names):
            return words
        if (clause := within(words, writer.agency_names)) and not words.endswith("”"):
            who = capitalised(writer.agency(agency, introduce=introduce))
            reports = "report" if is_plural_agency(agency.short_name) else "reports"
            return f"{who} {reports} that {clause}"
        notes = [writer.bracketed(agency)]
    if notes and words.endswith("”"):
        return f"{words[:-1].removesuffix('.')}” ({', '.join(notes)})."
    return " ".join([cited(told, ", ".join(notes)) if notes else told, *more])


# By what contract something is done, which the annex has; not if more is said of it, as that may be another act.
_CONTRACT = re.compile(
    r",? under an? (?:[a-z]+ )?(?:agreement|contract|lease)"
    r"(?: with (?:the )?[A-ZĀĒĪŌŪ][\w’-]*(?: (?:(?:and|for|of|the) )*[A-ZĀĒĪŌŪ][\w’-]*)*)?(?=[.;]|$)"
)


# What stands before an action and is none of it: "Interim: second line to the control room".
_LABEL = re.compile(
    r"(?:Action|Interim|Mitigation|Next steps?|Short[- ]term|Workaround): ", re.IGNORECASE
)


def _without_label(text: str) -> str:
    found = _LABEL.match(text)
    return capitalised(text[found.end() :]) if found else text


def is_step(writer: Writer, source: Source, row: MitigationAt) -> bool:
    """Whether an action is open, and has a date or says what its owner does: "Monitor" and "A paper being considered"
    without a date are no steps."""
    if is_done(row) or row.due_on is not None:
        return not is_done(row)
    words = _described(writer, source, row)
    if not words:
        return True
    first = sentences(words)[0]
    return bool(
        completion("mitigation", first, writer.facts.agencies[row.owner].names)
        or future(first, writer.agency_names)
        or _says_who(writer, first)
    )


def _described(writer: Writer, source: Source, row: MitigationAt, most: int = 2) -> str:
    """Return an action as its owner describes it, in at most so many sentences, without another date than its own, "" if that
    is too long."""
    said_by = writer.facts.writer_of("action", row.pk, row.description, row.owner)
    told = without_other_date(row.description, row.due_on)
    with errors_naming(source):
        return in_agency_words(writer, told, most, ACTION_WORDS, said_by.short_name)


# What ends with what was done, and may be no sentence: "Carve-out dropped.", "Nobody applied."
_UNDONE = re.compile(rf"^[\w’-]+(?: [\w’-]+){{0,3}} {PAST.pattern}\.?$")


def _is_undone(text: str) -> bool:
    return bool(_UNDONE.search(text) and not _HELPER.search(text))


def _with_rest(told: str, rest: Iterable[str], names: Iterable[str]) -> str:
    """Return an action in words with its further sentences. A fragment follows a semicolon: "…; carve-out dropped."."""
    for each in rest:
        clause = within(each, names) if _is_undone(each) else None
        told = f"{opened(told)}; {closed(clause)}" if clause else f"{told} {each}"
    return told


def _also(text: str, they: str, names: Iterable[str]) -> str:
    """Return a further sentence of an action: of an order or a thing, that its owner (`they`) will do it, or plans it; of what
    is to be done, that it will be."""
    if _is_undone(text):
        return text
    if more := completion("mitigation", text, names):
        return closed(f"{they} will {more}")
    if later := future(text, names):
        what, _will, rest = later.partition(" will ")
        return closed(f"{capitalised(_with_a(within(what, names) or what))} will {rest}")
    is_thing = not (has_verb(text) or says_we(text) or text.endswith(("?", "!")))
    thing = within(opened(text), names) if is_thing else None
    plan = "plan" if they == "They" else "plans"
    return f"{they} also {plan} {_with_a(thing)}." if thing else text


def _with_a(thing: str) -> str:
    """Return a thing with "a" or "an" if it seems to be one that can be counted: "an advanced model"."""
    head = LINKS.split(thing, maxsplit=1)[0]
    if is_plural(thing) or _DETERMINED.match(thing) or _NOT_COUNTED.search(head):
        return thing
    return f"{'an' if thing[:1].casefold() in 'aeiou' else 'a'} {thing}"


def at_work(text: str, who: str, names: Iterable[str]) -> str:
    """Return what an agency does about a delay, of a text that is no sentence: "is hiring two lawyers" of "Hiring two
    lawyers", "continues its use of motels" of "Ongoing use of motels"; "" of another text."""
    is_plural = is_plural_agency(who)
    if being := _BEING_DONE.fullmatch(opened(text)):
        thing = within(being["thing"], names)
        if thing and any(is_verb(f"{being['verb']}{end}") for end in ("", "e")):
            return f"{'are' if is_plural else 'is'} {being['verb']}ing {thing}{being['rest']}"
    first, _space, rest = opened(text).partition(" ")
    verb = first.casefold()
    forms = (_BRIDGES, _SOMEBODY_DOES, _STARTED)
    is_sentence = _HELPER.search(text) or any(form.match(text) for form in forms)
    if not rest or is_sentence or says_we(text):
        return ""
    if PAST.fullmatch(verb) or verb == "no":
        return ""
    if _is_doing(verb, rest):
        return f"{'are' if is_plural else 'is'} {verb} {rest}"
    if verb == "ongoing":
        # "Ongoing use of motels", which is no plan.
        return f"continue{'' if is_plural else 's'} {'their' if is_plural else 'its'} {rest}"
    last = rest.rpartition(" ")[2].casefold()
    thing = within(opened(text), names)
    if thing is None or PAST.fullmatch(last) or ":" in text or len(text.split()) > LONG_ACT + 2:
        return ""
    return f"{'plan' if is_plural else 'plans'} {_with_a(thing)}"


def _is_doing(word: str, rest: str) -> bool:
    """Whether a word is what somebody does: "hiring two lawyers", but not "training for staff"."""
    stem = word.removesuffix("ing")
    is_thing = stem in ALSO_NOUNS and rest.startswith("for ")
    return stem != word and not is_thing and any(map(is_verb, (stem, f"{stem}e", stem[:-1])))


def _is_sentence(writer: Writer, words: str) -> bool:
    """Whether an agency's words can stand in the paper as they are: not "Two crews booked", nor what speaks as "we"."""
    first = sentences(words)[0]
    has_subject = _says_who(writer, first) and has_verb(first)
    return not says_we(words) and (
        has_subject
        or bool(_SOMEBODY_DOES.match(first))
        or bool(_BRIDGES.match(first))
        or bool(_STARTED.match(first))
        or bool(_HELPER.search(_CLAUSE_END.split(first, maxsplit=1)[0]))
    )


def _will(who: str, verb: str, row: MitigationAt, entry: LateItem) -> str:
    """Return who will do it, with the date unless the words have it or it is the item's new one."""
    if row.due_on is None:
        return f"{capitalised(who)} will {verb}; no date is set."
    by = by_when(KnownDate(row.due_on), row.on)
    if row.due_on < row.on:
        return f"It was for {who} to {verb} {by}, and this is not recorded as done."
    # "In January" is dated too, if it is that January.
    if row.due_on in _new_dates(entry) or MONTHS[row.due_on.month - 1] in verb:
        return closed(f"{capitalised(who)} will {verb}")
    return _dated(who, f"will {verb}", verb, by, row, entry)


def _does(who: str, does: str, row: MitigationAt, entry: LateItem) -> str:
    """Return what an agency does, with the day by which it is due unless the words have it or it is the item's new one."""
    told = f"{capitalised(who)} {does}"
    if row.due_on is None:
        return f"{told}; no date is set."
    by = by_when(KnownDate(row.due_on), row.on)
    if row.due_on < row.on:
        return f"{told} (due {by} and not done yet)."
    if row.due_on in _new_dates(entry) or when(KnownDate(row.due_on), row.on) in does:
        return closed(told)
    return _dated(who, does, does, by, row, entry)


def _dated(who: str, does: str, act: str, by: str, row: MitigationAt, entry: LateItem) -> str:
    """Return a sentence on what an agency does with the day by which it is done: at its start where it would be read with the
    last words of a long `act`, or of one with a time of its own. The day of what goes on is left out, as it is no end, and
    one that the delay's cause has too, because the two seem to contradict each other: checks ask."""
    found, day = explained_delay(entry), by.partition(" ")[2]
    if _GOES_ON.match(act) or (found and day in found[1].explanation):
        return closed(f"{capitalised(who)} {does}")
    if len(act.split()) <= LONG_ACT and not _HAS_TIME.search(act):
        is_apart = "," in act or len(act.split()) > EASY_ACT
        return closed(f"{capitalised(who)} {does}{',' if is_apart else ''} {by}")
    return closed(f"{capitalised(by)}, {who} {does}")


def _new_dates(entry: LateItem) -> set[date]:
    return {slip.milestone.forecast_due for slip in entry.slips if slip.milestone.is_late}


def all_done(entry: LateItem) -> str:
    """Return a sentence that all recorded actions are done, with a placeholder for "for item …"; "" if some are open
    or there are none."""
    acts = [row for _, row in entry.mitigations()]
    if not acts or not all(map(is_done, acts)):
        return ""
    subject = agree(len(acts), "The one action", "All actions")
    return f"{subject} recorded{{}} {agree(len(acts), 'is', 'are')} done."


def undated(
    writer: Writer, keys: list[LateItem], told: Collection[int], room: Room
) -> Iterator[Paragraph]:
    """Yield a sentence on the items that lead of which actions are open, but none that has a date, unless the text on
    each of them (whose items are `told`) says so."""
    bare = [entry for entry in keys if has_no_date(entry)]
    if all(entry.item.pk in told for entry in bare):
        return
    count = count_in_words(len(bare), noun_of(bare, "late item"))
    names = some([writer.names.item(entry.item) for entry in bare], MAX_UNDATED)
    words = f"For {count} no dated next step is recorded: {names}."
    room.use(words)
    sources = [source for entry in bare for source, _ in entry.mitigations()]
    yield writer.paragraph(words, about="no dated step", sources=sources)


def has_no_date(entry: LateItem) -> bool:
    """Whether the item has open actions, of which none has a date."""
    open_ones = [row for _, row in entry.mitigations() if not is_done(row)]
    return bool(open_ones) and not any(row.due_on for row in open_ones)


def without_mitigation(late: list[LateItem], told: Collection[int]) -> list[LateItem]:
    """Return the late items without any action, of which nothing else is told (whose items are `told`)."""
    return [entry for entry in late if not entry.mitigations() and entry.item.pk not in told]


def without_action(
    writer: Writer, late: list[LateItem], still_open: set[int], room: Room
) -> Iterator[Paragraph]:
    """Yield a paragraph on the late items without any action and without a cause reported as not settled."""
    bare = without_mitigation(late, still_open)
    if not bare:
        return
    items = [entry.item for entry in bare]
    words = (
        f"No action is recorded yet for {join_words(map(writer.names.item, items))}."
        if len(items) <= MAX_NAMED
        else f"For {count_of_late(items, late)} no action is recorded ({numbers_of(items)})."
    )
    room.use(words)
    sources = [source for entry in bare for source in entry.sources()]
    yield writer.paragraph(words, about="not done", sources=sources)
