"""How sentences name items, milestones, causes and dates.

Items and milestones have a phrase ("formal training for frontline staff"): one that is recorded (`as_told`) or made
from the title or description. The item's number follows in brackets, unless an earlier section has the phrase with
the number. Without a phrase, an item is named by its title in quotation marks, a milestone by its description if it
is short. A long title, or a long phrase that is not recorded, is in one section only; later ones say "item 1.4". A
milestone whose phrase is not recorded is named with its item. No verb agrees with such a phrase, because it may be
singular or plural.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from copy import copy
from datetime import date, timedelta

from reports.document.dates import long_date, month_of
from reports.document.wording import join_words, number
from workitems.models import Delay
from workitems.models.item import Confidence, number_key
from workitems.plan.plan_at import ItemAt, MilestoneAt
from workitems.terms import lateness
from workitems.terms.as_told import LINKS
from workitems.terms.fragments import done_at
from workitems.terms.known_dates import KnownDate, KnownTo
from workitems.terms.made_phrases import (
    are_in_orders,
    order_of,
    phrase_of_title,
    thing_of_title,
)
from workitems.terms.sentence_ends import with_capital
from workitems.terms.spans import span_in_words
from workitems.terms.stems import within

# A description of more words is not recited in a sentence, and a longer title only once.
MOST_WORDS = 14
LONG_TITLE = 8
# A milestone's phrase of so many words can stand without its item in a list.
SAYS_ENOUGH = 7
# A title of as many words is cited by its words before a colon or a dash, if there are at least two of them.
CUT_TITLE = 10
LEAST_IN_A_HEAD = 2
_TITLE_HEAD = re.compile(r"[^(“]+?(?=:\s| [–—-] )")
# Limits on the items that the summary names: not started, withdrawn, at risk; and late.
MAX_NAMED = 2
MAX_LATE = 5
# What begins a bracket, to a comma or its end: an item's number, where an item is named.
IN_BRACKETS = re.compile(r"\(([^(),]+)")
# Nearer dates are given to the day, the others to the month.
NEAR = timedelta(days=62)

DOUBTFUL = (Confidence.AT_RISK, Confidence.OFF_TRACK)

# By cause: how a sentence calls it.
CAUSES = {
    Delay.Cause.FUNDING: "a lack of funding",
    Delay.Cause.PRIOR_COMMITMENTS: "other commitments",
    Delay.Cause.STAFFING: "a shortage of staff",
    Delay.Cause.ANOTHER_AGENCY: "another agency’s work",
    Delay.Cause.LEGISLATION: "legislation that has to come first",
    Delay.Cause.PROCUREMENT: "procurement",
    Delay.Cause.CONSULTATION: "consultation",
    Delay.Cause.CABINET: "a Cabinet decision that has to come first",
    Delay.Cause.OUTSIDE_EVENT: "events outside the Plan",
    Delay.Cause.OTHER: "other causes",
}


def because_of(cause: str | None) -> str:
    """Return " because of legislation", "" without a cause that a sentence can name."""
    return "" if cause in (None, Delay.Cause.OTHER) else f" because of {CAUSES[Delay.Cause(cause)]}"


def no_reason(cause: str | None) -> str:
    """Return a sentence that an agency has chosen the cause and typed no reason, "" without a cause."""
    if cause in (None, Delay.Cause.OTHER):
        return ""
    return f"No reason is given beyond {CAUSES[Delay.Cause(cause)]}."


class Names:
    """How a paper's sentences name items and milestones, depending on what earlier sections have introduced."""

    def __init__(self, items: Iterable[ItemAt]) -> None:
        items = list(items)
        self._items = {item.number: item for item in items}
        in_orders = are_in_orders(item.title for item in items)
        self._are_acts = are_in_orders(
            step.description for item in items for step in item.milestones
        )
        small: set[str] = set() if in_orders else _small_words(items)
        phrases_of = {
            item.pk: item.as_told
            or phrase_of_title(item.title, in_orders=in_orders)
            or thing_of_title(item.title, small)
            for item in items
        }
        made = Counter(phrases_of.values())
        heads = Counter(_head(item.title) for item in items)
        self._names: dict[int, str] = {}
        for item in items:
            phrase = phrases_of[item.pk]
            if item.as_told or (phrase and made[phrase] == 1):
                self._names[item.pk] = phrase
            else:
                head = _head(item.title)
                self._names[item.pk] = f"“{head if head and heads[head] == 1 else item.title}”"
        phrases = Counter(
            self._names[item.pk]
            for item in items
            if not self._names[item.pk].startswith("“") and not self._is_long(item)
        )
        phrases.update(step.as_told for item in items for step in item.milestones if step.as_told)
        # Phrases that name one thing only.
        self._clear = {phrase for phrase, count in phrases.items() if count == 1}
        self._introduced: set[int] = set()

    def anew(self) -> "Names":
        """Return the same names for another paper, in which nothing is introduced."""
        names = copy(self)
        names._introduced = set()
        return names

    def note(self, text: str) -> None:
        """Note which items a section's text has introduced: by phrase and number, or by a long name."""
        for number_of in set(IN_BRACKETS.findall(text)) & self._items.keys():
            item = self._items[number_of]
            if any(first in text for first in self._introductions(item)):
                self._introduced.add(item.pk)

    def _introductions(self, item: ItemAt) -> Iterator[str]:
        """Yield the words that introduce the item: its long name, or a phrase with its number."""
        name = self._name(item)
        yield f"({item.number}, {name}"
        if self._is_long(item) or name in self._clear:
            yield self.heading(item)[1:-1]
        if self._is_long(item):
            yield f"{name[1:]} ({item.number}"
        if name in self._clear:
            for phrase in (name, *(step.as_told for step in item.milestones)):
                if phrase in self._clear:
                    # Without its first letter, which may be a capital.
                    yield f"{phrase[1:]} ({item.number}"

    def item(self, item: ItemAt, *notes: str) -> str:
        """Return the item with its number, and notes in the same brackets: "“Train staff” (1.1, …)"."""
        if item.pk not in self._introduced:
            return with_notes(self._name(item), item.number, *notes)
        return with_notes(self.again(item), *notes)

    def alike(self, items: list[ItemAt]) -> list[str]:
        """Return items with their numbers in one form: by phrase, or if one has none, all by their titles."""
        if any(self._name(item).startswith("“") for item in items):
            return [with_notes(item.title, item.number) for item in items]
        return [self.item(item) for item in items]

    def official(self, item: ItemAt) -> str:
        """Return the item with its number as a thing that can be added or withdrawn: by its recorded phrase or title."""
        name = self._name(item)
        if not item.as_told and not name.startswith("“"):
            return with_notes(f"“{item.title}”", item.number)
        return self.item(item)

    def in_full(self, item: ItemAt) -> str:
        """Return the item by its name and number, wherever it was named before."""
        return with_notes(self._name(item), item.number)

    def heading(self, item: ItemAt, *notes: str) -> str:
        """Return the item as it runs in before a text about it, with notes: "Lifejacket rule (3.1)"."""
        name = re.sub(r"^(?:the|an?) ", "", item.as_told)
        if not name:
            is_short = len(item.title.split()) <= MOST_WORDS
            name = item.title if is_short else self._name(item).strip("“”")
        return with_notes(with_capital(name.replace("**", "")), item.number, *notes)

    def again(self, item: ItemAt) -> str:
        """Return the item for a second sentence about it: "the training", or "item 1.1" without a short phrase."""
        name = self._name(item)
        return name if name in self._clear else f"item {item.number}"

    def phrase(self, item: ItemAt) -> str:
        """Return the item by its phrase alone; without a short one, as `item` does."""
        name = self._name(item)
        return name if name in self._clear else self.item(item)

    def bare(self, item: ItemAt) -> str:
        """Return the item's name without its number, which stands beside it."""
        return self._name(item)

    def alone(self, item: ItemAt) -> str:
        """Return the item by its phrase alone; without a short one, by its name and number, wherever it was named
        before. A name that is too long to be recited is not."""
        name = self._name(item)
        if len(name.split()) > MOST_WORDS:
            return f"item {item.number}"
        return name if name in self._clear else self.in_full(item)

    def short(self, item: ItemAt) -> str:
        """Return the item for a second sentence that is read alone: a long name is not repeated."""
        return f"item {item.number}" if self._is_long(item) else self.phrase(item)

    def act(self, step: MilestoneAt) -> str:
        """Return what a milestone is as an order, to follow "was to"; "" if it is none or has a recorded phrase."""
        return "" if step.as_told else order_of(step.description, in_orders=self._are_acts)

    def what(self, step: MilestoneAt) -> str:
        """Return the milestone as `what` does, or by its verb where it begins with one: "signing agreements"."""
        return (
            step.phrase or phrase_of_title(step.description, in_orders=self._are_acts) or what(step)
        )

    def _name(self, item: ItemAt) -> str:
        return self._names.get(item.pk, f"“{item.title}”")

    def _is_long(self, item: ItemAt) -> bool:
        return not item.as_told and len(self._name(item).split()) > LONG_TITLE

    def step(self, item: ItemAt, step: MilestoneAt, *notes: str) -> str:
        """Return the milestone, with its item's number and notes in brackets; without a recorded phrase also with its
        item's, unless that is introduced."""
        if not is_sayable(step):
            return f"a milestone of {self.item(item, *notes)}"
        if item.pk in self._introduced and step.as_told in self._clear:
            return with_notes(step.as_told, *notes)
        name = self._name(item)
        is_known = step.as_told or item.pk in self._introduced or name.startswith("“")
        return with_notes(self.what(step), item.number, *(() if is_known else (name,)), *notes)

    def once(self, item: ItemAt, sentences: Iterable[str]) -> list[str]:
        """Return sentences on steps of one item, of which only the first names the item beside its number."""
        named = f"({item.number}, {self._name(item)}"
        first, *rest = sentences
        return [first, *(each.replace(named, f"({item.number}") for each in rest)]

    def line(self, item: ItemAt, step: MilestoneAt, who: str) -> str:
        """Return the milestone with its agency for a list: a phrase that is recorded, or that says enough, needs no
        number. What is to be done with a thing is told as that: "registrar posts filled"."""
        if step.as_told in self._clear:
            return with_notes(step.as_told, who)
        if done := self._to_be_done(item, step):
            return with_notes(done, item.number, who)
        if not step.as_told and len(step.phrase.split()) >= SAYS_ENOUGH:
            return with_notes(step.phrase, who)
        head = set(_LONG_WORDS.findall(LINKS.split(self._name(item), maxsplit=1)[0].casefold()))
        if (
            is_sayable(step)
            and head
            and head <= set(_LONG_WORDS.findall(self.what(step).casefold()))
        ):
            # "The first report against targets" says that it is of the targets.
            return with_notes(self.what(step), item.number, who)
        return self.step(item, step, who)

    def _to_be_done(self, item: ItemAt, step: MilestoneAt) -> str:
        """Return a milestone of a thing that something is to be done with, as it is typed, if its item is known; "" of another
        one."""
        is_known = item.pk in self._introduced and is_sayable(step) and not step.as_told
        is_one = is_known and done_at(step.description)[0]
        return (within(step.description.strip().rstrip(".")) or "") if is_one else ""


