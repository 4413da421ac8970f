"""Forms for the Minister's answer and for follow-ups."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency
from agencies.typed.fields import DayField, Form, LinesField, ReasonField, VersionedForm
from reports.models import FollowUp, Response
from reports.models.response import RATINGS
from reports.responses.services import Asked, Marked
from workitems.models import Plan
from workitems.plan.attachments import ALLOWED_SCANS, SCANS
from workitems.plan.forms.evidence import AttachmentField
from workitems.plan.forms.stems import StemField, names_of, speak_of

SCALE = [
    ("1", gettext_lazy("1, very poor")),
    ("2", gettext_lazy("2, poor")),
    ("3", gettext_lazy("3, neutral")),
    ("4", gettext_lazy("4, good")),
    ("5", gettext_lazy("5, very good")),
    ("", gettext_lazy("No rating")),
]
NOT_MARKED = gettext_lazy("Not marked")


class ResponseForm(Form):
    """The answer, given within the paper: its fields stand at the paper's recommendations.

    If it corrects an answer, it starts with that answer's values and asks for a reason. `typed` is
    what was typed before; it wins.
    """

    comment = LinesField(label=gettext_lazy("Comment on the paper"), rows=4)
    decided_on = DayField(label=gettext_lazy("Signed by the Minister on"))
    scan = AttachmentField(
        label=gettext_lazy("Scan of the signed paper"),
        endings=SCANS,
        allowed=ALLOWED_SCANS,
        hint=gettext_lazy(
            "If it has several pages, make them one PDF. Everyone who may read the paper can download it."
        ),
    )

    def __init__(
        self,
        *args: Any,
        asked: list[Asked],
        corrected: Response | None = None,
        typed: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs["initial"] = (_start(corrected) if corrected else {}) | dict(typed or {})
        super().__init__(*args, **kwargs)
        self.asked = asked
        for each in asked:
            options = [(option, option.capitalize()) for option in each.options]
            self.fields[each.key] = forms.ChoiceField(
                label=_("Answer to recommendation {number}").format(number=each.number),
                choices=[*options, ("", NOT_MARKED)],
                required=False,
                widget=forms.RadioSelect(attrs={"class": "inline"}),
            )
            self.fields[f"{each.key}-comment"] = LinesField(
                label=_("Comment on recommendation {number}").format(number=each.number), rows=2
            )
        for name in RATINGS:
            label = str(Response._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
            self.fields[name] = forms.TypedChoiceField(
                label=label.capitalize(),
                choices=SCALE,
                coerce=int,
                empty_value=None,
                required=False,
                widget=forms.RadioSelect(attrs={"class": "inline"}),
            )
        if corrected:
            self.fields["reason"] = ReasonField(label=_("Why the answer is corrected"))
        # As on the page: at the recommendations, then on the paper, then what records it.
        marks = [name for each in asked for name in (each.key, f"{each.key}-comment")]
        self.order_fields([*marks, "comment", *RATINGS, "decided_on", "scan", "reason"])

    def choices(self) -> Iterator[tuple[BoundField, BoundField]]:
        """Yield the option and the comment of each recommendation."""
        for each in self.asked:
            yield self[each.key], self[f"{each.key}-comment"]

    def summary(self) -> Iterator[tuple[str, str, str]]:
        """Yield each recommendation in words, the name of its field, and what is marked there."""
        for each in self.asked:
            marked = self[each.key].value() or NOT_MARKED
            yield f"{each.number}. {each.words}", each.key, marked.capitalize()

    def typed(self, posted: Mapping[str, str]) -> dict[str, str]:
        """Return what was typed, as it was typed. A file is not kept."""
        return {name: posted.get(name, "") for name in self.fields if name != "scan"}

    def in_words(self, typed: Mapping[str, str]) -> list[tuple[str, str]]:
        """Return what was typed before, without blanks, in the page's order: (label, text)."""
        return [
            (str(field.label), typed[name])
            for name, field in self.fields.items()
            if typed.get(name)
        ]

    def rated(self) -> list[BoundField]:
        return [self[name] for name in RATINGS]

    @property
    def answer(self) -> dict[str, Any]:
        """The cleaned answer, as keyword arguments for services."""
        found = self.cleaned_data
        answer = {
            "decided_on": found["decided_on"],
            "comment": found["comment"],
            "scan": found["scan"],
            "ratings": {name: found[name] for name in RATINGS},
            "marked": {
                each.key: Marked(found[each.key], found[f"{each.key}-comment"])
                for each in self.asked
            },
        }
        return answer | ({"reason": found["reason"]} if "reason" in self.fields else {})


def _start(response: Response) -> dict[str, Any]:
    found: dict[str, Any] = {name: getattr(response, name) for name in RATINGS}
    found |= {"decided_on": response.decided_on, "comment": response.comment}
    for choice in response.choices.all():
        found |= {choice.key: choice.option, f"{choice.key}-comment": choice.comment}
    return found


class FollowUpForm(Form):
    text = StemField(
        "action", owner="owner_agency", label=gettext_lazy("What is to be done"), required=True
    )
    owner_agency = forms.ModelChoiceField(
        label=gettext_lazy("Agency that does it"),
        queryset=Agency.objects.none(),
        empty_label=gettext_lazy("Choose an agency"),
        error_messages={"required": gettext_lazy("Choose an agency.")},
        help_text=gettext_lazy("The action is on its desk until it is done."),
    )
    due_on = DayField(label=gettext_lazy("To be done by"))

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["owner_agency"]
        field.queryset = members = plan.agencies
        # Of the same query as the sentences' names.
        field.choices = [("", field.empty_label), *((each.pk, str(each)) for each in members)]
        speak_of(self, "", names_of(members), plan)


class ChangeFollowUpForm(VersionedForm, FollowUpForm):
    reason = ReasonField(label=gettext_lazy("Why it changes"))

    field_order = ("version", "text", "owner_agency", "due_on", "reason")

    def start(self, row: FollowUp) -> dict[str, Any]:
        return {"text": row.text, "owner_agency": row.owner_agency_id, "due_on": row.due_on}
