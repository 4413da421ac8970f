"""Forms of a consultation: agencies to ask, answers, comments and replies."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from agencies.models import Agency
from agencies.typed.asking import Fault
from agencies.typed.fields import DayField, Form, LinesField, SeveralField, TextField, VersionedForm
from agencies.wording.translation import StrOrPromise
from reports.clearance.services import agencies_faults, due_faults
from reports.models import Briefing, Clearance
from reports.models.clearance import ANSWER_LENGTH, WORDS_LENGTH

# The value for the whole paper, as a choice must not be empty.
WHOLE = "whole"


def words(
    label: StrOrPromise, *, most: int = WORDS_LENGTH, required: bool = True, **how: Any
) -> LinesField:
    return LinesField(label=label, max_length=most, required=required, **how)


class AgenciesField(SeveralField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.short_name} ({obj.name})"


class AskForm(Form):
    """`seen` is the digest of the agencies asked and due dates when the page was rendered."""

    seen = TextField(max_length=64, required=False, widget=forms.HiddenInput)
    agencies = AgenciesField(
        label=gettext_lazy("Agencies"),
        queryset=Agency.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "Each agency reads the whole draft. The paragraphs from its own records are shown first."
        ),
        error_messages={"required": gettext_lazy("Choose at least one agency.")},
    )
    due_on = DayField(
        label=gettext_lazy("Answers are due on"),
        help_text=gettext_lazy("We remind them a week before and a day before."),
    )

    def __init__(
        self, *args: Any, briefing: Briefing, choices: list[Agency], on: date, **kwargs: Any
    ) -> None:
        self.briefing, self.on = briefing, on
        super().__init__(*args, **kwargs)
        field = self.fields["agencies"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = Agency.objects.filter(pk__in=[each.pk for each in choices]).order_by(
            "short_name"
        )

    def further_faults(self, cleaned: dict[str, Any]) -> Iterable[Fault]:
        if "agencies" in cleaned:
            yield from agencies_faults(self.briefing, cleaned["agencies"])
        if cleaned.get("due_on"):
            yield from due_faults(cleaned["due_on"], self.on)


class AnswerForm(VersionedForm):
    """Carries, as `read`, the digest of the texts the user read."""

    SOMETIMES = ("words",)

    read = TextField(max_length=64, widget=forms.HiddenInput)
    answer = forms.ChoiceField(
        label=gettext_lazy("Answer"),
        widget=forms.RadioSelect,
        choices=[each for each in Clearance.Answer.choices if each[0]],
        error_messages={"required": gettext_lazy("Choose your agency’s answer.")},
    )
    words = words(
        gettext_lazy("Comment or reason"),
        most=ANSWER_LENGTH,
        required=False,
        help_text=gettext_lazy(
            "Printed with your answer. Leave blank if you concur without comment."
        ),
    )

    def start(self, row: Clearance) -> dict[str, Any]:
        return {"answer": row.answer, "words": row.words}


class CommentForm(Form):
    """A comment on one of `places`."""

    key = forms.ChoiceField(
        label=gettext_lazy("On"),
        error_messages={"required": gettext_lazy("Choose what the comment is on.")},
    )
    text = words(
        gettext_lazy("Comment"), error_messages={"required": gettext_lazy("Write the comment.")}
    )

    def __init__(self, *args: Any, places: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(places)

    def offer(self, places: list[tuple[str, str]]) -> None:
        field = self.fields["key"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(key or WHOLE, name) for key, name in places]

    def clean_key(self) -> str:
        key = str(self.cleaned_data["key"])
        return "" if key == WHOLE else key


class ThreadForm(Form):
    """A reply to a comment. The submit button says whether it also resolves it."""

    text = words(
        gettext_lazy("Reply, or how it was resolved"),
        rows=2,
        error_messages={"required": gettext_lazy("Write your reply.")},
    )
