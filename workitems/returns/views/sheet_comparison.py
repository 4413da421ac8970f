"""Compare a workbook that came back with the return, and write what is taken through the forms and
services of the return's page."""

import hashlib
import json
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, QueryDict
from django.utils.formats import time_format
from django.utils.timezone import localtime
from django.utils.translation import gettext, gettext_lazy

from agencies.wording.translation import day_words
from workitems.intake.cell_kinds import clean, join_with_or
from workitems.intake.workbook.faults import Fault
from workitems.measures.asked import AskedMeasure
from workitems.measures.services import values
from workitems.models import Measure, MeasureValue, MilestoneAnswer, Return, ReturnSheet, Update
from workitems.returns.forms.measure_answers import MeasureAnswerForm
from workitems.returns.forms.return_sheet import BOTH, RETURN, Choice
from workitems.returns.forms.returns import (
    MilestoneAnswerForm,
    ReturnForm,
    UpdateForm,
    as_text,
    start_of,
)
from workitems.returns.page_milestones import MilestoneLine, members_of
from workitems.returns.page_sections import Section
from workitems.returns.return_page import return_page
from workitems.returns.services.answers import AFTER_NO_CHANGES, OVERDUE_NEEDS_WORDS
from workitems.returns.sheet.row_keys import Key
from workitems.returns.sheet.sheet_columns import (
    ANSWERS,
    ITEM,
    MEASURES,
    MILESTONES,
    TABLES,
    Table,
    bare,
)
from workitems.returns.sheet.sheet_reading import Row
from workitems.returns.sheet.sheet_writing import YES, choices_of
from workitems.returns.three_texts import compare
from workitems.returns.views.answer_saving import save_entry
from workitems.returns.views.answers import NO_CHANGE, SAVE, WORDS, Entry, entries_of
from workitems.returns.views.measure_answers import MeasureEntry, measure_entries, save_measure
from workitems.terms.sentence_ends import with_capital
from workitems.terms.word_diff import side_by_side

Outcome = MilestoneAnswer.Outcome
DAYS = [column.field for column in MILESTONES.columns if column.is_day]
OF_DONE, OF_EITHER = {"completed_on", "shown_by"}, {"completed_on", "forecast_due"}
YES_NO = Measure.Kind.YES_NO
# What always has a value: an empty cell leaves it as it is.
NEVER_EMPTY = {"stage": gettext_lazy("Stage"), "key_achievement": gettext_lazy("Key achievement")}


@dataclass
class Shown:
    """A difference on the page, as text. `choice` names the radio buttons that it belongs to.
    `refused` is why it was not saved, once that is known."""

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
    is_both: bool = False
    refused: str = ""
    # What to improve in the workbook's text.
    remarks: Collection[str] = ()

    @property
    def sides(self) -> Any:
        """What the return says and what the workbook says, with the words that differ marked."""
        return side_by_side(self.now, self.said)


@dataclass
class Part:
    """An item or a milestone that differs in the workbook. `data` are the return's values as its
    form would post them; `in_workbook` are the workbook's.

    It is taken whole or not at all (`is_whole`) if it is a milestone, or if it `says_no_change`.
    """

    prefix: str
    data: dict[str, str]
    in_workbook: dict[str, str]
    cells: dict[str, str]
    shown: list[Shown]
    is_whole: bool
    says_no_change: bool

    def posted(self, chosen: dict[str, str] | None) -> dict[str, str]:
        """Return the form's data. `chosen` is the side to keep in each conflict; None takes the
        workbook's everywhere, to find what would be refused."""
        taken = [each for each in self.shown if _is_taken(each, chosen)]
        if not taken:
            return {}
        words = {each.field: self._words(each, chosen) for each in taken}
        if self.is_whole:
            words = self.in_workbook
        return {f"{self.prefix}-{name}": text for name, text in {**self.data, **words}.items()}

    def _words(self, shown: Shown, chosen: dict[str, str] | None) -> str:
        in_workbook = self.in_workbook[shown.field]
        is_both = chosen is not None and chosen[shown.choice] == BOTH
        return f"{self.data[shown.field]}\n\n{in_workbook}" if is_both else in_workbook


