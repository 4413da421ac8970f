"""Form for the annexes of a briefing or a kind: a checkbox and a place for each."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.typed.fields import VersionedForm
from reports.models import AnnexChoice, Briefing, BriefingKind

SHOWS = {
    AnnexChoice.PROGRESS: gettext_lazy(
        "One page: how many items of each pillar are at each stage, and how milestones slipped."
    ),
    AnnexChoice.ITEMS: gettext_lazy(
        "A row for each item: lead, stage, confidence, milestones with their dates, and status."
    ),
    AnnexChoice.ITEMS_TEXTS: gettext_lazy(
        "Each item under its own heading: official wording, latest accepted update and all dates."
    ),
    AnnexChoice.DELAYS: gettext_lazy(
        "A row for each delay that was open in the period: cause, dates, days and mitigations."
    ),
    AnnexChoice.RISKS: gettext_lazy(
        "A row for each risk that was open in the period: severity, owner and escalation."
    ),
    AnnexChoice.CONSULTED: gettext_lazy(
        "A row for each agency that was asked about the paper, with its answer."
    ),
    AnnexChoice.MEASURES: gettext_lazy(
        "A row for each measure with a number or a target: its sentence, target and last number. Left out if there is none."
    ),
    AnnexChoice.FINDINGS: gettext_lazy(
        "A row for each item that an audit looked at: its finding, and the agency’s reply. Left out if there is none."
    ),
}

LAST = 100


class AnnexesForm(VersionedForm):
    """Places start at 1. Annexes without a place go last."""

    def __init__(self, *args: Any, row: Briefing | BriefingKind, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        self._listed = [
            *(AnnexChoice(name) for name in row.annexes if name in AnnexChoice.values),
            *(choice for choice in AnnexChoice if choice not in row.annexes),
        ]
        for choice in self._listed:
            self.fields[f"use_{choice}"] = forms.BooleanField(
                label=choice.label, help_text=SHOWS[choice], required=False
            )
            self.fields[f"place_{choice}"] = forms.IntegerField(
                label=_("Place of “{annex}”").format(annex=choice.label),
                min_value=1,
                max_value=LAST - 1,
                required=False,
                widget=forms.NumberInput(attrs={"class": "input-short"}),
            )

    def start(self, row: Briefing | BriefingKind) -> dict[str, Any]:
        known = [name for name in row.annexes if name in AnnexChoice.values]
        places = {f"place_{name}": place for place, name in enumerate(known, start=1)}
        return {**{f"use_{name}": True for name in known}, **places}

    def rows(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        """Return the annexes in the order shown: name, checkbox, place."""
        return [(c.value, self[f"use_{c}"], self[f"place_{c}"]) for c in self._listed]

    def arguments(self) -> dict[str, Any]:
        return {"version": self.cleaned_data["version"], "annexes": self.annexes}

    @property
    def annexes(self) -> list[str]:
        """The chosen annexes, in the requested order."""
        used = [choice for choice in self._listed if self.cleaned_data[f"use_{choice}"]]
        return [choice.value for choice in sorted(used, key=self._rank)]

    def _rank(self, choice: AnnexChoice) -> tuple[int, int]:
        """Sort by place.

        Of two with the same place, one moved up goes first, one moved down last.
        """
        place = self.cleaned_data[f"place_{choice}"] or LAST
        before = self.initial.get(f"place_{choice}", LAST)
        return place, (place > before) - (place < before)
