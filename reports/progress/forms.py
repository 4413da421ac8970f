"""The filter bar of the dashboard and its pages: as at, compared with, pillar, agency."""

from datetime import date
from functools import cache, cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.typed.fields import Form
from reports.progress.view import Earlier, PlanView, events_before, within_record
from workitems.items.filters import agencies_of
from workitems.models import Plan
from workitems.plan.asat import Moment
from workitems.plan.forms.moments import MomentField


class BarForm(Form):
    """A GET form. An invalid field shows its error, and the page uses the valid ones."""

    at = MomentField(label=gettext_lazy("As at"), required=False)
    since = MomentField(label=gettext_lazy("Compared with"), required=False)
    pillar = forms.TypedChoiceField(
        label=gettext_lazy("Pillar"), required=False, coerce=int, empty_value=None
    )
    agency = forms.TypedChoiceField(
        label=gettext_lazy("Lead agency"), required=False, coerce=int, empty_value=None
    )

    def __init__(self, data: Any, *, plan: Plan, on: date) -> None:
        super().__init__(data or {}, auto_id="look_%s")
        self.plan, self.today = plan, on
        fields: dict[str, Any] = self.fields
        self.present = Moment.present(plan, on)
        fields["at"].on, fields["at"].present = on, self.present
        fields["since"].on, fields["since"].present = on, Moment.today(on)
        # Read when first asked for, because an export prints no choices.
        pillars = plan.pillars.order_by("number").values_list("pk", "number", "title")
        fields["pillar"].choices = cache(
            lambda: [
                ("", _("All pillars")),
                *((pk, f"{number} {title}") for pk, number, title in pillars),
            ]
        )
        fields["agency"].choices = cache(lambda: [("", _("All agencies")), *agencies_of(plan)])

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        at, since = found.get("at") or self.present, found.get("since")
        if since and (since.is_now or since.on > at.on or since == at):
            self.add_error("since", _("Choose a day before {day}.").format(day=at.words))
        return found

    # The frame and the bar print these several times.

    @cached_property
    def view(self) -> PlanView:
        """The view of the plan that the valid fields select."""
        self.is_valid()
        found = self.cleaned_data
        at, since = found.get("at") or self.present, found.get("since")
        since = within_record(self.plan, since) if since else None
        return PlanView(
            plan=self.plan,
            at=at,
            since=since if since and since.on < at.on else None,
            pillar=found.get("pillar"),
            agency=found.get("agency"),
        )

    @cached_property
    def pillar_words(self) -> str:
        """The chosen pillar, or "All pillars"."""
        return self._words("pillar", self.view.pillar)

    @cached_property
    def agency_words(self) -> str:
        return self._words("agency", self.view.agency)

    def _words(self, name: str, chosen: int | None) -> str:
        field: Any = self.fields[name]
        labels: dict[Any, str] = dict(field.choices)
        return labels[chosen or ""]

    def earlier(self) -> list[Earlier]:
        """Return meetings and briefings to offer for comparison."""
        return events_before(self.plan, self.view.at, self.today)
