"""The field for a due date, which may be known to the month or the quarter only, and what is asked about the date."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from agencies.typed.asking import example_day, near_today
from workitems.models import Milestone, MilestoneAnswer
from workitems.terms.date_order import Expected, Step, out_of_order
from workitems.terms.known_dates import (
    QUARTERS,
    KnownDate,
    KnownTo,
    NotADate,
    NotAQuarter,
    read_known_date,
)


def _enter_a_date() -> str:
    known_to = (KnownTo.MONTH, KnownTo.QUARTER)
    month, quarter = (KnownDate.holding(near_today(), each) for each in known_to)
    return _("Enter a date, such as {day}, {month} or {quarter}.").format(
        day=example_day(), month=month, quarter=quarter
    )


ENTER_A_KNOWN_DATE = lazy(_enter_a_date, str)()


class DueBox(forms.BoundField):
    """A date box that asks below it about what the date contradicts."""

    field: "KnownDateField"

    @property
    def asks(self) -> list[str]:
        due = typed_in(self.form, self.name) if self.field.asks is not None else None
        return self.field.asks(due) if self.field.asks is not None and due else []

    @property
    def aria_describedby(self) -> str:
        asked = f"{self.auto_id}_asks" if self.field.of_milestone else ""
        return f"{super().aria_describedby or ''} {asked}".strip()

    def build_widget_attrs(self, attrs: Any, widget: Any = None) -> Any:
        own = {"data-milestone-due": str(pk)} if (pk := self.field.of_milestone) else {}
        return super().build_widget_attrs({**attrs, **own}, widget)


def typed_in(form: forms.BaseForm, name: str) -> Any:
    """Return what is in a box of a form, as its field reads it; None if that is empty or cannot be read."""
    if name not in form.fields:
        return None
    box = form[name]
    try:
        return box.field.to_python(box.value())
    except forms.ValidationError:
        return None


def steps_by_item(
    rows: Iterable[Milestone], answers: Mapping[int, MilestoneAnswer]
) -> dict[int, list[Expected]]:
    """Return the open milestones by id of their item, with the dates of the pending `answers` on them, by id."""
    found: dict[int, list[Expected]] = defaultdict(list)
    for row in rows:
        answer, forecast = answers.get(row.pk), row.forecast
        if answer is not None and answer.outcome == MilestoneAnswer.Outcome.NOT_YET and answer.when:
            forecast = answer.when
        is_done = answer is not None and answer.outcome == MilestoneAnswer.Outcome.DONE
        if row.is_open and not is_done:
            found[row.item_id].append(Expected(row.number, row.agreed, forecast))
    return found


def asks_about_order(milestone: Milestone, due: KnownDate, steps: Collection[Step]) -> list[str]:
    """Return what to ask about a date of a milestone, by the open milestones of its item, as HTML with a link to the
    page on which the date of the other one is changed."""
    step, item = Expected(milestone.number, milestone.agreed, due), milestone.item
    words = _(
        '{says} Is that so? If not, <a href="{url}">change the date of milestone {number}</a>.'
    )
    return [
        format_html(
            words,
            says=says,
            number=number,
            url=reverse("workitems:milestone", args=[item.plan.slug, item.number, number]),
        )
        for number, says in out_of_order(item.number, steps, step)
    ]


def ask_about_order(
    form: forms.BaseForm, name: str, milestone: Milestone, steps: Callable[[], Collection[Step]]
) -> None:
    """Have the box for a milestone's date ask about other milestones of its item that the date is out of order with.
    `steps` returns those that are open."""
    field: Any = form.fields[name]
    field.of_milestone = milestone.pk
    field.asks = lambda due: asks_about_order(milestone, due, steps())


class KnownDateField(forms.Field):
    """A day, a month or a quarter, typed into one box: "30 June 2027", "20 nov", "June 2027", "Q2 2027"."""

    widget = forms.DateInput
    bound_field_class = DueBox
    reads = "due"  # what the script asks the server to read
    # What to ask about a date, and the id of the milestone that it is of, for the script.
    asks: Callable[[KnownDate], list[str]] | None = None
    of_milestone: int | None = None
    default_error_messages = {"required": ENTER_A_KNOWN_DATE, "invalid": ENTER_A_KNOWN_DATE}

    @property
    def example(self) -> str:
        """Return examples for the label: of a day, of a month and of a quarter."""
        day = near_today()
        quarter = KnownDate.holding(day, KnownTo.QUARTER).short.replace("–", " to ")
        return _("{day}, {month} or {quarter}").format(
            day=example_day(), month=KnownDate.holding(day, KnownTo.MONTH), quarter=quarter
        )

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"data-date": self.reads}

    def prepare_value(self, value: Any) -> Any:
        return str(value) if isinstance(value, KnownDate) else value

    def to_python(self, value: Any) -> KnownDate | None:
        if value in self.empty_values or not str(value).strip():
            return None
        if isinstance(value, KnownDate):
            return value
        try:
            due = read_known_date(str(value), localdate())
        except NotAQuarter:
            raise forms.ValidationError(
                _("A quarter is {quarters}.").format(quarters=QUARTERS)
            ) from None
        except NotADate as fault:
            says = str(fault) or self.error_messages["invalid"]
            raise forms.ValidationError(says, code="invalid") from None
        if not 1990 <= due.last_day.year <= 2100:
            raise forms.ValidationError(_("Check the year: it should be between 1990 and 2100."))
        return due
