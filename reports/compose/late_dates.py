"""Sentences on a late milestone: when it was due, and when it is expected now.

The form is that of the milestone's description: what an agency was to do ("NEMA was to introduce the Bill by …"), what was to
be ("The rule was to be in force by …"), or a thing ("The repair fund, due in …"). How firm the new date is decides how it
is told: one that waits for a decision comes "not before" its day.
"""

import re
from datetime import date
from typing import NamedTuple

from agencies.models import Agency
from reports.compose.facts import GroupDecision
from reports.compose.late_words import needs_decision
from reports.compose.paragraphs import Writer, errors_naming
from reports.compose.part_left import Left, left_of, of_whole
from reports.compose.rates import COUNTED, as_number, count_of
from reports.compose.results import (
    as_result_in_english,
    counts,
    is_talk,
    is_told,
    is_typed_as_list,
    leans_on_another,
    named_by,
    own_words,
    tells_of_asking,
)
from reports.compose.slips import LateItem
from reports.compose.subjects import (
    by_when,
    from_when,
    has_new_date,
    in_when,
    is_sayable,
    is_waiting,
    what,
    when,
    with_notes,
)
from reports.document import Source
from reports.document.dates import month_of
from reports.document.wording import (
    agree,
    capitalised,
    closed,
    first_sentences,
    number,
    numbers,
    opened,
)
from workitems.models import Update
from workitems.plan.plan_at import DelayAt, ItemAt, MilestoneAt
from workitems.terms.as_told import is_plural
from workitems.terms.fragments import does_at, done_at, is_several
from workitems.terms.known_dates import KnownDate
from workitems.terms.lateness import new_date_by
from workitems.terms.made_phrases import state_of
from workitems.terms.sentence_ends import sentences
from workitems.terms.stems import has_verb, is_thing, keeps_capital, within
from workitems.terms.third_person import is_plural_agency

# What follows a milestone that has no name of its own beside its item's.
THIS = "This"
_LONG = re.compile(r"\w{4,}")
# Numbers as a description spells them.
SPELT = {n: number(n) for n in range(1, 10)} | {
    10: "ten",
    11: "eleven",
    12: "twelve",
    15: "fifteen",
    20: "twenty",
}


class Form(NamedTuple):
    """A milestone as a sentence begins with it. `act` is what the subject, an agency, was to do, and `state` how the subject
    was to be; of a thing both are ""."""

    subject: str
    act: str = ""
    state: str = ""
    is_agency: bool = True

    @property
    def is_several(self) -> bool:
        is_agency = self.act and self.is_agency
        return is_plural_agency(self.subject) if is_agency else is_several(self.subject)

    def has(self, one: str, several: str) -> str:
        return several if self.is_several else one


def form_of(
    writer: Writer, item: ItemAt, step: MilestoneAt, *, is_only: bool, is_beside_item: bool = True
) -> Form:
    """Return the form of an item's milestone. `is_only` says that no other one of the item is late; one that does not stand
    beside its item's name is named in full."""
    if act := writer.names.act(step):
        return Form(writer.short_subject(writer.facts.agencies[step.responsible]), act=act)
    if not step.as_told:
        thing, state = state_of(step.description)
        if thing:
            return Form(of_whole(item, capitalised(thing)), state=state)
        who, does = does_at(step.description)
        if who:
            return Form(_as_subject(who), act=does, is_agency=False)
        thing, done = done_at(step.description)
        if thing:
            return Form(of_whole(item, _as_subject(thing)), state=done, is_agency=False)
    phrase = step.phrase or _as_thing(step.description)
    if not is_sayable(step) or (is_only and not phrase):
        return Form(THIS)
    phrase = (phrase or what(step)).replace("**", "")
    of_item = (item.as_told.replace("**", ""), item.title) if is_beside_item else ()
    for name in filter(None, of_item):
        short = phrase.removesuffix(f" of {name}").removeprefix(f"{name} ")
        # "In twelve regions" names nothing.
        phrase = phrase if _PREPOSITION.match(short) else short
    named = f"{item.as_told} {writer.names.heading(item)}".casefold()
    has_figure = re.search(r"\d", phrase)
    if not has_figure and set(_LONG.findall(phrase.casefold())) <= set(_LONG.findall(named)):
        return Form(THIS)
    return Form(_for_you(writer, step, capitalised(phrase)))


