"""The format of the workbook: all sheets and their columns.

Reading, checking, comparing, writing and the documentation use it. `Column.field` is the model
field of a column, or the attribute that joins two (`known_dates.Known`); a column without one is handled by its heading in the code that checks it.
"""

from collections.abc import Iterator
from dataclasses import KW_ONLY, dataclass
from typing import Any

from django.db import models

from agencies.models import Agency, Appointment
from agencies.wording.translation import gettext_noop
from workitems.intake.cell_kinds import (
    AgencyList,
    AgencyName,
    Choice,
    Day,
    DueDate,
    ItemNumber,
    Kind,
    Line,
    Lines,
    Number,
    Phrase,
    Targets,
    Whole,
    YesNo,
)
from workitems.models import Delay, Measure, Milestone, Pillar, Plan, Risk, Update, WorkItem
from workitems.models.item import Confidence, Stage
from workitems.terms.sentence_ends import with_capital


@dataclass(frozen=True)
class Column:
    """A column, or a key of the sheet Plan.

    `blank` is the value of an empty cell in a new row, and of `CLEARED` in any. It is not for
    columns without `clears`. `locked` is set if nothing changes the value of an existing row once the plan is adopted. It
    is the expected value in the error message. `by_decision`: only a variation changes it then (`changes_of_adopted`).
    """

    heading: str
    kind: Kind
    field: str = ""
    _: KW_ONLY
    required: bool = False
    blank: Any = None
    note: str = ""
    locked: str = ""
    by_decision: bool = False
    clears: bool = True
    # Only workbooks of earlier releases have it.
    is_former: bool = False
    width: int = 14

    @property
    def names_agency(self) -> bool:
        return isinstance(self.kind, AgencyName)


@dataclass(frozen=True)
class Sheet:
    name: str
    columns: tuple[Column, ...]
    note: str
    # True for the sheet Plan, which has a column of keys and a column of values.
    downwards: bool = False
    # Workbooks of earlier releases do not have it.
    is_later: bool = False
    # What to do instead of leaving a row out, before the plan is adopted and afterwards.
    if_missing: tuple[str, str] = ("", "")

    @property
    def is_numbered(self) -> bool:
        """Whether rows are found by the column "Number", which workbooks of earlier releases do not have here."""
        return any(column.note == NEW_NUMBER for column in self.columns)

    @property
    def written(self) -> tuple[Column, ...]:
        """The columns of a workbook that is made today."""
        return tuple(column for column in self.columns if not column.is_former)

    def column(self, heading: str) -> Column:
        return next(column for column in self.columns if column.heading == heading)

    def __iter__(self) -> Iterator[Column]:
        return iter(self.columns)


def line(model: type[models.Model], field: str) -> Line:
    """Return a `Line` with the maximum length of a model field.

    PostgreSQL refuses longer text, but SQLite would store it.
    """
    column = model._meta.get_field(field)
    assert isinstance(column, models.CharField) and column.max_length
    return Line(most=column.max_length)


TEXT = Kind()
DAY = Day()
PAST_DAY = Day(past=True)
PHRASE = Phrase()
DUE_DATE = DueDate()
AGENCY = AgencyName()
NUMBER = Number()
ITEM = ItemNumber()
# What a cell says to empty a value: an empty cell keeps it.
CLEARED = "(none)"
AS_TOLD = gettext_noop(
    "How papers name it within a sentence, as a thing: “training for frontline staff”. Without it, they quote the title. It is not "
    "official wording."
)

# Of earlier releases: the column of an item's measures, a line for each.
MEASURE = "Measure"
NEW_NUMBER = gettext_noop(
    "Leave it empty in a new row. A row without a number is found by its text, never by its place."
)

PLAN = Sheet(
    "Plan",
    (
        Column(
            "Title",
            line(Plan, "title"),
            "title",
            required=True,
            locked=gettext_noop("that title. The title of an adopted plan stays."),
            note=gettext_noop(
                "The plan's address comes from it, so a plan is found again by its title."
            ),
        ),
        Column(
            "Released on",
            DAY,
            "released_on",
            required=True,
            locked=gettext_noop("that date. The release of an adopted plan never moves."),
        ),
        Column(
            "Ends on", DAY, "ends_on", note=gettext_noop("After the release."), by_decision=True
        ),
        Column("Portfolio", line(Plan, "portfolio"), "portfolio", required=True),
        Column(
            "Minister",
            line(Appointment, "minister"),
            blank="",
            note=gettext_noop(
                "Who holds the portfolio on the day of release. Entered if nobody does yet."
            ),
            clears=False,
        ),
        Column(
            "Coordinating agency",
            AGENCY,
            "coordinating_agency",
            required=True,
            locked=gettext_noop("that agency. The coordinating agency of an adopted plan stays."),
        ),
        Column(
            "Background",
            TEXT,
            blank="",
            note=gettext_noop("The key repeats, once for each paragraph."),
        ),
        Column("Copied to", line(Plan, "copied_to"), "copied_to", blank=""),
    ),
    gettext_noop(
        "One row for each key. Every key except Background is used once. Keys that need not be filled may be left out."
    ),
    downwards=True,
)

