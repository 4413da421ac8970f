"""Forms of measures: the set-up with its targets, and a number as it is typed."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency
from agencies.typed.asking import say_faults
from agencies.typed.fields import (
    DayField,
    Form,
    LinesField,
    PastDayField,
    ReasonField,
    TextField,
    VersionedForm,
)
from workitems.measures.services.set_up import SET_UP, faults, proposed
from workitems.measures.services.values import Answer
from workitems.measures.typed_numbers import NotANumber, read_number, typed
from workitems.models import Measure, MeasureValue, Target
from workitems.models.measure import AS_TOLD_OF_A_MEASURE
from workitems.plan.forms.due_dates import KnownDateField
from workitems.plan.forms.stems import remark_on_acronyms
from workitems.terms.additions import Aimed, NewMeasure

Kind = Measure.Kind
ENTER_A_NUMBER = gettext_lazy("Enter a number, such as 1,250, or choose “No number yet”.")
TARGETS = 3


class NumberField(TextField):
    """A number with at most three decimals. What could be two numbers is refused with what to write."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        attrs = {"inputmode": "decimal", "class": "input-number", "autocomplete": "off"}
        super().__init__(widget=forms.TextInput(attrs=attrs), max_length=40, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return typed(value) if isinstance(value, Decimal) else value

    def to_python(self, value: Any) -> Any:
        if isinstance(value, Decimal):
            return value.quantize(Decimal("0.001"))
        text = super().to_python(value)
        if not text:
            return None
        super().run_validators(text)
        try:
            return read_number(text)
        except NotANumber as fault:
            raise forms.ValidationError(str(fault)) from None

    def run_validators(self, value: Any) -> None:
        """The text was validated as it was typed."""


def _counted() -> list[tuple[str, str]]:
    return [("", _("As before")), ("yes", _("Differently from here"))]


class AnswerFields(Form):
    """What is said of a measure: a number, or why there is none yet."""

    SOMETIMES = (
        "number", "of", "starts_on", "day", "because", "expected_by", "correction_reason", "counted",
    )  # fmt: skip

    number = NumberField(label=gettext_lazy("The number"))
    of = NumberField(label=gettext_lazy("Of how many"))
    starts_on = PastDayField(label=gettext_lazy("From"), required=False)
    day = PastDayField(label=gettext_lazy("As at"), required=False)
    counted = forms.ChoiceField(
        label=gettext_lazy("Counted"),
        choices=lazy(_counted, list)(),
        required=False,
        widget=forms.RadioSelect(attrs={"class": "inline"}),
    )
    note = LinesField(label=gettext_lazy("Note"), rows=2)
    correction_reason = LinesField(
        label=gettext_lazy("Why the number for that day changes"), rows=2
    )
    because = LinesField(
        label=gettext_lazy("There is no number yet, because"),
        rows=2,
        help_text=gettext_lazy("Go on with the sentence: “the register opens in March”."),
    )
    expected_by = KnownDateField(label=gettext_lazy("You expect one by"), required=False)

    # Whether to ask why a number changes: of a correction, or where there is a number for that day.
    asks_why = False

    def fit(self, measure: Measure, *, is_first: bool) -> None:
        """Keep the fields that a measure of this kind has. `is_first`: there is no number to count differently from."""
        fields: Any = self.fields
        kind = measure.kind
        if kind == Kind.SHARE:
            fields["number"].label = _("How many")
        else:
            del fields["of"]
        if kind not in (Kind.SHARE, Kind.PERIOD):
            del fields["starts_on"]
        else:
            fields["day"].label = _("To")
        if kind == Kind.SHARE:
            fields["starts_on"].label = _("From (if it is of a period)")
        if kind == Kind.YES_NO:
            fields["number"] = forms.ChoiceField(
                label=_("Is it in place?"),
                choices=[("1", _("Yes")), ("0", _("No"))],
                required=False,
                widget=forms.RadioSelect(attrs={"class": "inline"}),
            )
        elif measure.unit:
            fields["number"].label = _("Number of {unit}").format(
                unit=measure.unit.partition("/")[2] or measure.unit
            )
        if is_first or kind == Kind.YES_NO:
            del fields["counted"]

    def answer(self, default_day: date) -> Answer | None:
        """Return what is said, or None if nothing is."""
        given = self.cleaned_data
        number = given.get("number")
        if isinstance(number, str):
            number = Decimal(number) if number else None
        said = (number, given.get("of"), given.get("because"), given.get("expected_by"))
        if not any(each not in (None, "") for each in said):
            return None
        because = (given.get("because") or "").strip().rstrip(".")
        return Answer(
            day=given.get("day") or default_day,
            number=number,
            of=given.get("of"),
            starts_on=given.get("starts_on") if number is not None else None,
            note=given.get("note") or "",
            not_comparable=given.get("counted") == "yes",
            because=because,
            expected_by=given.get("expected_by"),
            correction_reason=(given.get("correction_reason") or "").strip().rstrip("."),
        )


def values_of(value: MeasureValue | None) -> dict[str, Any]:
    """Return the values of a number by form field name."""
    if value is None:
        return {}
    number: Any = value.number
    if value.measure.kind == Kind.YES_NO and number is not None:
        number = f"{number:.0f}"
    return {
        "number": number,
        "of": value.of,
        "starts_on": value.starts_on,
        "day": value.day,
        "counted": "yes" if value.not_comparable else "",
        "note": value.note,
        "because": value.because,
        "expected_by": value.expected_by,
        "correction_reason": value.correction_reason,
    }


class GiveForm(AnswerFields, VersionedForm):
    """A number given or corrected between rounds. `row` is the one that is changed, or the one that is corrected."""

    def __init__(
        self,
        *args: Any,
        measure: Measure,
        row: MeasureValue | None,
        corrects: bool,
        is_first: bool,
        on: date,
        **kwargs: Any,
    ) -> None:
        self.measure = measure
        super().__init__(
            *args, row=row or MeasureValue(measure=measure, day=on, version=0), on=on, **kwargs
        )
        self.fit(measure, is_first=is_first)
        self.asks_why = corrects
        if corrects:
            self.initial["version"], self.initial["correction_reason"] = 0, ""
            for name in ("because", "expected_by"):
                del self.fields[name]
            self.fields["correction_reason"].label = _("Why the number is corrected")
            self.fields["correction_reason"].required = True
        else:
            del self.fields["correction_reason"]

    def start(self, row: MeasureValue) -> dict[str, Any]:
        return values_of(row)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and self.answer(self.row.day) is None:
            self.add_error("number", ENTER_A_NUMBER)
        return cleaned

    def arguments(self) -> dict[str, Any]:
        assert self.on is not None
        return {"answer": self.answer(self.on), "version": self.cleaned_data["version"]}


class SetUpForm(VersionedForm):
    """How a measure is counted, and up to three targets."""

    BEGINS_WITH = SET_UP
    SOMETIMES = (
        "as_told", "unit", "baseline", "baseline_on", "baseline_unknown", "months",
        *(f"{name}_{place}" for place in range(1, TARGETS + 1) for name in ("number", "by")),
    )  # fmt: skip

    kind = forms.ChoiceField(
        label=gettext_lazy("How it is counted"),
        choices=[each for each in Kind.choices if each[0] != Kind.WORDS],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose how it is counted.")},
    )
    as_told = TextField(
        label=gettext_lazy("What is counted"),
        max_length=AS_TOLD_OF_A_MEASURE,
        help_text=gettext_lazy(
            "As the sentence begins: “the number of staff trained”, “the share of frontline staff who have "
            "finished the course”. Of a yes or no, one thing: “advice with options”."
        ),
        error_messages={"required": gettext_lazy("Write what is counted.")},
    )
    unit = TextField(
        label=gettext_lazy("Unit of the number"),
        max_length=60,
        required=False,
        help_text=gettext_lazy(
            "For one and for many, such as “month/months”. Leave it empty where the name says what is counted."
        ),
    )
    better = forms.ChoiceField(
        label=gettext_lazy("Which way is better"),
        choices=Measure.Better.choices,
        widget=forms.RadioSelect(attrs={"class": "inline"}),
    )
    asked = forms.ChoiceField(
        label=gettext_lazy("How often a number is due"),
        choices=Measure.Asked.choices,
        widget=forms.RadioSelect(attrs={"class": "inline"}),
    )
    responsible_agency = forms.ModelChoiceField(
        label=gettext_lazy("Who gives the numbers"), queryset=Agency.objects.none(), required=False
    )
    source = LinesField(
        label=gettext_lazy("Source, and how it is counted"),
        rows=2,
        help_text=gettext_lazy("So that the next person counts the same."),
    )
    baseline = NumberField(
        label=gettext_lazy("Number"),
    )
    baseline_on = DayField(label=gettext_lazy("Day"), required=False)
    baseline_unknown = LinesField(label=gettext_lazy("If it is not known, why"), rows=2)
    months = forms.TypedChoiceField(
        label=gettext_lazy("Length of the period that the targets are for"),
        choices=[
            ("", gettext_lazy("Choose a length")),
            ("1", gettext_lazy("A month")),
            ("3", gettext_lazy("Three months")),
            ("6", gettext_lazy("Six months")),
            ("12", gettext_lazy("A year")),
            ("24", gettext_lazy("Two years")),
        ],
        coerce=int,
        empty_value=None,
        required=False,
        help_text=gettext_lazy("Only of a number of a period."),
    )
    reason = ReasonField(
        label=gettext_lazy("Why it is counted so"),
        required=False,
        help_text=gettext_lazy("Everyone in the plan can read it in the history."),
        error_messages={"required": gettext_lazy("Say why the measure is set up or changed.")},
    )

    def __init__(
        self,
        *args: Any,
        row: Measure,
        members: "QuerySet[Agency]",
        targets: Sequence[Target],
        **kwargs: Any,
    ) -> None:
        """`targets` are those that no other replaces, by their dates."""
        self.targets = targets
        super().__init__(*args, row=row, **kwargs)
        fields: Any = self.fields
        # Of a plan that is adopted, everyone reads why.
        fields["reason"].required = row.plan.adopted_on is not None
        fields["responsible_agency"].queryset = members
        if row.item is not None:
            fields["responsible_agency"].empty_label = (
                _("{agency}, which leads the item").format(agency=row.item.lead_agency)
                if row.item.pk
                else _("The lead agency")
            )
        for place in range(1, TARGETS + 1):
            fields[f"number_{place}"] = NumberField(label=_("Target {place}").format(place=place))
            fields[f"by_{place}"] = KnownDateField(label=_("By"), required=False)
        self.order_fields([*(name for name in fields if name != "reason"), "reason"])
        for place, target in enumerate(targets, start=1):
            self.initial.update(
                {
                    f"number_{place}": target.number,
                    f"by_{place}": target.by,
                    "months": target.months,
                }
            )

    def start(self, row: Measure) -> dict[str, Any]:
        return {**super().start(row), "kind": "" if row.kind == Kind.WORDS else row.kind}

    @property
    def target_rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"number_{place}"], self[f"by_{place}"]) for place in range(1, TARGETS + 1)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        is_yes = cleaned.get("kind", self.row.kind) == Kind.YES_NO
        for place in range(1, TARGETS + 1):
            number, by = cleaned.get(f"number_{place}"), cleaned.get(f"by_{place}")
            if is_yes and by is not None and number is None:
                number = cleaned[f"number_{place}"] = Decimal(1)
            if number is not None and by is None and not self.errors.get(f"by_{place}"):
                self.add_error(f"by_{place}", _("Enter by when."))
            if by is not None and number is None and not self.errors.get(f"number_{place}"):
                self.add_error(f"number_{place}", _("Enter the number."))
            if number is None and by is None and place <= len(self.targets):
                self.add_error(
                    f"number_{place}",
                    _(
                        "A target stays. Change its number or its date; the paper says what was first promised."
                    ),
                )
        return cleaned

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in SET_UP if name in self.cleaned_data}

    def aims(self) -> list[Aimed]:
        """Return the targets that are new, or that replace another."""
        given, found = self.cleaned_data, []
        months = given.get("months") if given.get("kind", self.row.kind) == Kind.PERIOD else None
        for place in range(1, TARGETS + 1):
            number, by = given.get(f"number_{place}"), given.get(f"by_{place}")
            if number is None or by is None:
                continue
            was = self.targets[place - 1] if place <= len(self.targets) else None
            if was is not None and (was.number, was.by, was.months) == (number, by, months):
                continue
            found.append(Aimed(number, by, months, was.pk if was else None))
        return found

    def arguments(self) -> dict[str, Any]:
        return {
            "version": self.cleaned_data["version"],
            "values": self.values(),
            "targets": self.aims(),
            "reason": self.cleaned_data["reason"],
        }


