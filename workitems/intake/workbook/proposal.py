"""The changes that a workbook would make to the plan, in memory, and their description.

A preview shows a proposal; an import writes it (write.py). Nothing here writes.
"""

import difflib
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from agencies.models import Agency
from workitems.intake.cell_kinds import one_line, shown
from workitems.intake.to_decide import ToDecide, obstacle_of, request_of
from workitems.intake.workbook.columns import SHEETS, Column, Sheet
from workitems.intake.workbook.read import NOT_GIVEN, UNREADABLE, Book, Row, is_cleared
from workitems.intake.workbook.stored import Stored
from workitems.models import (
    Delay,
    Measure,
    Milestone,
    Mitigation,
    Pillar,
    Plan,
    Variation,
    WorkItem,
)
from workitems.plan.known_acronyms import known_to, named
from workitems.terms.additions import Aimed
from workitems.terms.stems import says_nothing

# The texts that have to say something, with the headings of their columns.
MUST_SAY: dict[type[models.Model], dict[str, str]] = {
    Delay: {"explanation": "Explanation", "needs": "It needs"},
    Mitigation: {"description": "Mitigation"},
}
# The texts that papers print.
PRINTED = frozenset(
    (
        *("title", "as_told", "objective", "action", "description", "explanation", "effect"),
        *("meanwhile", "needs", "money_from", "if_declined", "response"),
        *("achieved", "planned_next", "challenges"),
    )
)


@dataclass(frozen=True)
class FieldChange:
    heading: str
    was: str
    now: str


@dataclass(frozen=True)
class Change:
    """A row that would be created (without `fields`) or changed."""

    sheet: str
    label: str
    is_new: bool
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True)
class Missing:
    """Rows of the plan that a sheet of the workbook does not have, and what to do if they shall not stay.

    `is_whole_sheet`: it has no row at all. `is_found_by_text`: it is of an earlier release and has no numbers.
    """

    sheet: str
    rows: tuple[str, ...]
    advice: str
    is_whole_sheet: bool = False
    is_found_by_text: bool = False


@dataclass
class Draft:
    """A database row with the workbook's values. `was` has the replaced values."""

    row: Any
    is_new: bool = field(init=False)
    source: Row | None = None
    was: dict[str, Any] = field(default_factory=dict)
    words: list[FieldChange] = field(default_factory=list)

    def __post_init__(self) -> None:
        # Not asked later: writing the row gives it a key.
        self.is_new = self.row.pk is None

    def put(self, name: str, value: Any) -> bool:
        """Set a field. Return True if that changes a stored row."""
        if not self.is_new:
            before = getattr(self.row, name)
            if before == value:
                return False
            self.was.setdefault(name, before)
        setattr(self.row, name, value)
        return not self.is_new

    @property
    def is_needed(self) -> bool:
        return self.is_new or bool(self.was)


@dataclass(frozen=True)
class Count:
    """Number of a sheet's rows that would be created, changed or left unchanged."""

    sheet: str
    new: int
    changed: int
    same: int