AGENCIES = Sheet(
    "Agencies",
    (
        Column(
            "Short name",
            AgencyName(most=line(Agency, "short_name").most),
            required=True,
            note=gettext_noop(
                "An agency that is known already is found by it, or by a short name that it had before, "
                "in any case."
            ),
        ),
        Column("Name", line(Agency, "name"), "name", required=True, width=44),
        Column("Te reo name", line(Agency, "name_mi"), "name_mi", blank="", width=32),
        Column("Valid from", DAY, "valid_from"),
        Column("Valid to", DAY, "valid_to", note=gettext_noop("Its last day.")),
        Column("Successor", AGENCY, "successor", note=gettext_noop("Only with a last day.")),
    ),
    gettext_noop(
        "Every agency here becomes a member of the plan's working group. One that is not known yet is added. "
        "One that is known is not changed: a difference is shown before the import. An adopted plan takes no new "
        "member: a coordinator adds it on the plan's page."
    ),
    if_missing=(
        gettext_noop("An agency leaves the working group on the plan’s page: Change."),
        gettext_noop("An agency leaves the working group on the plan’s page: Change."),
    ),
)

PILLARS = Sheet(
    "Pillars",
    (
        Column("Number", Whole(), required=True),
        Column("Title", line(Pillar, "title"), "title", required=True, by_decision=True, width=32),
        Column("Description", TEXT, "description", blank="", by_decision=True, width=60),
    ),
    gettext_noop("In the plan's order."),
    if_missing=(
        gettext_noop("Remove a pillar on the plan’s page."),
        gettext_noop("A pillar of an adopted plan stays. Its wording changes by a variation."),
    ),
)

ITEMS = Sheet(
    "Work items",
    (
        Column(
            "Number", ITEM, required=True, note=gettext_noop("Text, as printed: 1.10 is not 1.1.")
        ),
        Column(
            "Pillar",
            Whole(),
            required=True,
            note=gettext_noop("The pillar's number."),
            by_decision=True,
        ),
        Column(
            "Title",
            line(WorkItem, "title"),
            "title",
            required=True,
            note=gettext_noop("Official wording."),
            by_decision=True,
            width=40,
        ),
        Column("As told", PHRASE, "as_told", blank="", note=AS_TOLD, width=36),
        Column(
            "Objective",
            TEXT,
            "objective",
            blank="",
            note=gettext_noop("Official wording."),
            by_decision=True,
            width=50,
        ),
        Column(
            "Action",
            TEXT,
            "action",
            blank="",
            note=gettext_noop("Official wording."),
            by_decision=True,
            width=60,
        ),
        Column(
            "Kind",
            Choice(choices=WorkItem.Kind),
            "kind",
            required=True,
            by_decision=True,
            width=18,
        ),
        Column("Lead agency", AGENCY, "lead_agency", required=True, by_decision=True),
        Column(
            "Supporting agencies",
            AgencyList(),
            blank="",
            clears=False,
            by_decision=True,
            width=24,
        ),
        Column("Key", YesNo(), "is_key", blank=False, by_decision=True),
        Column(
            "Timeframe",
            Choice(choices=WorkItem.Timeframe),
            "timeframe",
            required=True,
            by_decision=True,
        ),
        Column("Months", Whole(), "months", by_decision=True),
        Column("Starts on", DAY, "starts_on", by_decision=True),
        Column(
            "Stage",
            Choice(choices=Stage),
            "stage",
            blank=str(Stage.NOT_STARTED),
            clears=False,
            note=gettext_noop(
                "Empty where nothing is reported yet. Complete only with all milestones completed; its day is that of "
                "the last milestone, else that of the first update that says complete."
            ),
        ),
        Column("Confidence", Choice(choices=Confidence), "confidence", blank=""),
        Column(MEASURE, Lines(), blank="", clears=False, is_former=True),
    ),
    gettext_noop("Found again by number."),
    if_missing=(
        gettext_noop("Remove an item on the plan’s page."),
        gettext_noop(
            "Withdraw an item by a variation: on its page, or with Withdrawn as its stage in the workbook."
        ),
    ),
)

