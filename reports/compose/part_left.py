"""What is left of a late milestone of several things of which some are done, as its agency's last report says."""

import re
from typing import NamedTuple

from reports.compose.paragraphs import Writer
from reports.compose.slips import LateItem
from reports.document.wording import number
from workitems.plan.plan_at import ItemAt, MilestoneAt
from workitems.terms.verbs import FROM_TWO

_NUMBERS = {number(count): count for count in range(1, 10)} | {
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "fifteen": 15,
    "twenty": 20,
}
_COUNT = rf"(?P<count>\d+|{FROM_TWO}|one)"
# "Six sites", "30 locums", "the first two hubs".
_WHOLE = re.compile(rf"\b(?P<count>\d+|{FROM_TWO}) (?P<things>[a-zāēīōū-]+s)\b", re.IGNORECASE)
_BOTH = re.compile(r"\bboth (?P<things>[a-z]+)s\b")
_ORDINALS = ("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
# "the last two sites, at Ruatōria and Kaikohe, by April".
_WHERE = r"(?P<where>, (?:at|in|on) [A-ZĀĒĪŌŪ][^,.;]*(?=[,.;]|$))?"


class Left(NamedTuple):
    """What is left: "the last two", of "six sites", ", at Ruatōria and Kaikohe", whether it is one thing; or, of both of
    two, the `name` of the other."""

    rest: str = ""
    whole: str = ""
    where: str = ""
    is_one: bool = False
    name: str = ""


def left_of(writer: Writer, entry: LateItem, step: MilestoneAt) -> Left | None:
    """Return what is left of a milestone; None if its agency's last report does not say it, or says nothing of it."""
    updates = [
        each
        for each in writer.facts.updates_of(entry.item)
        if each.of_return.agency_id == step.responsible
    ]
    if not updates:
        return None
    done, ahead = updates[-1].achieved, updates[-1].planned_next
    if both := _BOTH.search(step.description):
        return _other_of_two(both["things"], done, ahead)
    if not (whole := _WHOLE.search(step.description)):
        return None
    things, total = whole["things"], _value(whole["count"])
    if not total:
        return None
    of_all = f"{number(total)} {things}"
    last = re.compile(rf"\b(?:the )?(?:final|last|other|remaining) {_COUNT} {things}\b{_WHERE}")
    more = re.compile(
        rf"\b(?:another {_COUNT}|{_COUNT.replace('count', 'more')} more) {things}\b{_WHERE}"
    )
    for text in (ahead, done):
        if (found := last.search(text)) and 0 < (rest := _value(found["count"])) < total:
            return _last(rest, of_all, found["where"])
    if found := more.search(ahead):
        rest = _value(found["count"] or found["more"])
        # Only if what is done and what is left make the whole.
        if 0 < rest < total and re.search(rf"\b{total - rest} {things}\b", done):
            return _last(rest, of_all, found["where"])
    thing = things.removesuffix("s")
    if total < len(_ORDINALS) and (
        found := re.search(rf"\bthe {_ORDINALS[total]} {thing}\b{_WHERE}", ahead)
    ):
        return Left(f"the {_ORDINALS[total]}", of_all, found["where"] or "", is_one=True)
    return None


_FIRST = re.compile(rf"\b(?P<first>[Tt]he first {_COUNT}) (?P<things>[a-zāēīōū-]+s)\b")

# Before how many more or fewer they are than all: "The next 60 homes".
_OF_A_PART = re.compile(
    r"\b(?:another|final|first|further|last|next|other|remaining) $", re.IGNORECASE
)


def of_whole(item: ItemAt, phrase: str) -> str:
    """Return the phrase of a milestone on the first of several things with how many they are in all, as another milestone of its
    item says: "The first 40 of the 80 homes"."""
    found = _FIRST.search(phrase)
    if not found:
        return phrase
    things, part = found["things"], _value(found["count"])
    all_of_them = [
        _value(each["count"])
        for step in item.milestones
        for each in _WHOLE.finditer(step.description)
        if each["things"] == things and not _OF_A_PART.search(step.description[: each.start()])
    ]
    if not part or max(all_of_them, default=0) <= part:
        return phrase
    return phrase.replace(
        found[0], f"{found['first']} of the {number(max(all_of_them))} {things}", 1
    )


def _value(count: str) -> int:
    return int(count) if count.isdigit() else _NUMBERS.get(count.casefold(), 0)


def _last(rest: int, whole: str, where: str | None) -> Left:
    those = "the last one" if rest == 1 else f"the last {number(rest)}"
    return Left(those, whole, where or "", is_one=rest == 1)


def _other_of_two(thing: str, done: str, ahead: str) -> Left | None:
    """Return which of both is left: of both councils, "the Medical Council", if another one is named in what is done."""
    named = re.compile(rf"\bthe ((?:[A-ZĀĒĪŌŪ][\w’-]* )+{thing.capitalize()})\b")
    before, after = named.findall(done), named.findall(ahead)
    is_sure = len(set(before)) == len(set(after)) == 1 and before[0] != after[0]
    return Left(name=f"the {after[0]}") if is_sure else None
