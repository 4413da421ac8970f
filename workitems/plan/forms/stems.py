"""Boxes whose sentence the form begins, and how it will read (see `workitems.terms.stems`)."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency
from agencies.typed.fields import LinesField
from workitems.models import Plan
from workitems.plan.forms.due_dates import typed_in
from workitems.plan.known_acronyms import known_to
from workitems.terms.date_order import after_new_date, ends_before, gap
from workitems.terms.empty_texts import says_little
from workitems.terms.known_dates import KnownDate
from workitems.terms.stems import (
    BOXES,
    STEMS,
    Follows,
    as_it_reads,
    remarks,
    remarks_on_length,
    remarks_on_we,
    says_nothing,
)

# The boxes beside those of a delay that say when (see `Dates`).
BESIDE_MEANWHILE = {"expected": "forecast_due"}
BESIDE_MITIGATION = {
    "expected": "forecast_due",
    "due": "mitigation_due_on",
    "meanwhile": "meanwhile",
}
# What is asked and has to say something; a draft from before keeps what it has.
MUST_SAY = ("mitigation", "explanation", "needs")
SHOWN_WORDS = 60


# Of boxes whose sentence the form does not begin: what to write instead of a text that says nothing.
PLAIN = {
    "challenges": gettext_lazy(
        "This says nothing that a reader can use. Write what stands in the way, or leave the box empty."
    ),
    "evidence": gettext_lazy(
        "This says nothing that a reader can use. Write what shows that it is done, such as a document or a "
        "page, or leave the box empty."
    ),
}
# Of any other text that a paper may print: only its acronyms are remarked on.
WORDS = "words"
ASKED = (*STEMS, *PLAIN, WORDS)


class Dates(NamedTuple):
    """What a text about a delay is compared with: the milestone's new date, the day by which the action is due, whether
    a box asks for that day, those of the other open actions, and what covers the gap."""

    expected: KnownDate | None = None
    due: date | None = None
    asks_due: bool = False
    others: tuple[date | None, ...] = ()
    meanwhile: str = ""

    def remarks(self, asked: str, text: str) -> list[str]:
        """Return what to ask about the dates, as sentences for the writer of what is `asked`."""
        new, found = self.expected, []
        if asked == "mitigation" and self.asks_due and self.due is None:
            found.append(
                _("If there is a day, enter it under “By when”: the paper tells dated steps.")
            )
        if new is not None and asked == "mitigation":
            if says := after_new_date(self.due, new):
                found.append(_("{says} Is that so?").format(says=says))
            elif self.due and (says := gap((*self.others, self.due), self.meanwhile, new)):
                found.append(
                    _(
                        "{says} Add an action with a later day, or write under “{box}” what people have in the meantime."
                    ).format(says=says, box=BOXES["meanwhile"])
                )
        if new is not None and asked == "meanwhile" and (says := ends_before(text, new)):
            found.append(_("{says} What covers the rest?").format(says=says))
        return found


class Reading(NamedTuple):
    """The sentence that a text makes, and what to improve in it."""

    sentence: str
    remarks: list[str]


NO_DATES = Dates()


def reading_of(
    asked: str,
    text: str,
    agency: str,
    names: Iterable[str],
    plan: Plan | None = None,
    dates: Dates = NO_DATES,
) -> Reading | None:
    """Return how the text will read; None without a text, or if there is nothing to say. `asked` is one of `ASKED`,
    and `plan` is the one whose acronyms are known."""
    names = _own(asked, agency, names)
    if not text.strip():
        return None
    unknown = known_to(plan).remarks(text) if plan is not None else []
    if asked not in STEMS:
        found = [str(PLAIN[asked])] if asked in PLAIN and says_little(text) else unknown
        if asked == "challenges":
            found = [*remarks_on_we(text, agency), *found, *remarks_on_length(text)]
        return Reading("", found) if found else None
    found = remarks(asked, text, agency, names) + unknown
    if says_nothing(text):
        return Reading("", found)
    found += dates.remarks(asked, text)
    is_one_word = asked == "explanation" and " " not in text.strip()
    if says_little(text) or is_one_word:
        found.insert(
            0,
            _("This only names a topic. Write, for example: {example}.").format(
                example=STEMS[asked].example
            ),
        )
    sentence = as_it_reads(asked, text, agency, names)
    if asked == "explanation":
        sentence = _without_beginning(sentence)
    return Reading(Truncator(sentence).words(SHOWN_WORDS), found)


def _own(asked: str, agency: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return the names that a text may begin with: where the agency is the subject of the sentence, only its own. `names`
    are pairs of a short and a full one."""
    names = tuple(names)
    if asked in STEMS and STEMS[asked].follows in (Follows.VERB, Follows.PAST):
        return (
            agency,
            *(
                full
                for short, full in zip(names[::2], names[1::2], strict=False)
                if short == agency
            ),
        )
    return names


def _without_beginning(sentence: str) -> str:
    """Return only what completes "It is late because": papers begin the sentence with how late it is, or divide it."""
    because = STEMS["explanation"].begin()
    late, _because, _end = because.rpartition(" ")
    if not sentence.startswith(f"{late} "):
        return sentence
    is_clause = sentence.startswith(f"{because} ") and not sentence.startswith(f"{because} of ")
    return f"… {sentence.removeprefix(because if is_clause else late).strip()}"


def names_of(agencies: Iterable[Agency]) -> tuple[str, ...]:
    return tuple(name for each in agencies for name in (each.short_name, each.name))