def _is_taken(shown: Shown, chosen: dict[str, str] | None) -> bool:
    return chosen is None or chosen[shown.choice] != RETURN


@dataclass
class Comparison:
    """What a workbook would change, and what of it could not be read or taken."""

    sections: list[Section]
    asked: list[AskedMeasure]
    parts: list[Part] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def shown(self) -> list[Shown]:
        return [each for part in self.parts for each in part.shown]

    @property
    def choices(self) -> list[Choice]:
        """What there is to choose: of each field, or of what is taken as a whole."""
        found = {
            each.choice: Choice(
                each.choice,
                each.title if part.is_whole else f"{each.title}, {each.label}",
                any(other.is_conflict for other in part.shown if other.choice == each.choice),
                each.field in WORDS and not part.is_whole and bool(each.now and each.said),
            )
            for part in self.parts
            for each in part.shown
        }
        return list(found.values())

    @property
    def fingerprint(self) -> str:
        # What is remarked on may change meanwhile.
        whole = json.dumps([{**asdict(each), "remarks": ()} for each in self.shown])
        return hashlib.sha256(whole.encode()).hexdigest()


def compare_sheet(of_return: Return, sheet: ReturnSheet, on: date) -> Comparison:
    """Compare a workbook with the return's present state. Reads only."""
    items = of_return.round.plan.items.values_list("pk", flat=True)
    page = return_page(of_return, on, opened=set(items))
    rows = [
        Row(Key(**row["key"]), _in_order(row["values"]), row["cells"]) for row in sheet.read["rows"]
    ]
    found = Comparison(
        page.sections, page.measures, faults=[Fault(**each) for each in sheet.read["faults"]]
    )
    reader = _Reader(of_return, found, on)
    for row in rows:
        reader.add(row)
    # Repeat, as one error may hide another; a form has few fields.
    while _drop_refused(of_return, found, on):
        continue
    return found


def _in_order(values: dict[str, str]) -> dict[str, str]:
    """Return the values in the order of the columns. PostgreSQL does not keep that of JSON."""
    fields = [column.field for table in TABLES for column in table.answers]
    return {name: values[name] for name in fields if name in values}


