"""The plan as far as a tracker's sheets have been read, with the fate of every cell. No Django."""

import re
from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Mapping as Answers
from dataclasses import replace
from itertools import takewhile

from agencies.wording.translation import _
from workitems.intake.tracker.doubts import (
    ADD,
    NAME_PARTS,
    NOTE,
    SAME,
    Choice,
    Doubt,
    Doubts,
    Fate,
    Place,
    place_of,
)
from workitems.intake.tracker.grid import At, Cell, Sheet
from workitems.intake.tracker.headings import plain
from workitems.intake.tracker.understood import (
    TITLE_MOST,
    About,
    Item,
    Milestone,
    Note,
    Pillar,
    Understood,
    one_line,
    shortened,
)
from workitems.intake.tracker.words import (
    Agencies,
    Named,
    Status,
    are_alike,
    has_initials,
    in_full,
    is_initials,
    looks_like_agency,
    names_several,
)
from workitems.terms.known_dates import KnownDate

PILLAR = re.compile(
    r"^(?:(?:strategic |priority |focus )?(?:pillar|theme|priority|goal|area|workstream|outcome|strand|"
    r"part|section|pou|objective)\s*)?(?:#\s*)?(\d{1,2})\s*(?:[:.)\-–—]\s*|\s+|$)(.*)$",
    re.IGNORECASE | re.DOTALL,
)