class StemBox(forms.BoundField):
    """A box with the beginning of its sentence above it and its reading below it."""

    field: "StemField"

    @property
    def owner(self) -> forms.BoundField | None:
        """The field of the form that says whose sentence it is."""
        name = self.field.owner
        return self.form[name] if name in self.form.fields else None

    @property
    def agency(self) -> str:
        if self.owner is None:
            return self.field.agency
        field: Any = self.owner.field
        chosen = str(self.owner.value() or "")
        choices = field.choices if chosen else ()
        return next((str(label) for value, label in choices if str(value) == chosen), "")

    @property
    def pattern(self) -> str:
        """The beginning, with "{agency}" where the script puts the chosen agency."""
        return str(STEMS[self.field.asked].words)

    @property
    def beginning(self) -> str:
        # Without a script a choice of another agency does not change what the page says.
        return STEMS[self.field.asked].begin(
            _("The owner") if self.owner is not None else self.field.agency
        )

    @property
    def is_free(self) -> bool:
        """Whether sentences of one's own do as well."""
        return STEMS[self.field.asked].follows is Follows.PAST

    @property
    def reading(self) -> Reading | None:
        text = str(self.value() or "")
        if not text.strip():
            return None
        agency = self.agency or _("The owner")
        names = (*self.field.names, agency)
        found = reading_of(self.field.asked, text, agency, names, self.field.plan, self.dates)
        # An error says it already.
        return found and found._replace(
            remarks=[each for each in found.remarks if each not in self.errors]
        )

    @property
    def dates(self) -> Dates:
        beside = self.field.beside
        typed = {part: typed_in(self.form, name) for part, name in beside.items()}
        has_due = "due" in beside and beside["due"] in self.form.fields
        return self.field.dates._replace(**typed, asks_due=has_due)

    @property
    def aria_describedby(self) -> str:
        ids = [f"{self.auto_id}_begins", *(super().aria_describedby or "").split()]
        return " ".join([*ids, f"{self.auto_id}_reads"])

    def build_widget_attrs(self, attrs: Any, widget: Any = None) -> Any:
        own = {"data-stem": self.field.asked, "data-begins": self.pattern}
        if self.field.plan is not None:
            own["data-plan"] = str(self.field.plan.pk)
        if self.owner is not None:
            own["data-owner"] = self.owner.html_name
        else:
            own["data-agency"] = self.field.agency
        # The boxes whose values the script sends along, and what the page knows.
        for part, name in self.field.beside.items():
            if name in self.form.fields:
                own[f"data-{part}-in"] = self.form[name].html_name
        if self.field.dates.expected:
            own["data-expected"] = self.field.dates.expected.code
        if self.field.dates.others:
            own["data-others"] = ",".join(
                day.isoformat() if day else "" for day in self.field.dates.others
            )
        return super().build_widget_attrs({**attrs, **own}, widget)


class StemField(LinesField):
    """Text that completes the sentence for what is `asked`, a key of `STEMS`.

    The form gives it its agency and the names of agencies with `speak_of`, or `owner` is the field
    that chooses the agency.
    """

    bound_field_class = StemBox

    # What is known of dates beside those of the form's boxes.
    dates = NO_DATES

    def __init__(
        self,
        asked: str,
        *,
        owner: str = "",
        beside: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        """`beside` has the form's boxes with the parts of `Dates`."""
        self.asked, self.owner = asked, owner
        self.beside = beside or {}
        self.agency, self.kept = "", ""
        self.names: tuple[str, ...] = ()
        self.plan: Plan | None = None
        super().__init__(**kwargs)

    @property
    def example(self) -> str:
        return str(STEMS[self.asked].example)

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        self.kept = str(form.get_initial_for_field(self, field_name) or "")
        return super().get_bound_field(form, field_name)

    def validate(self, value: str) -> None:
        super().validate(value)
        if self.asked in MUST_SAY and value and value != self.kept and says_nothing(value):
            raise ValidationError(remarks(self.asked, value, self.agency)[0])


class PlainBox(forms.BoundField):
    """A box that says below it what to improve in its text."""

    field: Any

    @property
    def reading(self) -> Reading | None:
        field, text = self.field, str(self.value() or "")
        return reading_of(field.asked, text, field.agency, (), field.plan)

    @property
    def aria_describedby(self) -> str:
        return f"{super().aria_describedby or ''} {self.auto_id}_reads".strip()

    def build_widget_attrs(self, attrs: Any, widget: Any = None) -> Any:
        own = {"data-stem": self.field.asked, "data-agency": self.field.agency}
        if self.field.plan is not None:
            own["data-plan"] = str(self.field.plan.pk)
        return super().build_widget_attrs({**attrs, **own}, widget)


class PlainField(LinesField):
    """Text for what is `asked`, a key of `PLAIN`, in sentences of one's own."""

    bound_field_class = PlainBox

    def __init__(self, asked: str, **kwargs: Any) -> None:
        self.asked, self.agency = asked, ""
        self.plan: Plan | None = None
        super().__init__(**kwargs)


def speak_of(
    form: forms.BaseForm, agency: str, names: Iterable[str], plan: Plan | None = None
) -> None:
    """Give the boxes of a form their agency, the names that their sentences may begin with, and the plan whose
    papers print them."""
    names = tuple(names)
    for field in form.fields.values():
        if isinstance(field, StemField):
            field.agency, field.names, field.plan = agency, names, plan
        elif isinstance(field, PlainField):
            field.agency, field.plan = agency, plan


def compare_dates(form: forms.BaseForm, *names: str, dates: Dates) -> None:
    """Give these boxes of a form what is known of dates beside those that are typed."""
    for name in names:
        field: Any = form.fields[name]
        field.dates = dates


def remark_on_acronyms(form: forms.BaseForm, plan: Plan, *names: str) -> None:
    """Have these boxes of a form say below them which acronyms the plan does not know."""
    for name in names:
        field: Any = form.fields[name]
        field.bound_field_class, field.asked = PlainBox, WORDS
        field.agency, field.plan = "", plan
