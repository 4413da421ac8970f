"""The form of a measure on a return's page."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Self

from workitems.measures.asked import AskedMeasure
from workitems.measures.forms import ENTER_A_NUMBER, AnswerFields, values_of
from workitems.models import Measure, MeasureValue, Return
from workitems.returns.forms.returns import ReturnForm


class MeasureAnswerForm(AnswerFields, ReturnForm):
    """What the return says of a measure. `version` is 0 if it says nothing yet."""

    def __init__(
        self,
        *args: Any,
        asked: AskedMeasure,
        value: MeasureValue | None,
        day: date,
        period_start: date,
        **kwargs: Any,
    ) -> None:
        """`value` is what the page began with, `day` and `period_start` are those of a number that is not given yet."""
        self.value, self.usual_day, self.period_start = value, day, period_start
        kwargs.setdefault("prefix", f"v{asked.measure.pk}")
        super().__init__(
            *args, row=value or MeasureValue(measure=asked.measure, version=0), **kwargs
        )
        # A form of which all is saved still says which version was read.
        self.fields["version"].widget.attrs["data-read"] = True
        self.fit(asked.measure, is_first=asked.last is None)
        self.asks_why = bool(self["correction_reason"].value())

    @classmethod
    def in_return(
        cls,
        of_return: Return,
        asked: AskedMeasure,
        value: MeasureValue | None,
        on: date,
        data: Any = None,
    ) -> Self:
        """Return the form of a measure in a return, beginning with `value`."""
        period = of_return.round
        # A number that is not given yet is as at the period's end, or today before it.
        day = min(period.period_end, on)
        return cls(data, asked=asked, value=value, day=day, period_start=period.period_start)

    def start(self, row: MeasureValue) -> dict[str, Any]:
        if row.pk is not None:
            return values_of(row)
        starts = self.period_start if row.measure.kind == Measure.Kind.PERIOD else None
        return {"day": self.usual_day, "starts_on": starts, "counted": ""}

    @property
    def has_more(self) -> bool:
        """Whether a field that is folded away says something, or is wrong."""
        names: list[str] = [name for name in ("counted", "note") if name in self.fields]
        if self.row.measure.kind == Measure.Kind.SHARE:
            names.append("starts_on")
        return any(self[name].value() or self[name].errors for name in names)

    def saved(self) -> tuple[Any, Mapping[str, Any]]:
        return self.value, values_of(self.value)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and cleaned.get("note") and self.answer(self.usual_day) is None:
            self.add_error("number", ENTER_A_NUMBER)
        return cleaned
