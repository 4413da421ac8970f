"""Forms of a request's schedule: its scope, its papers, decisions on them, and consultations."""

from datetime import date
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency
from agencies.typed.fields import (
    DayField,
    Form,
    LinesField,
    PastDayField,
    TextField,
    UploadField,
    VersionedForm,
)
from reports.requests.law.act import act_named
from reports.requests.models import Consultation, InformationRequest, ScheduleLine
from reports.requests.models.request import NAME_LENGTH, NOTE_LENGTH, period_fields
from reports.requests.models.schedule import TITLE_LENGTH
from reports.requests.pages.redacting.forms import by_family
from reports.requests.pages.register.forms import scope_note_field
from reports.requests.services.grounds import NOT_HELD

Decision = ScheduleLine.Decision
OURS_HINT = gettext_lazy(
    "Of a paper that is withheld or refused. For words within a briefing, the ground goes with the words. A "
    "security marking is never a ground."
)
COPY_HINT = gettext_lazy(
    "In part: words of this paper cannot be withheld here, only those of briefings. Redact it in another program, and "
    "upload the copy after you save. It is checked here."
)
NOT_HELD_HINT = gettext_lazy(
    "s 18(g) also needs that you have no grounds to believe that another agency holds it, or that it is "
    "more closely connected with that agency. Otherwise transfer it under section 14."
)


class ScopeForm(VersionedForm):
    BEGINS_WITH = ("scope_from", "scope_to", "scope_note")

    scope_from = PastDayField(
        label=gettext_lazy("Papers from"),
        required=False,
        help_text=gettext_lazy("Papers are found between both days."),
    )
    scope_to = PastDayField(label=gettext_lazy("Papers to"), required=False)
    scope_note = scope_note_field()
    scope_from_2 = PastDayField(label=gettext_lazy("Second period: papers from"), required=False)
    scope_to_2 = PastDayField(label=gettext_lazy("Second period: papers to"), required=False)
    scope_from_3 = PastDayField(label=gettext_lazy("Third period: papers from"), required=False)
    scope_to_3 = PastDayField(label=gettext_lazy("Third period: papers to"), required=False)

    FURTHER = (period_fields(2), period_fields(3))
    FOLDED = (*FURTHER[0], *FURTHER[1])
    FOLDS = gettext_lazy("The request names several periods")

    def start(self, row: InformationRequest) -> dict[str, Any]:
        further = zip(self.FURTHER, row.periods[1:], strict=False)
        days = {
            name: day for names, period in further for name, day in zip(names, period, strict=True)
        }
        return {**super().start(row), **days}

    def arguments(self) -> dict[str, Any]:
        entered = dict(self.cleaned_data)
        further = [(entered.pop(begins), entered.pop(ends)) for begins, ends in self.FURTHER]
        return {**entered, "further": further}


class FileForm(Form):
    title = TextField(label=gettext_lazy("Title as listed"), max_length=TITLE_LENGTH)
    dated = PastDayField(label=gettext_lazy("Date on the file"), required=False)
    file = UploadField(label=gettext_lazy("File"), help_text=gettext_lazy("At most 10 MB."))


class CopyForm(Form):
    file = UploadField(
        label="PDF",
        help_text=gettext_lazy(
            "At most 10 MB. It is checked for hidden text, which takes up to a minute. Then you look at it and keep it."
        ),
    )


class NotHeldForm(Form):
    title = TextField(
        label=gettext_lazy("What is not held here"),
        max_length=TITLE_LENGTH,
        help_text=gettext_lazy(
            "In the requester’s words if you can. Next, you refuse or transfer it."
        ),
    )


