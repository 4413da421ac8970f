"""The records that paragraphs were written from, and those that a section can be written from.

A paragraph records the version of each record it used. The sources panel shows which of the
period's records are used, unused, or changed since.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from django.apps import apps
from django.urls import reverse
from django.utils.translation import gettext_lazy

from agencies.records.composed import composed
from reports.compose.citations import Versioned, delay_source, version_of
from reports.compose.facts import Facts
from reports.compose.finding_facts import FINDING
from reports.compose.wait_facts import WAIT
from reports.document import Source
from reports.drafting.draft import GLOSSARY, Draft, Part, Portion
from workitems.models import Delay, Plan
from workitems.plan.asat import Moment

# Record types offered for a section, by its content. Other contents are offered all of them.
RECORD_TYPES = {
    "achievements": ("update",),
    "delay": ("delay",),
    "mitigation": ("mitigation", "delay"),
    "next_steps": ("plan", "mitigation"),
    "risks": ("risk",),
    "questions": ("delay", "mitigation"),
}
SHELF_TITLES = {
    "update": gettext_lazy("Achieved, from accepted updates"),
    "plan": gettext_lazy("Planned next, from accepted updates"),
    "delay": gettext_lazy("Delays"),
    "mitigation": gettext_lazy("Mitigations"),
    "risk": gettext_lazy("Risks with the Minister"),
}
# Where a record has the number in the address of its page.
NUMBERS = {
    "workitems.workitem": "number",
    "workitems.update": "item__number",
    "workitems.milestone": "item__number",
    "workitems.delay": "milestone__item__number",
    "workitems.mitigation": "delay__milestone__item__number",
    "workitems.measure": "item__number",
    "workitems.measurevalue": "measure__item__number",
    FINDING: "item__number",
    WAIT: "milestone__item__number",
    "workitems.risk": "number",
}
# Types without a page of the past; their current page shows the history.
ONLY_NOW = ("workitems.plan", "workitems.risk", GLOSSARY)
# Records shown of a type. For more than these, the item list is easier to read.
MAX_SHOWN = 60


@dataclass(frozen=True)
class Record:
    """A record that a paragraph can be written from, as at the paper's date."""

    kind: str
    source: Source
    text: str

    @property
    def key(self) -> str:
        return f"{self.kind}-{self.source.pk}"


@dataclass(frozen=True, kw_only=True)
class Line:
    """A record in the sources panel.

    `numbers` are the key and number of each paragraph that uses it.
    """

    record: Record
    numbers: tuple[tuple[str, int], ...]
    is_used: bool
    is_changed: bool
    url: str


@dataclass(frozen=True)
class Shelf:
    """Records of one type in the sources panel: those unused or changed, and those used."""

    title: str
    open: tuple[Line, ...]
    used: tuple[Line, ...]
    not_shown: int


@dataclass(frozen=True)
class Cited:
    """A source of a paragraph, at the version used. The parts of its `url` are quoted, so that no character
    in it has a meaning in HTML."""

    label: str
    url: str
    is_changed: bool


def records(facts: Facts) -> Iterator[Record]:
    """Yield the period's records that a briefing can be written from, in the plan's order."""
    for item in facts.items:
        for update in facts.updates_of(item):
            source = update.source
            if update.achieved:
                yield Record("update", source, update.achieved)
            if update.planned_next:
                yield Record("plan", source, update.planned_next)
        for step in item.milestones:
            for delay in step.delays:
                source = delay_source(item, step, delay)
                if delay.was_open_since(facts.briefing.period_start):
                    cause = Delay.Cause(delay.cause).label
                    yield Record("delay", source, f"{cause}: {delay.explanation}")
                for row in delay.mitigations:
                    label = (
                        f"Mitigation {row.number} of {source.label[0].lower()}{source.label[1:]}"
                    )
                    yield Record(
                        "mitigation", version_of(row, "mitigation", label), row.description
                    )
    for risk in facts.risks:
        source = version_of(risk, "risk", f"Risk {risk.number}")
        yield Record("risk", source, risk.description)


