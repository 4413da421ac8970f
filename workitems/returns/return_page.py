"""Data of a return's page: each item with its previous and new answer, its due milestones, and
what is missing. Reads only; the number of queries does not grow with the number of items.

Of a long return only the first sections that want something have their fields and all their data. The
others have their answers and what is missing, until the user opens them."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Prefetch

from agencies.people.succession import agency_on
from workitems.measures.asked import AskedMeasure, measures_asked
from workitems.models import Evidence, MilestoneAnswer, Return, ReturnNote, WorkItem
from workitems.models.item import Stage
from workitems.plan.plan_at import grouped
from workitems.returns.empty_answers import empty_boxes
from workitems.returns.page_comparison import (
    add_whence,
    compare_with_sent_back,
    earlier_answers,
    last_accepted,
    sent_back_at,
    show_as_handed_in,
)
from workitems.returns.page_milestones import milestone_lines, pending_answers
from workitems.returns.page_sections import Section, answers_in, items_in
from workitems.returns.services.answers import (
    Fault,
    after_no_changes,
    faults_of,
    faults_of_measures,
    moved_items,
)
from workitems.returns.services.handover import (
    Mending,
    latest_mendings,
    milestones_answered_at,
    with_own_open,
)

WHOLE = 10  # a return of so many sections has all its fields at once; few agencies lead more
FIRST = 3  # the sections of a longer return that have their fields at first


@dataclass(frozen=True)
class Page:
    """`notes` are those on the return as a whole; `mendings` all of the latest sending back. `pending`
    are the return's answers on milestones, if the page is for its writers."""

    sections: list[Section]
    notes: list[ReturnNote]
    mendings: list[Mending] = field(default_factory=list)
    pending: list[MilestoneAnswer] = field(default_factory=list)
    measures: list[AskedMeasure] = field(default_factory=list)

    @property
    def measures_missing(self) -> list[Fault]:
        """Which numbers are due and not answered; none of a page for reading."""
        return list(faults_of_measures(self.measures))

    @property
    def to_mend(self) -> list[Mending]:
        """The latest notes on items."""
        return [each for each in self.mendings if each.note.item_id is not None]

    @property
    def mended(self) -> int:
        return sum(each.is_mended for each in self.to_mend)

    @property
    def is_first(self) -> bool:
        """Whether no item has an answer that an agency submitted in an earlier round."""
        return all(section.signed_last is None for section in self.sections)

    @property
    def led(self) -> list[Section]:
        """The items that the agency is asked about, or was, as their lead."""
        return [each for each in self.sections if each.is_led and each.is_asked]

    @property
    def answered(self) -> int:
        return sum(section.counts_as_answered for section in self.led)

    @property
    def total(self) -> int:
        return len(self.led)

    @property
    def is_complete(self) -> bool:
        return not self.measures_missing and not any(section.missing for section in self.sections)

    @property
    def empty(self) -> list[Section]:
        """Items with an answer that says nothing that a reader can use."""
        return [section for section in self.sections if section.empty]

    @property
    def silent(self) -> list[Section]:
        """Items that the agency supports and has not answered."""
        return [each for each in self.sections if not each.is_led and not each.is_answered]

    def is_as_read(self, read: Mapping[int, int], read_answers: Mapping[int, int]) -> bool:
        """Whether the answers have the versions that were read, by item and by id of those on milestones."""
        updates = [section.update for section in self.sections if section.update]
        return all(read.get(each.item_id) == each.version for each in updates) and all(
            read_answers.get(each.pk) == each.version for each in self.pending
        )

    @property
    def saved_at(self) -> datetime | None:
        """When the newest of its answers was saved."""
        saved = [section.update.written_at for section in self.sections if section.update]
        saved += [answer.written_at for answer in self.pending]
        saved += [each.value.written_at for each in self.measures if each.value]
        return max(saved, default=None)

    @property
    def authors(self) -> set[int | None]:
        return {
            *(section.update.written_by_id for section in self.sections if section.update),
            *(answer.written_by_id for answer in self.pending),
            *(each.value.written_by_id for each in self.measures if each.value),
        }


def takes_answers(of_return: Return) -> bool:
    """Return whether the round is open and the return is with its agency."""
    return of_return.round.is_open and of_return.is_with_agency


