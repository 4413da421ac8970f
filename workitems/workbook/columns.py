"""The format of the workbook: all sheets and their columns.

Reading, checking, comparing, writing and the documentation use it. `Column.field` is the model
field of a column; a column without one is handled by its heading in the code that checks it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models

from agencies.models import Agency, Appointment
from workitems.models import Delay, Milestone, Pillar, Plan, Risk, Update, WorkItem
from workitems.models.item import Confidence, Stage
from workitems.workbook.cell_kinds import (
    AgencyList,
    AgencyName,
    Choice,
    Day,
    ItemNumber,
    Kind,
    Line,
    Lines,
    Whole,
    YesNo,
)


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column, or a key of the sheet Plan. `blank` is the value of an empty cell.

    `locked` is set if an import may not change the value of an existing row. It is the expected
    value in the error message.
    """

    heading: str
    kind: Kind
    field: str = ""
    required: bool = False
    blank: Any = None
    note: str = ""
    locked: str = ""
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
AGENCY = AgencyName()
ITEM = ItemNumber()
ADOPTED = "that wording. A variation is the way to change official wording."

PLAN = Sheet(
    "Plan",
    (
        Column(
            heading="Title",
            kind=line(Plan, "title"),
            field="title",
            required=True,
            note="The plan's address comes from it, so a plan is found again by its title.",
        ),
        Column(heading="Released on", kind=DAY, field="released_on", required=True),
        Column(heading="Ends on", kind=DAY, field="ends_on", note="After the release."),
        Column(heading="Portfolio", kind=line(Plan, "portfolio"), field="portfolio", required=True),
        Column(
            heading="Minister",
            kind=line(Appointment, "minister"),
            blank="",
            note="Who holds the portfolio on the day of release. Entered if nobody does yet.",
        ),
        Column(
            heading="Coordinating agency", kind=AGENCY, field="coordinating_agency", required=True
        ),
        Column(
            heading="Background",
            kind=TEXT,
            blank="",
            note="The key repeats, once for each paragraph.",
        ),
        Column(heading="Copied to", kind=line(Plan, "copied_to"), field="copied_to", blank=""),
    ),
    "One row for each key. Every key but Background stands once; of those that need not be filled "
    "any may be left out.",
    downwards=True,
)

AGENCIES = Sheet(
    "Agencies",
    (
        Column(
            heading="Short name",
            kind=AgencyName(most=line(Agency, "short_name").most),
            required=True,
            note="An agency that is known already is found by it, in any case.",
        ),
        Column(heading="Name", kind=line(Agency, "name"), field="name", required=True, width=44),
        Column(
            heading="Te reo name", kind=line(Agency, "name_mi"), field="name_mi", blank="", width=32
        ),
        Column(heading="Valid from", kind=DAY, field="valid_from"),
        Column(heading="Valid to", kind=DAY, field="valid_to", note="Its last day."),
        Column(heading="Successor", kind=AGENCY, field="successor", note="Only with a last day."),
    ),
    "Every agency here becomes a member of the plan's working group.",
)

PILLARS = Sheet(
    "Pillars",
    (
        Column(heading="Number", kind=Whole(), required=True),
        Column(heading="Title", kind=line(Pillar, "title"), field="title", required=True, width=32),
        Column(heading="Description", kind=TEXT, field="description", blank="", width=60),
    ),
    "In the plan's order.",
)

ITEMS = Sheet(
    "Work items",
    (
        Column(
            heading="Number", kind=ITEM, required=True, note="Text, as printed: 1.10 is not 1.1."
        ),
        Column(heading="Pillar", kind=Whole(), required=True, note="The pillar's number."),
        Column(
            heading="Title",
            kind=line(WorkItem, "title"),
            field="title",
            required=True,
            note="Official wording: it changes by a variation, not here.",
            locked=ADOPTED,
            width=40,
        ),
        Column(
            heading="Objective",
            kind=TEXT,
            field="objective",
            blank="",
            note="Official wording.",
            locked=ADOPTED,
            width=50,
        ),
        Column(
            heading="Action",
            kind=TEXT,
            field="action",
            blank="",
            note="Official wording.",
            locked=ADOPTED,
            width=60,
        ),
        Column(
            heading="Kind",
            kind=Choice(choices=WorkItem.Kind),
            field="kind",
            required=True,
            width=18,
        ),
        Column(heading="Lead agency", kind=AGENCY, field="lead_agency", required=True),
        Column(heading="Supporting agencies", kind=AgencyList(), blank="", width=24),
        Column(heading="Key", kind=YesNo(), field="is_key", blank=False),
        Column(
            heading="Timeframe",
            kind=Choice(choices=WorkItem.Timeframe),
            field="timeframe",
            required=True,
        ),
        Column(heading="Months", kind=Whole(), field="months"),
        Column(heading="Starts on", kind=DAY, field="starts_on"),
        Column(
            heading="Stage",
            kind=Choice(choices=Stage),
            field="stage",
            required=True,
            note="Complete only with all milestones completed; its day is that of the last "
            "milestone, else that of the first update that says complete.",
        ),
        Column(heading="Confidence", kind=Choice(choices=Confidence), field="confidence", blank=""),
        Column(heading="Measure", kind=Lines(), blank="", width=50),
    ),
    "Found again by number.",
)