def _small_words(items: Iterable[ItemAt]) -> set[str]:
    """Return the words that titles, milestones and delays have in small letters: none of them is only a name."""
    texts = [item.title for item in items]
    for item in items:
        for step in item.milestones:
            texts.append(step.description)
            for each in step.delays:
                texts += [each.explanation, each.effect, each.meanwhile, each.needs]
    return {word for text in texts for word in _WORDS.findall(text) if word.islower()}


_WORDS = re.compile(r"[\w’-]+")
_LONG_WORDS = re.compile(r"\w{4,}")


def _head(title: str) -> str:
    """Return the words of a long title before a colon or a dash, "" if it has none that can stand alone."""
    found = _TITLE_HEAD.match(title) if len(title.split()) >= CUT_TITLE else None
    head = found.group().strip() if found else ""
    return head if len(head.split()) >= LEAST_IN_A_HEAD else ""


def with_notes(name: str, *notes: str) -> str:
    """Return a name with notes in brackets, if there are any."""
    return f"{name} ({', '.join(notes)})" if notes else name


def noted(name: str, note: str) -> str:
    """Return a name with a note in brackets, or within those that end it. Without a note, it is the name."""
    if not note:
        return name
    return f"{name[:-1]}, {note})" if name.endswith(")") else with_notes(name, note)