MILESTONES = Sheet(
    "Milestones",
    (
        Column("Work item", ITEM, required=True),
        Column("Milestone", Whole(), required=True, note=gettext_noop("Its number in the item.")),
        Column(
            "Description",
            line(Milestone, "description"),
            "description",
            required=True,
            by_decision=True,
            width=50,
        ),
        Column("As told", PHRASE, "as_told", blank="", note=AS_TOLD, width=36),
        Column("Done means", TEXT, "done_means", blank="", by_decision=True, width=50),
        Column("Responsible agency", AGENCY, "responsible_agency", required=True, by_decision=True),
        Column(
            "Original due",
            DUE_DATE,
            "original",
            required=True,
            locked=gettext_noop("that date. An original date never moves."),
        ),
        Column(
            "Agreed due",
            DUE_DATE,
            "agreed",
            note=gettext_noop("Empty in a new row: the original date."),
            by_decision=True,
        ),
        Column(
            "Forecast due",
            DUE_DATE,
            "forecast",
            note=gettext_noop("Empty in a new row, or (none): the agreed date."),
        ),
        Column("Completed on", PAST_DAY, "completed_on"),
        Column(
            "Cancelled on",
            PAST_DAY,
            "withdrawn_on",
            note=gettext_noop("Empty unless it is cancelled."),
            by_decision=True,
        ),
    ),
    gettext_noop("Found again by the item's number and its own."),
    if_missing=(
        gettext_noop("Remove a milestone on its item’s page."),
        gettext_noop(
            "Cancel a milestone by a variation: on its item’s page, or with a day in Cancelled on in the workbook."
        ),
    ),
)


def numbered() -> Column:
    """Return the column of the number by which the rows of a sheet are found again."""
    return Column("Number", Whole(), clears=False, note=NEW_NUMBER)


DELAYS = Sheet(
    "Delays",
    (
        Column("Work item", ITEM, required=True),
        Column("Milestone", Whole(), required=True),
        numbered(),
        Column("Cause", Choice(choices=Delay.Cause), "cause", required=True, width=18),
        Column("Explanation", TEXT, "explanation", required=True, width=60),
        Column("Effect", TEXT, "effect", blank="", width=50),
        Column(
            "Until then",
            TEXT,
            "meanwhile",
            blank="",
            note=gettext_noop("What covers the gap until then."),
            width=50,
        ),
        Column(
            "It needs",
            TEXT,
            "needs",
            blank="",
            note=gettext_noop("What the milestone needs to be done."),
            width=50,
        ),
        Column(
            "Money from",
            TEXT,
            "money_from",
            blank="",
            note=gettext_noop("Where the money for a decision of the Minister would come from."),
            width=50,
        ),
        Column(
            "If declined",
            TEXT,
            "if_declined",
            blank="",
            note=gettext_noop("What happens if the Minister declines."),
            width=50,
        ),
        Column(
            "Cause settled",
            Choice(choices=Delay.Settlement),
            "settlement",
            blank="",
            note=gettext_noop("Whether there is money now, the people are there, and so on."),
            width=18,
        ),
        Column(
            "Settled by agency",
            AGENCY,
            "settling_agency",
            note=gettext_noop("The agency that settles it. With Being settled, and only then."),
        ),
        Column(
            "Settled by others",
            line(Delay, "settling_other"),
            "settling_other",
            blank="",
            note=gettext_noop("Who settles it, if no agency of the plan does, such as Cabinet."),
            width=24,
        ),
        Column(
            "Settled by date",
            DAY,
            "settling_by",
            note=gettext_noop("By when. Only with Being settled."),
        ),
        Column("Found on", PAST_DAY, "found_on", required=True),
        Column("Ended on", DAY, "ended_on"),
    ),
    gettext_noop(
        "Found again by milestone and number. Delays are numbered within their milestone."
    ),
    if_missing=(
        gettext_noop("End a delay on its page, or with a day in Ended on in the workbook."),
        gettext_noop("End a delay on its page, or with a day in Ended on in the workbook."),
    ),
)

