"""Read the rows of a sheet's work items: which item a row is of, and what it says of it. No Django."""

import re
from dataclasses import replace
from datetime import date

from agencies.wording.translation import gettext, gettext_lazy
from workitems.intake.tracker import words
from workitems.intake.tracker.comment_reading import CommentReading
from workitems.intake.tracker.date_reading import DateReading
from workitems.intake.tracker.date_words import latest
from workitems.intake.tracker.doubts import ADD, NOTE, READ, Choice, Fate, place_of
from workitems.intake.tracker.grid import Cell
from workitems.intake.tracker.guess import SAMPLES
from workitems.intake.tracker.headings import Field, plain
from workitems.intake.tracker.milestone_columns import lines_of
from workitems.intake.tracker.milestone_reading import MilestoneReading
from workitems.intake.tracker.sheet_cells import SheetCells
from workitems.intake.tracker.status_reading import StatusReading
from workitems.intake.tracker.understood import (
    TITLE_MOST,
    Item,
    Pillar,
    joined,
    one_line,
    shortened,
)
from workitems.intake.tracker.words import Named
from workitems.terms.stems import says_nothing

ITEM_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z.\-]{0,19}")
NUMBER_PREFIX = re.compile(
    r"^(?:action|item|no\.?|number|ref\.?|#|initiative)\s*[:#]?\s*(?=\S)", re.I
)

WHO_LEADS = gettext_lazy("A name is in brackets behind another. Which of the two leads?")


