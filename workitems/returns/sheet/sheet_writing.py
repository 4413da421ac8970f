"""Write an agency's return as a workbook to answer in."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from typing import Any

import openpyxl
from django.conf import settings
from django.utils.text import slugify
from django.utils.translation import override
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties

from agencies.models import Agency
from workitems.intake.cell_kinds import clean, workbook_labels
from workitems.intake.workbook.export import WRAPPED, styled_cell
from workitems.measures.asked import AskedMeasure
from workitems.models import Measure, MilestoneAnswer, Return
from workitems.models.item import Confidence, Stage
from workitems.returns.forms.measure_answers import MeasureAnswerForm
from workitems.returns.forms.returns import MilestoneAnswerForm, UpdateForm, start_of
from workitems.returns.page_milestones import MilestoneLine, members_of
from workitems.returns.page_sections import Section
from workitems.returns.return_page import return_page
from workitems.returns.sheet.row_keys import Key
from workitems.returns.sheet.sheet_columns import (
    ANSWERS,
    KEY,
    MEASURES,
    MILESTONES,
    Column,
    Table,
)
from workitems.terms.known_dates import KnownDate, known
from workitems.terms.stems import STEMS

GREY = PatternFill("solid", fgColor="FFE7E6E6")
DARK = PatternFill("solid", fgColor="FFD0CECE")
LINE = Side(style="thin", color="FFBFBFBF")
BOX = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)
BOLD, TITLE = Font(name="Calibri", bold=True), Font(name="Calibri", bold=True, size=14)
# A key that is wrapped in its narrow column makes each row as high as a page.
ON_ONE_LINE = Alignment(wrap_text=False, vertical="top")
A3 = 8
LONG_AGO = (1980, 1, 1, 0, 0, 0)
LISTS = "Lists"
YES = "yes"
# Sorted and added rows have their lists to choose from too.
ROWS_WITH_LISTS = 2000
FROZEN = "D2"

Values = dict[str, Any]


def write_workbook(of_return: Return, on: date, *, with_draft: bool = True) -> bytes:
    """Return the workbook. `on` is today's New Zealand date.

    Without the draft, as for a mail, it has the last accepted answers and no words of this round.
    """
    page = return_page(
        of_return, on, opened=set(of_return.round.plan.items.values_list("pk", flat=True))
    )
    agencies = members_of(of_return)
    choices = choices_of(agencies)
    workbook = openpyxl.Workbook(write_only=True)
    _instructions(workbook, of_return, page.measures, on)
    answers = _answers(of_return, page.sections, choices, with_draft)
    _sheet(workbook, ANSWERS, answers, choices, of_return.agency)
    lines = [
        (section, line)
        for section in page.sections
        for line in section.milestones
        if line.is_own and line.milestone.is_open
    ]
    milestones = _milestones(of_return, lines, choices, with_draft)
    _sheet(workbook, MILESTONES, milestones, choices, of_return.agency)
    if page.measures:
        measures = _measures(of_return, page.measures, choices, with_draft, on)
        _sheet(workbook, MEASURES, measures, choices, of_return.agency)
    _lists(workbook, choices)
    workbook.active = 1  # the answers are in front, the instructions at their left
    properties = workbook.properties
    properties.creator, properties.title = (
        settings.PRODUCT_NAME,
        clean(f"Return of {of_return}"),
    )
    properties.created = of_return.round.opened_at.replace(tzinfo=None)
    file = io.BytesIO()
    workbook.save(file)
    return _same_bytes(file)


def workbook_name(of_return: Return) -> str:
    return f"{slugify(str(of_return))}.xlsx"


def choices_of(agencies: dict[int, Agency]) -> dict[str, dict[str, str]]:
    """Return the lists to choose from: by form field, the values with their words in English."""
    fields: Any = {**UpdateForm.base_fields, **MilestoneAnswerForm.base_fields}
    found = {
        name: dict(fields[name].choices)
        for name in ("confidence", "key_achievement", "cause", "settlement")
    }
    for name in ("cause", "settlement"):
        found[name].pop("")
    found["no_change"] = {YES: "Yes"}
    found["stage"] = {each.value: each.label for each in Stage if each != Stage.WITHDRAWN}
    found["counted"] = {"yes": "Differently from here"}
    found["yes_no"] = {"1": "Yes", "0": "No"}
    for name in ("owner_agency", "settling_agency"):
        found[name] = {str(pk): each.short_name for pk, each in agencies.items()}
    with override("en"):
        return {
            name: {str(value): str(label) for value, label in each.items()}
            for name, each in found.items()
        }


def _answers(
    of_return: Return, sections: list[Section], choices: dict[str, dict[str, str]], with_draft: bool
) -> Iterator[Values]:
    stages, confidences = workbook_labels(Stage), workbook_labels(Confidence)
    for section in sections:
        item, last = section.item, section.last
        update = section.update if with_draft else None
        form = UpdateForm(None, item=item, update=update, is_led=section.is_led)
        shown = {name: form.initial.get(name, "") for name in form.fields}
        is_unchanged = update is not None and update.no_change_on is not None
        if is_unchanged or section.may_say_no_change:
            shown["no_change"] = YES if is_unchanged else ""
        yield {
            KEY: Key(
                *(
                    of_return.pk,
                    ANSWERS.kind,
                    item.pk,
                    update.version if update else 0,
                    item.version,
                ),
                *(shown.get("stage", ""), shown.get("confidence", "")),
            ),
            "Item": item.number,
            "Title": item.title,
            "Stage last time": stages[last.stage] if last and last.stage else "",
            "Confidence last time": confidences[last.confidence]
            if last and last.confidence
            else "",
            "Achieved last time": _last(section),
            "Planned last time": last.planned_next if last else "",
            "Challenges last time": last.challenges if last else "",
            **_in_words(shown, choices),
        }


def _last(section: Section) -> str:
    if section.last is None:
        return ""
    if section.last.no_change_on:
        return "No change"
    return section.last.achieved


def _milestones(
    of_return: Return,
    lines: list[tuple[Section, MilestoneLine]],
    choices: dict[str, dict[str, str]],
    with_draft: bool,
) -> Iterator[Values]:
    for section, line in lines:
        milestone, answer = line.milestone, line.answer if with_draft else None
        if answer is not None and answer.outcome == MilestoneAnswer.Outcome.REOPENED:
            answer = None
        version = answer.version if answer else 0
        key = Key(of_return.pk, MILESTONES.kind, milestone.pk, version, milestone.version)
        yield {
            KEY: key,
            "Item": section.item.number,
            "Milestone": _with_waits(line),
            "Due": str(milestone.agreed),
            "Expected until now": str(milestone.forecast),
            **_in_words(start_of(answer) if answer else {}, choices),
        }


def _with_waits(line: MilestoneLine) -> str:
    """Return the milestone's words, and below them what it waits for and what waits for it."""
    found, pk = [str(line.milestone)], line.milestone.pk
    if line.waits is not None:
        with override("en"):
            if line.waits.cannot_be_met:
                found.append("The agreed date can no longer be met.")
            if waiting := line.waits.waits.in_words(pk):
                found.append(f"Waits for {waiting}")
            if held_up := line.waits.waits.back_in_words(pk):
                found.append(f"Waited for by {held_up}")
    return "\n".join(found)


