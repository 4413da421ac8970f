"""Reverses one act on a draft, while everything that was done since stays.

`before` and `after` are the draft around the act, `now` is the draft to reverse it in. A paragraph
or recommendation that has been changed since is not touched; the act is then refused as a whole.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reports.drafting.draft import Ask, Draft, DraftError, Part

# The recommendations have one order, as if they were a section.
ASKS = ""
NO_ASK = gettext_lazy("A briefing must have at least one recommendation.")

Entry = Part | Ask


@dataclass(frozen=True)
class Clash:
    """What was changed since the act: its text now and the text that it would have again.

    Either is empty where the draft has no such paragraph.
    """

    key: str
    now: str
    then: str


class Overtaken(DraftError):
    """Something that the act changed has been changed since."""

    def __init__(self, clashes: Sequence[Clash]) -> None:
        super().__init__(_("This was changed since."))
        self.clashes = tuple(clashes)


def reverse(
    before: Draft, after: Draft, now: Draft, key: str = "", moved_since: Iterable[str] = ()
) -> Draft:
    """Return `now` without what the act changed.

    `key` is what the act was about, `moved_since` are those that others have moved since. Raise
    `Overtaken` if a part that the act changed is not as the act left it, and `DraftError` if no
    recommendation would be left.
    """
    was, did, have = _entries(before), _entries(after), _entries(now)
    changed = {each for each in {**was, **did} if was.get(each) != did.get(each)}
    by_act = moved(before, after, key)
    home_then, home_now = _homes(after), _homes(now)
    clashes = {each for each in changed if have.get(each) != did.get(each)}
    clashes |= {
        each for each in by_act if each in moved_since or home_now.get(each) != home_then.get(each)
    }
    if clashes:
        raise Overtaken(
            [Clash(each, _text(have, each), _text(was, each)) for each in sorted(clashes)]
        )
    kept = {each: entry for each, entry in have.items() if each not in changed} | {
        each: was[each] for each in changed if each in was
    }
    order = _order(before, now, (set(was) - set(did)) | by_act, kept)
    headings = _headings(before, after, now)
    if now.shown_asks and all(kept[each].is_hidden for each in order[ASKS]):
        raise DraftError(NO_ASK)
    return replace(
        now,
        portions=tuple(
            replace(
                portion,
                heading=headings[portion.key],
                parts=tuple(
                    part for each in order[portion.key] if isinstance(part := kept[each], Part)
                ),
            )
            for portion in now.portions
        ),
        asks=tuple(ask for each in order[ASKS] if isinstance(ask := kept[each], Ask)),
    )


def _lists(draft: Draft) -> dict[str, list[str]]:
    """Return the keys of each section in order, and those of the recommendations."""
    lists = {portion.key: [part.key for part in portion.parts] for portion in draft.portions}
    return {**lists, ASKS: [ask.key for ask in draft.asks]}


def _homes(draft: Draft) -> dict[str, str]:
    return {key: home for home, keys in _lists(draft).items() for key in keys}


def _entries(draft: Draft) -> dict[str, Entry]:
    return {**{part.key: part for part in draft.parts()}, **{ask.key: ask for ask in draft.asks}}


def _text(entries: Mapping[str, Entry], key: str) -> str:
    return entries[key].text if key in entries else ""


def _headings(before: Draft, after: Draft, now: Draft) -> dict[str, str]:
    """Return the headings of all sections. Raise `Overtaken` for one that was changed since."""
    was, did = ({p.key: p.heading for p in draft.portions} for draft in (before, after))
    found = {}
    for portion in now.portions:
        then, made = was.get(portion.key), did.get(portion.key)
        found[portion.key] = portion.heading
        if then is None or then == made:
            continue
        if portion.heading != made:
            raise Overtaken([Clash(portion.key, portion.heading, then)])
        found[portion.key] = then
    return found


def moved(before: Draft, after: Draft, key: str) -> set[str]:
    """Return what the act moved: `key` alone if that explains the new order."""
    then, made = _lists(before), _lists(after)
    home = _homes(after)
    found = {
        each
        for section, keys in then.items()
        for each in keys
        if each in home and home[each] != section
    }
    for section, keys in then.items():
        both = set(keys) & set(made.get(section, ())) - {key}
        old = [each for each in keys if each in both]
        new = [each for each in made.get(section, ()) if each in both]
        if old != new:
            blocks = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
            stay = {each for block in blocks for each in old[block.a : block.a + block.size]}
            found |= both - stay
        if (
            key in keys
            and key in made.get(section, ())
            and _places(keys, key, both) != _places(made[section], key, both)
        ):
            found.add(key)
    return found


def _places(keys: Sequence[str], key: str, others: Iterable[str]) -> int:
    """Return how many of the others come before a key."""
    known = set(others)
    return sum(each in known for each in keys[: keys.index(key)])


def _order(
    before: Draft, now: Draft, placed: set[str], kept: Mapping[str, Entry]
) -> dict[str, list[str]]:
    """Return the order of each section: what is `placed` comes where it was before.

    Each follows the nearest one of those that it followed, if that is still in the section.
    """
    then = _lists(before)
    found = {}
    for section, keys in _lists(now).items():
        order = [each for each in keys if each in kept and each not in placed]
        known = set(order)
        previous = ""
        for each in then.get(section, ()):
            if each in placed:
                order.insert(order.index(previous) + 1 if previous else 0, each)
                known.add(each)
            if each in known:
                previous = each
        found[section] = order
    return found