def is_in_doubt(item: ItemAt) -> bool:
    """Whether its agency or the reviewer says that it is at risk or off track."""
    return item.confidence in DOUBTFUL or item.reviewer_confidence in DOUBTFUL


def is_reported(item: ItemAt) -> bool:
    """Whether it is complete, or its agency or the reviewer has reported on it."""
    return bool(not item.is_live or item.heard_on or item.confidence or item.reviewer_confidence)


def at_risk(items: Iterable[ItemAt]) -> list[ItemAt]:
    """Return the live items that are not late but in doubt."""
    return [item for item in items if item.is_live and not item.is_late and is_in_doubt(item)]


def is_sayable(step: MilestoneAt) -> bool:
    """Whether a sentence can name the milestone itself."""
    return bool(step.phrase) or len(step.description.split()) <= MOST_WORDS


def what(step: MilestoneAt) -> str:
    """Return the milestone's phrase, or its description in quotation marks."""
    return step.phrase or f"“{step.description}”"


def moved_furthest(item: ItemAt) -> MilestoneAt | None:
    """Return the open milestone whose date has moved furthest from the first promise, of those that
    a sentence can name."""
    moved = [
        step
        for step in item.milestones
        if step.is_open and is_sayable(step) and step.forecast_due > step.original_due
    ]
    return max(moved, key=lambda step: step.forecast_due - step.original_due, default=None)


