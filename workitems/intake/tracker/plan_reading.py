"""Read a tracker by its mappings into an `Understood`. No Django.

Every cell that holds something gets exactly one fate: understood, in doubt, or left over, which
means that it is kept as a note. What is ambiguous is asked (doubts.py) and never settled here.
"""

from collections.abc import Mapping as Answers

from agencies.wording.translation import _
from workitems.intake.tracker.doubts import Choice, place_of
from workitems.intake.tracker.filling_gaps import fill_gaps
from workitems.intake.tracker.grid import Sheet, Tracker, letters
from workitems.intake.tracker.guess import SAMPLES, Mapping
from workitems.intake.tracker.headings import Field, field_of
from workitems.intake.tracker.plan_so_far import PlanSoFar
from workitems.intake.tracker.row_reading import RowReading
from workitems.intake.tracker.understood import About, Note, Understood, shortened
from workitems.intake.tracker.words import Agencies


def understand(
    tracker: Tracker,
    mappings: dict[str, Mapping],
    agencies: Agencies,
    about: About,
    answers: Answers[str, str] | None = None,
) -> Understood:
    """Return the plan that the tracker describes. `mappings` are by the name of the sheet."""
    plan = PlanSoFar(agencies, about, answers or {})
    read = [sheet for sheet in tracker.sheets if _is_read(mappings, sheet)]
    plan.meet_agencies(
        (sheet, cell)
        for sheet in read
        for column in mappings[sheet.name].columns(Field.LEAD, Field.SUPPORTING, Field.RESPONSIBLE)
        for cell in sheet.column(column, mappings[sheet.name].headings.last)
    )
    for sheet in tracker.sheets:
        if sheet in read:
            mapping = _asked(plan, sheet, mappings[sheet.name])
            RowReading(plan, sheet, mapping, alone=len(read) == 1).read()
            _conditional(plan, sheet)
        for cell in sheet.cells.values():
            if (sheet.name, cell.at) not in plan.found.fates:
                plan.keep(sheet, cell, None)
    return fill_gaps(plan)


def _is_read(mappings: dict[str, Mapping], sheet: Sheet) -> bool:
    return sheet.name in mappings and mappings[sheet.name].is_read


def _asked(plan: PlanSoFar, sheet: Sheet, mapping: Mapping) -> Mapping:
    """Ask about columns that become what was achieved, by choice or guess, and whose headings do not say so."""
    fields: dict[int, Field] = {}
    for column in mapping.columns(Field.PROGRESS):
        heading = mapping.headings.by_column.get(column, "")
        cells = [cell for cell in sheet.column(column, mapping.headings.last) if cell.text]
        if field_of(heading)[0] == Field.PROGRESS or not cells:
            continue
        answer = plan.doubts.ask(
            f"column:{sheet.name}:{column}",
            place_of(sheet, cells[0]),
            quoted="\n".join(shortened(cell.text, 80) for cell in cells[:SAMPLES]),
            problem=_(
                "Column {letter}, “{heading}”, would go under Achieved. Do all its texts say what was achieved?"
            ).format(letter=letters(column), heading=shortened(heading, 60)),
            choices=[
                Choice(Field.NOTE, _("No, they are comments: keep them as notes of their items")),
                Choice(Field.CHALLENGES, _("No: they go under Challenges")),
                Choice(Field.NEXT, _("No: they go under Planned next")),
                Choice(Field.PROGRESS, _("Yes, all of them: they go under Achieved")),
            ],
            suggested=Field.NOTE,
        )
        fields[column] = Field(answer)
    return mapping.with_fields(fields)


def _conditional(plan: PlanSoFar, sheet: Sheet) -> None:
    """Note where colours come from conditional formatting, which only a spreadsheet program works out."""
    if sheet.conditional:
        areas = shortened(", ".join(sheet.conditional), 200)
        sentence = _(
            "The colours that conditional formatting gives to {areas} in “{sheet}”."
        ).format(areas=areas, sheet=sheet.name)
        plan.found.not_read.append(sentence)
        address = sheet.conditional[0].partition(":")[0][:10]
        plan.found.notes.append(Note(sheet.name, address, "Not read", sentence))
