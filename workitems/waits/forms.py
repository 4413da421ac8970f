"""Forms to say what a milestone waits for, to confirm or dispute it, and to end it."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.typed.fields import Form, LinesField, ReasonField, VersionedForm
from workitems.models import Milestone, Plan, Wait
from workitems.plan.services.waits import DAYS_AT_MOST


def offered(milestone: Milestone, plans: Iterable[Plan]) -> dict[int, Milestone]:
    """Return the open milestones that it could wait for, by id: of its plan first, then of the other plans. One query."""
    places = {plan.pk: place for place, plan in enumerate(plans)}
    there = Wait.objects.live().filter(milestone=milestone)
    rows = (
        Milestone.objects.open()
        .filter(item__plan__in=places)
        .exclude(pk=milestone.pk)
        .exclude(waited_for_by__in=there)
        .select_related("item__plan", "responsible_agency")
        .order_by("item__number_key", "number")
    )
    found = sorted(
        rows, key=lambda row: (row.item.plan_id != milestone.item.plan_id, places[row.item.plan_id])
    )
    return {row.pk: row for row in found}


class AddWaitForm(Form):
    """`choices` are the milestones that it could wait for, by id."""

    waits_for = forms.TypedChoiceField(
        label=gettext_lazy("What it waits for"),
        error_messages={"required": gettext_lazy("Choose the milestone that it waits for.")},
    )
    days_after = forms.IntegerField(
        label=gettext_lazy("Days needed after that"),
        initial=0,
        min_value=0,
        max_value=DAYS_AT_MOST,
        widget=forms.NumberInput(attrs={"class": "short"}),
        help_text=gettext_lazy(
            "How long it takes once the other one is done; 0 if it can follow at once."
        ),
    )
    why = LinesField(
        label=gettext_lazy("Why it waits"),
        required=True,
        rows=2,
        max_length=300,
        help_text=gettext_lazy(
            "What it needs from the other one. The other agency reads this and confirms or disputes it."
        ),
        error_messages={"required": gettext_lazy("Say why it waits.")},
    )

    def __init__(self, *args: Any, choices: dict[int, Milestone], own: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups: dict[str, list[tuple[str, str]]] = {}
        for pk, row in choices.items():
            place = str(row.item)
            if row.item.plan_id != own.pk:
                place = _("{plan}: {item}").format(plan=row.item.plan, item=row.item)
            words = _("{reference} {milestone} ({agency}, expected {on})").format(
                reference=row.reference,
                milestone=row,
                agency=row.responsible_agency.short_name,
                on=row.forecast.on,
            )
            groups.setdefault(place, []).append((str(pk), words))
        field: Any = self.fields["waits_for"]
        field.choices = [("", _("Choose a milestone")), *groups.items()]
        field.coerce = lambda pk: choices[int(pk)]


class AnswerWaitForm(VersionedForm):
    answer = forms.ChoiceField(
        label=gettext_lazy("Does it wait for your milestone?"),
        choices=[
            (Wait.Answer.CONFIRMED, gettext_lazy("Confirm")),
            (Wait.Answer.DISPUTED, gettext_lazy("Dispute")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose whether you confirm or dispute it.")},
    )
    words = LinesField(
        label=gettext_lazy("In your words"),
        required=False,
        rows=2,
        max_length=300,
        help_text=gettext_lazy("Needed if you dispute it. Everyone in the plan can read it."),
    )
    SOMETIMES = ("words",)

    def start(self, row: Wait) -> dict[str, Any]:
        return {"answer": row.answer, "words": row.answer_words}


class EndWaitForm(VersionedForm):
    reason = ReasonField(label=gettext_lazy("Why it no longer waits"))
