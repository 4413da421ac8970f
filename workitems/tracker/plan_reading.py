"""Read a tracker by its mappings into an `Understood`. No Django.

Every cell that holds something gets exactly one fate: understood, in doubt, or left over, which
means that it is kept as a note. What is ambiguous is asked (doubts.py) and never settled here.
"""

import re
from collections import defaultdict
from collections.abc import Mapping as Answers
from dataclasses import replace
from datetime import date

from workitems.known_dates import KnownDate, KnownTo, NotADate, read_known_date
from workitems.tracker import date_words as dates
from workitems.tracker import words
from workitems.tracker.doubts import ADD, NOTE, READ, Choice, Doubts, Fate, Place, place_of
from workitems.tracker.grid import At, Cell, Sheet, Tracker
from workitems.tracker.guess import Mapping
from workitems.tracker.headings import Field, plain
from workitems.tracker.milestone_columns import Group, groups_of, lines_of, split_line
from workitems.tracker.understood import (
    MILESTONE_MOST,
    TITLE_MOST,
    About,
    Item,
    Milestone,
    Note,
    Pillar,
    Understood,
    joined,
    one_line,
    shortened,
)
from workitems.tracker.words import Agencies, Named, Status

ITEM_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z.\-]{0,19}")
NUMBER_PREFIX = re.compile(
    r"^(?:action|item|no\.?|number|ref\.?|#|initiative)\s*[:#]?\s*(?=\S)", re.I
)
SECTION = re.compile(
    r"^(?:pillar|theme|priority|goal|focus area|strategic|workstream|work stream|outcome|strand|part|"
    r"section|area|pou|objective)\b",
    re.IGNORECASE,
)
PILLAR = re.compile(
    r"^(?:(?:strategic |priority |focus )?(?:pillar|theme|priority|goal|area|workstream|outcome|strand|"
    r"part|section|pou|objective)\s*)?(?:#\s*)?(\d{1,2})\s*(?:[:.)\-–—]\s*|\s+|$)(.*)$",
    re.IGNORECASE | re.DOTALL,
)
TOTAL = re.compile(r"^(?:grand |sub)?-?\s*(?:total|totals|sum|count|average)\b", re.IGNORECASE)
STAGES = {
    "not_started": "not started",
    "under_way": "under way",
    "complete": "complete",
    "ongoing": "ongoing",
    "withdrawn": "withdrawn",
}
CONFIDENCES = {"on_track": "on track", "at_risk": "at risk", "off_track": "off track"}
ANY_STATUS = (
    *(Status(stage) for stage in STAGES),
    *(Status("", confidence) for confidence in CONFIDENCES),
)


def understand(
    tracker: Tracker,
    mappings: dict[str, Mapping],
    agencies: Agencies,
    about: About,
    answers: Answers[str, str] | None = None,
) -> Understood:
    """Return the plan that the tracker holds. `mappings` are by the name of the sheet."""
    reader = _Reader(agencies, about, answers or {})
    read = [sheet for sheet in tracker.sheets if _is_read(mappings, sheet)]
    for sheet in tracker.sheets:
        if sheet in read:
            _SheetReader(reader, sheet, mappings[sheet.name], alone=len(read) == 1).read()
        for cell in sheet.cells.values():
            if (sheet.name, cell.at) not in reader.found.fates:
                reader.keep(sheet, cell, None)
    return reader.finish()


def _is_read(mappings: dict[str, Mapping], sheet: Sheet) -> bool:
    return sheet.name in mappings and mappings[sheet.name].is_read


def status_words(status: Status) -> str:
    parts = [STAGES.get(status.stage, ""), CONFIDENCES.get(status.confidence, "")]
    return ", ".join(filter(None, parts)).capitalize()


def _is_date(code: str) -> bool:
    try:
        read_known_date(code)
    except NotADate:
        return False
    return True