class DecideLineForm(VersionedForm):
    SOMETIMES = ("grounds", "reason", "public_interest")

    decision = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "Withheld: the paper is held here, and section 6, 7 or 9 protects all of it. Refused: "
            "section 18 allows it, for example because the paper is public already, or section 10."
        ),
    )
    grounds = forms.MultipleChoiceField(
        label=gettext_lazy("Ground"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "Why the paper, or what is withheld of it, is not released. A security marking is never a ground."
        ),
        error_messages={
            "invalid_choice": gettext_lazy("That ground does not fit this paper. Choose again.")
        },
    )
    public_interest = LinesField(
        label=gettext_lazy("Public interest"),
        max_length=NOTE_LENGTH,
        help_text=gettext_lazy(
            "Needed for each ground under section 9(2): why release would be in the public interest, and why that does "
            "not outweigh the ground."
        ),
    )
    reason = LinesField(
        label=gettext_lazy("Reason"),
        max_length=NOTE_LENGTH,
        help_text=gettext_lazy(
            "If it is out of scope, say why; if it is transferred, to whom: the requester reads that in the letter. "
            "For any other decision you can leave this blank. It is kept here, and no letter says it."
        ),
    )

    def __init__(self, *args: Any, row: ScheduleLine, on: date, **kwargs: Any) -> None:
        super().__init__(*args, row=row, on=on, **kwargs)
        decision: Any = self.fields["decision"]
        is_held = row.kind != row.Kind.NOT_HELD
        gives = (*ScheduleLine.GIVEN, Decision.WITHHELD)
        decision.choices = [
            (value, label)
            for value, label in Decision.choices
            if value and (is_held or value not in gives)
        ]
        grounds: Any = self.fields["grounds"]
        fitting = act_named().grounds_on(on)
        if not is_held:
            grounds.help_text = NOT_HELD_HINT
            codes = {*NOT_HELD, *row.ground_codes}
            fitting = tuple(each for each in fitting if each.code in codes)
        grounds.choices = by_family(fitting)
        # The sections whose grounds fit each decision; the page's script shows only those.
        refusing = "18" if not is_held else "10 18"
        self.sections = {Decision.WITHHELD: "6 7 9", Decision.REFUSED: refusing}
        if row.is_ours:
            grounds.help_text = OURS_HINT
        else:
            self.sections[Decision.PART] = "6 7 9"
            if is_held:
                decision.help_text = format_lazy("{} {}", decision.help_text, COPY_HINT)

    def start(self, row: ScheduleLine) -> dict[str, Any]:
        return {
            "decision": row.decision,
            "grounds": list(row.ground_codes),
            "reason": row.reason,
            "public_interest": row.public_interest,
        }


class AskAgencyForm(Form):
    agency = forms.ModelChoiceField(
        label=gettext_lazy("Agency"),
        queryset=Agency.objects.none(),
        empty_label=gettext_lazy("Choose an agency"),
    )
    question = LinesField(
        label=gettext_lazy("Question"),
        required=True,
        max_length=NOTE_LENGTH,
        help_text=gettext_lazy(
            "The agency can read this and the paper, but not who asked for it or why."
        ),
    )
    answer_by = DayField(
        label=gettext_lazy("Answer by"),
        help_text=gettext_lazy("Before the decision is due, so that you can use the answer."),
    )

    def __init__(
        self, *args: Any, request: InformationRequest, on: date, answering: set[int], **kwargs: Any
    ) -> None:
        """`answering` are the agencies where somebody can answer; the others are said to have nobody."""
        super().__init__(*args, **kwargs)
        self.answering = answering
        agency: Any = self.fields["agency"]
        agency.queryset = Agency.objects.valid_on(on).exclude(pk=request.agency_id).order_by("name")
        agency.label_from_instance = self._label

    def _label(self, agency: Agency) -> str:
        return (
            agency.name
            if agency.pk in self.answering
            else _("{agency} (has no users)").format(agency=agency.name)
        )

    def clean_agency(self) -> Agency:
        agency: Agency = self.cleaned_data["agency"]
        if agency.pk not in self.answering:
            raise forms.ValidationError(
                _(
                    "{agency} has no contributor or approver who could see the question here. Invite one "
                    "first, or ask by letter."
                ).format(agency=agency.name)
            )
        return agency


class RecordAnswerForm(VersionedForm):
    """The answer of a consulted agency that came by email or phone, as the adviser records it."""

    from_whom = TextField(
        label=gettext_lazy("Who answered"),
        max_length=NAME_LENGTH,
        help_text=gettext_lazy("A job title is enough."),
    )
    received_on = PastDayField(label=gettext_lazy("Received on"))
    answer = LinesField(
        label=gettext_lazy("The agency’s answer"), rows=6, required=True, max_length=NOTE_LENGTH
    )

    def start(self, row: Consultation) -> dict[str, Any]:
        return {"answer": row.answer, "received_on": self.on}

    def __init__(self, *args: Any, row: Consultation, on: date, **kwargs: Any) -> None:
        self.on = on
        super().__init__(*args, row=row, on=on, **kwargs)


class ConsultationForm(VersionedForm):
    answer = LinesField(
        label=gettext_lazy("Your agency’s answer"),
        rows=6,
        required=True,
        max_length=NOTE_LENGTH,
        help_text=gettext_lazy("Which words should not be released, if any, and why."),
    )

    def start(self, row: Consultation) -> dict[str, Any]:
        return {"answer": row.answer}
