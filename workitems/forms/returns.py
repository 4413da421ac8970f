"""Forms of the return's page: what is said of an item, and what became of a milestone."""

from typing import Any

from django import forms

from agencies.models import Agency
from workitems.forms.items import TEXT_LENGTH, DayField, ReasonField
from workitems.models import Delay, Milestone, Update, WorkItem
from workitems.models.item import Confidence, Stage


class Words(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=False,
            max_length=TEXT_LENGTH,
            widget=forms.Textarea(attrs={"rows": 3}),
            **kwargs,
        )

    def to_python(self, value: Any) -> str:
        # Browsers send line ends of their own; the same words must compare as the same.
        return str(super().to_python(value)).replace("\r\n", "\n")


class UpdateForm(forms.Form):
    """What an agency says of one item. `version` is 0 where nothing was said before."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    stage = forms.ChoiceField(label="Stage", widget=forms.RadioSelect(attrs={"class": "inline"}))
    confidence = forms.ChoiceField(
        label="Confidence that the next date holds",
        choices=[("", "Not given"), *Confidence.choices],
        required=False,
        widget=forms.RadioSelect(attrs={"class": "inline"}),
    )
    achieved = Words(label="Achieved in this period")
    planned_next = Words(label="Planned next")
    challenges = Words(label="Challenges")
    key_achievement = forms.ChoiceField(
        label="A key achievement for the Minister’s briefing",
        choices=Update.KeyAchievement.choices,
        widget=forms.RadioSelect(attrs={"class": "inline"}),
    )

    def __init__(self, *args: Any, item: WorkItem, update: Update | None, **kwargs: Any) -> None:
        source = update or item
        kwargs.setdefault("prefix", f"i{item.pk}")
        kwargs["initial"] = {
            "version": update.version if update else 0,
            "stage": source.stage,
            "confidence": source.confidence,
            "achieved": update.achieved if update else "",
            "planned_next": update.planned_next if update else "",
            "challenges": update.challenges if update else "",
            "key_achievement": update.key_achievement if update else Update.KeyAchievement.NO,
        }
        super().__init__(*args, **kwargs)
        stages = {item.stage, source.stage, *item.next_stages} - {Stage.WITHDRAWN}
        self.fields["stage"].choices = [  # type: ignore[attr-defined]
            (stage.value, stage.label) for stage in Stage if stage in stages
        ]

    def is_touched(self) -> bool:
        """Whether anything was typed that is not what the page began with."""
        return any(name != "version" for name in self.changed_data)

    def take_version(self, version: int) -> None:
        data = self.data.copy()  # type: ignore[attr-defined]
        data[self.add_prefix("version")] = str(version)
        self.data = data


class MilestoneAnswerForm(forms.Form):
    """A milestone fell due: done, and when; or not yet, and then when, why, and what is done."""

    DONE, NOT_YET = "done", "not_yet"

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    outcome = forms.ChoiceField(
        label="Done?",
        choices=[(DONE, "Done"), (NOT_YET, "Not yet")],
        required=False,
        widget=forms.RadioSelect(attrs={"class": "inline"}),
    )
    completed_on = DayField(label="Done on what day", required=False)
    shown_by = ReasonField(label="What shows it", required=False)
    forecast_due = DayField(label="Now expected on", required=False)
    reason = ReasonField(label="Why it is late", required=False)
    cause = forms.ChoiceField(
        label="Cause", choices=[("", "Choose a cause"), *Delay.Cause.choices], required=False
    )
    effect = Words(label="Effect")
    mitigation = Words(label="What is being done about it")
    owner_agency = forms.TypedChoiceField(label="By which agency", required=False)
    mitigation_due_on = DayField(label="By when", required=False)

    def __init__(
        self, *args: Any, milestone: Milestone, agencies: dict[int, Agency], **kwargs: Any
    ) -> None:
        """`agencies` may own a mitigation, by id; read once for all milestones of a page."""
        kwargs.setdefault("prefix", f"m{milestone.pk}")
        kwargs["initial"] = {
            "version": milestone.version,
            "owner_agency": milestone.responsible_agency_id,
        }
        super().__init__(*args, **kwargs)
        owner: Any = self.fields["owner_agency"]
        owner.choices = [(pk, agency.short_name) for pk, agency in agencies.items()]
        owner.coerce = lambda pk: agencies[int(pk)]
        owner.empty_value = None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        outcome = cleaned.get("outcome")
        if not outcome:
            self.add_error("outcome", "Say whether it is done.")
        elif outcome == self.DONE:
            self._need(cleaned, "completed_on", "Give the day it was done.")
        else:
            self._need(cleaned, "forecast_due", "Give the day it is expected now.")
            self._need(cleaned, "reason", "Say why it is late.")
        return cleaned

    def _need(self, cleaned: dict[str, Any], name: str, sentence: str) -> None:
        if not cleaned.get(name) and name not in self.errors:
            self.add_error(name, sentence)


class SendBackForm(forms.Form):
    note = forms.CharField(
        label="What the agency should mend",
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Say what the agency should mend."},
    )
    item = forms.ModelChoiceField(
        label="On which item",
        queryset=WorkItem.objects.none(),
        required=False,
        empty_label="The return as a whole",
    )

    def __init__(self, *args: Any, items: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].queryset = items  # type: ignore[attr-defined]
