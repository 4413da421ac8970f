"""The columns of the return's workbook. Their headings are how they are found again."""

from dataclasses import dataclass

from workitems.intake.cell_kinds import one_line

KEY = "Key (do not change)"
ITEM = "Item"
NO_CHANGE_HINT = "“Yes” answers the item without words. Not while a milestone is overdue, and not a third time running."


@dataclass(frozen=True)
class Column:
    """`field` is the form field that the cell answers; "" for a cell that is only read.

    `choices` names the list to choose from, on the hidden sheet of lists; `hint` is shown beside the
    cell while it is chosen; instead of it, the beginning of the sentence that is `asked` (a key of `STEMS`). `is_later`: workbooks of an earlier release lack the column, and are read; `formerly` is its
    heading in them.
    """

    heading: str
    width: int
    field: str = ""
    choices: str = ""
    is_day: bool = False
    is_number: bool = False
    hint: str = ""
    asked: str = ""
    is_later: bool = False
    formerly: str = ""


@dataclass(frozen=True)
class Table:
    """A sheet of the workbook. `kind` is how its keys begin, and how its fields' names do."""

    name: str
    kind: str
    columns: tuple[Column, ...]

    @property
    def answers(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.field)


ANSWERS = Table(
    "Answers",
    "i",
    (
        Column(KEY, 4),
        Column(ITEM, 8),
        Column("Title", 30),
        Column("No change", 11, "no_change", "no_change", hint=NO_CHANGE_HINT, is_later=True),
        Column("Stage last time", 13),
        Column("Stage", 13, "stage", choices="stage"),
        Column("Confidence last time", 13),
        Column("Confidence in the next date", 13, "confidence", choices="confidence"),
        Column("Achieved last time", 38),
        Column("Achieved in this period", 42, "achieved", asked="achieved"),
        Column("Planned last time", 38),
        Column("Planned next", 42, "planned_next", asked="planned_next"),
        Column("Challenges last time", 38),
        Column("Challenges", 42, "challenges"),
        Column("Key achievement", 18, "key_achievement", choices="key_achievement"),
    ),
)
DAY_HINT = "Such as 20 Nov 2026 or 20/11/26."
DUE_HINT = "Such as 20 Nov 2026, 20/11/26, Nov 2026 or Q4 2026."
MILESTONES = Table(
    "Milestones",
    "m",
    (
        Column(KEY, 4),
        Column(ITEM, 8),
        Column("Milestone", 36),
        Column("Due", 18),
        Column("Expected until now", 18),
        Column("Done on", 16, "completed_on", is_day=True, hint=DAY_HINT),
        Column("Evidence", 30, "shown_by", formerly="What shows it"),
        Column("New date", 18, "forecast_due", is_day=True, hint=DUE_HINT),
        Column("Why the date moves", 36, "reason", asked="explanation", formerly="Why it is late"),
        Column("Cause", 22, "cause", choices="cause"),
        Column("Is the cause settled?", 20, "settlement", "settlement", is_later=True),
        Column("Which agency settles it", 14, "settling_agency", "settling_agency", is_later=True),
        Column("Who else settles it", 20, "settling_other", is_later=True),
        Column("Settled by when", 16, "settling_by", is_day=True, hint=DAY_HINT, is_later=True),
        Column("Effect", 36, "effect", asked="effect", is_later=True),
        Column("Until then", 36, "meanwhile", asked="meanwhile", is_later=True),
        Column("It needs", 36, "needs", asked="needs", is_later=True),
        Column("The money would come from", 36, "money_from", asked="money_from", is_later=True),
        Column("If it is declined", 36, "if_declined", asked="if_declined", is_later=True),
        Column("What is being done", 36, "mitigation", asked="mitigation"),
        Column("By which agency", 14, "owner_agency", choices="owner_agency"),
        Column("By when", 16, "mitigation_due_on", is_day=True, hint=DAY_HINT),
    ),
)
NUMBER_HINT = "Such as 1,250. Of a share: how many. Of a yes or no: Yes or No."
MEASURES = Table(
    "Measures",
    "v",
    (
        Column(KEY, 4),
        Column(ITEM, 8),
        Column("Measure", 36),
        Column("Last number", 24),
        Column("Target", 24),
        Column("Number", 14, "number", is_number=True, hint=NUMBER_HINT),
        Column("Of how many", 14, "of", is_number=True, hint="Only of a share."),
        Column("From", 16, "starts_on", is_day=True, hint=f"Only of a period. {DAY_HINT}"),
        Column("As at, or to", 16, "day", is_day=True, hint=DAY_HINT),
        Column("Counted", 18, "counted", choices="counted"),
        Column("Note", 36, "note"),
        Column("Why the number for that day changes", 36, "correction_reason"),
        Column("There is no number yet, because", 36, "because"),
        Column("A number is expected by", 18, "expected_by", is_day=True, hint=DUE_HINT),
    ),
)
TABLES = (ANSWERS, MILESTONES, MEASURES)


def bare(text: object) -> str:
    """Return a heading or a choice without case and needless spaces, to find it again."""
    return one_line(str(text)).casefold()
