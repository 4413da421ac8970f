"""Which paragraphs belong to which agency, and what has changed since an agency cleared them.

A paragraph belongs to an agency if it was written from one of its records: an update that it sent,
an item that it leads or supports, or a milestone, delay, mitigation, risk or return of its own.
Recommendations concern every agency.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reports.document import Source
from reports.document.wording import join_words
from reports.drafting.draft import Draft, printed
from reports.models import Clearance
from workitems.models import Delay, Milestone, Mitigation, Return, Risk, Support, Update, WorkItem

Owners = Mapping[str, frozenset[int]]

# Places named in a sentence about changes.
MOST_NAMED = 4
LEFT_OUT = "A paragraph that is left out"

# Lookups from each record type to the agencies that own it.
OWNER_LOOKUPS: dict[str, tuple[type, tuple[str, ...]]] = {
    "workitems.update": (Update, ("of_return__agency",)),
    "workitems.workitem": (WorkItem, ("lead_agency",)),
    "workitems.milestone": (Milestone, ("responsible_agency", "item__lead_agency")),
    "workitems.delay": (
        Delay,
        ("milestone__responsible_agency", "milestone__item__lead_agency"),
    ),
    "workitems.mitigation": (
        Mitigation,
        ("owner_agency", "delay__milestone__item__lead_agency"),
    ),
    "workitems.risk": (Risk, ("owner_agency",)),
    "workitems.return": (Return, ("agency",)),
}


def owners_of(draft: Draft) -> Owners:
    """Return the agencies of each paragraph, by key.

    One query for each record type, and one for supporting agencies.
    """
    found = _agencies_of(source for part in draft.parts() for source in part.sources)
    return {
        part.key: frozenset().union(*(found[s.model, s.pk] for s in part.sources))
        for part in draft.parts()
    }


def _agencies_of(sources: Iterable[Source]) -> Mapping[tuple[str, int], frozenset[int]]:
    wanted: dict[str, set[int]] = defaultdict(set)
    for source in sources:
        wanted[source.model].add(source.pk)
    found: dict[tuple[str, int], set[int]] = defaultdict(set)
    for name, (model, lookups) in OWNER_LOOKUPS.items():
        if name not in wanted:
            continue
        rows = model._default_manager.filter(pk__in=wanted[name])  # type: ignore[attr-defined]
        for pk, *agencies in rows.values_list("pk", *lookups):
            found[name, pk].update(agencies)
    supports = Support.objects.filter(item__in=wanted["workitems.workitem"])
    for item, agency in supports.values_list("item", "agency"):
        found["workitems.workitem", item].add(agency)
    return defaultdict(frozenset, {key: frozenset(value) for key, value in found.items()})


def own_keys(draft: Draft, owners: Owners, agency: int) -> list[str]:
    """Return the keys of the agency's paragraphs that are in the paper, in order."""
    return [key for key in draft.numbers if agency in owners[key]]


def covered_texts(
    draft: Draft, owners: Owners, agency: int, besides: Iterable[str] = ()
) -> dict[str, str]:
    """Return the texts that the agency's answer covers, by key.

    They are its own paragraphs, those of `besides` that are in the paper, and the recommendations.
    References are kept by key, so that moving a paragraph changes nothing.
    """
    keys = dict.fromkeys([*own_keys(draft, owners, agency), *besides])
    texts = {part.key: part.text for part in draft.parts()}
    return {key: texts[key] for key in keys if key in draft.numbers} | {
        key: " / ".join((f"{ask.verb} {ask.text}", *ask.options))
        for key, ask in draft.shown_asks.items()
    }


@dataclass(frozen=True)
class Change:
    """A paragraph or recommendation that changed since the agency cleared it.

    `was` is empty if it is new, `now` if it is gone.
    """

    key: str
    what: str
    was: str
    now: str


def changes(
    draft: Draft, owners: Owners, agency: int, cleared: Mapping[str, str]
) -> tuple[Change, ...]:
    """Return what changed since the agency cleared it, in the paper's order, with removals last."""
    now = covered_texts(draft, owners, agency, besides=cleared)
    return tuple(
        Change(
            key,
            _named(draft, key, cleared.get(key), now.get(key)),
            printed(draft, cleared.get(key, "")),
            printed(draft, now.get(key, "")),
        )
        for key in dict.fromkeys([*now, *cleared])
        if now.get(key) != cleared.get(key)
    )


def _named(draft: Draft, key: str, was: str | None, now: str | None) -> str:
    if now is None:
        kind = "recommendation" if key.startswith("r-") else "paragraph"
        return f"a {kind} was left out"
    place = place_of(draft, key).lower()
    return f"{place} is new" if was is None else f"{place} was changed"


def changes_in_words(found: Iterable[Change]) -> str:
    """Return a sentence such as "Paragraph 5 was changed and a recommendation was left out."

    Names the first few of many changes.
    """
    words = [change.what for change in found]
    if len(words) > MOST_NAMED:
        words = [*words[:MOST_NAMED], f"{len(words) - MOST_NAMED} more places differ"]
    sentence = join_words(words)
    return f"{sentence[:1].upper()}{sentence[1:]}." if sentence else ""


def place_of(draft: Draft, key: str) -> str:
    """Return "Paragraph 5", "Recommendation 1", "The whole paper", or that it is left out."""
    if not key:
        return "The whole paper"
    if key in draft.numbers:
        return f"Paragraph {draft.numbers[key]}"
    if number := draft.ask_number(key):
        return f"Recommendation {number}"
    return "A recommendation that is left out" if key.startswith("r-") else LEFT_OUT


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
    keys = clearance.comments.exclude(key="").values_list("key", flat=True)
    return covered_texts(draft, owners, clearance.agency_id, besides=keys)


def fingerprint(standing: Mapping[str, str]) -> str:
    """Return a digest of the texts that an answer covers, for the form to carry."""
    return hashlib.sha256(json.dumps(standing, sort_keys=True).encode()).hexdigest()
