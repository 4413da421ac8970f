"""Forms to change a work item and its milestones."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency
from agencies.typed.asking import Fault
from agencies.typed.fields import (
    REASON_LENGTH,
    DayAheadField,
    DayField,
    Form,
    LinesField,
    ReasonField,
    Refusal,
    VersionedForm,
    overwrite_data,
)
from workitems.models import Delay, Milestone, MilestoneAnswer, Mitigation, Update, WorkItem
from workitems.models.item import Confidence, Stage
from workitems.plan.forms.delays import (
    BEING_SETTLED,
    WHAT_IF_DECLINED,
    WHAT_IT_NEEDS,
    WHERE_MONEY_IS_FROM,
    SettlementForm,
    settlement_of,
    source_field,
)
from workitems.plan.forms.due_dates import KnownDateField, ask_about_order
from workitems.plan.forms.stems import (
    BESIDE_MEANWHILE,
    BESIDE_MITIGATION,
    Dates,
    StemField,
    compare_dates,
    names_of,
    speak_of,
)
from workitems.plan.services.items import forecast_faults, stage_faults
from workitems.plan.services.plan_days import done_day
from workitems.terms.stems import CASE


class StatusForm(VersionedForm):
    """An item's stage and the agency's confidence."""

    BEGINS_WITH: tuple[str, ...] = ("stage", "confidence")

    stage = forms.ChoiceField(label=gettext_lazy("Stage"), widget=forms.RadioSelect)
    confidence = forms.ChoiceField(
        label=gettext_lazy("Confidence in the next date"),
        choices=[("", gettext_lazy("No rating")), *Confidence.choices],
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, row: WorkItem, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        # Items are withdrawn only by an approved variation.
        stages = {Stage(row.stage), *row.next_stages} - {Stage.WITHDRAWN}
        asked = self.data.get(self.add_prefix("stage"))
        if asked in Stage.values:
            # Accept a choice from an outdated page, so that the service explains the refusal.
            stages.add(Stage(asked))
        self.fields["stage"].choices = [  # type: ignore[attr-defined]
            (stage.value, stage.label) for stage in Stage if stage in stages
        ]


class ChangeStatusForm(StatusForm):
    """The status that is changed at once, while the lead writes no return."""

    SOMETIMES = ("completed_on", "reason")
    BEGINS_WITH = (*StatusForm.BEGINS_WITH, "completed_on")

    field_order = ("version", "stage", "completed_on", "confidence", "reason")

    completed_on = DayField(
        label=gettext_lazy("Completed on"),
        required=False,
        help_text=gettext_lazy("Only if the stage is Complete."),
    )
    reason = ReasonField(
        label=gettext_lazy("Reason"),
        required=False,
        help_text=gettext_lazy(
            "Needed if you change the stage or its date. If you change nothing else, it is kept as a note. "
            "Everyone in the working group can read it in the item’s history."
        ),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("completed_on") and cleaned.get("stage") != Stage.COMPLETE:
            # When a complete item is reopened, the browser still posts its old completion date.
            if "completed_on" in self.changed_data:
                self.add_error(
                    "completed_on", _("Enter a completion date only with the stage Complete.")
                )
            cleaned["completed_on"] = None
        return cleaned

    def further_faults(self, cleaned: dict[str, Any]) -> Iterable[Fault]:
        if "stage" in cleaned and self.on is not None:
            yield from stage_faults(
                self.row,
                cleaned["stage"],
                reason=cleaned.get("reason", ""),
                on=self.on,
                completed_on=cleaned.get("completed_on"),
            )


class AnswerStatusForm(StatusForm):
    """The stage and confidence of the lead's answer in its return. `version` is that of the answer,
    0 if there is none yet; `item_version` is that of the item."""

    item_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, row: WorkItem, update: Update | None, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        version = update.version if update else 0
        self.initial["version"], self.initial["item_version"] = version, row.version
        if update is not None and update.stage:
            self.initial["stage"], self.initial["confidence"] = update.stage, update.confidence


class ProposeStatusForm(Form):
    """Propose a stage and confidence. The agency is shown only if the user has several to choose."""

    stage = forms.ChoiceField(label=gettext_lazy("Stage"), widget=forms.RadioSelect)
    confidence = forms.ChoiceField(
        label=gettext_lazy("Confidence in the next date"),
        choices=[("", gettext_lazy("No rating")), *Confidence.choices],
        required=False,
        widget=forms.RadioSelect,
    )
    reason = ReasonField(label=gettext_lazy("Why the status should change"))
    agency = forms.TypedChoiceField(label=gettext_lazy("On behalf of"))

    def __init__(self, *args: Any, item: WorkItem, agencies: list[Agency], **kwargs: Any) -> None:
        kwargs["initial"] = {"stage": item.stage, "confidence": item.confidence}
        super().__init__(*args, **kwargs)
        stages = {Stage(item.stage), *item.next_stages} - {Stage.WITHDRAWN}
        self.fields["stage"].choices = [  # type: ignore[attr-defined]
            (stage.value, stage.label) for stage in Stage if stage in stages
        ]
        by_id = {agency.pk: agency for agency in agencies}
        agency: Any = self.fields["agency"]
        agency.choices = [(pk, each.short_name) for pk, each in by_id.items()]
        agency.coerce = lambda pk: by_id[int(pk)]
        self.only_agency = agencies[0] if len(agencies) == 1 else None
        if self.only_agency is not None:
            del self.fields["agency"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.only_agency is not None:
            cleaned["agency"] = self.only_agency
        return cleaned


class AnswerProposalForm(VersionedForm):
    """Accept or decline a proposal; the button says which. `version` is that of the item, and
    `answer_version` that of the lead's answer in its return, 0 if there is none."""

    answer_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    answer = LinesField(
        label=gettext_lazy("Answer to the agency"),
        help_text=gettext_lazy(
            "Needed if you decline. We’ll email it to the agency that proposed it."
        ),
    )

    def __init__(self, *args: Any, row: WorkItem, update: Update | None, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        self.initial["answer_version"] = update.version if update else 0

    def refuse(self, refusal: Refusal) -> Any:
        """After a conflict, take the version of the item or of the answer, whichever has changed."""
        if not isinstance(refusal.current, Update):
            return super().refuse(refusal)
        self.add_error(None, str(refusal))
        self.conflict = refusal.current
        overwrite_data(self, answer_version=refusal.current.version)
        return self.conflict


class ReviewForm(VersionedForm):
    confidence = forms.ChoiceField(
        label=gettext_lazy("Your own confidence in the next date"),
        error_messages={"required": gettext_lazy("Choose your confidence in the next date.")},
        choices=Confidence.choices,
        widget=forms.RadioSelect,
    )
    reason = ReasonField(label=gettext_lazy("Reason for your rating"))

    def start(self, row: WorkItem) -> dict[str, Any]:
        return {"confidence": row.reviewer_confidence}


class MilestoneActForm(VersionedForm):
    """A change of a milestone. `answer` is that of the return being written, if there is one; the
    form begins with it if it is of this kind. `answer_version` is 0 if there is none."""

    OUTCOME: MilestoneAnswer.Outcome
    or_outcome: MilestoneAnswer.Outcome | None = None

    answer_version = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, row: Milestone, answer: MilestoneAnswer | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, row=row, **kwargs)
        self.initial["answer_version"] = answer.version if answer else 0
        if answer is not None and answer.outcome in (self.OUTCOME, self.or_outcome):
            self.initial = {**self.initial, **self.start_of(answer)}

    def start_of(self, answer: MilestoneAnswer) -> dict[str, Any]:
        """Return the values of an answer by field name."""
        return {"reason": answer.reason}

    def refuse_answer(self, refusal: Refusal) -> None:
        """Say that another answer was saved first, and take its version, to replace it next time."""
        self.add_error(
            None,
            _(
                "Another answer on this milestone was saved while you were writing. Compare it with "
                "yours, then save yours again to replace it."
            ),
        )
        overwrite_data(self, answer_version=refusal.current.version)