class _Reader:
    """What the sheets of a tracker share: agencies, pillars, items, doubts and fates."""

    def __init__(self, agencies: Agencies, about: About, answers: Answers[str, str]) -> None:
        self.agencies, self.about = agencies, about
        self.doubts = Doubts(answers)
        self.found = Understood(about)
        self.by_number: dict[str, Item] = {}
        self.places: dict[Item, Place] = {}
        self.pillars: dict[str, Pillar] = {}
        self.pillar_cells: dict[str, list[tuple[Sheet, Cell]]] = defaultdict(list)
        self.undated: list[tuple[Item, Milestone]] = []
        # The comments that no item has yet, and what is kept already.
        self.comments: dict[tuple[str, At], int] = {}
        self.noted: set[tuple[str, str, str, Item | None]] = set()
        self.shortened_titles = 0
        self.has_rag_alone = False

    # --- fates and notes ---------------------------------------------------------------------

    def fate(self, sheet: Sheet, cell: Cell, fate: Fate) -> bool:
        """Set the fate of a cell. A doubt stays one. Return whether it had none before."""
        key = (sheet.name, cell.at)
        is_first = key not in self.found.fates
        if is_first or fate == Fate.DOUBT:
            self.found.fates[key] = fate
        if is_first and cell.note:
            self.comments[key] = len(self.found.notes)
            self.note(sheet, cell, "Comment", cell.note, None)
        return is_first

    def comment_of(self, sheet: Sheet, cell: Cell, item: Item) -> None:
        """Give the comment of a cell to an item."""
        index = self.comments.pop((sheet.name, cell.at), None)
        if index is not None:
            self.found.notes[index] = replace(self.found.notes[index], item=item)

    def note(self, sheet: Sheet, cell: Cell, heading: str, text: str, item: Item | None) -> None:
        note = Note(sheet.name, cell.address, one_line(heading)[:200], text, item)
        if (key := (*note.place, heading, item)) not in self.noted:
            self.noted.add(key)
            self.found.notes.append(note)

    def keep(self, sheet: Sheet, cell: Cell, item: Item | None, heading: str = "") -> None:
        """Keep a cell as a note. It is left over unless it was understood or in doubt before."""
        self.fate(sheet, cell, Fate.LEFT_OVER)
        if cell.text:
            self.note(sheet, cell, heading, cell.text, item)

    # --- agencies -----------------------------------------------------------------------------

    def agency_choices(self) -> list[Choice]:
        return [
            Choice(
                each.short, each.short if each.short == each.name else f"{each.short}: {each.name}"
            )
            for each in self.agencies.known
        ]

    def agency(self, sheet: Sheet, cell: Cell, named: Named) -> str:
        """Return the short name of the agency that is meant, or "" if it is none, or not known yet.

        What stands beside a known agency is probably a person or a unit of it.
        """
        if named.short:
            return named.short
        self.fate(sheet, cell, Fate.DOUBT)
        answer = self.doubts.ask(
            f"agency:{named.key}",
            place_of(sheet, cell),
            said=named.text,
            problem="This agency no longer exists."
            if named.key in self.agencies.ended
            else "This agency is not known by that name.",
            choices=[
                Choice(ADD, f"Add “{named.text[:60]}” as a new agency"),
                Choice(NOTE, "It is not an agency: keep it as a note"),
                *self.agency_choices(),
            ],
            suggested=named.near
            or (NOTE if any(each.short for each in self.agencies.read(cell.text)) else ""),
        )
        if answer == ADD:
            return self.new_agency(named.text)
        return "" if answer == NOTE else answer

    def new_agency(self, text: str) -> str:
        name = shortened(text, 200)
        short = name.replace(";", ",")
        if len(short) > 30:
            short = "".join(word[0] for word in re.findall(r"[A-Z]\w*", name)) or short[:30].strip()
        if short in self.agencies.shorts and self.found.new_agencies.get(short) != name:
            short = shortened(name, 29).replace(";", ",")
        self.found.new_agencies[short] = name
        return short

    # --- pillars ------------------------------------------------------------------------------

    def pillar(self, text: str) -> Pillar:
        """Return the pillar that a text names, by its number or title."""
        said = one_line(text)
        number, title = None, said
        if match := PILLAR.match(said):
            number, title = int(match[1]), match[2].strip(" :.-–—")
        by_number = f"#{number}" if number else ""
        key = plain(title) or by_number
        found = self.pillars.get(key) or (self.pillars.get(by_number) if by_number else None)
        if found is None or (title and found.title and plain(title) != plain(found.title)):
            found = self.pillars.get(key) or Pillar(shortened(title, TITLE_MOST), number)
            if len(title) > TITLE_MOST:
                found.description = title
            if found not in self.found.pillars:
                self.found.pillars.append(found)
        if title and not found.title:
            found.title = shortened(title, TITLE_MOST)
        if number and found.number is None:
            found.number = number
        self.pillars[key] = found
        if by_number:
            self.pillars.setdefault(by_number, found)
        return found

    # --- the end ------------------------------------------------------------------------------

    def finish(self) -> Understood:
        found = self.found
        for item in found.items:
            if item.causes or item.mitigations:
                item.saying()
        self._leads()
        self._statuses()
        self._undated()
        self._pillars()
        self._numbers()
        self._timeframes()
        self._wording()
        if self.shortened_titles:
            found.assumed.append(
                f"{self.shortened_titles} titles have more than {TITLE_MOST} characters. They are "
                "shortened, and the whole text is the action."
                if self.shortened_titles > 1
                else f"A title has more than {TITLE_MOST} characters. It is shortened, and the whole "
                "text is the action."
            )
        if self.has_rag_alone:
            found.assumed.append("An item with a RAG colour and no stage counts as under way.")
        found.doubts = self.doubts.in_order
        return found

    def _leads(self) -> None:
        for item in self.found.items:
            if item.lead:
                continue
            item.lead = self.doubts.ask(
                "no-lead",
                self.places[item],
                said="",
                problem="These items have no lead agency.",
                choices=self.agency_choices(),
                suggested=self.about.coordinating,
            )
        for item in self.found.items:
            item.supporting.pop(item.lead, None)

    def _statuses(self) -> None:
        for item in self.found.items:
            said = [status for status, _, _ in item.statuses]
            stages = {status.stage for status in said if status.stage}
            done = [step for step in item.milestones if step.completed]
            if len(stages) == 1 and len([s for s in said if s.stage]) == len(said):
                item.stage = stages.pop()
            elif stages:
                item.stage = "under_way" if len(stages) > 1 or len(said) > 1 else stages.pop()
            elif item.milestones and len(done) == len(item.milestones):
                item.stage = "complete"
            elif said:
                item.stage, self.has_rag_alone = "under_way", True
            else:
                item.stage = "under_way" if done or item.said else "not_started"
            open_ones = [
                s
                for s, steps, _ in item.statuses
                if not all(m.completed for m in steps) or not steps
            ]
            confidences = [s.confidence for s in open_ones if s.confidence]
            if item.stage not in ("complete", "withdrawn") and confidences:
                item.confidence = confidences[0]
            if item.stage == "complete":
                self.undated += [(item, step) for step in item.milestones if not step.completed]

    def _undated(self) -> None:
        """Ask when milestones and items were completed of which only that is said."""
        by_item: dict[Item, list[Milestone]] = defaultdict(list)
        for item, step in self.undated:
            if not step.completed and step not in by_item[item]:
                by_item[item].append(step)
        for item in self.found.items:
            if item.stage == "complete" and not item.milestones:
                by_item.setdefault(item, [])
        as_at = KnownDate(self.about.as_at)
        for item, steps in by_item.items():
            answer = self.doubts.ask(
                "complete-undated",
                self.places[item],
                said="Complete",
                problem="The tracker says complete, but not since when.",
                choices=[
                    Choice("as_at", f"Completed on {as_at}, the day of the tracker"),
                    Choice("due", f"Completed when due, at the latest on {as_at}"),
                    Choice("open", "Not complete: under way"),
                ],
                suggested="as_at",
            )
            if answer == "open":
                if item.stage == "complete":
                    item.stage = "under_way"
                continue
            for step in steps:
                step.completed = self.about.as_at
                if answer == "due":
                    step.completed = min(step.original.last_day, self.about.as_at)
            if item.stage == "complete":
                item.saying()

    def _pillars(self) -> None:
        """Number the pillars, leave out those without items, and give one to items without."""
        found = self.found
        if any(item.pillar is None for item in found.items):
            general = Pillar("Actions") if not found.pillars else Pillar("Other actions")
            found.pillars.append(general)
            found.assumed.append(
                f"The tracker does not say the pillar of some items. They are in “{general.title}”."
                if len(found.pillars) > 1
                else f"The tracker has no pillars. All items are in one, “{general.title}”."
            )
            for item in found.items:
                item.pillar = item.pillar or general
        used = {id(item.pillar) for item in found.items}
        for key, cells in self.pillar_cells.items():
            if id(self.pillars.get(key)) not in used:
                for sheet, cell in cells:
                    found.fates.pop((sheet.name, cell.at), None)
                    self.keep(sheet, cell, None)
        found.pillars = [pillar for pillar in found.pillars if id(pillar) in used]
        taken: set[int] = set()
        for pillar in found.pillars:
            if pillar.number in taken or not pillar.number:
                pillar.number = None
            else:
                taken.add(pillar.number)
        for pillar in found.pillars:
            if pillar.number is None:
                pillar.number = next(n for n in range(1, 40_000) if n not in taken)
                taken.add(pillar.number)
            pillar.title = pillar.title or f"Pillar {pillar.number}"
        found.pillars.sort(key=lambda pillar: pillar.number or 0)

    def _numbers(self) -> None:
        """Give a number to items that have none."""
        taken = {item.number for item in self.found.items if item.number}
        last: dict[int, int] = defaultdict(int)
        made = 0
        for item in self.found.items:
            if item.number:
                continue
            pillar = (item.pillar and item.pillar.number) or 1
            while not item.number or item.number in taken:
                last[pillar] += 1
                item.number = f"{pillar}.{last[pillar]}"
            taken.add(item.number)
            made += 1
        if made:
            self.found.assumed.append(
                "An item has no number of its own in the tracker. It gets the next one of its pillar."
                if made == 1
                else f"{made:,} items have no number of their own in the tracker. They get the next "
                "ones of their pillar."
            )

    def _wording(self) -> None:
        """Let the title be the action where the tracker has neither action nor objective."""
        bare = [item for item in self.found.items if not item.action and not item.objective]
        for item in bare:
            item.action = item.title
        if bare:
            self.found.assumed.append(
                "Where the tracker has neither an action nor an objective, the title is the official "
                "wording of the action as well."
            )

    def _timeframes(self) -> None:
        assumed = False
        for item in self.found.items:
            if item.timeframe:
                continue
            assumed = True
            ends = [step.original.last_day for step in item.milestones]
            if item.stage == "ongoing" and not ends:
                item.timeframe = "ongoing"
            elif ends:
                days = (max(ends) - self.about.released_on).days
                item.timeframe = words.timeframe_of(max(0, days) // 30)
            else:
                item.timeframe = "medium"
        if assumed:
            self.found.assumed.append(
                "Where the tracker has no timeframe, it is worked out from the last due date: short up "
                "to a year after the release, medium up to three years, then long; medium without a date."
            )


class _SheetReader:
    def __init__(self, reader: _Reader, sheet: Sheet, mapping: Mapping, *, alone: bool) -> None:
        self.reader, self.sheet, self.mapping, self.alone = reader, sheet, mapping, alone
        self.found, self.doubts, self.about = reader.found, reader.doubts, reader.about
        self.fields = mapping.fields
        self.headings = mapping.headings.by_column
        self.groups = groups_of(mapping)
        self.item: Item | None = None
        self.section: Pillar | None = None
        self.orders: dict[int, str | None] = {}
        # Where the present item's title stands, and whom the present row names as its lead.
        self.title_at: set[At] = set()
        self.row_lead = ""
        first = mapping.columns(Field.TITLE, Field.ACTION)
        self.title_column = first[0] if first else 0
        self.periods = {
            column: self._period(column)
            for column in mapping.columns(Field.PROGRESS, Field.NEXT, Field.CHALLENGES)
        }
        self.numbers = {
            cell.text.split(".")[0]
            for column in mapping.columns(Field.NUMBER)
            for cell in sheet.column(column, mapping.headings.last)
            if "." in cell.text
        }
        has_sections = bool(mapping.columns(Field.PILLAR))
        self.sheet_pillar = "" if alone or has_sections else sheet.name

    def _period(self, column: int) -> KnownDate | None:
        """Return the period that a heading names: "Update March 2026"."""
        heading = self.headings.get(column, "")
        for start in range(len(heading.split())):
            read = dates.read_date(" ".join(heading.split()[start:]).strip("()"), self.about.as_at)
            if read.is_sure and read.best and read.best.last_day <= self.about.today:
                return read.best
        return None

    # --- rows -----------------------------------------------------------------------------------

    def read(self) -> None:
        headings = self.mapping.headings
        for row, cells in self.sheet.by_row.items():
            if row < headings.first:
                continue  # left over: titles and the like
            if row <= headings.last or self._repeats_headings(cells):
                for cell in cells:
                    self.reader.fate(self.sheet, cell, Fate.UNDERSTOOD)
                continue
            own = [cell for cell in cells if cell.text]
            if not own:
                for cell in cells:
                    self._keep(cell)
            elif self._is_left_out(row, own[0]):
                continue  # left over
            elif text := self._section(own):
                self._open_section(own, text)
            else:
                self._item_row(row, own)
                for cell in cells:
                    if (self.sheet.name, cell.at) not in self.found.fates:
                        self._keep(cell)

    def _is_left_out(self, row: int, first: Cell) -> bool:
        """Whether a row is a total, or hidden and not to be read."""
        if row in self.sheet.hidden_rows and self._hides(first):
            return True
        return bool(TOTAL.match(first.text)) and len(first.text) < 30

    def _hides(self, cell: Cell) -> bool:
        answer = self.doubts.ask(
            f"hidden-rows:{self.sheet.name}",
            Place(self.sheet.name, f"row {cell.row}"),
            said="",
            problem="These rows are hidden in the spreadsheet, perhaps by a filter.",
            choices=[Choice(READ, "Read them as other rows"), Choice(NOTE, "Keep them as notes")],
            suggested=READ,
        )
        return answer == NOTE

    def _repeats_headings(self, cells: list[Cell]) -> bool:
        same = 0
        for cell in cells:
            known = [
                above.text
                for row in range(self.mapping.headings.first, self.mapping.headings.last + 1)
                if (above := self.sheet.at(row, cell.column))
            ]
            same += any(plain(cell.text) == plain(text) for text in known)
        return len(cells) > 1 and same >= 0.8 * len(cells)

    def _section(self, own: list[Cell]) -> str:
        """Return the text of a row that only names what the next rows are of, or ""."""
        first = own[0]
        kind = self.fields.get(first.column, Field.NOTE)
        if len(own) == 1:
            wide = self.sheet.width_of.get(first.at, 1) >= max(3, len(self.fields) // 2)
            said = bool(SECTION.match(first.text)) and len(first.text) < 200
            in_number = kind == Field.NUMBER and not self._number_text(first)
            if wide or in_number or (said and first.column <= max(self.title_column, 1)):
                return first.text
        if len(own) == 2 and kind == Field.NUMBER and own[1].column == self.title_column:
            number = first.text.rstrip(".")
            if number.isdecimal() and number in self.numbers:
                return f"{number} {own[1].text}"
        return ""

    def _open_section(self, cells: list[Cell], text: str) -> None:
        self.item = None
        if plain(text):
            self.section = self.reader.pillar(text)
            key = next(k for k, pillar in self.reader.pillars.items() if pillar is self.section)
            for cell in cells:
                self.reader.fate(self.sheet, cell, Fate.UNDERSTOOD)
                self.reader.pillar_cells[key].append((self.sheet, cell))

    # --- cells ----------------------------------------------------------------------------------

    def _keep(self, cell: Cell, heading: str = "") -> None:
        if self.fields.get(cell.column) == Field.IGNORE:
            if self.reader.fate(self.sheet, cell, Fate.LEFT_OVER):
                self.found.left_out += 1
            return
        self.reader.keep(self.sheet, cell, self.item, heading or self.headings.get(cell.column, ""))
        self._comment_to_item(cell)

    def _comment_to_item(self, cell: Cell) -> None:
        if cell.note and self.item is not None:
            self.reader.comment_of(self.sheet, cell, self.item)

    def _usable(self, cell: Cell) -> bool:
        """Whether the cell's value may be read. A fault, or a struck text by choice, is a note."""
        if cell.fault:
            self._doubt(
                cell, f"fault:{cell.fault}", cell.fault, [Choice(NOTE, "Keep it as a note")], NOTE
            )
            self._keep(cell)
            return False
        if cell.is_struck:
            answer = self._doubt(
                cell,
                "struck",
                "The text is struck through.",
                [Choice(READ, "Read it as other text"), Choice(NOTE, "Keep it as a note")],
                READ,
            )
            if answer == NOTE:
                self._keep(cell)
                return False
        return True

    def _doubt(
        self, cell: Cell, key: str, problem: str, choices: list[Choice], suggested: str = "",
        *, takes_date: bool = False,
    ) -> str:  # fmt: skip
        self.reader.fate(self.sheet, cell, Fate.DOUBT)
        return self.doubts.ask(
            key,
            place_of(self.sheet, cell),
            said=shortened(cell.text, 120),
            problem=problem,
            choices=choices,
            suggested=suggested,
            takes_date=takes_date,
            is_date=_is_date,
        )

    def _cells(self, row: int, *fields: Field) -> list[Cell]:
        """Return the row's cells of these fields that can be read, marking them as understood."""
        found = []
        for column in self.mapping.columns(*fields):
            cell = self.sheet.at(row, column)
            if cell is not None and cell.text and self._usable(cell):
                self.reader.fate(self.sheet, cell, Fate.UNDERSTOOD)
                found.append(cell)
        return found

    def _new_cells(self, row: int, *fields: Field) -> list[Cell]:
        """Return the cells of these fields that no earlier row had, as merged cells do."""
        columns = self.mapping.columns(*fields)
        fresh = {
            column
            for column in columns
            if (cell := self.sheet.at(row, column))
            and (self.sheet.name, cell.at) not in self.found.fates
        }
        return [cell for cell in self._cells(row, *fields) if cell.column in fresh]

    # --- items ----------------------------------------------------------------------------------

    def _item_row(self, row: int, own: list[Cell]) -> None:
        number_cells = self._peek(row, Field.NUMBER)
        title_cells = self._peek(row, Field.TITLE) or self._peek(row, Field.ACTION)
        number = self._number(number_cells[0]) if number_cells else ""
        title = one_line(title_cells[0].text) if title_cells else ""
        is_same = self._is_same(number, title, number_cells, title_cells)
        if not is_same and not number and not title:
            if self.item is None:
                return  # left over: nothing says what it is of
            is_same = True
        if not is_same:
            self._begin(row, own[0], number, title, number_cells, title_cells)
        assert self.item is not None
        self.row_lead = ""
        self._describe(row)
        self._steps(row, own)
        self._progress(row)
        for cell in own:
            self._comment_to_item(cell)

    def _peek(self, row: int, *fields: Field) -> list[Cell]:
        """Return the row's cells of these fields, as merged, without deciding their fate."""
        cells = (self.sheet.at(row, column) for column in self.mapping.columns(*fields))
        return [cell for cell in cells if cell is not None and cell.text and not cell.fault]

    def _is_same(
        self, number: str, title: str, number_cells: list[Cell], title_cells: list[Cell]
    ) -> bool:
        """Whether the row goes on with an item that a row above began. It becomes `self.item`."""
        before = self.reader.by_number.get(number) if number else None
        if before is not None:
            if (
                not title
                or plain(title) == plain(before.action or before.title)
                or plain(title) == plain(before.title)
            ):
                self.item = before
                return True
            answer = self._doubt(
                number_cells[0],
                f"twice:{number}:{plain(title)[:80]}",
                f"The number {number} stands twice, with different titles.",
                [
                    Choice("other", "Another item: give it a new number"),
                    Choice("same", f"The same item as “{shortened(before.title, 60)}”"),
                ],
                "other",
            )
            if answer == "same":
                self.item = before
                return True
            return False
        if self.item is None or number:
            return False
        # The rows of a merged title are of one item.
        return bool(title) and title_cells[0].at in self.title_at

    def _begin(
        self, row: int, first: Cell, number: str, title: str,
        number_cells: list[Cell], title_cells: list[Cell],
    ) -> None:  # fmt: skip
        item = Item(shortened(title, TITLE_MOST), row)
        self.title_at = {cell.at for cell in title_cells}
        self.item = item
        self.found.items.append(item)
        at = title_cells[0] if title_cells else first
        self.reader.places[item] = place_of(self.sheet, at)
        if number and number not in self.reader.by_number:
            item.number = number
            self.reader.by_number[number] = item
        for cell in number_cells:
            if self._usable(cell):
                self.reader.fate(self.sheet, cell, Fate.UNDERSTOOD)
            if one_line(cell.text).rstrip(".") != item.number:
                self.reader.note(
                    self.sheet, cell, self.headings.get(cell.column, ""), cell.text, item
                )
        for cell in title_cells[:1]:
            if self._usable(cell):
                self.reader.fate(self.sheet, cell, Fate.UNDERSTOOD)
            if len(title) > TITLE_MOST:
                self.reader.shortened_titles += 1
                item.action = cell.text.strip()
        if not title:
            item.title = f"Item {number}"
            self._doubt(
                number_cells[0] if number_cells else first,
                "no-title",
                "These rows have no title.",
                [Choice(READ, "Call them by their number")],
                READ,
            )
        for cell in self._cells(row, Field.PILLAR):
            if plain(cell.text):
                item.pillar = self.reader.pillar(cell.text)
        if item.pillar is None:
            item.pillar = self.section
        if item.pillar is None and self.sheet_pillar:
            item.pillar = self.reader.pillar(self.sheet_pillar)

    def _number_text(self, cell: Cell) -> str:
        """Return a cell's text as an item's number, or "" if it cannot be one."""
        if isinstance(cell.value, date):
            return ""
        text = NUMBER_PREFIX.sub("", one_line(cell.text)).rstrip(".:)")
        if re.fullmatch(r"\d{1,9}\.0", text) and isinstance(cell.value, float):
            text = text[:-2]
        if " " in text and re.search(r"\d", text) and len(text) <= 12:
            text = text.replace(" ", "-")
        is_number = bool(ITEM_NUMBER.fullmatch(text)) and (
            bool(re.search(r"\d", text)) or len(text) <= 3
        )
        digits = re.sub(r"\d+", lambda found: found.group().zfill(6), text)
        return text if is_number and len(digits) <= 60 else ""

    def _number(self, cell: Cell) -> str:
        if isinstance(cell.value, date):
            made = f"{cell.value.day}.{cell.value.month}"
            answer = self._doubt(
                cell,
                f"date-number:{made}",
                "The spreadsheet has made a date of this number.",
                [Choice(made, made), Choice(NOTE, "Give the item a new number")],
                made,
            )
            return "" if answer == NOTE else answer
        text = self._number_text(cell)
        if not text and self._is_fresh(cell):
            self._doubt(
                cell,
                f"no-number:{plain(cell.text)[:80]}",
                "This is not a number that an item can have.",
                [Choice(NOTE, "Give the item a new number, and keep this as a note")],
                NOTE,
            )
        before = self.item.number if self.item else ""
        stem, _, last = before.rpartition(".")
        if (
            isinstance(cell.value, float)
            and last == "9"
            and text == f"{stem}.1"
            and text in self.reader.by_number
        ):
            ten = f"{stem}.10"
            answer = self._doubt(
                cell,
                f"ten:{self.sheet.name}:{cell.address}",
                f"It stands after {before}, and a spreadsheet takes {ten} and {text} for the same.",
                [Choice(ten, ten), Choice(text, text)],
                ten,
            )
            return answer
        return text

    def _is_fresh(self, cell: Cell) -> bool:
        return (self.sheet.name, cell.at) not in self.found.fates

    def _describe(self, row: int) -> None:
        item = self.item
        assert item is not None
        for cell in self._new_cells(row, Field.ACTION):
            if one_line(cell.text) != item.title:
                item.action = joined([item.action, cell.text.strip()])
        for cell in self._new_cells(row, Field.TITLE):
            # Another title of the same item: nothing else of the plan has a place for it.
            if one_line(cell.text) != item.title and cell.text.strip() != item.action:
                self._keep(cell)
        for cell in self._new_cells(row, Field.PILLAR):
            if not plain(cell.text) or self.reader.pillar(cell.text) is not item.pillar:
                self._keep(cell)
        for cell in self._new_cells(row, Field.NUMBER):
            if self._number_text(cell) != item.number:
                self._keep(cell)
        for cell in self._new_cells(row, Field.OBJECTIVE):
            item.objective = joined([item.objective, cell.text.strip()])
        for cell in self._new_cells(row, Field.MEASURE):
            item.measures += [line for line in lines_of(cell.text) if line not in item.measures]
        for cell in self._new_cells(row, Field.LEAD):
            self._lead(cell)
        for cell in self._new_cells(row, Field.SUPPORTING):
            self._supporting(cell, self.reader.agencies.read(cell.text))
        self._small_words(row)

    def _small_words(self, row: int) -> None:
        item = self.item
        assert item is not None
        for cell in self._new_cells(row, Field.KIND):
            if kind := words.read_kind(cell.text):
                item.kind = kind
            else:
                self._leave(cell)
        for cell in self._new_cells(row, Field.KEY):
            answer = words.read_yes(cell.text)
            if answer is None:
                self._leave(cell)
            else:
                item.is_key = item.is_key or answer
        for cell in self._new_cells(row, Field.TIMEFRAME):
            if timeframe := words.read_timeframe(cell.text):
                item.timeframe = timeframe
            else:
                self._leave(cell)
        for cell in self._new_cells(row, Field.STARTS):
            if read := self._date(cell):
                item.starts_on = _first_day(read)

    def _leave(self, cell: Cell) -> None:
        """Keep a cell as a note that its column would have made something else of."""
        if self.found.fates.get((self.sheet.name, cell.at)) == Fate.UNDERSTOOD:
            self.found.fates[self.sheet.name, cell.at] = Fate.LEFT_OVER
        self._keep(cell)

    def _lead(self, cell: Cell) -> None:
        item = self.item
        assert item is not None
        named = self.reader.agencies.read(cell.text)
        found = [(each, self.reader.agency(self.sheet, cell, each)) for each in named]
        known = [(each, short) for each, short in found if short]
        if not named:
            self._leave(cell)
        elif len(known) < len(named):
            self._keep(cell)
        if not known:
            return
        leads = [short for each, short in known if each.is_lead]
        shorts = list(dict.fromkeys(short for _, short in known))
        if item.lead:
            lead = item.lead
        elif leads:
            lead = leads[0]
        elif len(shorts) == 1:
            lead = shorts[0]
        else:
            lead = self._doubt(
                cell,
                f"lead:{plain(cell.text)}",
                "Several agencies are named, and only one can lead.",
                [Choice(short, f"{short} leads, the others support") for short in shorts],
                shorts[0],
            )
        item.lead = lead
        self.row_lead = shorts[0] if lead not in shorts else lead
        roles = {short: each.role for each, short in known}
        item.supporting |= {
            s: roles.get(s, "") for s in shorts if s not in (lead, *item.supporting)
        }

    def _supporting(self, cell: Cell, named: list[Named]) -> None:
        item = self.item
        assert item is not None
        if not named:
            self._leave(cell)
        is_kept = False
        for each in named:
            short = self.reader.agency(self.sheet, cell, each)
            if short:
                item.supporting.setdefault(short, each.role)
            elif not is_kept:
                is_kept = True
                self._keep(cell)

    # --- dates ----------------------------------------------------------------------------------

    def _order(self, column: int) -> str | None:
        """Return in which order a column has day and month, or None if all dates are day first."""
        if column not in self.orders:
            said = {
                dates.order_of(cell.text)
                for cell in self.sheet.column(column, self.mapping.headings.last)
                if isinstance(cell.value, str)
            }
            is_odd = dates.MONTH_FIRST in said
            suggested = dates.DAY_FIRST if dates.DAY_FIRST in said else dates.MONTH_FIRST
            self.orders[column] = suggested if is_odd else None
        return self.orders[column]

    def _read_date(self, cell: Cell) -> dates.DateRead:
        suggested = self._order(cell.column)
        order = dates.DAY_FIRST
        numbers = re.fullmatch(
            r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*\d{2,4}", cell.text.strip()
        )
        if suggested and numbers and isinstance(cell.value, str) and not dates.order_of(cell.text):
            if numbers[1] != numbers[2]:
                order = self._doubt(
                    cell,
                    f"order:{self.sheet.name}:{cell.column}",
                    "Some dates of this column have the month first. This one could be either.",
                    [
                        Choice(dates.DAY_FIRST, "Day first: 3/4/2027 is 3 April"),
                        Choice(dates.MONTH_FIRST, "Month first: 3/4/2027 is 4 March"),
                    ],
                    suggested,
                )
        elif suggested and dates.order_of(cell.text) == dates.MONTH_FIRST:
            order = dates.MONTH_FIRST
        return dates.read_date(cell.value, self.about.as_at, order, shows_month=cell.shows_month)

    def _date(self, cell: Cell) -> KnownDate | None:
        """Return the date of a cell. One that is unsure is asked; what is none is kept as a note."""
        read = self._read_date(cell)
        if read.word == "ongoing":
            assert self.item is not None
            self.item.timeframe = self.item.timeframe or "ongoing"
            self._keep(cell)
            return None
        if read.is_sure and read.best:
            return read.best
        choices = [Choice(each.code, str(each)) for each in read.choices]
        problem = "This could be several dates." if choices else "This is not a date."
        if read.word == "none":
            problem = "There is no date yet, so there is no milestone."
        elif len(choices) == 1:
            problem = "This is probably the date."
        answer = self._doubt(
            cell,
            f"date:{one_line(cell.text).casefold()[:100]}",
            problem,
            [*choices, Choice(NOTE, "No date: keep it as a note")],
            choices[0].value if choices else NOTE,
            takes_date=True,
        )
        if answer == NOTE:
            self._keep(cell)
            return None
        if not choices or answer not in {choice.value for choice in choices}:
            self._keep(cell)
        return read_known_date(answer)

    # --- milestones -----------------------------------------------------------------------------

    def _steps(self, row: int, own: list[Cell]) -> None:
        item = self.item
        assert item is not None
        made: list[Milestone] = []
        own_columns = {cell.column for cell in own}
        for group in self.groups:
            if own_columns & group.columns:
                made += self._group(row, group)
        self._status(row, made)

    def _group(self, row: int, group: Group) -> list[Milestone]:
        """Read the cells of one milestone, or of several in the lines of one cell."""
        item = self.item
        assert item is not None
        what = self._one(row, group.what)
        read = {kind: self._one(row, column) for kind, column in group.dates.items()}
        if what is None and not any(read.values()):
            return []
        agency = self.row_lead
        if responsible := self._one(row, group.responsible):
            for named in self.reader.agencies.read(responsible.text)[:1]:
                agency = self.reader.agency(self.sheet, responsible, named)
            if not agency or len(self.reader.agencies.read(responsible.text)) != 1:
                self._keep(responsible)
        if what is not None and len(lines_of(what.text)) > 1:
            return self._lines(row, what, read, agency)
        due, done, is_done = self._dates(row, read)
        text = what.text.strip() if what else group.name or self._words_of_row(row)
        original = due.get(Field.DUE) or due.get(Field.AGREED) or due.get(Field.FORECAST)
        if what is not None and original is None and done is None:
            text, in_line = split_line(text, self.about.as_at)
            original = in_line
        if original is None and done is not None:
            cell = read[Field.COMPLETED]
            assert cell is not None
            answer = self._doubt(
                cell,
                "completed-without-due",
                "It was completed, and the tracker does not say when it was due.",
                [
                    Choice(READ, "Take the day of completion as the due date"),
                    Choice(NOTE, "No milestone: keep it as a note"),
                ],
                READ,
            )
            if answer == READ:
                original = KnownDate(done)
            else:
                self._keep(cell)
        if original is None:
            if what is not None:
                original = self._without_date(what)
            elif is_done and (cell := read.get(Field.COMPLETED)):
                self._keep(cell)
        if original is None:
            if responsible:
                self._keep(responsible)
            return []
        step = self._milestone(text, original, agency)
        step.agreed = due.get(Field.AGREED)
        step.forecast = due.get(Field.FORECAST)
        step.completed = done
        if is_done and done is None:
            self.reader.undated.append((item, step))
        return [step]

    def _one(self, row: int, column: int) -> Cell | None:
        if not column:
            return None
        cell = self.sheet.at(row, column)
        if cell is None or not cell.text or not self._usable(cell):
            return None
        self.reader.fate(self.sheet, cell, Fate.UNDERSTOOD)
        return cell

    def _words_of_row(self, row: int) -> str:
        """Return what a milestone without words is: the row's title, or the item's."""
        assert self.item is not None
        titles = self._peek(row, Field.TITLE) or self._peek(row, Field.ACTION)
        return one_line(titles[0].text) if titles else self.item.title

    def _milestone(self, text: str, original: KnownDate, agency: str) -> Milestone:
        assert self.item is not None
        step = Milestone(shortened(text, MILESTONE_MOST), original, agency=agency)
        if len(one_line(text)) > MILESTONE_MOST:
            step.full = text
        self.item.milestones.append(step)
        return step

    def _without_date(self, cell: Cell) -> KnownDate | None:
        answer = self._doubt(
            cell,
            "undated-milestone",
            "These milestones have no date, and a milestone needs one.",
            [Choice(NOTE, "Keep them as notes")],
            NOTE,
            takes_date=True,
        )
        if answer == NOTE:
            self._keep(cell)
            return None
        return read_known_date(answer)

    def _dates(
        self, row: int, read: dict[Field, Cell | None]
    ) -> tuple[dict[Field, KnownDate], date | None, bool]:
        """Return the due dates, the day of completion, and whether it is done at all."""
        due: dict[Field, KnownDate] = {}
        for kind in (Field.DUE, Field.AGREED, Field.FORECAST):
            if (cell := read.get(kind)) and (found := self._date(cell)):
                due[kind] = found
        cell = read.get(Field.COMPLETED)
        if cell is None:
            return due, None, False
        status = words.read_status(cell.text)
        said = words.read_yes(cell.text)
        if said is not None and not isinstance(cell.value, date):
            return due, None, said
        if status.is_sure and not self._read_date(cell).choices:
            if status.has_more:
                self._keep(cell)
            return due, None, status.choices[0].stage == "complete"
        found = self._date(cell)
        if found is None:
            return due, None, False
        day = found.last_day
        if found.known_to != KnownTo.DAY:
            day = min(day, self.about.today)
        if day > self.about.today:
            answer = self._doubt(
                cell,
                f"future:{cell.text}",
                "It says completed, but the day is still to come.",
                [Choice(NOTE, "Not completed: keep it as a note")],
                NOTE,
            )
            if answer == NOTE:
                self._keep(cell)
            return due, None, False
        if found.known_to != KnownTo.DAY:
            self._doubt(
                cell,
                f"done:{one_line(cell.text).casefold()}",
                f"The day of completion is not said. It counts from {KnownDate(day)}.",
                [Choice(day.isoformat(), str(KnownDate(day)))],
                day.isoformat(),
            )
        return due, day, True

    def _lines(
        self, row: int, what: Cell, read: dict[Field, Cell | None], agency: str
    ) -> list[Milestone]:
        """Read several milestones in one cell: a date in the line, or in the same line of the due cell."""
        item = self.item
        assert item is not None
        lines = lines_of(what.text)
        cell = read.get(Field.DUE)
        due_lines = [line for line in cell.text.split("\n") if line.strip()] if cell else []
        in_lines: list[KnownDate | None] = [None] * len(lines)
        whole: KnownDate | None = None
        if cell and len(due_lines) == len(lines) > 1:
            in_lines = [dates.read_date(line, self.about.as_at).best for line in due_lines]
            if not all(dates.read_date(line, self.about.as_at).is_sure for line in due_lines):
                self._doubt(
                    cell,
                    f"lines:{self.sheet.name}:{cell.address}",
                    "Not every line of this cell is surely a date: "
                    + "; ".join(f"{line.strip()} is {date or 'none'}" for line, date in
                                zip(due_lines, in_lines, strict=True)),
                    [Choice(READ, "Take them so")],
                    READ,
                )  # fmt: skip
                self._keep(cell)
        elif cell:
            whole = self._date(cell)
        made, without = [], []
        for line, found in zip(lines, in_lines, strict=True):
            text, own = split_line(line, self.about.as_at)
            original = found or own or whole
            if original is None:
                without.append(line)
            else:
                made.append(self._milestone(text or line, original, agency))
        if without and (original := self._without_date(what)):
            made += [self._milestone(line, original, agency) for line in without]
        for kind in (Field.AGREED, Field.FORECAST, Field.COMPLETED):
            other = read.get(kind)
            if other is None:
                continue
            found = self._date(other) if kind != Field.COMPLETED else None
            if found and kind == Field.FORECAST and len(made) == 1:
                made[0].forecast = found
            else:
                # One date for several milestones is not the date of each.
                self._leave(other)
        return made

    # --- status and progress --------------------------------------------------------------------

    def _status(self, row: int, made: list[Milestone]) -> None:
        item = self.item
        assert item is not None
        for cell in self._new_cells(row, Field.STATUS):
            status = self._read_status(cell)
            if status is None:
                continue
            before = item.statuses[-1] if item.statuses else None
            if before and before[2] == f"{self.sheet.name}:{row}":
                # A second column of the row, such as RAG beside the stage.
                merged = Status(
                    before[0].stage or status.stage, before[0].confidence or status.confidence
                )
                if (status.stage and before[0].stage not in ("", status.stage)) or (
                    status.confidence and before[0].confidence not in ("", status.confidence)
                ):
                    self._keep(cell)
                item.statuses[-1] = (merged, before[1], before[2])
                status = merged
            else:
                if item.statuses:
                    # The plan has one status an item; that of this milestone is kept in its words.
                    self._keep(cell)
                item.statuses.append((status, made, f"{self.sheet.name}:{row}"))
            if status.stage == "complete" and made:
                self.reader.undated += [(item, step) for step in made if not step.completed]

    def _read_status(self, cell: Cell) -> Status | None:
        text = cell.text
        read = words.read_status(text)
        if read.has_more:
            self._keep(cell)
        if read.is_sure:
            return read.choices[0]
        choices = list(dict.fromkeys([*read.choices, *ANY_STATUS]))
        answer = self._doubt(
            cell,
            f"status:{plain(text)[:100] or text[:100]}",
            "This can mean several things." if read.choices else "This status is not known.",
            [
                *(Choice(each.code, status_words(each)) for each in choices),
                Choice(NOTE, "Keep it as a note"),
            ],
            read.choices[0].code if read.choices else NOTE,
        )
        if answer == NOTE:
            self._keep(cell)
            return None
        if not read.choices:
            self._keep(cell)
        return Status.of(answer)

    def _progress(self, row: int) -> None:
        item = self.item
        assert item is not None
        for field_, part in (
            (Field.PROGRESS, "achieved"),
            (Field.NEXT, "planned"),
            (Field.CHALLENGES, "challenges"),
        ):
            for cell in self._new_cells(row, field_):
                said = item.saying(self.periods.get(cell.column))
                getattr(said, part).append(cell.text.strip())
        for cell in self._new_cells(row, Field.CAUSE):
            item.causes.append(cell.text.strip())
        for cell in self._new_cells(row, Field.MITIGATION):
            item.mitigations.append(cell.text.strip())


def _first_day(due: KnownDate) -> date:
    """Return the day, or the first day of the month or quarter."""
    day = due.last_day
    if due.known_to == KnownTo.DAY:
        return day
    return day.replace(day=1, month=day.month - 2 * (due.known_to == KnownTo.QUARTER))