def _for_you(writer: Writer, step: MilestoneAt, subject: str) -> str:
    """Return a subject with "for you" in place of "to the Minister", if the coordinating agency's milestone is meant."""
    is_own = step.responsible == writer.facts.coordinator.pk
    return re.sub(r" to (?:the )?Minister$", " for you", subject) if is_own else subject


_PREPOSITION = re.compile(r"(?:at|by|for|from|in|of|on|to|with)\b", re.IGNORECASE)


def _as_thing(description: str) -> str:
    """Return a description that is a thing as it begins a sentence, without quotation marks; "" of another one."""
    text = description.strip().rstrip(".")
    is_one = is_thing(text) and not has_verb(text) and not re.search(r"[:;–—“”]|\b\w+ed\b", text)
    return text if is_one and is_plural(text) else ""


def _as_subject(thing: str) -> str:
    """Return a thing as it begins a sentence: with "the" if it is one without an article."""
    is_whole = is_several(thing) or re.match(
        r"(?:All|An?|Both|Each|Every|Half|Most|The|\d)\b", thing
    )
    return (
        capitalised(thing)
        if is_whole
        else f"The {thing if keeps_capital(thing) else thing[:1].lower() + thing[1:]}"
    )


def dates_in_words(writer: Writer, entry: LateItem, step: MilestoneAt, *, is_only: bool) -> str:
    """Return when the item's milestone was due and when it is expected now, as a sentence."""
    form = _of_what_is_left(writer, entry, step, form_of(writer, entry.item, step, is_only=is_only))
    if part := _part_done(writer, entry, step):
        return part
    if form.act and form.is_agency and has_new_date(step) and not is_waiting(step):
        writer.late_acts += 1
        if writer.late_acts > MOST_ALIKE:
            was = _due(writer, form, step).removeprefix(
                f"{form.subject} {form.has('was', 'were')} to "
            )
            act = was.removeprefix(f"{form.act} ")
            new = in_when(step.forecast, step.on)
            return f"{form.subject} {form.has('expects', 'expect')} to {form.act} {new}; this was due {act}."
    left = left_of(writer, entry, step)
    if left and left.rest and not form.act and form.subject != THIS and has_new_date(step):
        writer.plans_told.add(entry.item.pk)
        was = _due(writer, form, step)
        if not form.state:
            was = f"{form.subject} {form.has('was', 'were')}{was.removeprefix(f'{form.subject},').rstrip(',')}"
        return f"{was}; {_left_until(left, step)}"
    return f"{_due(writer, form, step)}{_now(form, entry, step)}"


def _of_what_is_left(writer: Writer, entry: LateItem, step: MilestoneAt, form: Form) -> Form:
    """Return a form on both of two things as one on the thing that is left: "The agreement with the Medical Council"."""
    left = left_of(writer, entry, step)
    if not left or not left.name:
        return form
    writer.plans_told.add(entry.item.pk)
    return form._replace(subject=re.sub(r"\bboth [a-z]+s\b", left.name, form.subject))


def _left_until(left: Left, step: MilestoneAt) -> str:
    """Return when what is left is expected now, as a clause: "the last two, at Ruatōria and Kaikohe, are not expected before April
    2027."."""
    those, are = (
        f"{left.rest}{left.where}{',' if left.where else ''}",
        agree(left.is_one, "is", "are"),
    )
    if is_waiting(step):
        return f"{those} {are} not expected before {from_when(step.forecast, step.on)}."
    return f"{those} {are} now expected {in_when(step.forecast, step.on)}."


# Late milestones that are told as acts in one form ("was to … and now expects to do so"); others follow in another one.
MOST_ALIKE = 2
# How much of a milestone is done: "41 of 60 sites done", "14 of 20 plans are complete".
_OF_ALL = re.compile(
    r"(?:^|(?<=[.;:•-]) ?|\n)\W*(?P<done>\d+) of (?:the |all )?(?P<all>\d+) (?P<what>[a-z]+s) "
    r"(?:(?:are|were|have been|is|was) )?(?P<how>complete|completed|done|finished|ready|replaced|signed|open)\b(?=[.;]|$| *\n)",
    re.MULTILINE,
)


