"""Compare a workbook that came back with the return, and write what is taken through the forms and
services of the return's page."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, QueryDict
from django.utils.formats import time_format
from django.utils.timezone import localtime

from workitems.forms.return_sheet import SHEET
from workitems.forms.returns import MilestoneAnswerForm, UpdateForm, start_of
from workitems.known_dates import KnownDate, known
from workitems.models import MilestoneAnswer, Return, ReturnSheet, Update
from workitems.return_sheet.row_keys import Key
from workitems.return_sheet.sheet_columns import ANSWERS, ITEM, MILESTONES, Table, bare
from workitems.return_sheet.sheet_reading import Row
from workitems.return_sheet.sheet_writing import choices_of
from workitems.return_sheet.three_texts import compare
from workitems.returns import MilestoneLine, Section, members_of, return_page
from workitems.views.answers import Entry, MilestoneEntry, entries_of, save_entry
from workitems.word_diff import side_by_side
from workitems.workbook.cell_kinds import clean, join_with_or
from workitems.workbook.faults import Fault

Outcome = MilestoneAnswer.Outcome
DAYS = {column.field for column in MILESTONES.columns if column.is_day}
Choices = dict[str, dict[str, str]]


@dataclass
class Shown:
    """A difference on the page: whose words a field has, in words. `choice` names what is chosen
    with it. `refused` is why it was not written, once that is known."""

    choice: str
    field: str
    title: str
    label: str
    cell: str
    base: str
    now: str
    said: str
    is_conflict: bool
    written: str = ""
    is_taken: bool = False
    refused: str = ""

    @property
    def sides(self) -> Any:
        """What the return says and what the workbook says, with the words that differ marked."""
        return side_by_side(self.now, self.said)


@dataclass
class Part:
    """An item or a milestone of which the workbook says something else. `data` are the values of its
    form as they would be posted, with the return's words; `said` are the workbook's."""

    prefix: str
    data: dict[str, str]
    said: dict[str, str]
    cells: dict[str, str]
    shown: list[Shown]
    is_whole: bool  # taken or left as a whole: a milestone

    def posted(self, chosen: dict[str, str] | None) -> dict[str, str]:
        """Return the form's data. `chosen` is whose words are kept in a conflict; None takes the
        workbook's everywhere, to see what would be refused."""
        taken = [each for each in self.shown if _is_taken(each, chosen)]
        if not taken:
            return {}
        words = {name: self.said[name] for name in (each.field for each in taken)}
        words = self.said if self.is_whole else words
        return {f"{self.prefix}-{name}": text for name, text in {**self.data, **words}.items()}


def _is_taken(shown: Shown, chosen: dict[str, str] | None) -> bool:
    return chosen is None or not shown.is_conflict or chosen.get(shown.choice) == SHEET


@dataclass
class Comparison:
    """What a workbook would change, and what of it could not be read or taken."""

    sections: list[Section]
    parts: list[Part] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def shown(self) -> list[Shown]:
        return [each for part in self.parts for each in part.shown]

    @property
    def conflicts(self) -> dict[str, str]:
        """What there is to choose: by name, the field or milestone."""
        return {
            each.choice: f"{each.title}, {each.label}"
            if each.choice.startswith("i")
            else each.title
            for each in self.shown
            if each.is_conflict
        }

    @property
    def fingerprint(self) -> str:
        whole = json.dumps([asdict(each) for each in self.shown])
        return hashlib.sha256(whole.encode()).hexdigest()


def compare_sheet(of_return: Return, sheet: ReturnSheet, on: date) -> Comparison:
    """Compare what a workbook says with the return as it is. Reads only."""
    items = of_return.round.plan.items.values_list("pk", flat=True)
    page = return_page(of_return, on, opened=set(items))
    rows = [Row(Key(**row["key"]), row["values"], row["cells"]) for row in sheet.read["rows"]]
    found = Comparison(page.sections, faults=[Fault(**each) for each in sheet.read["faults"]])
    reader = _Reader(of_return, found)
    for row in rows:
        reader.add(row)
    # What one error hides, the next look finds: a form has few fields.
    while _drop_refused(of_return, found):
        continue
    return found


