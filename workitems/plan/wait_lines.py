"""What a page says of each wait of a milestone, in both directions."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from workitems.models import Plan
from workitems.plan.plan_at.waits_at import STEPS_SHOWN, StepAt, WaitAt, Waits
from workitems.terms.known_dates import KnownDate
from workitems.terms.lateness import days_in_words


@dataclass(frozen=True)
class WaitLine:
    """A wait beside one of its two milestones: `other` is the one at the far end."""

    waits: Waits
    wait: WaitAt
    other: StepAt
    # The plan on whose page it stands, and those that the reader may read, by id.
    plan: Plan
    plans: Mapping[int, Plan]
    is_back: bool = False

    @property
    def name(self) -> str:
        """Return “First leads passed on” of IR (3.6)."""
        return self.waits.name_of_agency(self.other)

    @property
    def url(self) -> str:
        """Its own page, with the forms to answer and to end it."""
        return reverse("waits:detail", args=[self.plan.slug, self.wait.pk])

    @property
    def item_url(self) -> str:
        """The item's page; "" if the reader may not read its plan."""
        plan = self.plans.get(self.other.plan)
        return reverse("workitems:detail", args=[plan.slug, self.other.item_number]) if plan else ""

    @property
    def days_after(self) -> str:
        days = self.wait.days_after
        return _("{days} needed after").format(days=days_in_words(days)) if days else ""

    @property
    def state(self) -> str:
        """Who says so: "Inland Revenue says so; Police has not answered yet." "" if both are of one agency."""
        waiting, waited = (
            self.waits.steps[self.wait.milestone],
            self.waits.steps[self.wait.waits_for],
        )
        if waiting.agency == waited.agency:
            return ""
        names = {"agency": waited.agency, "words": self.wait.answer_words, "says": waiting.agency}
        if self.wait.is_confirmed:
            says = (
                _("{agency} confirms it: “{words}”")
                if names["words"]
                else _("{agency} confirms it.")
            )
        elif self.wait.is_disputed:
            says = _("{says} says so; {agency} disputes it: “{words}”")
        else:
            says = _("{says} says so; {agency} has not answered yet.")
        return says.format(**names)

    @property
    def further(self) -> str:
        """What the other one waits for in turn, or what waits for this one through it: "which waits for “Bail” of Police
        (1.2), which waits for “Forms” of Police (1.1)". At most five steps in all; of a longer chain, that it goes on."""
        if not self.wait.is_confirmed:
            return ""
        chain = self.waits.chain(self.other.pk, back=self.is_back)
        one = _("which {name} waits for") if self.is_back else _("which waits for {name}")
        parts = [
            one.format(name=self.waits.name_of_agency(step)) for step in chain[: STEPS_SHOWN - 1]
        ]
        if len(chain) == STEPS_SHOWN:
            parts.append(_("and so on"))
        return ", ".join(parts)


@dataclass(frozen=True)
class WaitsOfMilestone:
    """What a milestone waits for, what waits for it, and what follows for its date."""

    waits: Waits
    pk: int
    plan: Plan
    plans: Mapping[int, Plan]

    @property
    def of(self) -> list[WaitLine]:
        return [
            WaitLine(self.waits, row, self.waits.steps[row.waits_for], self.plan, self.plans)
            for row in self.waits.of.get(self.pk, ())
        ]

    @property
    def by(self) -> list[WaitLine]:
        return [
            WaitLine(self.waits, row, self.waits.steps[row.milestone], self.plan, self.plans, True)
            for row in self.waits.by.get(self.pk, ())
        ]

    @property
    def is_any(self) -> bool:
        return self.pk in self.waits.steps

    @property
    def cannot_be_met(self) -> bool:
        step = self.waits.steps.get(self.pk)
        return step is not None and self.waits.cannot_be_met(step)

    @property
    def earliest(self) -> str:
        """When it can be done at the earliest, if what it waits for decides that; "" otherwise."""
        step = self.waits.steps.get(self.pk)
        if step is None or not step.is_open or self.waits.deciding(step) is None:
            return ""
        found = self.waits.earliest[self.pk]
        if found.is_known and found.day <= step.forecast_due:
            return ""
        return str(KnownDate(found.day)) if found.is_known else _("not known")


def waits_of(
    waits: Waits, milestone: int, plan: Plan, plans: Mapping[int, Plan]
) -> WaitsOfMilestone:
    return WaitsOfMilestone(waits, milestone, plan, plans)
