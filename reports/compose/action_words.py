"""An action against a delay in the sentences of a paper: who does it and by when, in its agency's words where they fit."""

import re
from collections.abc import Iterable
from datetime import date

from reports.compose.late_words import (
    as_you,
    explained_delay,
    in_agency_words,
    is_done,
)
from reports.compose.paragraphs import Writer, errors_naming
from reports.compose.slips import IS_MEETING, LateItem
from reports.compose.subjects import by_when, when
from reports.document import Source
from reports.document.dates import MONTHS
from reports.document.wording import capitalised, cited, closed, mentions, named, opened
from workitems.plan.plan_at import MitigationAt
from workitems.terms.as_told import LINKS, is_plural
from workitems.terms.date_order import without_other_date
from workitems.terms.fragments import mended
from workitems.terms.known_dates import KnownDate
from workitems.terms.sentence_ends import sentences, without_capital
from workitems.terms.stems import (
    completion,
    future,
    has_verb,
    is_verb,
    keeps_capital,
    says_we,
    within,
)
from workitems.terms.third_person import is_plural_agency, possessive
from workitems.terms.verbs import ALSO_NOUNS, DETERMINERS, FROM_TWO, PAST

# An act of more words, or with a time of its own, follows its day.
LONG_ACT = 12


EASY_ACT = 9  # of more words, the day is not read with the last ones


# What goes on: its day is no end, and it is not said to bridge a delay until then.
_GOES_ON = re.compile(
    r"(?:continues?|go on|keep|maintain)\b|.*\bongoing\b|.*\b(?:each|every) (?:day|fortnight|month|quarter|week)\b|.*\b(?:daily|fortnightly|monthly|quarterly|weekly)\b",
    re.IGNORECASE,
)


# An agency's sentence on what bridges a delay may have no verb that is certain.
_BRIDGES = re.compile(r".*\buntil then", re.IGNORECASE)


_HAS_TIME = re.compile(
    r"\b(?:after|as (?:it|they)|before|once|so that|until|when|within)\b|\b(?:by|for|in|of|on|to|with)$|(?<!Budget )\b(?:19|20)\d\d\b"
)


# Words of an agency about an action, and of all actions of an item.
ACTION_WORDS = 40


# What makes a text a sentence beyond doubt, in its words before a comma or a relative clause.
_CLAUSE_END = re.compile(r",|\b(?:that|which|who|whose|where)\b")


_HELPER = re.compile(r"\b(?:are|can|comes|goes|had|has|have|is|may|must|was|were|will)\b")


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