def sources_panel(
    draft: Draft, portion: Portion, facts: Facts, links: "RecordLinks"
) -> list[Shelf]:
    """Return the records that a section can be written from, by type."""
    kinds = RECORD_TYPES.get(portion.content, ("update", "delay", "mitigation", "risk"))
    here = {part.key for part in portion.shown}
    uses = _uses(draft)
    shelves: dict[str, list[Line]] = {kind: [] for kind in kinds}
    for record in records(facts):
        if record.kind not in shelves:
            continue
        used = uses.get((record.source.model, record.source.pk), [])
        now = record.source.history_id
        shelves[record.kind].append(
            Line(
                record=record,
                numbers=tuple(dict.fromkeys((key, draft.numbers[key]) for key, _ in used)),
                # An update may be used in two sections, other records in one.
                is_used=any(
                    key in here or record.kind not in ("update", "plan") for key, _ in used
                ),
                is_changed=any(version not in (None, now) for _, version in used),
                url=links.now(record.source),
            )
        )
    return [_shelf(str(SHELF_TITLES[kind]), lines) for kind, lines in shelves.items()]


def sources_in_words(
    part: Part, portion: Portion, facts: Facts | None, links: "RecordLinks"
) -> list[tuple[Cited, str]]:
    """Return the sources of a paragraph, each with its text; "" of a record that has none or cannot be read."""
    kinds = RECORD_TYPES.get(portion.content, ("update",))
    texts: dict[tuple[str, int], str] = {}
    for record in records(facts) if facts else ():
        name = (record.source.model, record.source.pk)
        # A report says what was achieved and what is next: that of the section counts.
        if name not in texts or record.kind in kinds:
            texts[name] = record.text
    cited = zip(part.sources, links.cited(part), strict=True)
    return [(each, texts.get((source.model, source.pk), "")) for source, each in cited]


def _shelf(title: str, lines: list[Line]) -> Shelf:
    wanted = sorted(
        (line for line in lines if line.is_changed or not line.is_used),
        key=lambda line: not line.is_changed,
    )
    used = [line for line in lines if line.is_used and not line.is_changed]
    not_shown = max(len(wanted) - MAX_SHOWN, 0) + max(len(used) - MAX_SHOWN, 0)
    return Shelf(title, tuple(wanted[:MAX_SHOWN]), tuple(used[:MAX_SHOWN]), not_shown)


def _uses(draft: Draft) -> dict[tuple[str, int], list[tuple[str, int | None]]]:
    """Map records to the shown paragraphs that use them, each with the version used."""
    found: dict[tuple[str, int], list[tuple[str, int | None]]] = {}
    for portion in draft.portions:
        for part in portion.shown:
            for source in part.sources:
                found.setdefault((source.model, source.pk), []).append(
                    (part.key, source.history_id)
                )
    return found