class _Reader:
    """Adds rows to a comparison."""

    def __init__(self, of_return: Return, found: Comparison, on: date) -> None:
        self.of_return, self.found, self.on = of_return, found, on
        self.asked = {each.measure.pk: each for each in found.asked}
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
        self.given: dict[tuple[int, int], MeasureValue] = {}
        if found.asked:
            rows = MeasureValue.history.filter(of_return_id=of_return.pk).order_by("history_id")
            self.given = {(row.measure_id, row.version): row.instance for row in rows}

    def fault(self, row: Row, name: str, problem: str, right: str) -> None:
        self.found.faults.append(Fault(problem, right, sheet=row.cells.get(name) or row.cells[""]))

    def add(self, row: Row) -> None:
        section, line = self.sections.get(row.key.pk), None
        if row.key.kind == MILESTONES.kind:
            section, line = self.lines.get(row.key.pk, (None, None))
        asked = self.asked.get(row.key.pk) if row.key.kind == MEASURES.kind else None
        shown = row.cells[ITEM]
        place = asked.measure.place if asked else section.item.number if section else ""
        is_asked = asked or (section and row.key.kind != MEASURES.kind)
        if not is_asked or (line and not (line.is_own and line.milestone.is_open)):
            self.fault(
                *(row, "", gettext("This is not asked in the return any more.")),
                gettext("nothing: it was completed or withdrawn, or went to another agency."),
            )
        elif shown not in ("", place):
            self.fault(
                *(
                    row,
                    "",
                    gettext("This was the row of item {number}, but it shows item {shown}.").format(
                        number=place, shown=shown
                    ),
                ),
                gettext("the row as you downloaded it. Move your words, not the number."),
            )
        elif asked:
            self.add_measure(row, asked)
        elif section is None:
            return
        elif line is None:
            self.add_answer(row, section)
        else:
            self.add_milestone(row, section, line)

    def add_answer(self, row: Row, section: Section) -> None:
        item, key = section.item, row.key
        form = UpdateForm(None, item=item, update=section.update, is_led=section.is_led)
        now = {name: as_text(form.initial.get(name)) for name in form.fields}
        was = self.updates.get((item.pk, key.version))
        base: dict[str, str] = {}
        if was is not None:
            begun = UpdateForm(None, item=item, update=was, is_led=section.is_led)
            base = {name: as_text(begun.initial.get(name)) for name in form.fields}
        elif not key.version:
            base = {"stage": key.stage, "confidence": key.confidence, "key_achievement": "no"}
        in_workbook = {}
        for name, text in row.values.items():
            if name == "no_change":
                continue
            if name not in form.fields:
                if text:
                    self.fault(
                        row, name, gettext("Only {agency} sets the stage and confidence of item {number}.").format(agency=item.lead_agency, number=item.number),
                        gettext("an empty cell."),
                    )  # fmt: skip
                continue
            code = self.code(row, name, text)
            # A stage that is emptied is not answered.
            if code is not None and (code or name not in NEVER_EMPTY):
                in_workbook[name] = code
        title, written = (
            gettext("Item {number}: {title}").format(number=item.number, title=item.title),
            _written(section.update),
        )
        name = f"i{item.pk}"
        if self.says_no_change(row, section, was, base, in_workbook):
            in_workbook = {
                "no_change": YES,
                **{each: self.unchanged(section)[each] for each in in_workbook},
            }
            now["no_change"] = YES if section.update and section.update.no_change_on else ""
            self.keep(
                row, ANSWERS, name, title, base, now, in_workbook, dict.fromkeys(in_workbook, name), written, data=now,
                is_conflict=_version(section.update) != key.version, says_no_change=True,
            )  # fmt: skip
        else:
            for each in sorted(NEVER_EMPTY.keys() & row.values.keys() & form.fields.keys()):
                if not row.values[each] and base.get(each, "") not in ("", "no"):
                    problem = gettext("{field} is empty: left as it was.").format(
                        field=NEVER_EMPTY[each]
                    )
                    self.fault(row, each, problem, gettext("an entry of the cell’s list."))
            choice = {each: f"{name}-{each}" for each in in_workbook}
            self.keep(row, ANSWERS, name, title, base, now, in_workbook, choice, written)

    def unchanged(self, section: Section) -> dict[str, str]:
        """Return what "no change" to an item says, by form field."""
        item = section.item
        blank = {**dict.fromkeys(WORDS, ""), "key_achievement": "no"}
        return {**blank, "stage": item.stage, "confidence": item.confidence}

    def says_no_change(
        self,
        row: Row,
        section: Section,
        was: Update | None,
        base: dict[str, str],
        in_workbook: dict[str, str],
    ) -> bool:
        """Return whether a row newly says "no change" and nothing else. Both is a fault, and its words count."""
        typed = self.code(row, "no_change", row.values.get("no_change", ""))
        is_otherwise = any(text != base.get(name, "") for name, text in in_workbook.items())
        if typed is None or "no_change" not in row.values:
            return False
        if was is not None and was.no_change_on is not None:
            if not typed and not is_otherwise:
                self.fault(
                    *(
                        row,
                        "no_change",
                        gettext("“No change” was emptied, but nothing is written instead."),
                    ),
                    gettext("words in the row, or “Yes”."),
                )
            return False
        if not typed:
            return False
        unchanged = self.unchanged(section)
        begun = {} if was is not None else base
        if any(
            text not in (unchanged[name], begun.get(name)) for name, text in in_workbook.items()
        ):
            self.fault(
                *(row, "no_change", gettext("The row says “No change”, and something else too.")),
                gettext(
                    "one of the two: no “Yes” here, or no words, and stage and confidence as they were."
                ),
            )
            return False
        return True

    def add_milestone(self, row: Row, section: Section, line: MilestoneLine) -> None:
        milestone, key = line.milestone, row.key
        answer = line.answer if line.answer and line.answer.outcome != Outcome.REOPENED else None
        now = {name: as_text(value) for name, value in start_of(answer).items()}
        base = {
            name: as_text(value)
            for name, value in start_of(self.answers.get((milestone.pk, key.version))).items()
        }
        codes = {name: self.code(row, name, text) for name, text in row.values.items()}
        in_workbook = {name: code for name, code in codes.items() if code is not None}
        wrong = row.cells.keys() - in_workbook.keys() - {"", ITEM}
        if in_workbook == {name: base.get(name, "") for name in in_workbook}:
            return
        if wrong:
            wrong |= set(self.wrong_days(row, in_workbook))
            self.leave_rest(row, base, in_workbook, wrong)
            return
        if not any(in_workbook.values()):
            self.fault(
                *(row, "", gettext("The answer on this milestone was emptied.")),
                gettext("words, or nothing changed. To remove an answer, use the return’s page."),
            )
            return
        day, forecast = (
            {**now, **in_workbook}.get(name) for name in ("completed_on", "forecast_due")
        )
        if in_workbook.get("completed_on") and in_workbook.get("forecast_due"):
            self.fault(
                *(row, "completed_on", gettext("Both “Done on” and “New date” are filled.")),
                gettext(
                    "one of the two: the day on which it was done, or when it is now expected."
                ),
            )
            self.leave_rest(row, base, in_workbook, OF_EITHER)
            return
        undated = Outcome.NO_DATE if now.get("outcome") == Outcome.NO_DATE else ""
        if not (day or forecast or undated) and row.values.keys() >= OF_EITHER:
            self.fault(
                *(row, "completed_on", gettext("Neither “Done on” nor “New date” is filled.")),
                gettext(
                    "one of the two: the day on which it was done, or when it is now expected."
                ),
            )
            self.leave_rest(row, base, in_workbook, OF_EITHER)
            return
        is_done = bool(
            in_workbook.get("completed_on") or (day and not in_workbook.get("forecast_due"))
        )
        in_workbook = self.of_outcome(row, base, in_workbook, is_done=is_done)
        # What the workbook leaves as it was downloaded stays as the return has it now.
        in_workbook = {
            name: text
            for name, text in in_workbook.items()
            if clean(text) != clean(base.get(name, ""))
        }
        data = {
            **now,
            "owner_agency": now.get("owner_agency") or str(milestone.responsible_agency_id),
            "version": str(milestone.version),
            "answer_version": str(_version(answer)),
            "outcome": Outcome.DONE if is_done else Outcome.NOT_YET if forecast else undated,
        }
        is_conflict = True if milestone.version != key.of_version else None
        if not in_workbook.get("owner_agency", "-"):
            del in_workbook["owner_agency"]
            data["owner_agency"] = str(milestone.responsible_agency_id)
        name = f"m{milestone.pk}"
        self.keep(
            row, MILESTONES, name, gettext("Item {number}, milestone “{milestone}”").format(number=section.item.number, milestone=milestone), base, now, in_workbook,
            dict.fromkeys(in_workbook, name), _written(answer), data=data, is_conflict=is_conflict,
        )  # fmt: skip

    def add_measure(self, row: Row, asked: AskedMeasure) -> None:
        measure, key, value = asked.measure, row.key, asked.value
        form = MeasureAnswerForm.in_return(self.of_return, asked, value, self.on)
        was = self.given.get((measure.pk, key.version))
        if was is not None:
            was.measure = measure
        begun = MeasureAnswerForm.in_return(self.of_return, asked, was, self.on)
        now, base = form.shown_words(), begun.shown_words()
        in_workbook = {}
        for name, text in row.values.items():
            choices = self.choices.get(
                "yes_no" if measure.kind == YES_NO and name == "number" else name
            )
            code = self.code(row, name, text, choices)
            if code is None:
                return
            if name in form.fields:
                in_workbook[name] = form.as_in_box(name, code)
            elif text:
                problem = gettext("“{measure}” does not ask for this.").format(
                    measure=measure.as_told
                )
                self.fault(row, name, problem, gettext("an empty cell."))
                return
        typed = {name for name, text in in_workbook.items() if text != base[name]}
        if not typed or (was is None and typed <= {"day", "starts_on"}):
            return
        if was is not None and not (in_workbook.get("number") or in_workbook.get("because")):
            self.fault(
                *(row, "number", gettext("The number was emptied.")),
                gettext("a number, or nothing changed. To remove it, use the return’s page."),
            )
            return
        title = gettext("“{measure}”").format(measure=measure.as_told)
        if measure.item:
            title = gettext("Item {number}: {title}").format(number=measure.place, title=title)
        name = f"v{measure.pk}"
        is_conflict = _version(value) != key.version
        self.keep(
            row, MEASURES, name, title, base, now, in_workbook, dict.fromkeys(in_workbook, name), _written(value),
            data={**now, "version": str(_version(value))}, is_conflict=is_conflict, words=form.in_words,
        )  # fmt: skip

    def wrong_days(self, row: Row, in_workbook: dict[str, str]) -> Iterator[str]:
        """Yield a milestone's fields whose text is no date, and record a fault for each."""
        for name in (each for each in DAYS if each in in_workbook):
            try:
                MilestoneAnswerForm.base_fields[name].to_python(in_workbook[name])
            except ValidationError as error:
                problem = gettext("“{said}” is no date.").format(said=in_workbook[name][:60])
                self.fault(row, name, problem, " ".join(error.messages))
                yield name

    def leave_rest(
        self, row: Row, base: dict[str, str], in_workbook: dict[str, str], wrong: Collection[str]
    ) -> None:
        """Say what else of a milestone's row is not taken, because some of it is wrong."""
        headings = [
            column.heading
            for column in MILESTONES.answers
            if column.field not in wrong
            and in_workbook.get(column.field, "") not in ("", base.get(column.field, ""))
        ]
        self.found.faults += _rest(row.cells[""], headings)

    def of_outcome(
        self, row: Row, base: dict[str, str], in_workbook: dict[str, str], *, is_done: bool
    ) -> dict[str, str]:
        """Return the values that fit a milestone that is done, or not done. Record a fault for other values."""
        kept = {}
        for name, text in in_workbook.items():
            if name == "owner_agency" and is_done:
                continue
            if not text or (name in OF_DONE) == is_done:
                kept[name] = text
            elif text != base.get(name, ""):
                date = gettext("New date") if is_done else gettext("Done on")
                self.fault(
                    row,
                    name,
                    gettext("This goes only with “{date}”, so it was not read.").format(date=date),
                    gettext("an empty cell."),
                )
        return kept

    def code(
        self, row: Row, name: str, text: str, choices: dict[str, str] | None = None
    ) -> str | None:
        """Return what the form posts for a cell's words, or None (and a fault) for no choice."""
        choices = choices or self.choices.get(name)
        if choices is not None:
            if not text or (name == "no_change" and bare(text) == "no"):
                return ""
            for value, label in choices.items():
                if bare(text) == bare(label):
                    return value
            self.fault(
                row, name, gettext("“{text}” is not an allowed value.").format(text=text[:60]),
                f"{join_with_or(list(choices.values()))}.",
            )  # fmt: skip
            return None
        if name in DAYS and text:
            # The form says what is wrong with another one.
            with suppress(ValidationError):
                return as_text(MilestoneAnswerForm.base_fields[name].to_python(text))
        return text

    def keep(
        self,
        row: Row,
        table: Table,
        prefix: str,
        title: str,
        base: dict[str, str],
        now: dict[str, str],
        in_workbook: dict[str, str],
        choice: dict[str, str],
        written: str,
        data: dict[str, str] | None = None,
        is_conflict: bool | None = None,
        says_no_change: bool = False,
        words: Callable[[str, str], str] | None = None,
    ) -> None:
        """Add the fields of a row that differ, if any."""
        words = words or self.words
        labels = {column.field: column.heading for column in table.columns}
        base = {name: clean(text) for name, text in base.items()}
        now_clean = {name: clean(text) for name, text in now.items()}
        shown = [
            Shown(
                choice=choice[each.field],
                field=each.field,
                title=title,
                label=labels[each.field],
                cell=row.cells.get(each.field) or row.cells[""],
                base=words(each.field, each.base),
                now=words(each.field, each.now),
                said=words(each.field, each.said),
                is_conflict=each.is_conflict if is_conflict is None else is_conflict,
                written=written,
            )
            for each in compare(base, now_clean, in_workbook, is_whole=data is not None)
        ]
        if shown:
            part = Part(
                prefix, data or now, in_workbook, row.cells, shown, data is not None, says_no_change
            )
            self.found.parts.append(part)

    def words(self, name: str, value: str) -> str:
        return self.choices[name].get(value, "") if name in self.choices else value