def _part_done(writer: Writer, entry: LateItem, step: MilestoneAt) -> str:
    """Return the dates of a milestone of several things, of which its agency's last report says how many are done, led by that
    number: "Of 60 sites, 41 are done; the other 19 were due by October 2010 and wait until February 2011." "" of another."""
    updates = [
        each
        for each in writer.facts.updates_of(entry.item)
        if each.of_return.agency_id == step.responsible
    ]
    if not updates or not has_new_date(step) or step.agreed != step.original:
        return ""
    found = _OF_ALL.search(updates[-1].achieved)
    if not found:
        return _part_counted(writer, step, updates[-1].achieved)
    whole, done = int(found["all"]), int(found["done"])
    is_of_it = {found["all"], *_figure_words(whole)} & set(
        re.findall(r"\w+", step.description.casefold())
    )
    if not is_of_it or not 0 < done < whole:
        return ""
    of_all, so_far, rest = numbers([whole, done, whole - done])
    one = whole - done == 1
    waits = "waits" if one else "wait"
    new = from_when(step.forecast, step.on)
    until = f"{waits} until {new}"
    if is_waiting(step):
        until = f"{waits} until at least {new}"
    writer.parts_told.add(entry.item.pk)
    how = "complete" if found["how"] == "completed" else found["how"]
    return (
        f"Of {of_all} {found['what']}, {so_far} {'is' if done == 1 else 'are'} {how}; the other "
        f"{'one' if one else rest} {'was' if one else 'were'} due {by_when(step.agreed, step.on)} and {until}."
    )


def _part_counted(writer: Writer, step: MilestoneAt, achieved: str) -> str:
    """Return the dates of a milestone that is a number of things, with how many of them its agency's last report counts: "Of the
    2,500 inspections in the first year, due by September, TSA reports 1,720; all are now expected in June 2027." "" of another."""
    wanted = COUNTED.match(step.description)
    if not wanted or has_verb(step.description) or done_at(step.description)[0]:
        return ""
    done, whole = count_of(achieved, wanted["what"]), as_number(wanted["count"])
    if done is None or not 0 < done < whole:
        return ""
    agency = writer.facts.agencies[step.responsible].short_name
    reports = "report" if is_plural_agency(agency) else "reports"
    are = "not expected before" if is_waiting(step) else "now expected"
    new = from_when(step.forecast, step.on) if is_waiting(step) else in_when(step.forecast, step.on)
    return (
        f"Of the {opened(step.description)}, due {by_when(step.agreed, step.on)}, {agency} {reports} {done:,}; "
        f"all {whole:,} are {are} {new}."
    )


def _figure_words(count: int) -> set[str]:
    return {SPELT[count]} if count in SPELT else set()


def follows_in_words(writer: Writer, entry: LateItem, step: MilestoneAt) -> str:
    """Return a sentence on a further late milestone of an item, after that on its first."""
    form, was = form_of(writer, entry.item, step, is_only=False), when(step.agreed, step.on)
    new = from_when(step.forecast, step.on) if is_waiting(step) else when(step.forecast, step.on)
    on = "on" if new[:1].isdigit() else "in"
    sure = " at the earliest" if is_waiting(step) else ""
    if form.act:
        return f"{form.subject} will {form.act} {on} {new}{sure} instead of {was}."
    if form.state:
        return f"{form.subject} will be {form.state} {on} {new}{sure} instead of {was}."
    return f"{form.subject}, due {in_when(step.agreed, step.on)}, will follow {on} {new}{sure}."


def what_comes(writer: Writer, entry: LateItem, step: MilestoneAt) -> str:
    """Return what comes on the date of an item's milestone, after "the new date for": "the relief pool (3.2)", "six sites to be
    agreed with iwi (4.4)". The item, if the milestone has no name of its own beside it."""
    is_only = len(entry.late_steps) == 1
    form = form_of(writer, entry.item, step, is_only=is_only, is_beside_item=False)
    if form.subject == THIS or not is_sayable(step):
        return writer.names.in_full(entry.item)
    form = _of_what_is_left(writer, entry, step, form)
    is_agency = form.act and form.is_agency
    thing = form.subject if is_agency else _inside(writer, form.subject)
    if form.act:
        thing += f" to {form.act}"
    elif form.state:
        thing += f" to be {form.state}"
    return with_notes(thing, entry.item.number)