class Proposal:
    """The drafts to write, the changes to show, and the faults.

    `differences` are sentences on what the workbook says otherwise of records that all plans share.
    They are not imported. `empty_texts` are sentences on texts that say nothing, which are. `texts` are those to
    write that a paper may print, with their places.
    """

    def __init__(self, book: Book, stored: Stored, *, slug: str, today: date) -> None:
        self.book, self.stored, self.slug, self.today = book, stored, slug, today
        self.faults = book.faults
        self.plan_is_new = stored.plan is None
        # A first import takes what its records say of the past.
        self.is_first = not stored.items
        # Afterwards the working group decides what an adopted plan has.
        self.is_adopted = stored.plan is not None and stored.plan.adopted_on is not None
        self.needs_decisions = self.is_adopted and not self.is_first
        self.plan = stored.plan or Plan(slug=slug)
        # Agencies that rows may name (those on the sheet and the members), by case-folded name.
        self.agencies: dict[str, Agency] = {}
        self.items = {item.number: Draft(item) for item in stored.items}
        # New rows have no id yet, so milestones are kept by item and milestone number.
        self.milestones: dict[str, dict[int, Draft]] = defaultdict(dict)
        for milestone in stored.milestones:
            self.milestones[milestone.item.number][milestone.number] = Draft(milestone)
        self.referred: set[str] = set()
        self.differences: list[str] = []
        # What only a decision changes, and new items and milestones that it would add.
        self.to_decide: list[ToDecide] = []
        self.proposed: list[WorkItem | Milestone] = []
        # The supporting agencies of new items, and their measures with targets, by the id of the object.
        self.of_proposed: dict[
            int, tuple[list[tuple[Agency, str]], list[tuple[Measure, list[Aimed]]]]
        ] = defaultdict(lambda: ([], []))
        self.empty_texts: list[str] = []
        self.not_cleared: list[str] = []
        # By sheet: stored rows that the workbook does not have. They stay as they are.
        self.left: dict[str, list[str]] = defaultdict(list)
        self.texts: list[tuple[str, str]] = []
        self.drafts: dict[type[models.Model], list[Draft]] = defaultdict(list)
        self._changes: list[Change] = []
        self._counts: Counter[tuple[str, str]] = Counter()

    # --- looking up ------------------------------------------------------------------------

    def agency(self, row: Row, column: Column) -> Any:
        """Return the agency that the cell names, or the cell's value if it names none.

        For an unknown agency, add a fault and return `UNREADABLE`.
        """
        name = row[column.heading]
        return self.named(row, column.heading, name) if isinstance(name, str) else name

    def named(self, row: Row, heading: str, name: str) -> Any:
        found = self.agencies.get(name.casefold())
        if found is None:
            near = difflib.get_close_matches(name.casefold(), self.agencies, n=1)
            self.fault(
                row,
                heading,
                _("{name} is not an agency on the sheet Agencies.").format(name=shown(name)),
                _(
                    "“{agency}”, if that is meant, or an agency of that short name added there."
                ).format(agency=self.agencies[near[0]].short_name)
                if near
                else _("an agency of that short name added there, or one that is there."),
            )
            return UNREADABLE
        self.referred.add(found.short_name)
        return found

    def item(self, row: Row, *, may_be_proposed: bool = False) -> WorkItem | None:
        """Return the item named in the column Work item, or None, with a fault if it is unknown or (unless it
        may be) only proposed."""
        number = row["Work item"]
        if not number:
            return None
        if number not in self.items:
            self.fault(
                row,
                "Work item",
                _("There is no work item {number}.").format(number=number),
                _("a number on the sheet Work items."),
            )
            return None
        found: WorkItem = self.items[number].row
        if self._is_proposed(found) and not may_be_proposed:
            self._fault_of_proposed(row, "Work item", found.number)
            return None
        return found

    def _fault_of_proposed(self, row: Row, heading: str, number: object) -> None:
        self.fault(
            row,
            heading,
            _("{number} is not in the adopted plan until the working group decides.").format(
                number=number
            ),
            _("a row of the plan. Leave this row out until then."),
        )

    def milestone(self, row: Row) -> Draft | None:
        item = self.item(row)
        number = row["Milestone"]
        if item is None or number is UNREADABLE:
            return None
        found = self.milestones[item.number].get(number)
        if found is None:
            self.fault(
                row,
                "Milestone",
                _("Item {item} has no milestone {number}.").format(item=item.number, number=number),
                _("the number of a milestone on the sheet Milestones."),
            )
        elif self._is_proposed(found.row):
            self._fault_of_proposed(row, "Milestone", number)
            return None
        return found

    # --- collecting ------------------------------------------------------------------------

    def fault(self, row: Row, heading: str, problem: str, right: str) -> None:
        self.faults.add(row.fault(heading, problem, right))

    def is_duplicate(self, row: Row, heading: str, key: Any, rows: dict[Any, int]) -> bool:
        """Return whether an earlier row has the key, and add a fault if so. `rows` is updated."""
        if key in rows:
            self.fault(
                row,
                heading,
                _("{number} is already in row {row}.").format(number=row[heading], row=rows[key]),
                _("a number of its own for each row."),
            )
            return True
        rows[key] = row.number
        return False

    def fill(self, row: Row, draft: Draft, leave_out: Iterable[str] = ()) -> Draft:
        """Set the draft's fields to the values of the row.

        Fields without a column in the workbook keep their value; in a new row they are blank.
        """
        draft.source = row
        for column in row.sheet:
            if not column.field or column.heading in leave_out:
                continue
            value = self.agency(row, column) if column.names_agency else row[column.heading]
            if value is NOT_GIVEN and draft.is_new:
                value = column.blank
            if value is not UNREADABLE and value is not NOT_GIVEN:
                self.put(row, draft, column, value)
        return draft

    def put(self, row: Row, draft: Draft, column: Column, value: Any) -> None:
        """Set the column's field, or add a fault if the value differs and the column is locked.

        Columns are locked once the plan is adopted.
        """
        if draft.is_new:
            draft.put(column.field, value)
            return
        before = getattr(draft.row, column.field)
        if before is None and value is None:
            return
        normal = column.kind.normal
        if before is not None and not column.names_agency:
            before = normal(before)
        # A text that happens to be the word for nothing comes back as nothing.
        if before == value or (value == column.blank and is_cleared(before)):
            return
        if column.by_decision and self.is_adopted:
            kind, given = request_of(column.field, draft.row, value)
            was, now = words(column, before), words(column, value)
            new = obstacle_of(value) if isinstance(value, Agency) else ""
            if kind == Variation.Kind.CANCEL and before:
                new = _("The working group cancelled it. Add a milestone instead.")
            self.decide(row, column.heading, was, now, kind, draft.row, given, new)
            return
        if column.locked and self.is_adopted:
            self.fault(
                row,
                column.heading,
                _("The plan has {value} here.").format(
                    value=shown(before) if before else _("nothing")
                ),
                column.locked,
            )
            return
        draft.put(column.field, value)
        draft.words.append(FieldChange(column.heading, words(column, before), words(column, value)))

    def decide(
        self,
        row: Row,
        heading: str,
        was: str,
        now: str,
        kind: str,
        of: Any,
        given: dict[str, Any],
        obstacle: str = "",
    ) -> None:
        """Leave a difference for a decision."""
        label = _label(of)
        self.to_decide.append(
            ToDecide(row.sheet.name, label, heading, was, now, kind, of, given, obstacle)
        )

    def leave(self, sheet: Sheet, label: str) -> None:
        """Say that the workbook does not have a row of the plan, which stays as it is."""
        self.left[sheet.name].append(label)

    def propose(self, draft: Draft) -> None:
        """Leave a new item or milestone for a decision: neither it nor what belongs to it is written."""
        self.proposed.append(draft.row)

    def _is_proposed(self, row: Any) -> bool:
        return any(row is each or getattr(row, "item", None) is each for each in self.proposed)

    def note(self, sheet: str, label: str, draft: Draft) -> None:
        """Count the draft and record its changes, without adding it to those to write."""
        if self._is_proposed(draft.row):
            return
        if draft.is_new:
            self._counts[sheet, "new"] += 1
            self._changes.append(Change(sheet, label, is_new=True))
        elif draft.words:
            self._counts[sheet, "changed"] += 1
            self._changes.append(Change(sheet, label, is_new=False, fields=tuple(draft.words)))
        else:
            self._counts[sheet, "same"] += 1

    def add(self, draft: Draft, sheet: str = "", label: str = "") -> None:
        """Add a draft to those to write. With a sheet and a label, also count and record it."""
        if self._is_proposed(draft.row):
            return
        self.drafts[type(draft.row)].append(draft)
        if sheet:
            self.note(sheet, label, draft)
        for column in draft.source.sheet if draft.source else ():
            if column.field in PRINTED and (draft.is_new or column.field in draft.was):
                place = f"{sheet}, {label}, {column.heading}"
                self.texts.append((place, getattr(draft.row, column.field)))
        for name, heading in MUST_SAY.get(type(draft.row), {}).items():
            text = getattr(draft.row, name)
            if text and (draft.is_new or name in draft.was) and says_nothing(text):
                self.empty_texts.append(
                    _(
                        "{sheet}, {row}, {heading}: “{text}” says nothing that a reader can use."
                    ).format(sheet=sheet, row=label, heading=heading, text=text)
                )

    # --- results ---------------------------------------------------------------------------

    @property
    def missing(self) -> list[Missing]:
        """The rows of the plan that the workbook does not have, by sheet."""
        return [
            Missing(
                sheet.name,
                tuple(self.left[sheet.name]),
                _(sheet.if_missing[self.is_adopted]),
                is_whole_sheet=not self.book[sheet],
                is_found_by_text=sheet.is_numbered and sheet.name not in self.book.numbered,
            )
            for sheet in SHEETS
            if self.left[sheet.name]
        ]

    @property
    def unknown_acronyms(self) -> list[str]:
        """Sentences on the acronyms of new texts that the plan does not know."""
        of_agencies = named(self.agencies.values())
        return known_to(self.plan).remarks_by_place(self.texts, of_agencies)

    @property
    def changes(self) -> list[Change]:
        """The changes by sheet, and within a sheet by row."""
        order = {sheet.name: index for index, sheet in enumerate(SHEETS)}
        return sorted(self._changes, key=lambda change: order[change.sheet])

    @property
    def counts(self) -> list[Count]:
        return [
            Count(
                sheet.name, *(self._counts[sheet.name, kind] for kind in ("new", "changed", "same"))
            )
            for sheet in SHEETS
        ]


def _label(row: Any) -> str:
    """Name a row of the plan, as the preview does."""
    if isinstance(row, WorkItem):
        return f"{row.number} {one_line(row.title)}"
    if isinstance(row, Milestone):
        return _("{item}, milestone {number}").format(item=row.item.number, number=row.number)
    if isinstance(row, Pillar):
        return _("Pillar {number}").format(number=row.number)
    return one_line(str(row))


def words(column: Column, value: Any) -> str:
    if isinstance(value, Agency):
        return value.short_name
    return "" if value is None else column.kind.words(value)