def _rest(place: str, headings: list[str]) -> Iterator[Fault]:
    """Yield the fault that names what is left with the wrong cells of a row, if anything is."""
    if headings:
        yield Fault(
            gettext("The rest of this row was not read either: {headings}.").format(
                headings=", ".join(headings)
            ),
            gettext("the row corrected. Then choose the file again."),
            sheet=place,
        )


def _version(answer: Update | MilestoneAnswer | MeasureValue | None) -> int:
    return answer.version if answer else 0


def _written(row: Any) -> str:
    """Return who wrote the return's words, and when."""
    if row is None:
        return ""
    at = localtime(row.written_at)
    written_by = row.written_by or gettext("Import")
    return f"{written_by}, {day_words(at)}, {time_format(at, 'g:i a')}"


@dataclass
class Bound:
    """A part with the form of the page that takes it, of an item, a milestone or a measure."""

    part: Part
    entry: Entry | MeasureEntry
    form: ReturnForm
    refusals: list[str]

    @property
    def errors(self) -> list[tuple[str, str]]:
        """What the form refuses, by field. "No change" has no field to refuse."""
        errors = {} if self.part.says_no_change else self.form.errors
        return [
            ("completed_on" if name == "outcome" else name, str(each))
            for name, messages in errors.items()
            for each in messages
        ]