MITIGATIONS = Sheet(
    "Mitigations",
    (
        Column("Work item", ITEM, required=True),
        Column("Milestone", Whole(), required=True),
        Column(
            "Delay", Whole(), required=True, note=gettext_noop("Its number for that milestone.")
        ),
        numbered(),
        Column("Mitigation", TEXT, "description", required=True, width=60),
        Column("Owner agency", AGENCY, "owner_agency", required=True),
        Column("Due", DAY, "due_on"),
        Column("Done on", PAST_DAY, "done_on"),
    ),
    gettext_noop("Found again by delay and number. Mitigations are numbered within their delay."),
    if_missing=(
        gettext_noop(
            "Mark a mitigation as done on its page, or with a day in Done on in the workbook."
        ),
        gettext_noop(
            "Mark a mitigation as done on its page, or with a day in Done on in the workbook."
        ),
    ),
)

UPDATES = Sheet(
    "Updates",
    (
        Column("Period start", DAY, required=True),
        Column("Period end", DAY, required=True),
        Column("Agency", AGENCY, required=True),
        Column("Work item", ITEM, required=True),
        Column(
            "Stage",
            Choice(choices=Stage),
            "stage",
            blank="",
            note=gettext_noop("Only the lead agency’s updates have one."),
        ),
        Column("Confidence", Choice(choices=Confidence), "confidence", blank=""),
        Column("Achieved", TEXT, "achieved", blank="", width=60),
        Column("Planned next", TEXT, "planned_next", blank="", width=50),
        Column("Challenges", TEXT, "challenges", blank="", width=50),
        Column(
            "Key achievement",
            Choice(choices=Update.KeyAchievement),
            "key_achievement",
            blank=str(Update.KeyAchievement.NO),
        ),
        Column(
            "Accepted on",
            PAST_DAY,
            clears=False,
            note=gettext_noop(
                "One day for all of an agency's updates of a period. Empty where nobody accepted them, as they "
                "come from a spreadsheet: the last day of the period."
            ),
        ),
    ),
    gettext_noop(
        "Accepted updates. Each period becomes a closed round with the agencies' accepted returns."
    ),
    if_missing=(
        gettext_noop("An accepted update stays."),
        gettext_noop("An accepted update stays."),
    ),
)

SET_UP_ON_PAGE = gettext_noop("that value. A measure of an adopted plan is set up and changed on its page.")  # fmt: skip


def of_set_up(heading: str, kind: Kind, field: str, **more: Any) -> Column:
    return Column(heading, kind, field, locked=SET_UP_ON_PAGE, **more)


MEASURES = Sheet(
    "Measures",
    (
        Column(
            "Work item", ITEM, note=gettext_noop("Empty: an outcome of the plan."), clears=False
        ),
        numbered(),
        Column(MEASURE, TEXT, "description", required=True, by_decision=True, width=50),
        of_set_up("What is counted", line(Measure, "as_told"), "as_told", blank="", width=36),
        of_set_up(
            "Counted as",
            Choice(choices=Measure.Kind),
            "kind",
            blank="words",
            clears=False,
            width=24,
        ),
        of_set_up("Unit", line(Measure, "unit"), "unit", blank=""),
        of_set_up(
            "Better",
            Choice(choices=Measure.Better),
            "better",
            blank="higher",
            clears=False,
            width=18,
        ),
        of_set_up(
            "Asked",
            Choice(choices=Measure.Asked),
            "asked",
            blank="each_round",
            clears=False,
            width=18,
        ),
        of_set_up("Source", TEXT, "source", blank="", width=36),
        of_set_up(
            "Responsible agency",
            AGENCY,
            "responsible_agency",
            note=gettext_noop("Empty: the item’s lead."),
        ),
        of_set_up(
            "Before the plan", NUMBER, "baseline", note=gettext_noop("Of a share, per cent.")
        ),
        of_set_up("Before the plan, on", DAY, "baseline_on"),
        of_set_up("Why not known", TEXT, "baseline_unknown", blank="", width=36),
        Column("Targets", Targets(), blank="", clears=False, width=36),
    ),
    gettext_noop(
        "Found again by item and number. A measure of an adopted plan is set up and changed on its page; a new one of an item is "
        "proposed by its words, and together with a new item as its row sets it up. Of targets that replaced others, the sheet has the present ones."
    ),
    is_later=True,
    if_missing=(
        gettext_noop("Remove a measure on its item’s page."),
        gettext_noop("A measure of an adopted plan stays. Its wording changes by a variation."),
    ),
)

