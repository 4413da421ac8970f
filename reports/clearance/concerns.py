"""Whose paragraphs a draft's are, and how an agency's stood when it cleared them.

A paragraph is an agency's where it was written from one of its records: an update that it sent, an
item that it leads or supports, a milestone, delay, mitigation, risk or return of its own. What is
recommended concerns every agency.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reports.document import Source
from reports.document.wording import listed
from reports.drafting.draft import Draft, printed
from reports.models import Clearance
from workitems.models import Delay, Milestone, Mitigation, Return, Risk, Support, Update, WorkItem

Owners = Mapping[str, frozenset[int]]

# Of what changed, a sentence names so many places.
MOST_NAMED = 4
LEFT_OUT = "A paragraph that is left out"

# By which ways from a kind of record to the agencies that it is of.
WAYS: dict[str, tuple[type, tuple[str, ...]]] = {
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
    """The agencies of each paragraph, by its key: a query for each kind of record, and one for who
    supports which item."""
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
    for name, (model, ways) in WAYS.items():
        if name not in wanted:
            continue
        rows = model._default_manager.filter(pk__in=wanted[name])  # type: ignore[attr-defined]
        for pk, *agencies in rows.values_list("pk", *ways):
            found[name, pk].update(agencies)
    supports = Support.objects.filter(item__in=wanted["workitems.workitem"])
    for item, agency in supports.values_list("item", "agency"):
        found["workitems.workitem", item].add(agency)
    return defaultdict(frozenset, {key: frozenset(value) for key, value in found.items()})


def own_keys(draft: Draft, owners: Owners, agency: int) -> list[str]:
    """The agency's paragraphs that are in the paper, in its order."""
    return [key for key in draft.numbers if agency in owners[key]]


def standing(
    draft: Draft, owners: Owners, agency: int, besides: Iterable[str] = ()
) -> dict[str, str]:
    """What an answer of the agency is given on: the words by key of its paragraphs, of `besides`
    as far as they are in the paper, and of the recommendations. References are kept by key, so
    that a paragraph that only moves stays as it is."""
    keys = dict.fromkeys([*own_keys(draft, owners, agency), *besides])
    texts = {part.key: part.text for part in draft.parts()}
    return {key: texts[key] for key in keys if key in draft.numbers} | {
        ask.key: " / ".join((f"{ask.verb} {ask.text}", *ask.options))
        for ask in draft.asks
        if not ask.is_hidden
    }


@dataclass(frozen=True)
class Change:
    """One thing that is other than it was cleared. `was` or `now` is empty where it came or went."""

    key: str
    what: str
    was: str
    now: str


def changes(
    draft: Draft, owners: Owners, agency: int, cleared: Mapping[str, str]
) -> tuple[Change, ...]:
    """What differs from what the agency cleared, in the paper's order, what went last."""
    now = standing(draft, owners, agency, besides=cleared)
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
    asks = [ask.key for ask in draft.asks if not ask.is_hidden]
    if now is None:
        kind = "recommendation" if key.startswith("r-") else "paragraph"
        return f"a {kind} was left out"
    place = (
        f"recommendation {asks.index(key) + 1}"
        if key in asks
        else f"paragraph {draft.numbers[key]}"
    )
    return f"{place} is new" if was is None else f"{place} was changed"


def in_words(found: Iterable[Change]) -> str:
    """ "Paragraph 5 was changed and a recommendation was left out."; the first few of many."""
    words = [change.what for change in found]
    if len(words) > MOST_NAMED:
        words = [*words[:MOST_NAMED], f"{len(words) - MOST_NAMED} more places differ"]
    sentence = listed(words)
    return f"{sentence[:1].upper()}{sentence[1:]}." if sentence else ""


def place_of(draft: Draft, key: str) -> str:
    """ "Paragraph 5", "Recommendation 1", "The whole paper", or that it is left out."""
    asks = [ask.key for ask in draft.asks if not ask.is_hidden]
    if not key:
        return "The whole paper"
    if key in draft.numbers:
        return f"Paragraph {draft.numbers[key]}"
    if key in asks:
        return f"Recommendation {asks.index(key) + 1}"
    return "A recommendation that is left out" if key.startswith("r-") else LEFT_OUT


def words_by_key(draft: Draft) -> dict[str, str]:
    """What each paragraph and recommendation of the paper says as it is printed."""
    found = {
        part.key: printed(draft, part.text) for part in draft.parts() if part.key in draft.numbers
    }
    return found | {
        ask.key: printed(draft, f"{ask.verb} {ask.text}") for ask in draft.asks if not ask.is_hidden
    }


def standing_of(clearance: Clearance, draft: Draft, owners: Owners) -> dict[str, str]:
    """What an agency would answer on now: its paragraphs, those that it commented on, and what is
    recommended. One query."""
    keys = clearance.comments.exclude(key="").values_list("key", flat=True)
    return standing(draft, owners, clearance.agency_id, besides=keys)


def fingerprint(standing: Mapping[str, str]) -> str:
    """What stands for the words that an answer is given on, for a form to carry."""
    return hashlib.sha256(json.dumps(standing, sort_keys=True).encode()).hexdigest()