def _bound(of_return: Return, found: Comparison, chosen: dict[str, str] | None) -> Iterator[Bound]:
    """Bind the page's own forms to what is taken."""
    data = QueryDict(mutable=True)
    parts: dict[str, Part] = {}
    for each in found.parts:
        if posted := each.posted(chosen):
            parts[each.prefix] = each
            data.update(posted)
    for entry in entries_of(of_return, found.sections, data):
        of_item = parts.get(f"i{entry.section.item.pk}")
        if of_item and entry.form and (of_item.says_no_change or entry.form.is_touched()):
            yield Bound(of_item, entry, entry.form, entry.refusals)
        for step in entry.milestones:
            part = parts.get(f"m{step.line.milestone.pk}")
            if part and step.form and step.form.is_touched():
                yield Bound(part, entry, step.form, [])
    for given in measure_entries(of_return, found.asked, data):
        part = parts.get(f"v{given.pk}")
        if part and given.form and given.form.is_touched():
            yield Bound(part, given, given.form, given.refusals)


def _drop_refused(of_return: Return, found: Comparison, on: date) -> bool:
    """Drop the changes that the return would refuse, and record a fault for each. Return whether there were any."""
    dropped = False
    for each in list(_bound(of_return, found, None)):
        part, errors = each.part, each.errors
        if isinstance(each.entry, MeasureEntry):
            errors = errors or list(_refused_number(each.entry, on))
        elif part.says_no_change:
            errors = [("no_change", why) for why in _needs_words(each.entry.section, found)]
        if not errors:
            _remark(each)
            continue
        dropped = True
        names = {name for name, _ in errors}
        fields = {shown.field for shown in part.shown}
        for name, message in errors:
            problem, stop, right = message.partition(". ")
            found.faults.append(
                Fault(problem + stop.strip(), right, sheet=part.cells.get(name) or part.cells[""])
            )
        rest = [shown for shown in part.shown if shown.field not in names]
        if not part.is_whole and names <= fields:
            part.shown = rest
            continue
        part.shown = []
        if not part.says_no_change:
            found.faults += _rest(part.cells[""], [each.label for each in rest if each.said])
    found.parts = [part for part in found.parts if part.shown]
    return dropped