class NewMeasureForm(SetUpForm):
    """A measure that is proposed together with its item. If nothing is typed, it says nothing."""

    SOMETIMES = (*SetUpForm.SOMETIMES, "description")
    # They begin with something chosen.
    CHOSEN = ("kind", "better", "asked")

    description = LinesField(label=gettext_lazy("Measure, in the plan’s words"), rows=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(
            *args, targets=(), empty_permitted=True, use_required_attribute=False, **kwargs
        )
        fields: Any = self.fields
        del fields["version"], fields["reason"]
        fields["kind"].choices = Kind.choices
        fields["as_told"].required = False
        self.order_fields(["description"])
        remark_on_acronyms(self, self.row.plan, "description")

    def start(self, row: Measure) -> dict[str, Any]:
        return {**super().start(row), "kind": row.kind}

    def has_changed(self) -> bool:
        """Whether anything is typed."""
        typed = (self[name].value() for name in self.fields if name not in self.CHOSEN)
        is_typed = any(str(value or "").strip() for value in typed)
        return is_typed or self["kind"].value() not in (None, Kind.WORDS)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not cleaned.get("description"):
            say_faults(self, [(_("Enter the measure."), "description")])
        beside = self.fields.keys() - {*self.CHOSEN, "description"}
        is_set_up = any(cleaned.get(name) not in (None, "") for name in beside)
        if cleaned.get("kind") == Kind.WORDS and is_set_up:
            self.add_error("kind", _("Choose how it is counted."))
        elif not self.errors:
            say_faults(self, list(faults(self.measure(), {}, self.aims())))
        return cleaned

    def measure(self) -> Measure:
        description = self.cleaned_data["description"]
        return Measure(item=self.row.item, description=description, **self.values())

    def proposed(self) -> NewMeasure | None:
        return proposed(self.measure(), self.aims()) if self.has_changed() else None


class BaselineForm(SetUpForm):
    """The number before the plan, of a measure that has numbers since."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"targets": ()})
        kept = ("version", "baseline", "baseline_on", "reason")
        for name in [name for name in self.fields if name not in kept]:
            del self.fields[name]
        for name in ("baseline", "baseline_on"):
            self.fields[name].required = True
        self.fields["reason"].label = _("Where the number comes from")

    def values(self) -> dict[str, Any]:
        return {**super().values(), "baseline_unknown": ""}


class OutcomeForm(Form):
    """An outcome of the plan: what it is to change, and who gives the numbers."""

    description = LinesField(
        label=gettext_lazy("Outcome"),
        rows=2,
        required=True,
        help_text=gettext_lazy(
            "What the plan is to change, such as “Fewer people are exploited at work”."
        ),
        error_messages={"required": gettext_lazy("Write the outcome.")},
    )
    responsible_agency = forms.ModelChoiceField(
        label=gettext_lazy("Agency that gives the numbers"),
        queryset=Agency.objects.none(),
        empty_label=gettext_lazy("Choose an agency"),
        error_messages={"required": gettext_lazy("Choose who gives the numbers.")},
    )
    reason = ReasonField(
        label=gettext_lazy("Why it is an outcome"),
        required=False,
        error_messages={"required": gettext_lazy("Say why the outcome is added.")},
    )

    def __init__(
        self, *args: Any, members: "QuerySet[Agency]", needs_reason: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = needs_reason
        self.fields["responsible_agency"].queryset = members  # type: ignore[attr-defined]

    def arguments(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "description": given["description"],
            "values": {"responsible_agency": given["responsible_agency"]},
            "reason": given["reason"],
        }


def current_targets(measure: Measure) -> list[Target]:
    """Return the targets that no other replaces, by their dates. One query."""
    return list(measure.targets.filter(replaced_by=None).order_by("due", "pk")[:TARGETS])
