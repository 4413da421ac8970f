"""Which words belong to which agency, and what has changed since an agency cleared them.

A paragraph is an agency's own if its words are about that agency's records: an update that it
sent, an item that it leads or supports, a milestone, delay, mitigation, risk or return of its own,
or an action that it has because of the Minister's answer. Of a list, each agency owns the bullets
about its records; of a paragraph on records one after another, the sentences about its records. A
sentence that sums up records of several agencies, such as the figures, belongs to none of them. Recommendations concern every agency.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from types import MappingProxyType

from django.utils.functional import lazy
from django.utils.translation import gettext

from agencies.wording.translation import StrOrPromise, in_english
from reports.compose.finding_facts import FINDING
from reports.compose.wait_facts import WAIT
from reports.document.wording import join_words
from reports.drafting.draft import BULLETS, Draft, Part, Taken, printed, record_of
from reports.models import Clearance, FollowUp
from workitems.models import (
    Delay,
    Finding,
    Measure,
    MeasureValue,
    Milestone,
    Mitigation,
    Return,
    Risk,
    Support,
    Update,
    Wait,
    WorkItem,
)
from workitems.terms.sentence_ends import sentences

# By paragraph key: the agencies that own words of it, each with these words.
Owners = Mapping[str, Mapping[int, str]]

NONE: Mapping[int, frozenset[int]] = MappingProxyType({})
# Places named in a sentence about changes.
MOST_NAMED = 4

ITEM = "workitems.workitem"
# Lookups from each record type to the item that it belongs to, if any, and to the agencies that own
# it.
OWNER_LOOKUPS: dict[str, tuple[type, str, tuple[str, ...]]] = {
    "workitems.update": (Update, "item", ("of_return__agency",)),
    ITEM: (WorkItem, "pk", ("lead_agency",)),
    "workitems.milestone": (Milestone, "item", ("responsible_agency", "item__lead_agency")),
    "workitems.delay": (
        Delay,
        "milestone__item",
        ("milestone__responsible_agency", "milestone__item__lead_agency"),
    ),
    "workitems.mitigation": (
        Mitigation,
        "delay__milestone__item",
        ("owner_agency", "delay__milestone__item__lead_agency"),
    ),
    "workitems.risk": (Risk, "", ("owner_agency",)),
    "workitems.measure": (Measure, "item", ("responsible_agency", "item__lead_agency")),
    "workitems.measurevalue": (
        MeasureValue,
        "measure__item",
        ("agency", "measure__item__lead_agency"),
    ),
    FINDING: (Finding, "item", ("item__lead_agency",)),
    WAIT: (
        Wait,
        "milestone__item",
        (
            *("milestone__responsible_agency", "waits_for__responsible_agency"),
            "milestone__item__lead_agency",
        ),
    ),
    "workitems.return": (Return, "", ("agency",)),
    "reports.followup": (FollowUp, "", ("owner_agency",)),
}


@dataclass(frozen=True)
class _Record:
    """A record that paragraphs are written from: what it is about, and the agencies that own it.

    Records of one item are about the same thing, that item.
    """

    about: str
    agencies: frozenset[int]


Records = Mapping[str, _Record]


def owners_of(draft: Draft) -> Owners:
    """Return the agencies that own words of each paragraph, by key, each with its own words.

    One query for each record type, and one for supporting agencies.
    """
    names = {record_of(source) for part in draft.parts() for source in part.sources}
    for part in draft.parts():
        for taken in part.taken:
            names.update(name for line in taken.lines for name in line)
    records = _records(names)
    return {part.key: _own_words(part, records) for part in draft.parts()}


def _records(names: Iterable[str]) -> Records:
    wanted: dict[str, set[int]] = defaultdict(set)
    for each in names:
        kind, _, pk = each.partition(" ")
        wanted[kind].add(int(pk))
    supporters: dict[int, set[int]] = defaultdict(set)
    supports = Support.objects.filter(item__in=wanted[ITEM])
    for supported, supporter in supports.values_list("item", "agency"):
        supporters[supported].add(supporter)
    found = {}
    for name, (model, item, lookups) in OWNER_LOOKUPS.items():
        if not wanted.get(name):
            continue
        rows = model._default_manager.filter(pk__in=wanted[name])  # type: ignore[attr-defined]
        for row, about, *agencies in rows.values_list("pk", item or "pk", *lookups):
            owners = {*agencies, *(supporters[row] if name == ITEM else ())}
            found[f"{name} {row}"] = _Record(
                f"{ITEM if item else name} {about}", frozenset(owners) - {None}
            )
    return found


def _own_words(part: Part, records: Records) -> dict[int, str]:
    """Return the agencies that own words of a paragraph, each with these words.

    A paragraph that was written, joined or split by hand belongs to all agencies of its records.
    """
    names = list(map(record_of, part.sources))
    if len(part.taken) == 1 and part.taken[0].text:
        (taken,) = part.taken
        if taken.lines and BULLETS.search(taken.text):
            return _own_lines(part.text, taken, records, list(map(record_of, part.told)))
        if taken.lines:
            return _own_sentences(part.text, taken, records)
        if "\n" not in taken.text:
            return dict.fromkeys(_concerned(names, records), part.text)
    return dict.fromkeys(_any_of(names, records), part.text)


def _own_lines(text: str, taken: Taken, records: Records, sources: Sequence[str]) -> dict[int, str]:
    """Return the agencies of a list, each with the bullets about its records.

    The words above the bullets belong to an agency that owns every bullet. A bullet that was
    changed by hand stays its agency's; one that was added belongs to all agencies of the list, and one
    that was chosen from another record (`draft.put_bullet`) to that record's.
    """
    of_bullets = [_concerned(line, records) for line in taken.lines]
    owners = [frozenset.intersection(*of_bullets), *of_bullets]
    everyone = _any_of((name for line in taken.lines for name in line), records)
    now, known = lines_of(text), {name for line in taken.lines for name in line}
    chosen: dict[int, frozenset[int]] = {}
    if len(sources) == len(now) - 1:
        chosen = {
            place: _concerned([name], records)
            for place, name in enumerate(sources, start=1)
            if name not in known
        }
    own = _own_of(owners, lines_of(taken.text), now, everyone, chosen)
    return {agency: "\n".join(lines) for agency, lines in own.items()}


def _own_sentences(text: str, taken: Taken, records: Records) -> dict[int, str]:
    """Return the agencies of a paragraph on records one after another, each with the
    sentences about its records.

    Sentences that were changed or added by hand are as bullets are. If bullets were added, the
    paragraph belongs to all its agencies.
    """
    owners = [_concerned(line, records) for line in taken.lines]
    everyone = _any_of((name for line in taken.lines for name in line), records)
    if BULLETS.search(text):
        return dict.fromkeys(everyone, text)
    own = _own_of(owners, sentences(taken.text), sentences(text), everyone)
    return {agency: " ".join(own_sentences) for agency, own_sentences in own.items()}


def _own_of(
    owners: Sequence[frozenset[int]],
    was: Sequence[str],
    now: Sequence[str],
    everyone: frozenset[int],
    chosen: Mapping[int, frozenset[int]] = NONE,
) -> dict[int, list[str]]:
    """Return the lines of each agency. `owners` are those of each line before it was edited, `chosen` those of lines
    that have a record of their own now."""
    if len(owners) != len(was):
        return {agency: list(now) for agency in everyone}
    if was != now:
        owners = list(_matched(owners, was, now, otherwise=everyone))
    own: dict[int, list[str]] = defaultdict(list)
    for place, (line, agencies) in enumerate(zip(now, owners, strict=True)):
        for agency in chosen.get(place, agencies):
            own[agency].append(line)
    return own


def _matched(
    owners: Sequence[frozenset[int]],
    was: Sequence[str],
    now: Sequence[str],
    *,
    otherwise: frozenset[int],
) -> Iterator[frozenset[int]]:
    """Yield the owners of each line of an edited list. `owners` are those of its lines before."""
    for kind, a, b, c, d in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if kind == "equal" or b - a == d - c:
            yield from owners[a:b]
        else:
            yield from [otherwise] * (d - c)


def _any_of(names: Iterable[str], records: Records) -> frozenset[int]:
    """Return the agencies of any of these records."""
    return frozenset().union(*(records[name].agencies for name in names if name in records))


def _concerned(names: Iterable[str], records: Records) -> frozenset[int]:
    """Return the agencies of words about these records: those that each item of them has."""
    found: dict[str, frozenset[int]] = defaultdict(frozenset)
    for name in names:
        if record := records.get(name):
            found[record.about] |= record.agencies
    return frozenset.intersection(*found.values()) if found else frozenset()


def lines_of(text: str) -> list[str]:
    """Split a paragraph into the words above its bullets, and its bullets with theirs."""
    return BULLETS.split(text)


def own_keys(draft: Draft, owners: Owners, agency: int) -> list[str]:
    """Return the keys of the paragraphs in the paper that have words of the agency, in order."""
    return [key for key in draft.numbers if agency in owners[key]]


def covered_texts(
    draft: Draft, owners: Owners, agency: int, besides: Iterable[str] = ()
) -> dict[str, str]:
    """Return the texts that the agency's answer covers, by key.

    They are its own words, the paragraphs of `besides` that are in the paper, whole, and the
    recommendations. References are kept by key, so that moving a paragraph changes nothing.
    """
    texts = {part.key: part.text for part in draft.parts()}
    own = {key: owners[key][agency] for key in own_keys(draft, owners, agency)}
    whole = {key: texts[key] for key in besides if key in draft.numbers}
    asks = {
        key: " / ".join((f"{ask.verb} {ask.text}", *ask.options))
        for key, ask in draft.shown_asks.items()
    }
    return own | whole | asks


@dataclass(frozen=True)
class Change:
    """A paragraph or recommendation that changed since the agency cleared it.

    `was` is empty if it is new, `now` if it is gone.
    """

    key: str
    what: "StrOrPromise"
    was: str
    now: str


def changes(
    draft: Draft,
    owners: Owners,
    agency: int,
    cleared: Mapping[str, str],
    commented: Collection[str] = (),
) -> tuple[Change, ...]:
    """Return what changed since the agency cleared it, in the paper's order, with removals last.

    `commented` are the keys of the paragraphs that the agency has commented on.
    """
    besides = [key for key in commented if key in cleared]
    now = covered_texts(draft, owners, agency, besides=besides)
    parts = {part.key: part for part in draft.parts()}
    found = []
    for key in dict.fromkeys([*now, *cleared]):
        was, new = cleared.get(key), now.get(key)
        if was == new or (was and _was_cleared_whole(was, new, parts.get(key), owners, agency)):
            continue
        what = _named(draft, key, was, new)
        found.append(Change(key, what, printed(draft, was or ""), printed(draft, new or "")))
    return tuple(found)


def _was_cleared_whole(
    was: str, new: str | None, part: Part | None, owners: Owners, agency: int
) -> bool:
    """Whether the agency cleared all of a shared paragraph, and its own words are as they were.

    An answer of before agencies owned single bullets covers paragraphs whole. A sentence about
    several agencies' records is no longer the agency's, however it changes. Who owns single
    sentences never cleared their paragraph whole.
    """
    if new is not None:
        return new.startswith("- ") and set(lines_of(new)) <= set(lines_of(was))
    return (
        part is not None
        and not was.startswith("- ")
        and len(part.taken) == 1
        and (not part.taken[0].lines or bool(BULLETS.search(part.taken[0].text)))
        and agency not in owners[part.key]
    )


def _what_changed(draft: Draft, key: str, was: str | None, now: str | None) -> str:
    if now is None and key not in draft.numbers:
        return (
            gettext("a recommendation was left out")
            if key.startswith("r-")
            else gettext("a paragraph was left out")
        )
    place = draft.place_of(key).lower()
    return (
        gettext("{place} is new").format(place=place)
        if was is None
        else gettext("{place} was changed").format(place=place)
    )


# In the language of the screen, or in English where it is kept.
_named = lazy(_what_changed, str)


@in_english
def changes_in_words(found: Iterable[Change]) -> str:
    """Return a sentence such as "Paragraph 5 was changed and a recommendation was left out."

    Names the first few of many changes. It is in English, as it is kept.
    """
    words = [str(change.what) for change in found]
    if len(words) > MOST_NAMED:
        words = [*words[:MOST_NAMED], f"{len(words) - MOST_NAMED} more places differ"]
    sentence = join_words(words)
    return f"{sentence[:1].upper()}{sentence[1:]}." if sentence else ""


def words_by_key(draft: Draft) -> dict[str, str]:
    """Return the printed text of each paragraph and recommendation of the paper."""
    found = {
        part.key: printed(draft, part.text) for part in draft.parts() if part.key in draft.numbers
    }
    return found | {
        key: printed(draft, f"{ask.verb} {ask.text}") for key, ask in draft.shown_asks.items()
    }


def current_texts(clearance: Clearance, draft: Draft, owners: Owners) -> dict[str, str]:
    """Return the texts that an answer would cover now, commented paragraphs included.

    One query.
    """
    return covered_texts(draft, owners, clearance.agency_id, besides=commented_keys(clearance))


def commented_keys(clearance: Clearance) -> list[str]:
    """Return the keys of the paragraphs that the agency has commented on. One query."""
    return list(clearance.comments.exclude(key="").values_list("key", flat=True))


def fingerprint(standing: Mapping[str, str]) -> str:
    """Return a digest of the texts that an answer covers, for the form to carry."""
    return hashlib.sha256(json.dumps(standing, sort_keys=True).encode()).hexdigest()