def _measures(
    of_return: Return,
    asked: list[AskedMeasure],
    choices: dict[str, dict[str, str]],
    with_draft: bool,
    on: date,
) -> Iterator[Values]:
    for each in asked:
        measure, value = each.measure, each.value if with_draft else None
        form = MeasureAnswerForm.in_return(of_return, each, value, on)
        key = Key(of_return.pk, MEASURES.kind, measure.pk, value.version if value else 0, measure.version)  # fmt: skip
        shown: Values = form.shown_words()
        if measure.kind == Measure.Kind.YES_NO:
            shown["number"] = choices["yes_no"].get(shown["number"], "")
        yield {
            KEY: key,
            "Item": measure.place,
            "Measure": measure.as_told,
            "Last number": each.last_in_words,
            "Target": "\n".join(each.targets_in_words),
            **_in_words(shown, choices),
        }


def _in_words(values: Values, choices: dict[str, dict[str, str]]) -> Values:
    """Return the values of form fields as a person reads them."""
    return {
        name: choices[name].get(str(value), "") if name in choices else value
        for name, value in values.items()
    }


def _sheet(
    workbook: Any,
    table: Table,
    rows: Iterator[Values],
    choices: dict[str, dict[str, str]],
    agency: Agency,
) -> None:
    worksheet = workbook.create_sheet(table.name)
    worksheet.freeze_panes = FROZEN
    worksheet.page_setup.orientation, worksheet.page_setup.paperSize = "landscape", A3
    worksheet.page_setup.fitToHeight = 0
    worksheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    worksheet.print_title_rows = "1:1"
    for index, column in enumerate(table.columns, start=1):
        letter = get_column_letter(index)
        worksheet.column_dimensions[letter].width = column.width
        worksheet.column_dimensions[letter].hidden = column.heading == KEY
        hint = _hint(column, agency)
        if column.choices or hint:
            below = f"{letter}2:{letter}{ROWS_WITH_LISTS}"
            worksheet.data_validations.append(_help_of(column, hint, below, choices))
    headings = [_cell(worksheet, column.heading, DARK, BOLD) for column in table.columns]
    headings[0].alignment = ON_ONE_LINE
    worksheet.append(headings)
    for row in rows:
        cells = []
        for column in table.columns:
            value = row.get(column.field or column.heading)
            # The stage of another agency's item is not asked for, nor is "no change" that would be refused.
            is_asked = bool(column.field) and (table is MILESTONES or column.field in row)
            cells.append(_cell(worksheet, value, None if is_asked else GREY))
            if column.heading == KEY:
                cells[-1].alignment = ON_ONE_LINE
        worksheet.append(cells)