def return_page(
    of_return: Return,
    on: date,
    *,
    opened: Collection[int] = (),
    only: WorkItem | None = None,
    is_for_reading: bool = False,
    with_fields: bool = True,
    as_handed_in: bool = False,
    with_own_notes: bool = False,
) -> Page:
    """Return the page's data, or only that of the item `only`. Items the agency leads come first.

    `on` is today's New Zealand date. `opened` are the ids of items whose fields the user asked for.
    A page for reading has no fields, and every section is complete. Without fields, the sections of
    another page are not complete. `as_handed_in`: for readers outside the agency, who see of a
    return that was sent back what was submitted, and not what the agency writes meanwhile.
    `with_own_notes`: with those of an approver to the agency's writers, for the agency's own people.
    """
    is_for_reading |= not takes_answers(of_return)
    agency, items = of_return.agency_id, items_in(of_return, only)
    evidence = Prefetch("evidence", Evidence.objects.for_list(), to_attr="evidence_listed")
    answers = answers_in(of_return, only).prefetch_related(evidence)
    if is_for_reading:
        answers = answers.select_related("written_by")
    updates = {update.item_id: update for update in answers}
    before = last_accepted(of_return)
    last = {update.item_id: update for update in answers_in(before, only)} if before else {}
    notes: dict[int | None, list[ReturnNote]] = defaultdict(list)
    by_pk = {item.pk: item for item in items}
    said = of_return.notes if with_own_notes else of_return.notes.of_coordinators()
    for note in said.with_coming().select_related("by", "replied_by").order_by("-at", "pk"):
        if note.item_id in by_pk:
            note.item = by_pk[note.item_id]
        notes[note.item_id].append(note)
    written_at = {pk: update.written_at for pk, update in updates.items()}
    if notes:
        for pk, at in milestones_answered_at([of_return.pk])[of_return.pk].items():
            written_at[pk] = max(at, written_at.get(pk, at))
    mendings = latest_mendings([note for those in notes.values() for note in those], written_at)
    mendings = with_own_open(mendings, of_return)
    earlier = earlier_answers(of_return, items, only is not None)
    missing: dict[int, list[Fault]] = defaultdict(list)
    pending: list[MilestoneAnswer] = []
    if not is_for_reading:
        pending = pending_answers(of_return, only)
        asked = [item for item in items if item.stage != Stage.WITHDRAWN]
        for fault in faults_of(of_return, asked, updates, on, pending):
            assert fault.item is not None
            missing[fault.item.pk].append(fault)
    led = [item for item in items if item.lead_agency_id == agency]
    is_handed_in = of_return.state in Return.HANDED_IN and of_return.submitted_by_id is not None
    answered_as_lead = {pk for pk, update in updates.items() if is_handed_in and update.stage}
    moved: dict[int, Any] = {}
    if of_return.round.is_open:
        moved = moved_items((updates[item.pk], item) for item in led if item.pk in updates)
    sections = [
        Section(
            item=item,
            on=on,
            update=updates.get(item.pk),
            last=last.get(item.pk),
            last_round=before.round.name if before else "",
            is_last_signed=not (before and before.is_from_tracker),
            is_led=item.lead_agency_id == agency or item.pk in answered_as_lead,
            has_another_lead=item.pk in answered_as_lead and item.lead_agency_id != agency,
            is_former=not getattr(item, "is_own", True),
            is_asked=item.pk not in earlier and (not is_handed_in or item.pk in updates),
            earlier=earlier.get(item.pk),
            is_open=not is_for_reading and (only is not None or item.pk in opened),
            notes=notes[item.pk],
            mendings=[each for each in mendings if each.note.item_id == item.pk],
            missing=missing[item.pk],
            moved=moved.get(item.pk),
        )
        for item in items
    ]
    add_whence(sections, of_return)
    if not is_for_reading and only is None and with_fields:
        for section in _first_to_open(sections):
            section.is_open = True
    if as_handed_in and of_return.state == Return.State.SENT_BACK:
        show_as_handed_in(sections, notes, of_return)
    elif mendings and is_for_reading and _was_sent_back(of_return):
        compare_with_sent_back(sections, of_return, [each.note for each in mendings])
    pending_of = grouped(pending, "milestone.item_id")
    if not is_for_reading:
        for section in sections:
            section.empty = empty_boxes(section.update, pending_of[section.item.pk])
    complete = [
        each for each in sections if each.is_open or is_for_reading or pending_of[each.item.pk]
    ]
    _complete(complete, of_return, on, pending, with_drafts=not is_for_reading)
    measures: list[AskedMeasure] = []
    if only is None:
        until = sent_back_at(of_return, notes) if as_handed_in else None
        measures = measures_asked(of_return, on, until=until)
    return Page(
        sections=sections, notes=notes[None], mendings=mendings, pending=pending, measures=measures
    )


def moved_to(of_return: Return, on: date) -> Return | None:
    """Return the successor's return into which this one moved. No query unless it did."""
    if of_return.state != Return.State.MOVED:
        return None
    found = Return.objects.filter(
        round=of_return.round_id, agency=agency_on(of_return.agency, on).pk
    )
    there = found.select_related("round__plan", "agency").first()
    return there if there != of_return else None


def _was_sent_back(of_return: Return) -> bool:
    """Whether this return was; notes on one that moved into it are about that one. One query."""
    states: Any = Return.history.filter(id=of_return.pk, state=Return.State.SENT_BACK)
    return bool(states.exists())


def _first_to_open(sections: list[Section]) -> list[Section]:
    """Return the sections that have their fields before the user asks for any."""
    shown = [each for each in sections if each.is_led or each.is_answered or each.missing]
    if len(shown) <= WHOLE:
        return shown
    return [each for each in shown if each.missing or each.mendings][:FIRST]


def _complete(
    sections: list[Section],
    of_return: Return,
    on: date,
    pending: list[MilestoneAnswer],
    *,
    with_drafts: bool,
) -> None:
    """Add what only complete sections need: the item's plan and milestones, and "no change"."""
    items = [each.item for each in sections]
    milestones = milestone_lines(of_return, items, on, pending, with_drafts=with_drafts)
    opened = [each.item for each in sections if each.is_open]
    after_none = after_no_changes(of_return, opened) if opened else set()
    for section in sections:
        section.item.plan = of_return.round.plan
        section.milestones = milestones[section.item.pk]
        section.is_after_no_changes = section.item.pk in after_none


def one_section(of_return: Return, item: WorkItem, on: date, *, with_milestones: bool) -> Section:
    """Return the section of one item, without its previous answer and notes."""
    return Section(
        item=item,
        on=on,
        update=of_return.updates.filter(item=item).first(),
        is_led=item.lead_agency_id == of_return.agency_id,
        milestones=milestone_lines(
            of_return, [item], on, pending_answers(of_return, item), with_drafts=True
        )[item.pk]
        if with_milestones
        else [],
    )
