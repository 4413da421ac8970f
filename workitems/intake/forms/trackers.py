"""Forms to bring a tracker in: the file, what its columns become, the plan itself, and its doubts."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext, gettext_lazy

from agencies.models import Agency
from agencies.typed.fields import DayField, Form, TextField, UploadField
from agencies.wording.translation import StrOrPromise
from workitems.intake.forms.portfolios import PortfolioField, offer_recorded
from workitems.intake.forms.workbook import MAX_MEGABYTES
from workitems.intake.tracker.doubts import ADD, NAME_PARTS, NOTE, TICKED, Doubt, Group
from workitems.intake.tracker.grid import Sheet
from workitems.intake.tracker.guess import Column, Mapping, Sureness
from workitems.intake.tracker.headings import LABELS, Field, field_of
from workitems.intake.tracker.said_of_plan import SaidOfPlan
from workitems.models import Plan
from workitems.plan.forms.due_dates import KnownDateField
from workitems.terms.known_dates import read_known_date

FIELDS = [(str(field), label) for field, label in LABELS.items()]
HEADING_ROWS = 100
# How sure it is what a column becomes.
SURE = {
    Sureness.HEADING: gettext_lazy("Sure: the heading says so"),
    Sureness.VALUES: gettext_lazy("Likely, from what is in it"),
    Sureness.GUESS: gettext_lazy("Only a guess"),
    Sureness.UNKNOWN: gettext_lazy("Not recognised"),
    Sureness.HIDDEN: gettext_lazy("Hidden, so kept as a note"),
    Sureness.CHOSEN: gettext_lazy("Chosen by a person"),
}
DOUBTFUL = (Sureness.VALUES, Sureness.GUESS, Sureness.UNKNOWN)
# The headings of the tables of doubts, in the order of the page.
GROUPS = {
    Group.AGENCIES: gettext_lazy("Who leads"),
    Group.STATUS: gettext_lazy("Status"),
    Group.PASSED: gettext_lazy("Milestones whose date has passed"),
    Group.COMPLETED: gettext_lazy("Since when it is complete"),
    Group.DATES: gettext_lazy("Due dates"),
    Group.TEXTS: gettext_lazy("Texts"),
    Group.ROWS: gettext_lazy("Rows"),
}
# A column, its choice, how sure that is, and whether to check it.
ColumnRow = tuple[Column, forms.BoundField, StrOrPromise, bool]
# A doubt about a name, its choice, and the names that the agency would have.
AgencyRow = tuple[Doubt, forms.BoundField, list[forms.BoundField]]
# A doubt, its choice, its date if it takes one, the choices of single items, and what can be ticked.
Row = tuple[
    Doubt, forms.BoundField, forms.BoundField | None, list[forms.BoundField], list[forms.BoundField]
]
# A group of doubts: its name, its heading, and its rows.
GroupRows = tuple[str, StrOrPromise, list[Row]]


class TrackerFileForm(Form):
    tracker = UploadField(
        label=gettext_lazy("Spreadsheet"),
        max_length=255,
        help_text=format_lazy(
            gettext_lazy(
                "An Excel workbook (.xlsx) or a CSV file, at most {megabytes} MB. Nothing is imported "
                "until you have seen the plan."
            ),
            megabytes=MAX_MEGABYTES,
        ),
        megabytes=MAX_MEGABYTES,
        accept=".xlsx,.csv,.tsv,.txt",
        error_messages={"required": gettext_lazy("Choose the spreadsheet.")},
    )


class TrackerPlanForm(Form):
    """The plan's own fields. `coordinated` are the agencies that the user coordinates for, `on` is today."""

    title = TextField(label=gettext_lazy("Title of the plan"), max_length=200)
    released_on = DayField(
        label=gettext_lazy("Released on"),
        help_text=gettext_lazy(
            "If nobody knows the day, enter the first one of the month or year."
        ),
    )
    ends_on = DayField(label=gettext_lazy("Last day of the plan"), required=False)
    portfolio = PortfolioField(label=gettext_lazy("Minister’s portfolio"))
    coordinating_agency = forms.ModelChoiceField(
        Agency.objects.none(), label=gettext_lazy("Coordinating agency")
    )
    as_at = DayField(
        label=gettext_lazy("Day of the tracker"),
    )

    def __init__(
        self,
        *args: Any,
        coordinated: QuerySet[Agency],
        on: date,
        said: SaidOfPlan,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.on = on
        self.fields["as_at"].help_text = " ".join(
            [
                gettext("It says so in {place}.").format(place=said.place)
                if said.place
                else gettext("The tracker does not say its day, so check this."),
                gettext("What has no day of its own counts from then."),
            ]
        )
        offer_recorded(self, is_new=True)
        choice = self.fields["coordinating_agency"]
        assert isinstance(choice, forms.ModelChoiceField)
        choice.queryset = coordinated
        if coordinated.count() == 1:
            choice.initial, choice.empty_label = coordinated.get(), None

    def clean_title(self) -> str:
        title: str = self.cleaned_data["title"]
        if Plan.objects.filter(title__iexact=title).exists():
            raise forms.ValidationError(
                gettext(
                    "There is already a plan with this title, and a tracker can only start a new one. Enter "
                    "another title. To bring rows into that plan, export it as a workbook, add them there, "
                    "and import it again on the plan’s page."
                )
            )
        return title

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        released, ends, as_at = data.get("released_on"), data.get("ends_on"), data.get("as_at")
        if released and ends and ends <= released:
            self.add_error("ends_on", gettext("Enter a day after the release."))
        if as_at and as_at > self.on:
            self.add_error("as_at", gettext("That day has not come yet. Enter a day up to today."))
        if as_at and released and as_at < released:
            self.add_error(
                "as_at",
                gettext(
                    "Enter the day of the release or a later one. The plan has no progress before it."
                ),
            )
        return data


class SheetForm(Form):
    """How one sheet is read: whether, where its headings are, and what each column becomes."""

    is_read = forms.BooleanField(required=False)
    first = forms.IntegerField(
        label=gettext_lazy("First row of headings"),
        min_value=1,
        max_value=HEADING_ROWS,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4}),
    )
    last = forms.IntegerField(
        label=gettext_lazy("Last row of headings"),
        min_value=1,
        max_value=HEADING_ROWS,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4}),
    )

    def __init__(
        self, *args: Any, sheet: Sheet, columns: Sequence[Column], mapping: Mapping, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.sheet, self.columns, self.mapping = sheet, columns, mapping
        self.fields["is_read"].label = gettext("Read the sheet “{sheet}”").format(sheet=sheet.name)
        self.initial["is_read"] = mapping.is_read
        self.initial["first"] = mapping.headings.first or None
        self.initial["last"] = mapping.headings.last or None
        for column in columns:
            self.fields[f"c{column.index}"] = forms.ChoiceField(
                label=gettext("Column {letter} becomes").format(letter=column.letter),
                choices=FIELDS,
                initial=str(mapping.fields.get(column.index, Field.NOTE)),
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("first"), data.get("last")
        if data.get("is_read"):
            if not first and "first" not in self.errors:
                self.add_error("first", gettext("Enter the row that has the headings."))
            elif first and last and not first <= last <= first + 5:
                self.add_error("last", gettext("Enter the first row of headings or a later row."))
        return data

    @property
    def rows(self) -> list[ColumnRow]:
        """Return each column with its choice, how sure that is, and whether to check it first."""
        found: list[ColumnRow] = []
        for column in self.columns:
            sure = self.mapping.sureness_of(column.index)
            is_lost = sure == Sureness.HIDDEN and field_of(column.heading)[0] not in (
                None,
                Field.NOTE,
            )
            is_doubtful = (sure in DOUBTFUL or is_lost) and bool(column.count)
            found.append((column, self[f"c{column.index}"], SURE[sure], is_doubtful))
        return found

    @property
    def unsure_rows(self) -> list[ColumnRow]:
        """Return the columns whose field a person should check."""
        return [row for row in self.rows if row[3]]

    @property
    def sure_rows(self) -> list[ColumnRow]:
        return [row for row in self.rows if not row[3]]

    @property
    def headings(self) -> tuple[int, int]:
        first = self.cleaned_data.get("first") or 0
        return first, self.cleaned_data.get("last") or first

    @property
    def chosen(self) -> dict[int, Field]:
        return {
            column.index: Field(self.cleaned_data[f"c{column.index}"]) for column in self.columns
        }


class DoubtsForm(Form):
    """The doubts of a tracker, with their choices. `fingerprint` is that of the plan shown."""

    fingerprint = forms.RegexField("^[0-9a-f]{64}$", widget=forms.HiddenInput)

    def __init__(self, *args: Any, doubts: Iterable[Doubt], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.doubts = list(doubts)
        for doubt in self.doubts:
            choices = [(choice.value, choice.label) for choice in doubt.choices]
            known = {value for value, _ in choices}
            if not doubt.suggested:
                choices.insert(0, ("", gettext("Choose")))
            typed = doubt.chosen if doubt.chosen not in known else ""
            self.fields[doubt.name] = forms.ChoiceField(
                label=gettext("Answer about {what}").format(what=doubt.quoted or doubt.problem),
                choices=choices,
                required=False,
                initial=doubt.suggested if typed else doubt.chosen,
            )
            for single in doubt.singles if len(doubt.singles) > 1 else ():
                self.fields[single.name] = forms.ChoiceField(
                    label=single.label,
                    choices=[("", gettext("As above")), *choices],
                    required=False,
                    initial=single.chosen,
                )
            for tick in doubt.ticks:
                self.fields[tick.name] = forms.BooleanField(
                    label=tick.label, required=False, initial=bool(tick.chosen)
                )
            if doubt.takes_date:
                self.fields[f"{doubt.name}-date"] = KnownDateField(
                    label=gettext("Another date for {what}").format(what=doubt.quoted)
                    if doubt.quoted
                    else gettext("Another date for them"),
                    required=False,
                    initial=str(read_known_date(typed)) if typed else None,
                )
            if doubt.new_agency:
                name, short = doubt.new_agency
                said = doubt.quoted[:60]
                self.fields[f"{doubt.name}-name"] = TextField(
                    label=gettext("Name, if you add “{said}”").format(said=said),
                    required=False,
                    max_length=200,
                    initial=name,
                )
                self.fields[f"{doubt.name}-short"] = TextField(
                    label=gettext("Short name of “{said}”").format(said=said),
                    required=False,
                    max_length=30,
                    initial=short,
                    widget=forms.TextInput(attrs={"size": 20}),
                )

    def need(self, doubts: Iterable[Doubt]) -> None:
        """Say at these doubts that they must be answered."""
        for doubt in doubts:
            if doubt.name in self.fields:
                says = (
                    gettext("“{said}”: choose an answer.")
                    if doubt.quoted
                    else gettext("Choose an answer.")
                )
                self.add_error(doubt.name, says.format(said=doubt.quoted))

    def clean(self) -> dict[str, Any]:
        """Refuse a new agency without names, or with the names of another agency."""
        data = super().clean() or self.cleaned_data
        for doubt in self.doubts:
            if not doubt.new_agency or data.get(doubt.name) != ADD:
                continue
            short = data.get(f"{doubt.name}-short", "")
            asks = gettext("Enter the agency’s name."), gettext("Enter the agency’s short name.")
            for part, ask in zip(NAME_PARTS, asks, strict=True):
                if f"{doubt.name}-{part}" in data and not data[f"{doubt.name}-{part}"]:
                    self.add_error(f"{doubt.name}-{part}", ask)
            if ";" in short:
                self.add_error(
                    f"{doubt.name}-short", gettext("Enter a short name without a semicolon.")
                )
            elif other := Agency.objects.filter(short_name__iexact=short).first():
                self.add_error(
                    f"{doubt.name}-short",
                    gettext(
                        "That is the short name of {agency}. Choose it in the list, or enter another."
                    ).format(agency=other.name),
                )
        return data

    @property
    def words(self) -> list[tuple[Doubt, forms.BoundField]]:
        """Return the words that can mean one thing alone, with what they were read as."""
        return [(doubt, self[doubt.name]) for doubt in self.doubts if not doubt.problem]

    def _agencies(self, *, are_sure: bool) -> list[AgencyRow]:
        return [
            (doubt, self[doubt.name], [self[f"{doubt.name}-{part}"] for part in NAME_PARTS])
            for doubt in self.doubts
            if doubt.new_agency and self._is_sure(doubt) == are_sure
        ]

    def _is_sure(self, doubt: Doubt) -> bool:
        """Whether a name surely is an agency's, or a person has answered what it is."""
        is_answered = not (doubt.suggested or doubt.is_open or doubt.is_bare)
        return doubt.is_of_sure_agency or (is_answered and doubt.name not in self.errors)

    @property
    def agencies(self) -> list[AgencyRow]:
        """Return the names of agencies that are in doubt, with the answer and the names that each would have."""
        return self._agencies(are_sure=False)

    @property
    def new_agencies(self) -> list[AgencyRow]:
        """Return those that are surely agencies, which nobody need look at."""
        return self._agencies(are_sure=True)

    @property
    def added(self) -> list[str]:
        """Return the short names of those that are added."""
        return [doubt.settled for doubt, *_ in self.new_agencies if doubt.chosen == ADD]

    @property
    def noted(self) -> list[str]:
        """Return what is said of several bodies and kept as a note, in the tracker's words."""
        return [doubt.quoted for doubt, *_ in self.new_agencies if doubt.chosen == NOTE]

    @property
    def has_faulty_agencies(self) -> bool:
        """Whether one of those that nobody need look at has an error."""
        return any(
            self.errors.get(box.name)
            for _, choice, names in self.new_agencies
            for box in (choice, *names)
        )

    @property
    def to_answer(self) -> list[GroupRows]:
        """Return the other doubts without an answer, or whose answer is refused, by what they are about."""
        return self._grouped(lambda row: not self._is_settled(row))

    @property
    def guessed(self) -> list[GroupRows]:
        """Return the other doubts whose answer is guessed and was seen by nobody, by what they are about."""
        return self._grouped(lambda row: self._is_settled(row) and not row[0].is_confirmed)

    @property
    def guessed_count(self) -> int:
        return sum(len(rows) for *_, rows in self.guessed)

    @property
    def confirmed(self) -> list[GroupRows]:
        """Return the other doubts with an answer that a person has sent, by what they are about."""
        return self._grouped(lambda row: self._is_settled(row) and row[0].is_confirmed)

    @property
    def confirmed_count(self) -> int:
        return sum(len(rows) for *_, rows in self.confirmed)

    def _grouped(self, belongs: Callable[[Row], bool]) -> list[GroupRows]:
        """Return doubts by group, with the group's heading; those with the same question stand together."""
        found: dict[Group, list[Row]] = {group: [] for group in GROUPS}
        asked = [doubt for doubt in self.doubts if doubt.problem and not doubt.new_agency]
        order: dict[str, int] = {}
        for doubt in asked:
            order.setdefault(doubt.problem, len(order))
        for doubt in sorted(asked, key=lambda each: order[each.problem]):
            date_box = self[f"{doubt.name}-date"] if doubt.takes_date else None
            singles = [self[each.name] for each in doubt.singles if each.name in self.fields]
            ticks = [self[each.name] for each in doubt.ticks]
            row = (doubt, self[doubt.name], date_box, singles, ticks)
            if belongs(row):
                found[doubt.group].append(row)
        return [(str(group), GROUPS[group], rows) for group, rows in found.items() if rows]

    def _is_settled(self, row: Row) -> bool:
        doubt, choice, date_box, singles, _ticks = row
        boxes = {box.name for box in (choice, date_box, *singles) if box}
        return not doubt.is_open and not boxes & {*self.errors}

    @property
    def answers(self) -> dict[str, str]:
        """Return the answers by the names of the doubts. A date that was typed counts."""
        found = {}
        for doubt in self.doubts:
            typed = self.cleaned_data.get(f"{doubt.name}-date")
            answer = typed.code if typed else self.cleaned_data.get(doubt.name, "")
            if not answer and any(self.cleaned_data.get(tick.name) for tick in doubt.ticks):
                answer = TICKED
            if answer:
                found[doubt.name] = answer
            for single in doubt.singles:
                if own := self.cleaned_data.get(single.name):
                    found[single.name] = own
            for tick in doubt.ticks:
                found[tick.name] = TICKED if self.cleaned_data.get(tick.name) else ""
            for part in NAME_PARTS if doubt.new_agency else ():
                found[f"{doubt.name}-{part}"] = self.cleaned_data.get(f"{doubt.name}-{part}", "")
        return found