# Of the box for the reason of a new date, which is the cause of a delay if it comes later.
WHY_IT_MOVES: dict[str, Any] = {
    "label": gettext_lazy("Why the date moves"),
    "help_text": gettext_lazy("If it comes sooner, say why in a sentence of its own."),
    "max_length": REASON_LENGTH,
}


SHOWN_BY = gettext_lazy(
    "In a few words, how “done when” was met. Add a file or a link as evidence too. Without it, papers will say so."
)


class CloseMilestoneForm(MilestoneActForm):
    OUTCOME = MilestoneAnswer.Outcome.DONE

    completed_on = DayField(label=gettext_lazy("Done on"))
    reason = ReasonField(
        label=gettext_lazy("Evidence"),
        required=False,
        help_text=SHOWN_BY,
    )

    def start_of(self, answer: MilestoneAnswer) -> dict[str, Any]:
        return {"completed_on": answer.day, "reason": answer.reason}

    def further_faults(self, cleaned: dict[str, Any]) -> Iterable[Fault]:
        if cleaned.get("completed_on") and self.on is not None:
            yield from done_day(
                cleaned["completed_on"],
                plan=self.row.item.plan,
                on=self.on,
                reason=cleaned.get("reason", ""),
                field="completed_on",
            )


class ReopenMilestoneForm(MilestoneActForm):
    OUTCOME = MilestoneAnswer.Outcome.REOPENED

    reason = ReasonField(label=gettext_lazy("Why it is reopened"))