def moved_in_words(moved: MilestoneAt) -> str:
    """Return a sentence on a milestone's new date, and whether the working group has agreed to it."""
    was, now = (when(due, moved.on) for due in (moved.original, moved.forecast))
    move = f"move {what(moved)} from {was} to {now}"
    if moved.forecast_due == moved.agreed_due:
        return f"The working group has agreed to {move}."
    return f"Its agency would {move}, to which the working group has not agreed."


def numbers_of(items: list[ItemAt], most: int = 12) -> str:
    """Return "1.1, 1.3 and 2.4" in order, or the first of many: "1.1, 1.3 … and 30 others"."""
    shown = sorted((item.number for item in items), key=number_key)[:most]
    if omitted := len(items) - len(shown):
        shown.append(f"{number(omitted)} {'other' if omitted == 1 else 'others'}")
    return join_words(shown)


def when(due: KnownDate, dated: date) -> str:
    """Return a date as prose gives it: the day if it is near to the paper's date, else the month."""
    if due.known_to != KnownTo.DAY:
        return str(due)
    return when_done(due.last_day, dated)


def when_done(day: date, dated: date) -> str:
    return long_date(day) if abs(day - dated) <= NEAR else month_of(day)


def in_when(due: KnownDate, dated: date) -> str:
    """Return "on 30 July 2010", "in June 2011", "in July to September 2010"."""
    words = when(due, dated)
    return f"{'on' if words[:1].isdigit() else 'in'} {words}"


def from_when(due: KnownDate, dated: date) -> str:
    """Return "30 July 2010", "June 2011" as the first day or month of a date that may come later. A quarter is told whole:
    its first month would be read as the date."""
    return when(due, dated)


def by_when(due: KnownDate, dated: date) -> str:
    """Return "by 30 July 2010", "by June 2011"; a quarter ends with its last month."""
    if due.known_to == KnownTo.QUARTER:
        return f"by {month_of(due.last_day)}"
    return f"by {when(due, dated)}"


def has_new_date(step: MilestoneAt) -> bool:
    """Whether a late milestone has a date after its agreed one that is still ahead."""
    return step.forecast_due > step.agreed_due and step.forecast_due >= step.on