class _Reader:
    """Adds rows to a comparison."""

    def __init__(self, of_return: Return, found: Comparison) -> None:
        self.of_return, self.found = of_return, found
        self.choices = choices_of(members_of(of_return))
        self.sections = {section.item.pk: section for section in found.sections}
        self.lines = {
            line.milestone.pk: (section, line)
            for section in found.sections
            for line in section.milestones
        }
        self.updates: dict[tuple[int, int], Update] = {
            (row.item_id, row.version): row.instance
            for row in Update.history.filter(of_return_id=of_return.pk).order_by("history_id")
        }
        self.answers: dict[tuple[int, int], MilestoneAnswer] = {
            (row.milestone_id, row.version): row.instance
            for row in MilestoneAnswer.history.filter(
                of_return_id=of_return.pk, delay=None, mitigation=None
            ).order_by("history_id")
        }

    def fault(self, row: Row, name: str, problem: str, right: str) -> None:
        self.found.faults.append(Fault(problem, right, sheet=row.cells.get(name) or row.cells[""]))

    def add(self, row: Row) -> None:
        section, line = self.sections.get(row.key.pk), None
        if row.key.kind == MILESTONES.kind:
            section, line = self.lines.get(row.key.pk, (None, None))
        shown = row.cells[ITEM]
        if section is None or (line and not (line.is_own and line.milestone.is_open)):
            self.fault(
                *(row, "", "This is not asked in the return any more."),
                "nothing: it was completed or withdrawn, or went to another agency.",
            )
        elif shown not in ("", number := section.item.number):
            self.fault(
                *(row, "", f"The row shows item {shown}, but its hidden key is of item {number}."),
                "the row as you downloaded it. Move your words, not the number.",
            )
        elif line is None:
            self.add_answer(row, section)
        else:
            self.add_milestone(row, section, line)

    def add_answer(self, row: Row, section: Section) -> None:
        item, key = section.item, row.key
        form = UpdateForm(None, item=item, update=section.update, is_led=section.is_led)
        now = {name: _typed(form.initial.get(name)) for name in form.fields}
        was = self.updates.get((item.pk, key.version))
        base: dict[str, str] = {}
        if was is not None:
            begun = UpdateForm(None, item=item, update=was, is_led=section.is_led)
            base = {name: _typed(begun.initial.get(name)) for name in form.fields}
        elif not key.version:
            base = {"stage": key.stage, "confidence": key.confidence, "key_achievement": "no"}
        said = {}
        for name, text in row.values.items():
            if name not in form.fields:
                if text:
                    self.fault(
                        row, name, f"Only {item.lead_agency} sets the stage and confidence of item {item.number}.",
                        "an empty cell.",
                    )  # fmt: skip
                continue
            code = self.code(row, name, text)
            # A stage that is emptied is not answered.
            if code is not None and (code or name not in ("stage", "key_achievement")):
                said[name] = code
        self.keep(
            row, ANSWERS, f"i{item.pk}", f"Item {item.number}: {item.title}", base, now, said,
            {name: f"i{item.pk}-{name}" for name in said}, _written(section.update),
        )  # fmt: skip

    def add_milestone(self, row: Row, section: Section, line: MilestoneLine) -> None:
        milestone, key = line.milestone, row.key
        answer = line.answer if line.answer and line.answer.outcome != Outcome.REOPENED else None
        now = {name: _typed(value) for name, value in start_of(answer).items()}
        base = {
            name: _typed(value)
            for name, value in start_of(self.answers.get((milestone.pk, key.version))).items()
        }
        said = {}
        for name, text in row.values.items():
            code = self.code(row, name, text)
            if code is None:
                return
            said[name] = code
        names = {column.field for column in MILESTONES.columns if column.field}
        if said == {name: base.get(name, "") for name in said}:
            return
        if not any(said.values()):
            self.fault(
                *(row, "", "The answer on this milestone was emptied."),
                "words, or nothing changed. To remove an answer, use the return’s page.",
            )
            return
        if said.get("completed_on") and said.get("forecast_due"):
            self.fault(
                *(row, "completed_on", "Both “Done on” and “New date” are filled."),
                "one of the two: the day on which it was done, or when it is now expected.",
            )
            return
        outcome = Outcome.DONE if said.get("completed_on") else ""
        outcome = Outcome.NOT_YET if said.get("forecast_due") else outcome
        version = answer.version if answer else 0
        is_conflict = version != key.version or milestone.version != key.of_version
        data = {
            **{name: text for name, text in now.items() if name not in names},
            **dict.fromkeys(names, ""),
            "owner_agency": str(milestone.responsible_agency_id),
            "version": str(milestone.version),
            "answer_version": str(version),
            "outcome": outcome,
        }
        if not said.get("owner_agency"):
            said.pop("owner_agency", None)
        name = f"m{milestone.pk}"
        self.keep(
            row, MILESTONES, name, f"Item {section.item.number}, milestone “{milestone}”", base, now, said,
            dict.fromkeys(said, name), _written(answer), data=data, is_conflict=is_conflict,
        )  # fmt: skip

    def code(self, row: Row, name: str, text: str) -> str | None:
        """Return what the form posts for a cell's words, or None (and a fault) for no choice."""
        if name in self.choices:
            if not text:
                return ""
            for value, label in self.choices[name].items():
                if bare(text) == bare(label):
                    return value
            self.fault(
                row, name, f"“{text[:60]}” is not an allowed value.",
                f"{join_with_or(list(self.choices[name].values()))}.",
            )  # fmt: skip
            return None
        if name in DAYS and text:
            # The form says what is wrong with another one.
            with suppress(ValidationError):
                return _typed(MilestoneAnswerForm.base_fields[name].to_python(text))
        return text

    def keep(
        self,
        row: Row,
        table: Table,
        prefix: str,
        title: str,
        base: dict[str, str],
        now: dict[str, str],
        said: dict[str, str],
        choice: dict[str, str],
        written: str,
        data: dict[str, str] | None = None,
        is_conflict: bool | None = None,
    ) -> None:
        """Add the fields of a row that differ, if any."""
        labels = {column.field: column.heading for column in table.columns}
        cleaned = [{name: clean(text) for name, text in each.items()} for each in (base, now)]
        shown = [
            Shown(
                choice=choice[each.field],
                field=each.field,
                title=title,
                label=labels[each.field],
                cell=row.cells[each.field],
                base=self.words(each.field, each.base),
                now=self.words(each.field, each.now),
                said=self.words(each.field, each.said),
                is_conflict=each.is_conflict if is_conflict is None else is_conflict,
                written=written,
            )
            for each in compare(cleaned[0], cleaned[1], said)
        ]
        if shown:
            part = Part(prefix, data or now, said, row.cells, shown, is_whole=data is not None)
            self.found.parts.append(part)

    def words(self, name: str, value: str) -> str:
        return self.choices[name].get(value, "") if name in self.choices else value