def not_before(writer: Writer, entry: LateItem, step: MilestoneAt) -> str:
    """Return a sentence that a milestone with a new date does not come before it: "Six sites will not be agreed with iwi before
    April 2027."; of a date that waits for nothing, when it comes."""
    is_only = len(entry.late_steps) == 1
    form = form_of(writer, entry.item, step, is_only=is_only, is_beside_item=False)
    form = _of_what_is_left(writer, entry, step, form)
    subject = "It" if form.subject == THIS else form.subject
    left = left_of(writer, entry, step)
    if left and left.rest and not form.act and form.subject != THIS:
        subject = f"{capitalised(left.rest)} of {left.whole}"
        form = form._replace(subject=f"{'One' if left.is_one else 'Two'} {left.whole}")
    if not is_waiting(step):
        new = in_when(step.forecast, step.on)
        if form.act:
            return f"{subject} {form.has('is', 'are')} now expected to {form.act} {new}."
        if form.state:
            return f"{subject} {form.has('is', 'are')} now expected to be {form.state} {new}."
        return f"{subject} {form.has('is', 'are')} now expected {new}."
    day = from_when(step.forecast, step.on)
    if not (form.act or form.state):
        return f"{subject} {form.has('is', 'are')} not expected before {day}."
    return f"{subject} will not {form.act or f'be {form.state}'} before {day}."


def _inside(writer: Writer, subject: str) -> str:
    """Return the subject of a sentence as it stands within one."""
    return within(subject, writer.agency_names) or subject


def _due(writer: Writer, form: Form, step: MilestoneAt) -> str:
    """Return the beginning of the sentence, up to the date that was agreed and when the group had moved it to that."""
    moved = _moved(writer.facts.moves.get(step.pk), step)
    first = step.original if moved else step.agreed
    if form.act:
        return f"{form.subject} {form.has('was', 'were')} to {form.act} {by_when(first, step.on)}{moved}"
    if form.state:
        return f"{form.subject} {form.has('was', 'were')} to be {form.state} {by_when(first, step.on)}{moved}"
    due = in_when(first, step.on)
    if form.subject == THIS:
        return f"This was due {due}{moved}"
    if has_new_date(step):
        return f"{form.subject}, due {due}{moved},"
    return f"{form.subject} {form.has('was', 'were')} due {due}{moved}"


def _moved(decision: GroupDecision | None, step: MilestoneAt) -> str:
    """Return to when the working group had moved the date that was first promised: " (moved to 31 May by the working group in
    April)"; "" if it had not."""
    if step.original_due >= step.agreed_due:
        return ""
    agreed = _in_year(when(step.agreed, step.on), step)
    decided = ""
    if decision:
        decided = f" in {_in_year(month_of(decision.decided_on), step)}"
    return f" (moved to {agreed} by the working group{decided})"


def _in_year(words: str, step: MilestoneAt) -> str:
    """Return a date without its year if that is the year first promised: "December"."""
    return words.removesuffix(f" {step.original_due.year}")


def _now(form: Form, entry: LateItem, step: MilestoneAt) -> str:
    """Return the end of the sentence: when it is expected now, and how firm that is."""
    if not has_new_date(step):
        passed = ""
        if step.forecast_due > step.agreed_due:
            passed = f", and then {in_when(step.forecast, step.on)}"
        if by := new_date_by(step.delays, step.on):
            return f"{passed}; a new date is to be known by {when(KnownDate(by), step.on)}."
        if form.act and form.is_agency:
            return f"{passed}, and {form.has('has', 'have')} set no new date."
        return f"{passed}; no new date is set."
    is_done = form.state and not form.is_agency
    if is_waiting(step) and is_done and not needs_decision(entry):
        day = from_when(step.forecast, step.on)
        return (
            f"; that is now expected {'on' if day[:1].isdigit() else 'in'} {day} at the earliest."
        )
    if is_waiting(step):
        return f" {_not_before(form, entry, from_when(step.forecast, step.on))}."
    new = in_when(step.forecast, step.on)
    if form.act and form.is_agency:
        return f" and now {form.has('expects', 'expect')} to do so {new}."
    if form.act or form.state:
        return f"; that is now expected {new}."
    return f" and is now expected {new}." if form.subject == THIS else f" will now come {new}."


