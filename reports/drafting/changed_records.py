"""Finds which records have changed since a draft was begun, so that an update leaves the other paragraphs alone.

The composer shares a paper's words out to its paragraphs. When one item has more to report, others get less
room, and their text would change although their records have not.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Min
from django.utils.timezone import localdate

from reports.compose.facts import Facts, day_of
from reports.document import Source
from reports.drafting.draft import Composed, Draft, Origin
from reports.drafting.sources import written_at
from reports.models import Briefing, DraftParagraph
from workitems.plan.asat import end_of, rows_as_at
from workitems.plan.plan_at import ItemAt

# Sections that sum the paper up, and the source of a paragraph about the plan as a whole.
SUMMARIES = ("purpose", "figures")
PLAN = "workitems.plan"
ITEM = "workitems.workitem"
# Columns of a briefing that all its text depends on.
COVER = ("period_start", "period_end", "annexes")
# In this time the act that begins a draft has written all its rows.
AN_ACT = timedelta(minutes=1)

Record = tuple[str, int]


def settled(
    briefing: Briefing, draft: Draft, composed: Iterable[Composed], facts: Facts
) -> tuple[Composed, ...]:
    """Return what the records say, but the draft's text of each paragraph whose items have not changed.

    Such a paragraph is neither changed nor removed nor added. Paragraphs without a record, about the plan or in
    a section that sums up have the records' text. No query if the draft agrees with the records; else two, and one
    for each type of record.
    """
    now = {each.key: each for each in composed}
    held = {
        taken.key: (part, taken)
        for part in draft.parts()
        if part.origin != Origin.WRITTEN
        for taken in part.taken
    }
    differing = {
        key: {
            *(held[key][0].sources if key in held else ()),
            *(now[key].sources if key in now else ()),
        }
        for key in {**held, **now}
        if key not in now or key not in held or now[key].text != held[key][1].text
    }
    begun = _begun(briefing, facts) if differing and held else None
    if begun is None:
        return tuple(now.values())
    cited_now = {source for each in now.values() for source in each.sources}
    changes = _changes(begun, draft, differing.values(), cited_now, facts)
    for key, sources in differing.items():
        part, taken = held.get(key, (None, None))
        fresh = now.get(key)
        content = fresh.content if fresh else draft.portion_of(part.key).content if part else ""
        if content in SUMMARIES or changes.touch(sources, is_new=key not in held):
            continue
        if part and taken:
            now[key] = Composed(content, key, taken.text, part.sources, taken.lines)
        else:
            del now[key]
    return tuple(now.values())


@dataclass(frozen=True)
class _Changes:
    """The versions of a paper's records, the item of each, and the items with a record that has changed."""

    now: Mapping[Record, int | None]
    items: Mapping[Record, Record]
    # Since a paragraph last was as the records were, and since the draft was begun.
    changed: frozenset[Record]
    changed_since_begun: frozenset[Record]

    def touch(self, sources: Collection[Source], *, is_new: bool) -> bool:
        """Whether a paragraph with these sources may say something else because a record has changed. A new one may
        have been left out of an earlier update."""
        changed = self.changed_since_begun if is_new else self.changed
        records = {_record(source) for source in sources}
        return (
            not records
            or any(model == PLAN for model, _ in records)
            or any(self.items.get(record, record) in changed for record in records)
            or any(self.now.get(_record(source)) != source.history_id for source in sources)
        )


def _begun(briefing: Briefing, facts: Facts) -> tuple[date, datetime] | None:
    """Return the day as at which the draft was begun, and the instant by which its records had been written.

    Return None if anything may have changed since, as the briefing has another period, other annexes or an earlier
    date. Two queries.
    """
    rows: Any = DraftParagraph.history.model
    begun = rows.objects.filter(briefing_id=briefing.pk).aggregate(at=Min("history_date"))["at"]
    was = rows_as_at(Briefing, begun + AN_ACT, of={"pk": briefing.pk}).first() if begun else None
    if was is None or any(getattr(was, name) != getattr(briefing, name) for name in COVER):
        return None
    then = day_of(was, localdate(begun))
    return (then, min(begun, end_of(then))) if then <= facts.as_at else None