def _hint(column: Column, agency: Agency) -> str:
    """Return what is shown beside a cell: its hint, or how its sentence begins."""
    if not column.asked:
        return column.hint
    with override("en"):
        stem = STEMS[column.asked]
        # Another column says who owns a mitigation.
        who = "The owner" if column.field == "mitigation" else agency.short_name
        return f"{stem.begin(who)} … For example, “{stem.example}”."


def _help_of(
    column: Column, hint: str, rows: str, choices: dict[str, dict[str, str]]
) -> DataValidation:
    """Return the list to choose from, or only the hint, for these rows."""
    found = DataValidation(sqref=rows, allow_blank=True)
    if column.choices:
        at = get_column_letter(1 + list(choices).index(column.choices))
        last = max(1, len(choices[column.choices]))
        found.type, found.formula1 = "list", f"{LISTS}!${at}$1:${at}${last}"
        found.errorTitle, found.error = column.heading, "Choose from the list."
        found.showErrorMessage = True
    if hint:
        found.promptTitle, found.prompt = column.heading, hint
        found.showInputMessage = True
    return found


def _cell(worksheet: Any, value: Any, fill: PatternFill | None, font: Font | None = None) -> Any:
    if isinstance(value, date | KnownDate):
        value = str(known(value))
    elif value is not None:
        value = clean(str(value)) or None
    cell = styled_cell(worksheet, value, font)
    cell.number_format, cell.border = "@", BOX
    if fill is not None:
        cell.fill = fill
    return cell


def _instructions(workbook: Any, of_return: Return, measures: list[AskedMeasure], on: date) -> None:
    worksheet = workbook.create_sheet("Instructions")
    worksheet.column_dimensions["A"].width = 100
    worksheet.page_setup.fitToHeight = 0
    agency, page = of_return.agency, f"{settings.SITE_URL}{of_return.get_absolute_url()}"
    wanted = sum(each.is_wanted for each in measures)
    asks = {0: "None is due.", 1: "One is due: without it the return cannot be submitted."}
    of_measures = (
        f"“Measures” asks for numbers. {asks.get(wanted, f'{wanted} are due: without them the return cannot be submitted.')} Where "
        "there is none yet, write why and by when you expect one."
    )
    for number, text in enumerate(
        (
            f"Return of {agency.name}: {of_return.round}",
            f"Taken out on {known(on)}. The return is due on {known(of_return.due_on)}.",
            "Write in the white cells. Grey cells show what the register has; changes there are not read.",
            "You may sort and filter the rows, move columns and change their widths. Keep the headings in the "
            "first row. An item whose row you leave empty or delete is simply not answered.",
            f"“Answers” has one row for each item. Achieved, planned and challenges hold at most 5,000 characters each. "
            f"Items that {agency.short_name} only supports have no stage and no confidence.",
            "Where nothing happened, choose “Yes” under “No change” and leave the words empty. It is grey where words are needed: a "
            "milestone is overdue, or there was “no change” twice in a row.",
            f"“Milestones” has those that are due, late or next. Enter a date under “Done on”, such as {known(on)}; or a new date, "
            "why the date moves, the cause, whether that is settled, the effect, what bridges it, what it needs, and what is being done "
            "by which agency.",
            *([of_measures] if measures else ()),
            f"Where a cell shows the beginning of a sentence, such as “{agency.short_name} will …”, write how it goes on.",
            f"To hand it in, open {page} and choose the file under “Answer in Excel”. You see each difference before anything is "
            "written, and choose where the return was changed meanwhile. Nothing newer is overwritten.",
            "The answers are then a draft in the return. An approver submits the return as before.",
        ),
        start=1,
    ):
        cell = styled_cell(worksheet, clean(text), TITLE if number == 1 else None)
        cell.alignment = WRAPPED
        worksheet.append([cell])


def _lists(workbook: Any, choices: dict[str, dict[str, str]]) -> None:
    worksheet = workbook.create_sheet(LISTS)
    worksheet.sheet_state = "hidden"
    columns = [list(each.values()) for each in choices.values()]
    for number in range(max(map(len, columns))):
        worksheet.append(
            [
                styled_cell(worksheet, each[number] if number < len(each) else None)
                for each in columns
            ]
        )


def _same_bytes(file: io.BytesIO) -> bytes:
    """Return the workbook without the moment of its making: the same return gives the same bytes."""
    found = io.BytesIO()
    with zipfile.ZipFile(file) as made, zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as whole:
        for name in made.namelist():
            content = made.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"<dcterms:modified.*?</dcterms:modified>", b"", content)
            whole.writestr(zipfile.ZipInfo(name, LONG_AGO), content, zipfile.ZIP_DEFLATED)
    return found.getvalue()