MILESTONES = Sheet(
    "Milestones",
    (
        Column(heading="Work item", kind=ITEM, required=True),
        Column(heading="Milestone", kind=Whole(), required=True, note="Its number in the item."),
        Column(
            heading="Description",
            kind=line(Milestone, "description"),
            field="description",
            required=True,
            width=50,
        ),
        Column(heading="Done means", kind=TEXT, field="done_means", blank="", width=50),
        Column(
            heading="Responsible agency", kind=AGENCY, field="responsible_agency", required=True
        ),
        Column(
            heading="Original due",
            kind=DAY,
            field="original_due",
            required=True,
            note="Never moves.",
            locked="that date. An original date never moves.",
        ),
        Column(
            heading="Agreed due",
            kind=DAY,
            field="agreed_due",
            note="Empty: the original date. Afterwards it moves by a variation, not here.",
            locked="that date. A variation is the way to move an agreed date.",
        ),
        Column(
            heading="Forecast due", kind=DAY, field="forecast_due", note="Empty: the agreed date."
        ),
        Column(heading="Completed on", kind=PAST_DAY, field="completed_on"),
    ),
    "Found again by the item's number and its own.",
)

DELAYS = Sheet(
    "Delays",
    (
        Column(heading="Work item", kind=ITEM, required=True),
        Column(heading="Milestone", kind=Whole(), required=True),
        Column(
            heading="Cause",
            kind=Choice(choices=Delay.Cause),
            field="cause",
            required=True,
            width=18,
        ),
        Column(heading="Explanation", kind=TEXT, field="explanation", required=True, width=60),
        Column(heading="Effect", kind=TEXT, field="effect", blank="", width=50),
        Column(heading="Found on", kind=PAST_DAY, field="found_on", required=True),
        Column(heading="Ended on", kind=DAY, field="ended_on"),
    ),
    "A milestone's first row here is its delay 1, the next its delay 2, and so on.",
)

MITIGATIONS = Sheet(
    "Mitigations",
    (
        Column(heading="Work item", kind=ITEM, required=True),
        Column(heading="Milestone", kind=Whole(), required=True),
        Column(heading="Delay", kind=Whole(), required=True, note="Its number for that milestone."),
        Column(heading="Mitigation", kind=TEXT, field="description", required=True, width=60),
        Column(heading="Owner agency", kind=AGENCY, field="owner_agency", required=True),
        Column(heading="Due", kind=DAY, field="due_on"),
        Column(heading="Done on", kind=PAST_DAY, field="done_on"),
    ),
    "Numbered for each delay from the top, as delays are.",
)

UPDATES = Sheet(
    "Updates",
    (
        Column(heading="Period start", kind=DAY, required=True),
        Column(heading="Period end", kind=DAY, required=True),
        Column(heading="Agency", kind=AGENCY, required=True),
        Column(heading="Work item", kind=ITEM, required=True),
        Column(heading="Stage", kind=Choice(choices=Stage), field="stage", required=True),
        Column(heading="Confidence", kind=Choice(choices=Confidence), field="confidence", blank=""),
        Column(heading="Achieved", kind=TEXT, field="achieved", blank="", width=60),
        Column(heading="Planned next", kind=TEXT, field="planned_next", blank="", width=50),
        Column(heading="Challenges", kind=TEXT, field="challenges", blank="", width=50),
        Column(
            heading="Key achievement",
            kind=Choice(choices=Update.KeyAchievement),
            field="key_achievement",
            blank=str(Update.KeyAchievement.NO),
        ),
        Column(
            heading="Accepted on",
            kind=PAST_DAY,
            required=True,
            note="One day for all of an agency's updates of a period.",
        ),
    ),
    "Accepted updates. Each period becomes a closed round with the agencies' accepted returns.",
)

RISKS = Sheet(
    "Risks",
    (
        Column(heading="Work item", kind=ITEM, note="Empty: a risk to the whole plan."),
        Column(heading="Risk", kind=TEXT, field="description", required=True, width=60),
        Column(
            heading="Likelihood", kind=Choice(choices=Risk.Level), field="likelihood", required=True
        ),
        Column(heading="Impact", kind=Choice(choices=Risk.Level), field="impact", required=True),
        Column(heading="Owner agency", kind=AGENCY, field="owner_agency", required=True),
        Column(heading="Response", kind=TEXT, field="response", blank="", width=60),
        Column(
            heading="Escalated on",
            kind=PAST_DAY,
            note="To the working group, unless it is recorded otherwise.",
        ),
        Column(heading="Closed on", kind=PAST_DAY, field="closed_on"),
    ),
    "The first row is the plan's risk 1, the next its risk 2, and so on.",
)

SHEETS = (PLAN, AGENCIES, PILLARS, ITEMS, MILESTONES, DELAYS, MITIGATIONS, UPDATES, RISKS)


def described() -> str:
    """Return the format as Markdown for docs/workbook.md. A test checks that the page has it."""
    out = []
    for sheet in SHEETS:
        heading = "Key" if sheet.downwards else "Column"
        out += [
            f"### {sheet.name}",
            "",
            sheet.note,
            "",
            f"| {heading} | Must be filled | Holds |",
            "| --- | --- | --- |",
        ]
        for column in sheet:
            holds = " ".join(filter(None, [_sentence(column.kind.right), column.note]))
            out.append(f"| {column.heading} | {'yes' if column.required else 'no'} | {holds} |")
        out.append("")
    return "\n".join(out)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