def _not_before(form: Form, entry: LateItem, day: str) -> str:
    """Return the end of a sentence on a date that waits for something: of one that waits for a decision, before when it
    cannot be; of another, for when its agency hopes."""
    on = "on" if day[:1].isdigit() else "in"
    if needs_decision(entry):
        if form.act:
            return f"and will not do so before {day}"
        if form.state:
            return f"and will not be before {day}"
        is_not = f"{form.has('is', 'are')} not expected before {day}"
        return f"and {is_not}" if form.subject == THIS else is_not
    if form.act and form.is_agency:
        return f"and now {form.has('aims', 'aim')} for {day}"
    if form.act:
        return f"and {form.has('is', 'are')} now expected to do so {on} {day} at the earliest"
    if form.state or form.subject == THIS:
        return f"and {form.has('is', 'are')} now expected {on} {day} at the earliest"
    return f"will come {on} {day} at the earliest"


# Words of what is told of a late milestone that is done.
DONE_WORDS = 32


class Done(NamedTuple):
    """How much of a late milestone is done, whether that is surely of it, and whether its agency calls that a headline."""

    text: str
    source: Source
    agency: Agency
    is_of_it: bool
    is_headline: bool


def done_so_far(writer: Writer, entry: LateItem, step: MilestoneAt) -> Done | None:
    """Return how much of a late milestone is done, as its agency's last report says: the sentence that has most of the
    milestone's words, or if none has one, of its item's words in a report that counts or is marked, with a second one that counts
    and leans on it. None if none has, or if the report is told as a result."""
    if entry.item.pk in writer.parts_told:
        return None
    updates = writer.facts.updates_of(entry.item)
    own = [each for each in updates if each.of_return.agency_id == step.responsible][-1:]
    if not own or own[0].pk in writer.reported or is_typed_as_list(own[0].achieved):
        return None
    (update,) = own
    agency = update.of_return.agency
    with errors_naming(update.source):
        flat = writer.named_itself(writer.flat(own_words(update.achieved)), agency.short_name)
    names = (agency.name, agency.short_name)
    text = as_result_in_english(update.achieved, flat, writer.short_subject(agency), names)
    all_of_them, wanted = sentences(text), named_by(step.description)
    of_item = named_by(entry.item.title).union(
        *(named_by(each.description) for each in entry.item.milestones)
    )
    is_marked = update.key_achievement != Update.KeyAchievement.NO
    found = []
    for place, sentence in enumerate(all_of_them):
        shared = len(named_by(sentence) & wanted)
        near = len(named_by(sentence) & of_item) if is_marked or counts(sentence) else 0
        whole = first_sentences(" ".join(all_of_them[place:]), 1, DONE_WORDS)
        is_news = is_told(sentence) or sentence.startswith((*names, writer.short_subject(agency)))
        if (
            (shared or near)
            and whole.startswith(sentence)
            and len(whole.split()) <= DONE_WORDS
            and is_news
            and not is_talk(sentence)
            and not tells_of_asking(sentence)
            and not leans_on_another(sentence)
        ):
            found.append((shared, counts(sentence), near, -place))
    if not found:
        return None
    place = -max(found)[-1]
    rest = " ".join(all_of_them[place:])
    told = first_sentences(rest, 1, DONE_WORDS)
    after = all_of_them[place + 1 : place + 2]
    if after and leans_on_another(after[0]) and counts(after[0]):
        told = first_sentences(rest, 2, DONE_WORDS)
    # No sentence begins with a digit.
    told = f"So far, {told}" if told[:1].isdigit() else told
    is_headline = update.key_achievement == Update.KeyAchievement.HEADLINE
    is_of_it = 2 * max(found)[0] > len(wanted)
    return Done(closed(told), update.source, agency, is_of_it, is_headline)


# The first financial year of which money would come: "2027/28", which begins in July.
_FINANCIAL_YEAR = re.compile(r"\b(?P<year>20\d\d)/(?:20)?\d\d\b")


def money_after(step: MilestoneAt, delay: DelayAt) -> date | None:
    """Return the day from which the money for a milestone would come, if that is after its new date, which is therefore in doubt."""
    years = _FINANCIAL_YEAR.search(delay.money_from)
    begins = date(int(years["year"]), 7, 1) if years else None
    return begins if begins and begins > step.forecast_due else None