def _typed(value: Any) -> str:
    if isinstance(value, date | KnownDate):
        return str(known(value))
    return "" if value is None else str(value)


def _written(row: Any) -> str:
    """Return who wrote the return's words, and when."""
    if row is None:
        return ""
    at = localtime(row.written_at)
    return f"{row.written_by or 'Import'}, {at:%-d %B %Y}, {time_format(at, 'g:i a')}"


def _entries(
    of_return: Return, found: Comparison, chosen: dict[str, str] | None
) -> Iterator[tuple[Part, Entry, UpdateForm | MilestoneEntry]]:
    """Bind the page's own forms to what is taken, and yield each with its part."""
    data = QueryDict(mutable=True)
    parts = {part.prefix: part for part in found.parts}
    for each in found.parts:
        data.update(each.posted(chosen))
    for entry in entries_of(of_return, found.sections, data):
        part = parts.get(f"i{entry.section.item.pk}")
        if part and entry.form and entry.form.is_touched():
            yield part, entry, entry.form
        for step in entry.milestones:
            part = parts.get(f"m{step.line.milestone.pk}")
            if part and step.form and step.form.is_touched():
                yield part, entry, step


def _errors(form: Any) -> Iterator[tuple[str, str]]:
    for name, said in form.errors.items():
        for each in said:
            yield ("completed_on" if name == "outcome" else name), str(each)


def _drop_refused(of_return: Return, found: Comparison) -> bool:
    """Leave out what the page's forms would refuse, and say so. Return whether there was any."""
    dropped = False
    for part, _, place in list(_entries(of_return, found, None)):
        form = place.form if isinstance(place, MilestoneEntry) else place
        errors = list(_errors(form))
        if not errors:
            continue
        dropped = True
        names = {name for name, _ in errors}
        fields = {each.field for each in part.shown}
        found.faults += [
            Fault(said, "", sheet=part.cells.get(name) or part.cells[""]) for name, said in errors
        ]
        stays = [] if part.is_whole or not names <= fields else part.shown
        part.shown = [each for each in stays if each.field not in names]
    found.parts = [part for part in found.parts if part.shown]
    return dropped


def take(
    request: HttpRequest, of_return: Return, found: Comparison, chosen: dict[str, str]
) -> dict[str, Any]:
    """Write what is taken, as the return's page does. Return what became of each difference, for the record.

    Call it with the return locked, in one transaction with the comparison.
    """
    bound = list(_entries(of_return, found, chosen))
    saved: set[int] = set()
    for _, entry, _ in bound:
        if id(entry) not in saved:
            saved.add(id(entry))
            save_entry(request, of_return, entry)
    refused: dict[str, str] = {}
    for part, entry, place in bound:
        form = place.form if isinstance(place, MilestoneEntry) else place
        words = [*(said for _, said in _errors(form)), *entry.refusals]
        if words:
            refused[part.prefix] = " ".join(words)
    for part in found.parts:
        for each in part.shown:
            each.refused = refused.get(part.prefix, "") if _is_taken(each, chosen) else ""
            each.is_taken = _is_taken(each, chosen) and not each.refused
    return {
        "shown": [asdict(each) for each in found.shown],
        "faults": [asdict(each) for each in found.faults],
    }