def says_who(writer: Writer, text: str) -> bool:
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
    words = _PROCESS.sub("", words)
    if writer.is_tight and writer.is_by_item:
        words = _CONTRACT.sub("", words)
    if not words:
        words = f"One action for {writer.names.item(entry.item)} is open."
    first, *rest = sentences(words)
    they = "They" if is_plural_agency(agency.short_name) else "It"
    rest = [_also(each, they, agency.names) for each in rest]
    does_what = "rely on" if they == "They" else "relies on"
    if (relied := _ALL_THAT.fullmatch(opened(words))) and not mentions(words, agency.names):
        what = relied["what"]
        what = what if keeps_capital(what) else without_capital(what)
        who = capitalised(writer.agency(agency, introduce=introduce))
        return f"{who} {does_what} {what} until then."
    if IS_MEETING.fullmatch(opened(first)) and not rest:
        what = without_capital(opened(first))
        reports = "report" if they == "They" else "reports"
        who = capitalised(writer.agency(agency, introduce=introduce))
        return f"{who} {reports} no action beyond {_with_a(what)}."
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
    elif not says_who(writer, first) and (
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
        if not words.endswith("”"):
            told = _was_to_be(told)
            # "From 1 November" has the day.
            day = f"{row.due_on.day} {MONTHS[row.due_on.month - 1]}"
            has = "have" if they == "They" else "has"
            who = writer.agency(agency, introduce=introduce)
            was = (
                ""
                if day in told
                else f"this was due {by_when(KnownDate(row.due_on), row.on)}, and "
            )
            late = f"{was}{who} {has} not confirmed {'it' if was else 'this'}"
            return " ".join([f"{opened(told)}; {late}.", *more])
        notes.append(f"due {by_when(KnownDate(row.due_on), row.on)} and not reported as done")
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
        if (clause := within(mended(words), writer.agency_names)) and not words.endswith("”"):
            who = capitalised(writer.agency(agency, introduce=introduce))
            reports = "report" if is_plural_agency(agency.short_name) else "reports"
            return f"{who} {reports} that {clause}"
        notes = [writer.bracketed(agency)]
    if notes and words.endswith("”"):
        return f"{words[:-1].removesuffix('.')}” ({', '.join(notes)})."
    return " ".join([cited(told, ", ".join(notes)) if notes else told, *more])


# What was to begin by a day that has passed: "Paper forms are used in these three districts".
_IS_DONE_SO = re.compile(
    rf"(?P<thing>[^,;:]+?) (?:is|are) (?P<done>(?:not )?(?!being\b){PAST.pattern})\b"
)


def _was_to_be(told: str) -> str:
    """Return what is done, as it was to be done: "Paper forms were to be used in these three districts"."""
    found = _IS_DONE_SO.match(told)
    if not found:
        return told
    was = "were" if is_plural(found["thing"]) else "was"
    return f"{found['thing']} {was} to be {found['done']}{told[found.end() :]}"


# By what contract something is done, which the annex has; not if more is said of it, as that may be another act.
_CONTRACT = re.compile(
    r",? under an? (?:[a-z]+ )?(?:agreement|contract|lease)(?: of \$[\d.,]+(?: million)?)?"
    rf"(?: signed in (?:{'|'.join(MONTHS)}) 20\d\d)?"
    r"(?: with (?:the )?[A-ZĀĒĪŌŪ][\w’-]*(?: (?:(?:and|for|of|the) )*[A-ZĀĒĪŌŪ][\w’-]*)*)?(?=[.;]|$)"
)


# What somebody is busy with, beside a result: "and an adviser is answering their questions".
_PROCESS = re.compile(
    r", and (?:an?|its|the) (?:[a-z’-]+ ){1,4}(?:is|are) (?:answering|discussing|liaising|meeting|monitoring|talking|tracking)\b"
    r"[^,;.]*(?=\.)"
)
# What is there until a delay ends: "Presentations are all that most staff have until then".
_ALL_THAT = re.compile(
    r"(?P<what>[^,;.]+) (?:is|are) all (?:that )?[^,;.]+ (?:has|have) until then"
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
        or says_who(writer, first)
    )


def _described(writer: Writer, source: Source, row: MitigationAt, most: int = 2) -> str:
    """Return an action as its owner describes it, in at most so many sentences, without another date than its own, "" if that
    is too long."""
    said_by = writer.facts.writer_of("action", row.pk, row.description, row.owner)
    told = without_other_date(row.description, row.due_on)
    with errors_naming(source):
        return in_agency_words(writer, told, most, ACTION_WORDS, said_by.short_name)


# What ends with what was done: "Carve-out dropped.", which is no sentence, and "Nobody applied.", which is one.
_UNDONE = re.compile(rf"^[\w’-]+(?: [\w’-]+){{0,3}} {PAST.pattern}\.?$")
_HAS_SUBJECT = re.compile(
    rf"(?:\d|{DETERMINERS}|{FROM_TWO}|both|everybody|it|nobody|none|they)\b", re.IGNORECASE
)


def _is_undone(text: str) -> bool:
    return bool(_UNDONE.search(text) and not _HELPER.search(text))


def _with_rest(told: str, rest: Iterable[str], names: Iterable[str]) -> str:
    """Return an action in words with its further sentences. What turns it follows a semicolon: "…; nobody applied."; a fragment is
    left to the annex."""
    for each in rest:
        clause = within(each, names) if _is_undone(each) else None
        if _is_undone(each) and not _HAS_SUBJECT.match(each):
            continue
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
    has_subject = says_who(writer, first) and has_verb(first)
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
        return f"{told}; this was due {by} and is not reported as done."
    is_said = row.due_on in _new_dates(entry) or when(KnownDate(row.due_on), row.on) in does
    if is_said or _GOES_ON.match(does):
        return closed(told)
    if does.startswith(("is ", "are ")):
        # What goes on has no day by which it does.
        return closed(f"{told}; this is due {by}")
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
