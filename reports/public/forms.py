"""Forms to publish a plan's progress, and to take it down."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.typed.fields import DayField, Form, ReasonField
from agencies.wording.translation import day_words
from reports.extensions import registry
from reports.models import PublicProgress
from workitems.models import Measure, Plan


class ProgressForm(Form):
    """The parts of a plan's public page of progress, and the day as at which it is made."""

    on = DayField(label=gettext_lazy("As at"))
    parts = forms.MultipleChoiceField(
        label=gettext_lazy("What the public can read"),
        widget=forms.CheckboxSelectMultiple,
        help_text=(
            gettext_lazy(
                "Achievements are agencies’ own words, as accepted: read them for names of people before you publish. "
                "The timeline has forecasts."
            )
        ),
        error_messages={
            "required": gettext_lazy("Choose at least one part."),
            "invalid_choice": gettext_lazy("Choose from the list."),
        },
    )

    measures = forms.MultipleChoiceField(
        label=gettext_lazy("Measures, each with what it says and whether its target is reached"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy(
            "Only those that you tick. A small number may let readers recognise a person: leave it out."
        ),
        error_messages={"invalid_choice": gettext_lazy("Choose from the list.")},
    )

    def __init__(self, *args: Any, plan: Plan, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan, self.today = plan, today
        of_parts = self.fields["parts"]
        assert isinstance(of_parts, forms.MultipleChoiceField)
        of_parts.choices = [
            (part.value, part.label)
            for part in PublicProgress.Part
            if part != PublicProgress.Part.RELEASED_PAPERS or registry.RELEASED
        ]

        rows = Measure.objects.of(plan).exclude(kind=Measure.Kind.WORDS)
        of_measures = self.fields["measures"]
        assert isinstance(of_measures, forms.MultipleChoiceField)
        of_measures.choices = [
            (row.pk, f"{row.place or _('Plan')}: {row.as_told}")
            for row in rows.select_related("item").in_order()
        ]
        if not of_measures.choices:
            del self.fields["measures"]

    def clean_on(self) -> date:
        day: date = self.cleaned_data["on"]
        if day > self.today:
            raise forms.ValidationError(_("That day is in the future."))
        if day < self.plan.released_on:
            raise forms.ValidationError(
                _("The plan was released on {day}. Choose that day or a later one.").format(
                    day=day_words(self.plan.released_on)
                )
            )
        return day


class TakeDownForm(Form):
    reason = ReasonField(
        label=gettext_lazy("Why the page is taken down"),
        rows=3,
        help_text=gettext_lazy(
            "For your colleagues. The public reads only that it was taken down, and when."
        ),
        error_messages={"required": gettext_lazy("Say why the page is taken down.")},
    )
