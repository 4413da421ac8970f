"""Write a plan as a workbook in the format that the import reads."""

import io
from collections.abc import Iterator
from datetime import date
from typing import Any

import openpyxl
from django.utils.translation import gettext, override
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from agencies.models import Agency
from workitems.intake.cell_kinds import (
    CELL_CHARACTERS,
    Choice,
    Kind,
    TargetText,
    one_line,
    workbook_labels,
)
from workitems.intake.workbook.columns import (
    AGENCIES,
    DELAYS,
    ITEMS,
    MEASURE_VALUES,
    MEASURES,
    MILESTONES,
    MITIGATIONS,
    PILLARS,
    PLAN,
    RISKS,
    SHEETS,
    UPDATES,
    Column,
    Sheet,
)
from workitems.intake.workbook.faults import ExportRefused
from workitems.intake.workbook.item_rows import supporting_words
from workitems.intake.workbook.stored import Stored
from workitems.models import Measure, Plan, Return
from workitems.models.item import Stage

WRAPPED = Alignment(wrap_text=True, vertical="top")
BOLD = Font(bold=True)
DATE_FORMAT = "yyyy-mm-dd"
# The last row for which lists of choices are offered.
LAST_OFFERED = 5000


def export_workbook(plan: Plan) -> bytes:
    """Return the plan as an .xlsx file, with accepted updates only.

    Raise `ExportRefused` if a text is longer than a cell can be.
    """
    stored = Stored(plan)
    rows = {
        PLAN.name: _plan(stored, plan),
        AGENCIES.name: ({"Short name": a.short_name, "": a} for a in _agencies(stored, plan)),
        PILLARS.name: ({"Number": pillar.number, "": pillar} for pillar in stored.pillars),
        ITEMS.name: _items(stored),
        MILESTONES.name: (
            {"Work item": each.item.number, "Milestone": each.number, "": each}
            for each in stored.milestones
        ),
        DELAYS.name: _delays(stored),
        MITIGATIONS.name: _mitigations(stored),
        UPDATES.name: _updates(stored),
        RISKS.name: (
            {
                "Number": risk.number,
                "Work item": risk.item.number if risk.item else None,
                "Escalated on": risk.escalated_on,
                "": risk,
            }
            for risk in stored.risks
        ),
        MEASURES.name: (
            {
                "Work item": measure.item.number if measure.item else None,
                "Number": measure.number,
                "Targets": "\n".join(
                    str(TargetText(each.number, each.months, each.by))
                    for each in stored.targets_of[measure.pk]
                ),
                "": measure,
            }
            for measure in _measures(stored)
        ),
        MEASURE_VALUES.name: (
            {
                "Work item": measure.item.number if measure.item else None,
                "Number of the measure": measure.number,
                "Corrects the number of": value.corrects.day if value.corrects else None,
                "Accepted on": value.accepted_on,
                "": value,
            }
            for measure in _measures(stored)
            for value in stored.values_of[measure.pk]
        ),
    }
    return _workbook(rows)


Row = dict[str, Any]


def _plan(stored: Stored, plan: Plan) -> Iterator[Row]:
    appointment = stored.appointment(plan.portfolio, plan.released_on)
    for column in PLAN:
        if column.heading == "Background":
            # A paragraph of characters that no cell can show would come back as none.
            values = [text for text in plan.background_paragraphs if one_line(text)] or [""]
        elif column.heading == "Minister":
            values = [appointment.minister if appointment else ""]
        else:
            values = [getattr(plan, column.field)]
        for value in values:
            yield {"Key": column.heading, "Value": _cell(column, value)}


def _agencies(stored: Stored, plan: Plan) -> list[Agency]:
    """Return the members, then other agencies that the plan's rows name, and all successors."""
    found = {member.agency_id: member.agency for member in stored.members}
    rows: list[tuple[Any, str]] = [(plan, "coordinating_agency")]
    rows += [(item, "lead_agency") for item in stored.items]
    rows += [(milestone, "responsible_agency") for milestone in stored.milestones]
    rows += [(support, "agency") for group in stored.supports_of.values() for support in group]
    measures = list(_measures(stored))
    rows += [(m, "responsible_agency") for m in measures if m.responsible_agency]
    rows += [(value, "agency") for m in measures for value in stored.values_of[m.pk]]
    delays = [delay for group in stored.delays_of.values() for delay in group]
    rows += [(delay, "settling_agency") for delay in delays if delay.settling_agency_id]
    rows += [(m, "owner_agency") for group in stored.mitigations_of.values() for m in group]
    rows += [(risk, "owner_agency") for risk in stored.risks]
    rows += [(r, "agency") for r in stored.returns if r.state == Return.State.ACCEPTED]
    for row, name in rows:
        agency = getattr(row, name)
        found.setdefault(agency.pk, agency)
    waiting = list(found.values())
    while waiting:
        successor = waiting.pop().successor
        if successor is not None and successor.pk not in found:
            found[successor.pk] = successor
            waiting.append(successor)
    return list(found.values())


def _items(stored: Stored) -> Iterator[Row]:
    is_from_tracker = any(each.is_from_tracker for each in stored.rounds)
    for item in stored.items:
        is_unreported = item.heard_on is None and item.stage == Stage.NOT_STARTED
        yield {
            "Number": item.number,
            "Stage": None if is_from_tracker and is_unreported else item.stage,
            "Pillar": item.pillar.number,
            "Supporting agencies": supporting_words(stored.supports_of[item.pk]),
            "": item,
        }


def _measures(stored: Stored) -> Iterator[Measure]:
    """Yield the outcomes of the plan, then the measures of its items."""
    for pk in (None, *(item.pk for item in stored.items)):
        yield from stored.measures_of[pk]