def is_waiting(step: MilestoneAt) -> bool:
    """Whether the milestone's new date, which is later than the agreed one, depends on something: the cause of an
    open delay is said not to be settled."""
    return lateness.is_waiting(step, step.delays)


def is_least(step: MilestoneAt) -> bool:
    """Whether nobody knows how late an open milestone will be: it waits for something, or is expected in a quarter."""
    return step.is_open and (is_waiting(step) or lateness.ends_in_a_quarter(step))


def length_of_delay(step: MilestoneAt, reached: KnownDate) -> str:
    """Return how long after its agreed date the milestone is reached: "a year", or "at least 11 months"."""
    span = span_in_words(step.agreed, reached, at_least=is_least(step))
    return f"at least {span}" if is_least(step) else span


def how_late(step: MilestoneAt, reached: KnownDate) -> str:
    """Return how much later than agreed the milestone is reached: "a year late", or, if its date had been moved
    before, "at least two months later than agreed". "" if it is not late."""
    if reached.last_day <= step.agreed_due:
        return ""
    return f"{length_of_delay(step, reached)} {'late' if step.agreed == step.original else 'later than agreed'}"


def new_date(step: MilestoneAt) -> str:
    """Return when a late milestone is expected now: "June 2011", "June 2011 at the earliest" of one that waits."""
    if is_waiting(step):
        return f"{from_when(step.forecast, step.on)} at the earliest"
    return when(step.forecast, step.on)


def slip_sentence(names: Names, item: ItemAt, step: MilestoneAt) -> str:
    """Return a sentence on how late a milestone is or was, without its first capital."""
    name, dated = names.step(item, step), step.on
    if step.completed_on:
        came = in_when(KnownDate(step.completed_on), dated)
        if late := how_late(step, KnownDate(step.completed_on)):
            if step.agreed_due > step.original_due:
                late = late.replace("later than agreed", "later than that")
            return f"{_with_moves(name, step)} came {late}, {came}."
        return f"{name} came in time, {came}."
    if step.is_late and not has_new_date(step):
        was = f"due {by_when(step.agreed, dated)}"
        if step.forecast_due > step.agreed_due:
            was += f" and then expected {by_when(step.forecast, dated)}"
        if by := lateness.new_date_by(step.delays, step.on):
            return f"for {name}, {was}, a new date is to be known by {when(KnownDate(by), dated)}."
        return f"for {name}, {was}, no new date is set."
    if late := how_late(step, step.forecast):
        if step.agreed_due > step.original_due:
            # Between three dates no length is clear.
            comes = f"will come {in_when(step.forecast, dated)}"
            if is_waiting(step):
                comes = _comes_at_earliest(step)
            return f"{_with_moves(name, step)} {comes}."
        if is_waiting(step):
            return f"{name}, due {in_when(step.agreed, dated)}, {_comes_at_earliest(step)}."
        return f"{name} will be {late}, {in_when(step.forecast, dated)}."
    if step.agreed_due > step.original_due:
        first, agreed = (when(due, dated) for due in (step.original, step.agreed))
        return f"{name}, first promised for {first}, has been moved to {agreed} by decision of the working group."
    return f"{name} will be in time again, {in_when(step.agreed, dated)}."


def _comes_at_earliest(step: MilestoneAt) -> str:
    """Return when a milestone that waits for something comes: of a day that is near, what is planned; of a month, what is not."""
    day = from_when(step.forecast, step.on)
    is_day = day[:1].isdigit()
    return f"will come on {day} at the earliest" if is_day else f"will not come before {day}"


def _with_moves(name: str, step: MilestoneAt) -> str:
    """Return the name with the dates that were promised before, if the agreed date is a later one: "the card (1.1), first
    promised for May 2010 and moved to June 2010,"."""
    if step.original_due >= step.agreed_due:
        return name
    original, agreed = (when(due, step.on) for due in (step.original, step.agreed))
    return f"{name}, first promised for {original} and moved to {agreed},"