class MoveForecastForm(SettlementForm, MilestoneActForm):
    """Change the forecast. If it is late: also the delay's cause, whether that is settled, its effect,
    and a mitigation. The date may be left out once the last one has passed: then who settles the cause, and by when."""

    OUTCOME = MilestoneAnswer.Outcome.NOT_YET
    or_outcome = MilestoneAnswer.Outcome.NO_DATE
    SOMETIMES: tuple[str, ...] = (
        "cause",
        "mitigation",
        "owner_agency",
        "settling_agency",
        "settling_other",
    )

    field_order: tuple[str, ...] = (
        *("version", "answer_version", "forecast_due", "reason", "cause"),
        *("settlement", "settling_agency", "settling_other", "settling_by"),
        *("effect", "meanwhile", "needs", *CASE),
        *("mitigation", "owner_agency", "mitigation_due_on"),
    )

    forecast_due = KnownDateField(label=gettext_lazy("Now expected"))
    reason = StemField("explanation", required=True, **WHY_IT_MOVES)
    cause = forms.ChoiceField(
        label=gettext_lazy("Cause of the delay"),
        choices=[("", gettext_lazy("Choose a cause")), *Delay.Cause.choices],
        required=False,
    )
    effect = StemField("effect", label=gettext_lazy("Effect of the delay"))
    meanwhile = StemField(
        "meanwhile",
        beside=BESIDE_MEANWHILE,
        label=gettext_lazy("What covers the gap until then"),
    )
    needs = StemField("needs", **WHAT_IT_NEEDS)
    money_from = StemField("money_from", **WHERE_MONEY_IS_FROM)
    if_declined = StemField("if_declined", **WHAT_IF_DECLINED)
    mitigation = StemField(
        "mitigation",
        owner="owner_agency",
        beside=BESIDE_MITIGATION,
        label=gettext_lazy("What is being done about it"),
    )
    owner_agency = forms.ModelChoiceField(
        label=gettext_lazy("By which agency"),
        queryset=Agency.objects.none(),
        required=False,
        empty_label=None,
    )
    mitigation_due_on = DayAheadField(label=gettext_lazy("By when"), required=False)

    def __init__(self, *args: Any, row: Milestone, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        if row.is_open and row.forecast_due < (self.on or date.min):
            date_field = self.fields["forecast_due"]
            date_field.required = False
            self.SOMETIMES = (*self.SOMETIMES, "forecast_due")
            date_field.help_text = _(
                "Leave it empty if nobody knows a new date yet, and say below who settles the cause, and by when."
            )
            self.ask_when_known()
        members = row.item.plan.agencies
        owner: Any = self.fields["owner_agency"]
        owner.queryset = members
        # Of the same query as those that may settle the cause.
        owner.choices = [(agency.pk, str(agency)) for agency in members]
        self.offer({agency.pk: agency for agency in members})
        speak_of(self, str(row.responsible_agency), names_of(members), row.item.plan)
        steps = row.item.milestones.open()
        ask_about_order(self, "forecast_due", row, lambda: list(steps))
        others = Mitigation.objects.filter(
            delay__milestone=row, delay__ended_on=None, done_on=None
        ).values_list("due_on", flat=True)
        compare_dates(self, "mitigation", dates=Dates(others=tuple(others)))

    def start(self, row: Milestone) -> dict[str, Any]:
        return {"owner_agency": row.responsible_agency_id}

    def start_of(self, answer: MilestoneAnswer) -> dict[str, Any]:
        return {
            "forecast_due": answer.when,
            "reason": answer.reason,
            "cause": answer.cause,
            "effect": answer.effect,
            "meanwhile": answer.meanwhile,
            "needs": answer.needs,
            "money_from": answer.money_from,
            "if_declined": answer.if_declined,
            "mitigation": answer.new_mitigation,
            "owner_agency": answer.owner_agency_id or answer.milestone.responsible_agency_id,
            "mitigation_due_on": answer.mitigation_due_on,
            **settlement_of(answer),
        }

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("forecast_due", "") is None:
            self.cleaned_data["settlement"] = BEING_SETTLED
        return super().clean() or {}

    def further_faults(self, cleaned: dict[str, Any]) -> Iterable[Fault]:
        return faults_of_forecast(self.row, cleaned, self.on)


class DelayForAgencyForm(MoveForecastForm):
    """The delay of a milestone as its agency told the coordinator of it, with the source."""

    source = source_field()

    field_order = (*MoveForecastForm.field_order, "source")

    def arguments(self) -> dict[str, Any]:
        return {
            name: value for name, value in self.cleaned_data.items() if name != "answer_version"
        }


def faults_of_forecast(
    milestone: Milestone, cleaned: dict[str, Any], on: date | None
) -> Iterable[Fault]:
    """Yield what the service would refuse of the valid fields of a new forecast, or of none yet."""
    if "forecast_due" not in cleaned or on is None or not milestone.is_open:
        return
    yield from forecast_faults(
        milestone,
        cleaned["forecast_due"],
        on=on,
        reason=cleaned.get("reason", ""),
        cause=cleaned.get("cause", ""),
        effect=cleaned.get("effect", ""),
        meanwhile=cleaned.get("meanwhile", ""),
        needs=cleaned.get("needs", ""),
        money_from=cleaned.get("money_from", ""),
        if_declined=cleaned.get("if_declined", ""),
        mitigation=cleaned.get("mitigation", ""),
        mitigation_due_on=cleaned.get("mitigation_due_on"),
        settlement=cleaned.get("settlement", ""),
        settling_agency=cleaned.get("settling_agency"),
        settling_other=cleaned.get("settling_other", ""),
        settling_by=cleaned.get("settling_by"),
    )