def _changes(
    begun: tuple[date, datetime],
    draft: Draft,
    differing: Iterable[Collection[Source]],
    fresh: Iterable[Source],
    facts: Facts,
) -> _Changes:
    """Return what has changed of the items that differing paragraphs cite. `fresh` are all sources of the new text."""
    then, since = begun
    # The newest version of each record that the draft has seen.
    cited: dict[Record, int] = {}
    for source in (source for part in draft.parts() for source in part.sources):
        cited[_record(source)] = max(source.history_id or 0, cited.get(_record(source), 0))
    now = {_record(source): source.history_id for source in fresh}
    items: dict[Record, Record] = {}
    for record, version, item in records_of(facts):
        now[record], items[record] = version, item
    records = {_record(source) for each in differing for source in each}
    involved = {items.get(record, record) for record in records}
    candidates = {
        record: version for record, version in now.items() if items.get(record, record) in involved
    }
    written = set(_written_since(candidates, since))
    changed = {record for record, version in cited.items() if now.get(record) != version}
    changed |= {record for record, version in now.items() if version is None}
    changed |= {record for record in written if record not in cited}
    changed |= set(_passed(facts, then))
    return _Changes(
        now,
        items,
        frozenset(items.get(record, record) for record in changed),
        frozenset(items.get(record, record) for record in changed | written),
    )


def _record(source: Source) -> Record:
    return source.model, source.pk


def records_of(facts: Facts) -> Iterator[tuple[Record, int | None, Record]]:
    """Yield each record of the plan's items, with its version and its item. A risk to the whole plan is its own, and
    so is an entry of the glossary."""
    for item in facts.items:
        home = _home(item)
        yield home, item.version, home
        for update in facts.updates_of(item):
            yield _record(update.source), update.source.history_id, home
        for step in item.milestones:
            yield ("workitems.milestone", step.pk), step.version, home
            for delay in step.delays:
                yield ("workitems.delay", delay.pk), delay.version, home
                for row in delay.mitigations:
                    yield ("workitems.mitigation", row.pk), row.version, home
        for asked in facts.requests.get(item.pk, ()):
            yield _record(asked.source), asked.source.history_id, home
    for risk in facts.all_risks:
        own = ("workitems.risk", risk.pk)
        yield own, risk.version, (ITEM, risk.item) if risk.item else own
    for measure in facts.measures.rows:
        home_of_it = _home(measure.item) if measure.item else ("workitems.measure", measure.pk)
        for source in facts.measures.sources_of(measure) if measure.is_set_up else ():
            yield _record(source), source.history_id, home_of_it
    for finding in facts.findings.rows:
        cited = facts.findings.source(finding)
        of_it = (ITEM, finding.item_id) if finding.item_id else _record(cited)
        yield _record(cited), cited.history_id, of_it
    for source, of_item in facts.waits.sources():
        yield _record(source), source.history_id, (ITEM, of_item)
    for term in facts.terms.values():
        yield _record(term.source), term.source.history_id, _record(term.source)


def _home(item: ItemAt) -> Record:
    return ITEM, item.pk


def _written_since(versions: Mapping[Record, int | None], since: datetime) -> Iterator[Record]:
    """Yield the records whose version was written at that instant or later. One query for each type."""
    by_type: dict[str, dict[int, int]] = defaultdict(dict)
    for (model, pk), version in versions.items():
        if version is not None:
            by_type[model][version] = pk
    for model, of_type in sorted(by_type.items()):
        for version, at in written_at(model, versions=list(of_type)):
            if at >= since:
                yield model, of_type[version]


def _passed(facts: Facts, then: date) -> Iterator[Record]:
    """Yield the items of which an open date has passed since that day, or that are late by more days than then, as
    they have no date ahead."""
    for item in facts.items if facts.as_at > then else ():
        for step in item.milestones:
            days = [step.original_due, step.agreed_due, step.forecast_due]
            for delay in step.delays:
                days += [delay.settling_by or then]
                days += [row.due_on or then for row in delay.mitigations if row.done_on is None]
            has_passed = any(then < day <= facts.as_at for day in days)
            if step.is_open and (has_passed or step.forecast_due <= facts.as_at):
                yield _home(item)
