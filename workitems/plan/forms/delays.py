"""Forms to end a delay, to say whether its cause is settled, and to add a mitigation or mark it as done."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency
from agencies.typed.asking import Fault
from agencies.typed.fields import (
    DayAheadField,
    DayField,
    Form,
    ReasonField,
    Refusal,
    TextField,
    VersionedForm,
    overwrite_data,
    say_refusal,
)
from workitems.models import Delay, MilestoneAnswer
from workitems.models.delay import SETTLING_OTHER_MAX
from workitems.plan.forms.stems import Dates, StemField, compare_dates, names_of, speak_of
from workitems.plan.services.items import settlement_faults
from workitems.terms.stems import CASE

BEING_SETTLED = Delay.Settlement.BEING_SETTLED


WHAT_IT_NEEDS: dict[str, Any] = {
    "label": gettext_lazy("What it needs"),
    "help_text": gettext_lazy(
        "If it needs a decision, say whose and on what, for example “a decision by Cabinet on the fees”."
    ),
}


WHERE_MONEY_IS_FROM: dict[str, Any] = {
    "label": gettext_lazy("Where the money would come from"),
    "help_text": gettext_lazy(
        "If the Minister has to decide on money. The paper says it beside the recommendation."
    ),
}
WHAT_IF_DECLINED: dict[str, Any] = {
    "label": gettext_lazy("What happens if it is declined"),
    "help_text": gettext_lazy(
        "If the Minister has to decide. The paper says it beside the recommendation."
    ),
}


class EndDelayForm(Form):
    ended_on = DayField(label=gettext_lazy("Ended on"))
    reason = ReasonField(label=gettext_lazy("Why it is over"))


class FinishMitigationForm(Form):
    done_on = DayField(label=gettext_lazy("Done on"))


def source_field() -> ReasonField:
    """Return the field for where a coordinator has from what they record for an agency."""
    return ReasonField(
        label=gettext_lazy("Where you have this from"),
        rows=2,
        help_text=gettext_lazy(
            "Who told you, how and when, for example “Email from the Police contributor, 3 December 2026”. Everyone in the "
            "plan can read it in the history."
        ),
    )


class AddMitigationForm(Form):
    """What is being done about a delay. With the source if it is recorded `for_agency`."""

    mitigation = StemField(
        "mitigation",
        owner="owner_agency",
        label=gettext_lazy("What is being done about it"),
        required=True,
    )
    owner_agency = forms.ModelChoiceField(
        label=gettext_lazy("By which agency"), queryset=Agency.objects.none(), empty_label=None
    )
    mitigation_due_on = DayAheadField(label=gettext_lazy("By when"), required=False)
    source = source_field()

    def __init__(self, *args: Any, delay: Delay, for_agency: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        milestone = delay.milestone
        members = Agency.objects.filter(memberships__plan=milestone.item.plan_id).in_order()
        owner: Any = self.fields["owner_agency"]
        owner.queryset = members
        self.initial["owner_agency"] = milestone.responsible_agency_id
        speak_of(self, str(milestone.responsible_agency), names_of(members), milestone.item.plan)
        if not for_agency:
            del self.fields["source"]


class SettlementForm(Form):
    """The base of forms that ask whether the cause of a delay is settled.

    An empty answer leaves what the record of the delay says.
    """

    settlement = forms.ChoiceField(
        label=gettext_lazy("Is the cause settled?"),
        choices=[("", gettext_lazy("Choose an answer")), *Delay.Settlement.choices],
        required=False,
        help_text=gettext_lazy("If it needs a decision, say whose under “What it needs”."),
    )
    settling_agency = forms.TypedChoiceField(
        label=gettext_lazy("Which agency settles it"),
        required=False,
        empty_value=None,
        help_text=gettext_lazy(
            "Needed with “Being settled”: choose an agency of the plan, or name who else settles it in the next box."
        ),
    )
    settling_other = TextField(
        label=gettext_lazy("Who else settles it"),
        required=False,
        max_length=SETTLING_OTHER_MAX,
        help_text=gettext_lazy(
            "If no agency of the plan does, as a briefing would name them, for example “Cabinet” or “the councils”."
        ),
    )
    settling_by = DayAheadField(label=gettext_lazy("Settled by when"), required=False)

    def offer(self, agencies: dict[int, Agency]) -> None:
        """Let the person choose among these agencies, by id."""
        field: Any = self.fields["settling_agency"]
        choices = [(str(pk), agency.short_name) for pk, agency in agencies.items()]
        field.choices = [("", _("Choose an agency")), *choices]
        field.coerce = lambda pk: agencies.get(int(pk))

    def ask_when_known(self) -> None:
        """Ask by when a new date is known, of a milestone whose expected date has passed."""
        self.SOMETIMES = (*self.SOMETIMES, "settling_by")
        self.fields["settling_by"].label = _("Settled, or new date known, by when")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("settlement") != BEING_SETTLED:
            # What the record has from before is still posted when another answer is chosen.
            for name in {"settling_agency", "settling_by"} - set(self.changed_data):
                cleaned[name] = None
            if "settling_other" not in self.changed_data:
                cleaned["settling_other"] = ""
        return cleaned


def settlement_of(row: Delay | MilestoneAnswer) -> dict[str, Any]:
    """Return what a record says of a cause, as the form begins with it."""
    return {
        "settlement": row.settlement,
        "settling_agency": str(row.settling_agency_id or ""),
        "settling_other": row.settling_other,
        "settling_by": row.settling_by,
    }


class SettleCauseForm(SettlementForm, VersionedForm):
    """Whether the cause of a delay is settled; empty means unknown. `was` is the state that the
    page showed, because a delay has no version.

    `answer` is that of the return being written, if there is one; the form begins with it.
    """

    SOMETIMES = ("settling_agency", "settling_other")

    version = None  # type: ignore[assignment]
    was = TextField(required=False, max_length=60, widget=forms.HiddenInput)
    settlement = forms.ChoiceField(
        label=gettext_lazy("Is the cause settled?"),
        choices=[("", gettext_lazy("Not answered")), *Delay.Settlement.choices],
        required=False,
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "For example, there is money now, or the people are back. The delay goes on until it is marked as "
            "ended; briefings say both, because it shows how firm the new date is. If it needs a decision, say whose under “What it needs”."
        ),
    )

    meanwhile = StemField("meanwhile", label=gettext_lazy("What covers the gap until then"))
    needs = StemField("needs", **WHAT_IT_NEEDS)
    money_from = StemField("money_from", **WHERE_MONEY_IS_FROM)
    if_declined = StemField("if_declined", **WHAT_IF_DECLINED)

    field_order = (
        *("was", "settlement", "settling_agency", "settling_other", "settling_by"),
        *("meanwhile", "needs", *CASE),
    )

    def __init__(
        self,
        *args: Any,
        delay: Delay,
        agencies: dict[int, Agency],
        answer: MilestoneAnswer | None = None,
        on: date,
        **kwargs: Any,
    ) -> None:
        self.delay, self.answer = delay, answer
        super().__init__(*args, row=delay.milestone, on=on, **kwargs)
        self.offer(agencies)
        milestone = delay.milestone
        names = names_of(agencies.values())
        speak_of(self, str(milestone.responsible_agency), names, milestone.item.plan)
        compare_dates(self, "meanwhile", dates=Dates(expected=milestone.forecast))

    def start(self, row: Any) -> dict[str, Any]:
        told = self.answer or self.delay
        texts = {name: getattr(told, name) for name in ("meanwhile", "needs", *CASE)}
        return {"was": self.delay.settlement_key, **settlement_of(told), **texts}

    def refuse(self, refusal: Refusal) -> Any:
        say_refusal(self, refusal)
        if refusal.current is not None:
            self.conflict = refusal.current
            overwrite_data(self, was=self.conflict.settlement_key)
        return self.conflict

    def further_faults(self, cleaned: dict[str, Any]) -> Iterable[Fault]:
        if {"settlement", "settling_agency", "settling_other", "settling_by"} <= cleaned.keys():
            yield from settlement_faults(
                cleaned["settlement"],
                cleaned["settling_agency"],
                cleaned["settling_other"],
                cleaned["settling_by"],
                on=self.on or date.max,
                was_by=self.delay.settling_by,
            )
