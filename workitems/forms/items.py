"""Forms to change a work item and its milestones."""

from typing import Any

from django import forms

from agencies.fields import DayField, LinesField, ReasonField, VersionedForm
from agencies.models import Agency
from workitems.models import Delay, Milestone, WorkItem
from workitems.models.item import Confidence, Stage


class ChangeStatusForm(VersionedForm):
    BEGINS_WITH = ("stage", "confidence", "completed_on")

    stage = forms.ChoiceField(label="Stage", widget=forms.RadioSelect)
    completed_on = DayField(
        label="Completed on", required=False, help_text="Only with the stage Complete."
    )
    confidence = forms.ChoiceField(
        label="Confidence that the next date holds",
        choices=[("", "Not given"), *Confidence.choices],
        required=False,
        widget=forms.RadioSelect,
    )
    reason = ReasonField(
        label="Reason",
        required=False,
        help_text="Needed when the stage or its date changes; alone, it is kept as a note. In the "
        "history of the item, for everyone in the working group.",
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

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("completed_on") and cleaned.get("stage") != Stage.COMPLETE:
            # When a complete item is reopened, the browser still posts its old completion date.
            if "completed_on" in self.changed_data:
                self.add_error("completed_on", "A completion date goes with the stage Complete.")
            cleaned["completed_on"] = None
        return cleaned


class ReviewForm(VersionedForm):
    confidence = forms.ChoiceField(
        label="Your own confidence that the next date holds",
        choices=Confidence.choices,
        widget=forms.RadioSelect,
    )
    reason = ReasonField(label="What your view rests on")

    def start(self, row: WorkItem) -> dict[str, Any]:
        return {"confidence": row.reviewer_confidence}


class CloseMilestoneForm(VersionedForm):
    completed_on = DayField(label="Done on")
    reason = ReasonField(
        label="What shows it",
        required=False,
        help_text="A few words: how the test for being done was met.",
    )


class ReopenMilestoneForm(VersionedForm):
    reason = ReasonField(label="Why it is opened again")


class MoveForecastForm(VersionedForm):
    """Change the forecast. If it is late: also the delay's cause and effect, and a mitigation."""

    forecast_due = DayField(label="Now expected on")
    reason = ReasonField(label="Why the date moves")
    cause = forms.ChoiceField(
        label="Cause of the delay",
        choices=[("", "Choose a cause"), *Delay.Cause.choices],
        required=False,
    )
    effect = LinesField(label="Effect of the delay")
    mitigation = LinesField(label="What is being done about it")
    owner_agency = forms.ModelChoiceField(
        label="By which agency", queryset=Agency.objects.none(), required=False, empty_label=None
    )
    mitigation_due_on = DayField(label="By when", required=False)

    def __init__(self, *args: Any, row: Milestone, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        self.fields["owner_agency"].queryset = Agency.objects.filter(  # type: ignore[attr-defined]
            memberships__plan=row.item.plan_id
        ).in_order()

    def start(self, row: Milestone) -> dict[str, Any]:
        return {"owner_agency": row.responsible_agency_id}