def _delays(stored: Stored) -> Iterator[Row]:
    for milestone in stored.milestones:
        for delay in stored.delays_of[milestone.pk]:
            yield {
                "Work item": milestone.item.number,
                "Milestone": milestone.number,
                "Number": delay.number,
                "": delay,
            }


def _mitigations(stored: Stored) -> Iterator[Row]:
    for milestone in stored.milestones:
        for delay in stored.delays_of[milestone.pk]:
            for mitigation in stored.mitigations_of[delay.pk]:
                yield {
                    "Work item": milestone.item.number,
                    "Milestone": milestone.number,
                    "Delay": delay.number,
                    "Number": mitigation.number,
                    "": mitigation,
                }


def _updates(stored: Stored) -> Iterator[Row]:
    accepted = [u for u in stored.updates if u.of_return.state == Return.State.ACCEPTED]
    from_tracker = {each.pk for each in stored.rounds if each.is_from_tracker}

    def order(update: Any) -> tuple[Any, ...]:
        round_ = update.of_return.round
        return (
            round_.period_start,
            round_.period_end,
            update.item.number_key,
            update.of_return.agency.short_name,
        )

    for update in sorted(accepted, key=order):
        yield {
            "Period start": update.of_return.round.period_start,
            "Period end": update.of_return.round.period_end,
            "Agency": update.of_return.agency,
            "Work item": update.item.number,
            # Nobody accepted what a spreadsheet said.
            "Accepted on": None
            if update.of_return.round_id in from_tracker
            else update.of_return.accepted_on,
            "": update,
        }


def _cell(column: Column, value: Any) -> Any:
    if isinstance(value, Agency):
        return value.short_name
    if value is None or value == "":
        return None
    return column.kind.cell(column.kind.normal(value))


def _workbook(rows: dict[str, Iterator[Row]]) -> bytes:
    # Build and check all tables before openpyxl opens its temporary files.
    tables = {
        sheet.name: _table(sheet, columns_of(sheet), rows.get(sheet.name, iter(())))
        for sheet in SHEETS
    }
    workbook = openpyxl.Workbook(write_only=True)
    for sheet in SHEETS:
        worksheet = workbook.create_sheet(sheet.name)
        worksheet.freeze_panes = "A2"
        columns = columns_of(sheet)
        _format_columns(worksheet, columns)
        worksheet.append([styled_cell(worksheet, column.heading, BOLD) for column in columns])
        for values in tables[sheet.name]:
            worksheet.append([styled_cell(worksheet, value) for value in values])
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def columns_of(sheet: Sheet) -> tuple[Column, ...]:
    if sheet.downwards:
        return Column("Key", Kind(), width=22), Column("Value", Kind(), width=90)
    return sheet.written


def _table(sheet: Sheet, columns: tuple[Column, ...], rows: Iterator[Row]) -> list[list[Any]]:
    table = []
    for number, row in enumerate(rows, start=2):
        values = [
            row.get(column.heading) if sheet.downwards else _value(row, column)
            for column in columns
        ]
        for column, value in zip(columns, values, strict=True):
            if isinstance(value, str) and len(value) > CELL_CHARACTERS:
                raise ExportRefused(
                    gettext(
                        "Sheet {sheet}, row {row}: {column} has {count:,} characters, and a "
                        "spreadsheet cell holds {most:,}. Shorten the text first."
                    ).format(
                        sheet=sheet.name,
                        row=number,
                        column=column.heading,
                        count=len(value),
                        most=CELL_CHARACTERS,
                    )
                )
        table.append(values)
    return table


def _value(row: Row, column: Column) -> Any:
    value = row[column.heading] if column.heading in row else getattr(row[""], column.field)
    return _cell(column, value)


def _format_columns(worksheet: Any, columns: tuple[Column, ...]) -> None:
    for index, column in enumerate(columns, start=1):
        letter = get_column_letter(index)
        worksheet.column_dimensions[letter].width = column.width
        if isinstance(column.kind, Choice):
            offer_list(
                worksheet, f"{letter}2:{letter}{LAST_OFFERED}", column, labels_of(column.kind)
            )


def labels_of(kind: Choice) -> str:
    """Return the labels of a choice as the formula of a list."""
    return f'"{",".join(workbook_labels(kind.choices).values())}"'


def expected(column: Column) -> str:
    """Return a description of a column's values, in English like the whole workbook."""
    with override("en"):
        return column.kind.right


def offer_list(worksheet: Any, cells: str, column: Column, formula: str) -> DataValidation:
    """Let a spreadsheet program offer a list in these cells and refuse what is not on it."""
    choice = DataValidation(type="list", formula1=formula, allow_blank=True)
    choice.errorTitle, choice.error = column.heading, expected(column)
    choice.add(cells)
    worksheet.data_validations.append(choice)
    return choice


def styled_cell(worksheet: Any, value: Any, font: Font | None = None) -> Any:
    """Return a cell. Text never becomes a formula, whatever it begins with."""
    cell = WriteOnlyCell(worksheet)
    cell.alignment = WRAPPED
    if font:
        cell.font = font
    if isinstance(value, str):
        cell.value = value
        # openpyxl turns "=..." into a formula and "#N/A" into an error. quotePrefix prevents a
        # spreadsheet program from doing so when the cell is edited.
        cell.data_type = "s"
        cell.quotePrefix = value[0] in "=+-@\t\r#"
        cell.number_format = "@"
    elif isinstance(value, date):
        cell.value = value
        cell.number_format = DATE_FORMAT
    else:
        cell.value = value
    return cell
