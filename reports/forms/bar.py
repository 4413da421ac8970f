"""The filter bar of the dashboard and its pages: as at, compared with, pillar, agency."""

from datetime import date
from typing import Any

from django import forms

from agencies.fields import Form
from agencies.models import Agency
from reports.progress.view import Earlier, Look, briefings_before, meetings_before
from workitems.asat import Moment
from workitems.filters import agencies_of
from workitems.forms.moments import MomentField
from workitems.models import Pillar, Plan


class BarForm(Form):
    """A GET form. An invalid field shows its error, and the page uses the valid ones."""

    at = MomentField(label="As at", required=False)
    since = MomentField(label="Compared with", required=False)
    pillar = forms.ModelChoiceField(
        label="Pillar", queryset=Pillar.objects.none(), required=False, empty_label="All pillars"
    )
    agency = forms.ModelChoiceField(
        label="Lead agency", queryset=Agency.objects.none(), required=False,
        empty_label="All agencies",
    )  # fmt: skip

    def __init__(self, data: Any, *, plan: Plan, on: date) -> None:
        super().__init__(data or {}, auto_id="look_%s")
        self.plan, self.today = plan, on
        fields: dict[str, Any] = self.fields
        self.present = Moment.present(plan, on)
        fields["at"].on, fields["at"].present = on, self.present
        fields["since"].on, fields["since"].present = on, Moment.today(on)
        fields["pillar"].queryset = plan.pillars.order_by("number")
        fields["agency"].queryset = agencies_of(plan)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        at, since = found.get("at") or self.present, found.get("since")
        if since and (since.is_now or since.on > at.on or since == at):
            self.add_error("since", f"Choose a day before {at.words}.")
        return found

    @property
    def look(self) -> Look:
        """The view of the plan that the valid fields select."""
        self.is_valid()
        found = self.cleaned_data
        return Look(
            plan=self.plan,
            at=found.get("at") or self.present,
            since=found.get("since"),
            pillar=found["pillar"].pk if found.get("pillar") else None,
            agency=found["agency"].pk if found.get("agency") else None,
        )

    def earlier(self) -> list[Earlier]:
        """Return meetings and briefings to offer for comparison."""
        at = self.look.at
        return [*meetings_before(self.plan, at), *briefings_before(self.plan, at, self.today)]