class RecordLinks:
    """URLs of records."""

    def __init__(self, plan: Plan, facts: Facts | None) -> None:
        self._plan = plan.get_absolute_url()
        self._glossary = reverse("plans:glossary", args=[plan.slug])
        self._pages = {
            name: reverse(f"{name}:detail", args=[plan.slug, "0"]).removesuffix("0/")
            for name in ("workitems", "risks")
        }
        # As they are written in addresses.
        self._numbers: dict[tuple[str, int], str] = {}
        self._versions: dict[tuple[str, int], int | None] = {}
        if facts:
            for kind, row, number in _rows(facts):
                self._numbers[f"workitems.{kind}", row.pk] = number
                self._versions[f"workitems.{kind}", row.pk] = row.version
            for item in facts.items:
                for update in facts.updates_of(item):
                    self._numbers["workitems.update", update.pk] = quote(item.number)
                    self._versions["workitems.update", update.pk] = update.source.history_id
            for measure in facts.measures.rows.set_up:
                for source in facts.measures.sources_of(measure):
                    self._versions[source.model, source.pk] = source.history_id
                    if measure.item:
                        self._numbers[source.model, source.pk] = quote(measure.item.number)
            for row in facts.findings.rows:
                self._versions[FINDING, row.pk] = facts.findings.source(row).history_id
                if row.item:
                    self._numbers[FINDING, row.pk] = quote(row.item.number)
            self._versions["workitems.plan", facts.plan.pk] = facts.plan_source.history_id
            for term in facts.terms.values():
                self._versions[GLOSSARY, term.source.pk] = term.source.history_id

    @classmethod
    def of_sources(cls, plan: Plan, sources: Sequence[Source]) -> "RecordLinks":
        """Return links for these sources alone, without composing.

        Whether a source has changed since is not known.
        """
        links = cls(plan, None)
        wanted: dict[str, set[int]] = {}
        for source in sources:
            wanted.setdefault(source.model, set()).add(source.pk)
        for model in NUMBERS:
            if model in wanted:
                rows = _numbers(model, pks=wanted[model])
                # An outcome of the plan has no item.
                links._numbers |= {(model, pk): quote(str(no)) for pk, no in rows if no is not None}
        return links

    def cited(self, part: Part) -> Iterator[Cited]:
        """Yield the sources of a part, each with the URL of its item's page as it was when the version used was written;
        of types in `ONLY_NOW`, which have no such page, that of the current one. One query for each type of record."""
        then = _pages_then(part.sources)
        for source in part.sources:
            page = self.now(source)
            url = page and page + then.get((source.model, source.history_id), "")
            known = self._versions.get((source.model, source.pk))
            changed = known is not None and source.history_id is not None
            yield Cited(source.label, url, changed and known != source.history_id)

    def now(self, source: Source) -> str:
        """Return the URL of the record's current page, or "" if it has none."""
        if source.model == "workitems.plan":
            return self._plan
        if source.model == GLOSSARY:
            return self._glossary
        number = self._numbers.get((source.model, source.pk))
        if number is None:
            return ""
        name = "risks" if source.model == "workitems.risk" else "workitems"
        return f"{self._pages[name]}{number}/"


def _rows(facts: Facts) -> Iterator[tuple[str, Versioned, str]]:
    """Yield each record's type and row, and the number as its page's address has it."""
    for item in facts.items:
        number = quote(item.number)
        yield "workitem", item, number
        for step in item.milestones:
            yield "milestone", step, number
            for delay in step.delays:
                yield "delay", delay, number
                for row in delay.mitigations:
                    yield "mitigation", row, number
    for risk in facts.risks:
        yield "risk", risk, str(risk.number)


@composed
def _numbers(model: str, pks: Any) -> Any:
    """The ids of records, and their numbers in the addresses of their pages."""
    found = apps.get_model(model)._default_manager.filter(pk__among=pks)
    return found.values_list("pk", NUMBERS[model])


@composed
def written_at(model: str, versions: Any) -> Any:
    """The ids of history rows, and when they were written."""
    history: Any = apps.get_model(model).history.model
    found = history.objects.filter(history_id__among=versions)
    return found.values_list("history_id", "history_date")


def _pages_then(sources: Iterable[Source]) -> dict[tuple[str, int | None], str]:
    """Map each version to what its page's URL needs to show the moment just after it was written."""
    wanted: dict[str, set[int]] = {}
    for source in sources:
        if source.history_id is not None and source.model not in ONLY_NOW:
            wanted.setdefault(source.model, set()).add(source.history_id)
    found: dict[tuple[str, int | None], str] = {}
    # Many versions are written at one time.
    known: dict[datetime, str] = {}
    for model, versions in sorted(wanted.items()):
        for version, written in written_at(model, versions=versions):
            if written not in known:
                moment = Moment.at(written + timedelta(microseconds=1))
                known[written] = f"?at={quote(moment.key)}"
            found[model, version] = known[written]
    return found