def _refused_number(entry: MeasureEntry, on: date) -> Iterator[tuple[str, str]]:
    """Yield what the service would refuse of a number, by field."""
    measure, form = entry.asked.measure, entry.form
    answer = form.answer(form.usual_day) if form else None
    if answer is not None:
        corrects = values.corrected_by(measure, answer)
        found = values.faults(measure, answer, on=on, row=entry.asked.value, corrects=corrects)
        yield from ((name or "", str(says)) for says, name in found)


def _remark(bound: Bound) -> None:
    """Add to what differs what the page would remark on below its boxes."""
    for shown in bound.part.shown:
        box = bound.form[shown.field] if shown.field in bound.form.fields else None
        reading = getattr(box, "reading", None)
        shown.remarks = reading.remarks if reading else getattr(box, "asks", ())


def _needs_words(section: Section, found: Comparison) -> Iterator[str]:
    """Yield why "no change" to an item would be refused. A milestone that the workbook says is done
    is not overdue."""
    if section.is_after_no_changes:
        yield str(AFTER_NO_CHANGES)
    done = {part.prefix for part in found.parts if part.data.get("outcome") == Outcome.DONE}
    overdue = {f"m{milestone.pk}" for milestone in section.overdue}
    if overdue - done:
        yield with_capital(str(OVERDUE_NEEDS_WORDS))


def take(
    request: HttpRequest, of_return: Return, found: Comparison, chosen: dict[str, str]
) -> dict[str, Any]:
    """Write what is taken, as the return's page does. Return what became of each difference, for the record.

    Call it with the return locked, in one transaction with the comparison.
    """
    bound = list(_bound(of_return, found, chosen))
    unchanged = {id(each.entry) for each in bound if each.part.says_no_change}
    for key, entry in {id(each.entry): each.entry for each in bound}.items():
        if isinstance(entry, MeasureEntry):
            save_measure(request, of_return, entry)
            continue
        save_entry(request, of_return, entry, NO_CHANGE if key in unchanged else SAVE)
    refused: dict[str, str] = {}
    for each in bound:
        if words := [*(message for _, message in each.errors), *each.refusals]:
            refused[each.part.prefix] = " ".join(words)
    for part in found.parts:
        for shown in part.shown:
            is_meant = _is_taken(shown, chosen)
            shown.refused = refused.get(part.prefix, "") if is_meant else ""
            shown.is_taken = is_meant and not shown.refused
            shown.is_both = shown.is_taken and chosen[shown.choice] == BOTH
    return {
        "shown": [asdict(each) for each in found.shown],
        "faults": [asdict(each) for each in found.faults],
    }