class PlanSoFar:
    """What the sheets of a tracker share: agencies, pillars, items, doubts and fates."""

    def __init__(self, agencies: Agencies, about: About, answers: Answers[str, str]) -> None:
        self.agencies, self.about = agencies, about
        self.doubts = Doubts(answers)
        self.status_words = Doubts(answers)
        self.found = Understood(about)
        self.by_number: dict[str, Item] = {}
        self.places: dict[Item, Place] = {}
        self.pillars: dict[str, Pillar] = {}
        self.pillar_cells: dict[str, list[tuple[Sheet, Cell]]] = defaultdict(list)
        self.undated: list[tuple[Item, Milestone]] = []
        # The cells that an item's progress is from, with their headings.
        self.progress_cells: dict[Item, list[tuple[Sheet, Cell, str]]] = defaultdict(list)
        # The cells that a milestone is from, by its id.
        self.milestone_cells: dict[int, list[tuple[Sheet, Cell, str]]] = defaultdict(list)
        # Milestones, by their ids, whose row has a place to say that they are done.
        self.with_done_column: set[int] = set()
        # The comments that no item has yet, and what is kept already.
        self.comments: dict[tuple[str, At], int] = {}
        self.noted: set[tuple[str, str, str, Item | None]] = set()
        # Items whose lead is a question of its own, about the name that their cell has.
        self.lead_is_open: set[Item] = set()
        # What the cells say of the lead of items that have none.
        self.said_leads: dict[Item, str] = {}
        # Items whose status is a question of its own that is not answered.
        self.status_is_open: set[Item] = set()
        # Names of agencies in the tracker that are initials.
        self.initials: list[str] = []
        # What the tracker's own legend says that colours mean.
        self.legend: dict[str, Status] = {}
        # Items whose number another item has.
        self.repeated: set[Item] = set()
        # What the status cells of items say that says no status: "n/a".
        self.blank_statuses: dict[Item, str] = {}
        # The cells that rate items, each with the heading and the text that keep it as a note.
        self.ratings: dict[Item, list[tuple[Sheet, Cell, str, str]]] = defaultdict(list)
        # Items of which a row says that they are done, and that have no milestone.
        self.said_done: set[Item] = set()
        # Rows that a person says are withdrawn items.
        self.withdrawn_rows: set[tuple[str, int]] = set()
        # The words that were read as complete.
        self.said_statuses: dict[Item, str] = {}
        # Last updates without a year, with what they were read as.
        self.without_year: list[tuple[str, str, KnownDate]] = []
        self.shortened_titles = 0
        self.early_updates = 0

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

    def as_notes(self, item: Item, cells: Iterable[tuple[Sheet, Cell, str]]) -> None:
        """Keep as notes of an item what was understood of cells before."""
        for sheet, cell, heading in cells:
            if self.found.fates[sheet.name, cell.at] == Fate.UNDERSTOOD:
                self.found.fates[sheet.name, cell.at] = Fate.LEFT_OVER
            self.keep(sheet, cell, item, heading)

    def name_items(self) -> None:
        """Say beside each place of a doubt which item its row is of."""
        begun: dict[str, list[tuple[int, Item]]] = defaultdict(list)
        for item, place in self.places.items():
            begun[place.sheet].append((item.row, item))
        for doubt in self.doubts.by_key.values():
            if doubt.key.startswith("deleted:"):
                continue  # a row of no item
            doubt.places = [replace(at, item=_item_at(begun[at.sheet], at)) for at in doubt.places]

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
        return self._unknown_agency(cell.text, place_of(sheet, cell), named)

    def meet_agencies(self, found: Iterable[tuple[Sheet, Cell]]) -> None:
        """Ask about the agencies that these cells name and that are not known, initials last: they are probably those
        of a longer name. The places of the questions come when the rows are read."""
        met: dict[str, tuple[str, Place, Named]] = {}
        for sheet, cell in found:
            for named in self.agencies.read(cell.text):
                if not named.short:
                    met.setdefault(named.key, (cell.text, place_of(sheet, cell), named))
        self.initials = [name for *_, each in met.values() if is_initials(name := each.text)]
        for text, place, named in sorted(met.values(), key=lambda each: is_initials(each[2].text)):
            self._unknown_agency(text, place, named)
        for doubt in self.doubts.by_key.values():
            doubt.places.clear()

    def _unknown_agency(self, text: str, place: Place, named: Named) -> str:
        key = f"agency:{named.key}"
        # A later name is said to be the same as an earlier one, so that none goes round in a circle.
        others = {
            f"{SAME}{each.name}": each
            for each in takewhile(lambda each: each.key != key, self.doubts.by_key.values())
            if each.new_agency
        }
        problem = _("This agency is not known by that name.")
        suggested = named.near or (
            NOTE if self._is_beside_known(text, named) or names_several(named.text) else ""
        )
        alike = [value for value, each in others.items() if are_alike(each.quoted, named.text)]
        if names_several(named.text):
            problem = _("It seems to name several bodies, not one agency.")
        elif named.key in self.agencies.ended:
            problem = _("This agency no longer exists.")
        elif alike:
            problem = _(
                "This agency is not known by that name. It may be the same as “{agency}”."
            ).format(agency=others[alike[0]].quoted)
            # Only initials are taken for the same unless a person says otherwise.
            meant = [value for value in alike if has_initials(others[value].quoted, named.text)]
            suggested = suggested or (meant[0] if len(meant) == 1 else "")
        elif looks_like_agency(named.text):
            suggested = suggested or ADD
        answer = self.doubts.ask(
            key,
            place,
            quoted=named.text,
            problem=problem,
            choices=[
                Choice(ADD, _("Add “{agency}” as a new agency").format(agency=named.text[:60])),
                *(
                    Choice(
                        value, _("The same agency as “{agency}”").format(agency=each.quoted[:60])
                    )
                    for value, each in others.items()
                ),
                Choice(NOTE, _("It is not an agency: keep it as a note")),
                *self.agency_choices(),
            ],
            suggested=suggested,
        )
        doubt = self.doubts.by_key[key]
        if doubt.new_agency is None:
            doubt.new_agency = self.names_of(doubt)
            doubt.is_of_several = names_several(named.text)
        doubt.same_as = others.get(answer)
        if doubt.same_as:
            doubt.settled = doubt.same_as.settled
            doubt.same_as = doubt.same_as.same_as or doubt.same_as
        elif answer == ADD:
            name, doubt.settled = doubt.new_agency
            self.found.new_agencies[doubt.settled] = name
            doubt.is_bare = is_initials(name)
            if doubt.is_bare:
                doubt.problem = _(
                    "Only its initials are known. Enter its full name, as papers print it."
                )
        else:
            doubt.settled = "" if answer == NOTE else answer
        return doubt.settled

    def _is_beside_known(self, text: str, named: Named) -> bool:
        """Whether what stands beside a known agency is probably a person or a unit of it."""
        is_beside = any(each.short for each in self.agencies.read(text))
        return is_beside and not looks_like_agency(named.text)

    def names_of(self, doubt: Doubt) -> tuple[str, str]:
        """Return the name and short name of an agency that is to be added, as typed or else as guessed."""
        name, short = (self.doubts.answers.get(f"{doubt.name}-{part}", "") for part in NAME_PARTS)
        if name and short and short not in self.agencies.shorts:
            return name, short
        return self.guessed_names(doubt.quoted)

    def guessed_names(self, text: str) -> tuple[str, str]:
        name = shortened(in_full(text), 200)
        # The initials that the tracker itself has for it.
        own = (each for each in self.initials if has_initials(text, each))
        short = next(own, name.replace(";", ","))
        if len(short) > 30:
            short = "".join(word[0] for word in re.findall(r"[A-Z]\w*", name)) or short[:30].strip()
        if short in self.agencies.shorts and self.found.new_agencies.get(short) != name:
            short = shortened(name, 29).replace(";", ",")
        return name, short

    # --- pillars ------------------------------------------------------------------------------

    def pillar(self, text: str) -> Pillar:
        """Return the pillar that a text names, by its number or title."""
        line = one_line(text)
        number, title = None, line
        if match := PILLAR.match(line):
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


def _item_at(begun: list[tuple[int, Item]], place: Place) -> str:
    """Return the number and title of the item whose rows have the place, or ""."""
    row = int("".join(filter(str.isdigit, place.address)) or 0)
    item = next((item for first, item in reversed(begun) if first <= row), None)
    return shortened(f"{item.number} {item.title}", 50) if item else ""