MEASURE_VALUES = Sheet(
    "Measure values",
    (
        Column("Work item", ITEM, note=gettext_noop("Empty: an outcome of the plan.")),
        Column("Number of the measure", Whole(), required=True),
        Column("From", PAST_DAY, "starts_on", note=gettext_noop("Of a period.")),
        Column("As at, or to", PAST_DAY, "day", required=True),
        Column("Number", NUMBER, "number", note=gettext_noop("Of a yes or no, 1 or 0.")),
        Column("Of how many", NUMBER, "of", note=gettext_noop("Of a share.")),
        Column("Counted differently", YesNo(), "not_comparable", blank=False),
        Column("Note", TEXT, "note", blank="", width=36),
        Column("No number yet, because", TEXT, "because", blank="", width=36),
        Column("Expected by", DUE_DATE, "expected_by"),
        Column("Corrects the number of", PAST_DAY, note=gettext_noop("The day of the number that it corrects.")),
        Column("Why corrected", TEXT, "correction_reason", blank="", width=36),
        Column("Agency", AGENCY, "agency", required=True),
        Column("Accepted on", PAST_DAY, note=gettext_noop("Empty in a new row: the day of the import.")),
    ),
    gettext_noop(
        "Accepted numbers, which never change. New ones come only with a measure that is new, or into a plan that is not adopted; "
        "otherwise they are given in a return or on the measure’s page."
    ),
    is_later=True,
    if_missing=(gettext_noop("An accepted number stays."), gettext_noop("An accepted number stays.")),
)  # fmt: skip

RISKS = Sheet(
    "Risks",
    (
        numbered(),
        Column(
            "Work item",
            ITEM,
            note=gettext_noop("Empty in a new row, or (none): a risk to the whole plan."),
        ),
        Column("Risk", TEXT, "description", required=True, width=60),
        Column("Likelihood", Choice(choices=Risk.Level), "likelihood", required=True),
        Column("Impact", Choice(choices=Risk.Level), "impact", required=True),
        Column("Owner agency", AGENCY, "owner_agency", required=True),
        Column("Response", TEXT, "response", blank="", width=60),
        Column(
            "Escalated on",
            PAST_DAY,
            note=gettext_noop("To the working group, unless it is recorded otherwise."),
        ),
        Column("Closed on", PAST_DAY, "closed_on"),
    ),
    gettext_noop("Found again by number: 3 is R3."),
    if_missing=(
        gettext_noop("Close a risk on its page, or with a day in Closed on in the workbook."),
        gettext_noop("Close a risk on its page, or with a day in Closed on in the workbook."),
    ),
)

# Sheets of the workbook to fill in that help people; an import does not read them.
INSTRUCTIONS, EXAMPLE = "Instructions", "Example"
SHEETS = (
    PLAN, AGENCIES, PILLARS, ITEMS, MILESTONES, DELAYS, MITIGATIONS, UPDATES, RISKS, MEASURES, MEASURE_VALUES,
)  # fmt: skip


def changes_of_adopted() -> dict[str, list[tuple[str, list[str]]]]:
    """Return what of an adopted plan changes only by "decision" and what "never" does, as columns by sheet.

    The one list of it: the import, the page that adopts a plan and docs/workbook.md follow it. The keys of
    the sheet Plan that are in neither change with a reason.
    """
    found: dict[str, list[tuple[str, list[str]]]] = {"decision": [], "never": [], "reason": []}
    for sheet in (PLAN, PILLARS, ITEMS, MILESTONES, MEASURES):
        decided = [column.heading for column in sheet if column.by_decision]
        never = [column.heading for column in sheet if column.locked and sheet is not MEASURES]
        free = [each.heading for each in sheet if not (each.by_decision or each.locked)]
        for name, headings in (
            ("decision", decided),
            ("never", never),
            ("reason", free if sheet is PLAN else []),
        ):
            if headings:
                found[name].append((sheet.name, headings))
    return found


def described() -> str:
    """Return the format as Markdown for docs/workbook.md. A test checks that the page has it."""
    out = []
    for sheet in SHEETS:
        heading = "Key" if sheet.downwards else "Column"
        out += [f"### {sheet.name}", "", sheet.note, ""]
        out += [f"| {heading} | Must be filled | Holds |", "| --- | --- | --- |"]
        for column in sheet.written:
            filled = "yes" if column.required else "no"
            adopted = ""
            if column.by_decision:
                adopted = "On an adopted plan only a decision changes it."
            elif column.locked and sheet is not MEASURES:
                adopted = "On an adopted plan it never changes."
            parts = (with_capital(column.kind.right), column.note, adopted)
            holds = " ".join(filter(None, parts))
            out.append(f"| {column.heading} | {filled} | {holds} |")
        out.append("")
    return "\n".join(out)