class ItemReading:
    """`sheet_pillar` is what the sheet's name says that its items are of, `section` the last row that did."""

    def __init__(self, cells: SheetCells, sheet_pillar: str) -> None:
        self.cells, self.plan = cells, cells.plan
        self.sheet_pillar = sheet_pillar
        self.section: Pillar | None = None
        self.dates = DateReading(cells)
        self.milestones = MilestoneReading(cells, self.dates)
        self.comments = CommentReading(cells)
        self.status = StatusReading(cells)
        self.periods = {
            column: self.dates.period_of(column)
            for column in cells.mapping.columns(Field.PROGRESS, Field.NEXT, Field.CHALLENGES)
        }

    def read_row(self, row: int, own: list[Cell]) -> None:
        number_cells = self.cells.peek(row, Field.NUMBER)
        title_cells = self.cells.peek(row, Field.TITLE) or self.cells.peek(row, Field.ACTION)
        number = self._number(number_cells[0]) if number_cells else ""
        title = one_line(title_cells[0].text) if title_cells else ""
        is_same = self._is_same(number, title, number_cells, title_cells)
        if not is_same and not number and not title:
            if self.cells.item is None:
                return  # left over: nothing says what it is of
            is_same = True
        if not is_same:
            self._begin(row, own[0], number, title, number_cells, title_cells)
        self.cells.row_lead = ""
        self._describe(row)
        made = self.milestones.read(row, own)
        self.comments.read(own, made)
        self._progress(row)
        self.status.read(row, made)
        for cell in own:
            self.cells.comment_to_item(cell)

    def _is_same(
        self, number: str, title: str, number_cells: list[Cell], title_cells: list[Cell]
    ) -> bool:
        """Whether the row goes on with an item that a row above began. It becomes `self.cells.item`."""
        before = self.plan.by_number.get(number) if number else None
        if before is not None:
            if (
                not title
                or plain(title) == plain(before.action or before.title)
                or plain(title) == plain(before.title)
            ):
                self.cells.item = before
                return True
            answer = self.cells.doubt(
                number_cells[0],
                f"twice:{number}:{plain(title)[:80]}",
                gettext("The number {number} is used twice, with different titles.").format(
                    number=number
                ),
                [
                    Choice("other", gettext("Another item: give it a new number")),
                    Choice(
                        "same",
                        gettext("The same item as “{title}”").format(
                            title=shortened(before.title, 60)
                        ),
                    ),
                ],
                "other",
            )
            if answer == "same":
                self.cells.item = before
                return True
            return False
        if self.cells.item is None or number:
            return False
        # The rows of a merged title are of one item.
        return bool(title) and title_cells[0].at in self.cells.title_at

    def _begin(
        self, row: int, first: Cell, number: str, title: str,
        number_cells: list[Cell], title_cells: list[Cell],
    ) -> None:  # fmt: skip
        item = Item(shortened(title, TITLE_MOST), row)
        self.cells.title_at = {cell.at for cell in title_cells}
        self.cells.item = item
        self.plan.found.items.append(item)
        at = title_cells[0] if title_cells else first
        self.plan.places[item] = place_of(self.cells.sheet, at)
        if number and number not in self.plan.by_number:
            item.number = number
            self.plan.by_number[number] = item
        elif number:
            self.plan.repeated.add(item)
        for cell in number_cells:
            if self.cells.is_usable(cell):
                self.plan.fate(self.cells.sheet, cell, Fate.UNDERSTOOD)
            if one_line(cell.text).rstrip(".") != item.number:
                self.plan.note(
                    self.cells.sheet,
                    cell,
                    self.cells.headings.get(cell.column, ""),
                    cell.text,
                    item,
                )
        for cell in title_cells[:1]:
            if self.cells.is_usable(cell):
                self.plan.fate(self.cells.sheet, cell, Fate.UNDERSTOOD)
            if len(title) > TITLE_MOST:
                self.plan.shortened_titles += 1
                item.action = cell.text.strip()
        if not title:
            item.title = f"Item {number}"
            self.cells.doubt(
                number_cells[0] if number_cells else first,
                "no-title",
                gettext("These rows have no title."),
                [Choice(READ, gettext("Use their number as the title"))],
                READ,
            )
        for cell in self.cells.read(row, Field.PILLAR):
            if plain(cell.text):
                item.pillar = self.plan.pillar(cell.text)
        if item.pillar is None:
            item.pillar = self.section
        if item.pillar is None and self.sheet_pillar:
            item.pillar = self.plan.pillar(self.sheet_pillar)

    def _number(self, cell: Cell) -> str:
        if isinstance(cell.value, date):
            made = f"{cell.value.day}.{cell.value.month}"
            answer = self.cells.doubt(
                cell,
                f"date-number:{made}",
                gettext("The spreadsheet has made a date of this number."),
                [Choice(made, made), Choice(NOTE, gettext("Give the item a new number"))],
                made,
            )
            return "" if answer == NOTE else answer
        text = number_in(cell)
        if not text and self.cells.is_fresh(cell):
            self.cells.doubt(
                cell,
                f"no-number:{plain(cell.text)[:80]}",
                gettext("This is not a number that an item can have."),
                [Choice(NOTE, gettext("Give the item a new number, and keep this as a note"))],
                NOTE,
            )
        before = self.cells.item.number if self.cells.item else ""
        stem, _, last = before.rpartition(".")
        if (
            isinstance(cell.value, float)
            and last == "9"
            and text == f"{stem}.1"
            and text in self.plan.by_number
        ):
            ten = f"{stem}.10"
            answer = self.cells.doubt(
                cell,
                f"ten:{self.cells.sheet.name}:{cell.address}",
                gettext(
                    "It comes after {before}, and a spreadsheet does not distinguish {first} from {second}."
                ).format(before=before, first=ten, second=text),
                [Choice(ten, ten), Choice(text, text)],
                ten,
            )
            return answer
        return text

    def _describe(self, row: int) -> None:
        item = self.cells.present
        for cell in self.cells.read_new(row, Field.ACTION):
            if one_line(cell.text) != item.title:
                item.action = joined([item.action, cell.text.strip()])
        for cell in self.cells.read_new(row, Field.TITLE):
            # Another title of the same item: nothing else of the plan has a place for it.
            if one_line(cell.text) != item.title and cell.text.strip() != item.action:
                self.cells.keep(cell)
        for cell in self.cells.read_new(row, Field.PILLAR):
            if not plain(cell.text) or self.plan.pillar(cell.text) is not item.pillar:
                self.cells.keep(cell)
        for cell in self.cells.read_new(row, Field.NUMBER):
            if number_in(cell) != item.number:
                self.cells.keep(cell)
        for cell in self.cells.read_new(row, Field.OBJECTIVE):
            item.objective = joined([item.objective, cell.text.strip()])
        for cell in self.cells.read_new(row, Field.MEASURE):
            item.measures += [line for line in lines_of(cell.text) if line not in item.measures]
        for cell in self._said(row, Field.LEAD):
            self._lead(cell)
        for cell in self._said(row, Field.SUPPORTING):
            self._supporting(cell, self.plan.agencies.read(cell.text))
        self._small_words(row)

    def _small_words(self, row: int) -> None:
        item = self.cells.present
        for cell in self.cells.read_new(row, Field.KIND):
            if kind := words.read_kind(cell.text):
                item.kind = kind
            else:
                self.cells.leave(cell)
        for cell in self.cells.read_new(row, Field.KEY):
            answer = words.read_yes(cell.text)
            if answer is None:
                self.cells.leave(cell)
            else:
                item.is_key = item.is_key or answer
        for cell in self.cells.read_new(row, Field.TIMEFRAME):
            if timeframe := words.read_timeframe(cell.text):
                item.timeframe = timeframe
            else:
                self.cells.leave(cell)
        for cell in self.cells.read_new(row, Field.STARTS):
            item.starts_on = self.dates.start(cell) or item.starts_on

    def _lead(self, cell: Cell) -> None:
        item = self.cells.present
        named = self.plan.agencies.read(cell.text)
        found = [(each, self.plan.agency(self.cells.sheet, cell, each)) for each in named]
        if any(short for _, short in found):
            # "Regional councils (NEMA)" names two that could lead.
            inside = [(each.role, self._agency_in_brackets(cell, each)) for each in named]
            found += [(Named(role), short) for role, short in inside if short]
            found += self._unknown_in_brackets(cell, found)
        else:
            found = [(each, short or self._in_brackets(cell, each)) for each, short in found]
        known = [(each, short) for each, short in found if short]
        if not named:
            self.cells.leave(cell)
        elif len(known) < len(found) or any(each.role for each in named):
            # What the brackets say of a lead has no other place.
            self.cells.keep(cell)
        if not known:
            if self.plan.doubts.is_open_at(place_of(self.cells.sheet, cell)):
                self.plan.lead_is_open.add(item)
            elif named:
                self.plan.said_leads[item] = cell.text
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
            in_brackets = len(named) == 1
            lead = self.cells.doubt(
                cell,
                f"{'brackets' if in_brackets else 'lead'}:{plain(cell.text)[:100]}",
                str(WHO_LEADS)
                if in_brackets
                else gettext("Several agencies are named, and only one can lead."),
                [
                    Choice(
                        short, gettext("{agency} leads, the others support").format(agency=short)
                    )
                    for short in shorts
                ],
                shorts[0],
            )
        item.lead = lead
        self.cells.row_lead = shorts[0] if lead not in shorts else lead
        roles = {short: each.role for each, short in known}
        item.supporting |= {
            s: roles.get(s, "") for s in shorts if s not in (lead, *item.supporting)
        }

    def _agency_in_brackets(self, cell: Cell, named: Named) -> str:
        """Return the agency in brackets behind a name, one that is known or that the file names elsewhere, or ""."""
        if not named.role:
            return ""
        inside = Named(named.role, self.plan.agencies.find(named.role))
        if inside.short or f"agency:{inside.key}" in self.plan.doubts.by_key:
            return self.plan.agency(self.cells.sheet, cell, inside)
        return ""

    def _in_brackets(self, cell: Cell, named: Named) -> str:
        """Return the agency in brackets behind what is none, "Regional councils (NEMA)", if that is agreed to, or ""."""
        agency = self._agency_in_brackets(cell, named)
        is_new = not agency and words.is_initials(named.role) and not words.is_blank(named.role)
        inside = Named(named.role, self.plan.agencies.find(named.role), is_lead=True)
        if f"agency:{inside.key}" in self.plan.doubts.by_key and not agency:
            return ""  # a person says that it is no agency
        if not (agency or is_new):
            return ""
        leads = (
            Choice(agency, gettext("{agency} leads").format(agency=agency))
            if agency
            else Choice(
                ADD, gettext("{agency} leads: add it as a new agency").format(agency=named.role)
            )
        )
        answer = self.cells.doubt(
            cell,
            f"brackets:{plain(cell.text)[:100]}",
            str(WHO_LEADS),
            [leads, Choice(NOTE, gettext("No: keep it as a note"))],
            leads.value,
        )
        if answer == ADD:
            alone = replace(cell, text=named.role)
            return self.plan.agency(self.cells.sheet, alone, inside)
        return "" if answer == NOTE else answer

    def _unknown_in_brackets(
        self, cell: Cell, found: list[tuple[Named, str]]
    ) -> list[tuple[Named, str]]:
        """Return the agency that a person says leads, though it is not known and in brackets: "Treasury (EQC)"."""
        leading = []
        for named, short in found:
            role = named.role
            if not short or not words.is_initials(role) or words.is_blank(role):
                continue
            inside = Named(role, self.plan.agencies.find(role), is_lead=True)
            if inside.short or f"agency:{inside.key}" in self.plan.doubts.by_key:
                continue
            answer = self.cells.doubt(
                cell,
                f"brackets:{plain(cell.text)[:100]}",
                str(WHO_LEADS),
                [
                    Choice(
                        NOTE,
                        gettext("{agency} leads: keep the brackets as a note").format(agency=short),
                    ),
                    Choice(
                        ADD, gettext("{agency} leads: add it as a new agency").format(agency=role)
                    ),
                ],
                NOTE,
            )
            if answer == ADD:
                alone = replace(cell, text=role)
                leading.append((inside, self.plan.agency(self.cells.sheet, alone, inside)))
        return leading

    def _supporting(self, cell: Cell, named: list[Named]) -> None:
        item = self.cells.present
        if not named:
            self.cells.leave(cell)
        is_kept = False
        for each in named:
            short = self.plan.agency(self.cells.sheet, cell, each)
            if short:
                item.supporting.setdefault(short, each.role)
            elif not is_kept:
                is_kept = True
                self.cells.keep(cell)

    def _progress(self, row: int) -> None:
        item = self.cells.present
        for field_, part in (
            (Field.PROGRESS, "achieved"),
            (Field.NEXT, "planned"),
            (Field.CHALLENGES, "challenges"),
        ):
            for cell in self._said(row, field_):
                text = self._without_remarks(cell)
                if not text:
                    continue
                progress = item.progress_in(self.periods.get(cell.column))
                in_the_way = self._in_the_way(cell, text) if field_ == Field.PROGRESS else ""
                if in_the_way:
                    progress.challenges.append(in_the_way)
                    text = " ".join(text.replace(in_the_way, "").split()).rstrip(";,")
                if text:
                    getattr(progress, part).append(text)
                heading = self.cells.headings.get(cell.column, "")
                self.plan.progress_cells[item].append((self.cells.sheet, cell, heading))
        for cell in self._said(row, Field.UPDATED):
            self._updated(cell)
        for field_, texts in ((Field.CAUSE, item.causes), (Field.MITIGATION, item.mitigations)):
            for cell in self.cells.read_new(row, field_):
                if not says_nothing(cell.text) or self._is_used(cell):
                    texts.append(cell.text.strip())
                    heading = self.cells.headings.get(cell.column, "")
                    self.plan.progress_cells[item].append((self.cells.sheet, cell, heading))

    def _said(self, row: int, field_: Field) -> list[Cell]:
        """Return the row's new cells of a field that say something. "n/a", "see 4.1" and "ongoing" are notes."""
        said = []
        for cell in self.cells.read_new(row, field_):
            text = cell.text
            status = words.read_status(text)
            is_status = status.is_sure and not status.has_more
            if words.is_blank(text) or words.points_elsewhere(text) or is_status:
                self.cells.leave(cell)
            else:
                said.append(cell)
        return said

    def _in_the_way(self, cell: Cell, text: str) -> str:
        """Return the last sentences of the latest news that say what is not done, if they go under Challenges."""
        heading = self.cells.headings.get(cell.column, "")
        found = words.unfinished_in(text) if words.is_news(heading) else ""
        if not found:
            return ""
        key = f"in-the-way:{self.cells.sheet.name}:{cell.column}"
        answer = self.cells.plan.doubts.ask(
            key,
            place_of(self.cells.sheet, cell),
            quoted=shortened(found, 100),
            problem=gettext(
                "Sentences of this column say what is not done, or what is in the way."
            ),
            choices=[
                Choice(Field.CHALLENGES, gettext("They go under Challenges")),
                Choice(Field.PROGRESS, gettext("They go under Achieved, with the others")),
            ],
            suggested=Field.CHALLENGES,
        )
        doubt = self.cells.plan.doubts.by_key[key]
        if shortened(found, 100) not in doubt.quoted and doubt.quoted.count("\n") < SAMPLES - 1:
            doubt.quoted += f"\n{shortened(found, 100)}"
        return found if answer == Field.CHALLENGES else ""

    def _without_remarks(self, cell: Cell) -> str:
        """Return a cell's text without remarks in brackets that a person keeps out of what agencies read."""
        text = cell.text
        for remark in words.remarks_in(text):
            answer = self.cells.plan.doubts.ask(
                f"remark:{one_line(remark).casefold()[:100]}",
                place_of(self.cells.sheet, cell),
                quoted=shortened(remark, 120),
                problem=gettext("It looks like a note to yourselves."),
                choices=[
                    Choice(NOTE, gettext("Only coordinators read it: keep it as a note")),
                    Choice(READ, gettext("Leave it in the text, which all agencies read")),
                ],
                suggested=NOTE,
            )
            if answer == NOTE:
                text = text.replace(remark, "")
        if text != cell.text:
            # The note has the whole text.
            self.plan.keep(
                self.cells.sheet, cell, self.cells.item, self.cells.headings.get(cell.column, "")
            )
        return re.sub(r"[ \t]{2,}", " ", text).strip()

    def _updated(self, cell: Cell) -> None:
        """Take the day on which the row was last updated, and keep its words as a note as well."""
        item, about = self.cells.present, self.plan.about
        self.cells.keep(cell)
        found = self.dates.last_update(cell)
        if found is None:
            return
        if latest(cell.text, about.today) == found:
            self.plan.without_year.append((cell.address, one_line(cell.text), found))
        day = min(found.last_day, about.today) if found.first_day <= about.today else found.last_day
        if about.released_on <= day <= about.today:
            item.updated_on = max(day, item.updated_on or day)
        else:
            self.plan.early_updates += 1

    def _is_used(self, cell: Cell) -> bool:
        """Whether to use a text that says nothing; otherwise it is kept as a note."""
        answer = self.cells.doubt(
            cell,
            f"nothing:{one_line(cell.text).casefold()}",
            gettext("This says nothing that a reader can use."),
            [
                Choice(NOTE, gettext("Keep it as a note")),
                Choice(READ, gettext("Use it as it is")),
            ],
            NOTE,
        )
        if answer == NOTE:
            self.cells.keep(cell)
        return answer == READ


def number_in(cell: Cell) -> str:
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
