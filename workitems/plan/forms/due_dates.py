"""The field for a due date, which may be known to the month or the quarter only."""

from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from agencies.typed.asking import example_day, near_today
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


class KnownDateField(forms.Field):
    """A day, a month or a quarter, typed into one box: "30 June 2027", "20 nov", "June 2027", "Q2 2027"."""

    widget = forms.DateInput
    reads = "due"  # what the script asks the server to read
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
