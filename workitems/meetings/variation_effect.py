"""What a request to move an agreed date changes if it is approved, in sentences for the deciders."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.utils.translation import gettext, ngettext

from workitems.models import Milestone, Variation
from workitems.plan.plan_at import ItemAt, MilestoneAt, PlanAt
from workitems.plan.plan_at.waits_at import StepAt
from workitems.terms import lateness
from workitems.terms.asked_changes import later_than_asked
from workitems.terms.known_dates import KnownDate
from workitems.terms.lateness import by_then
from workitems.terms.spans import in_words, span_in_words

# What ends a milestone.
ENDS = (Variation.Kind.CANCEL, Variation.Kind.WITHDRAWAL)
# With fewer earlier dates of its agency, those of the whole plan are counted.
ENOUGH = 3


class Effects:
    """The effects of requests on the plan at a moment. One query, at first use."""

    def __init__(self, at: PlanAt) -> None:
        self.at = at

    def of(self, variation: Any) -> list[str]:
        """Return the effects of a variation, or of its history row.

        Empty unless it is not decided and asks for another date of an open milestone, or ends what others wait for.
        """
        item = self.at.by_pk.get(variation.item_id or 0)
        if variation.state not in Variation.PENDING:
            return []
        if variation.kind in ENDS:
            return self._others_left(variation)
        if variation.kind != Variation.Kind.DATE:
            return []
        rows = item.milestones if item else ()
        own = next((row for row in rows if row.pk == variation.milestone_id), None)
        if item is None or own is None:
            return []
        found = [
            _move(variation),
            self._overtaken(variation, own),
            self._late(variation, item),
            self._others(variation),
            _next(variation, item),
            self._record(own),
        ]
        return [words for words in found if words]

    def declined(self, variation: Any) -> list[str]:
        """Return what stays if a variation is declined. Empty unless it asks for another date of an open milestone."""
        item = self.at.by_pk.get(variation.item_id or 0)
        rows = item.milestones if item else ()
        own = next((row for row in rows if row.pk == variation.milestone_id), None)
        if item is None or own is None or variation.kind != Variation.Kind.DATE:
            return []
        stays = (
            gettext("The agreed date stays {day}, and the item stays late.")
            if item.is_late
            else gettext("The agreed date stays {day}.")
        )
        found = [stays.format(day=own.agreed)]
        if own.forecast_due > own.agreed_due:
            still = gettext("{agency} still expects {day}.")
            found.append(still.format(agency=self.at.agencies[own.responsible], day=own.forecast))
        return found

    def _overtaken(self, variation: Any, own: MilestoneAt) -> str:
        """Return that the agency expects it later than the date that is asked for."""
        to = KnownDate(variation.due_after, variation.after_known_to)
        words = later_than_asked(
            to, own.agreed, own.forecast, str(self.at.agencies[own.responsible])
        )
        return f"{words}." if words else ""

    def _late(self, variation: Any, item: ItemAt) -> str:
        """Return what becomes of the number of late items."""
        new = {"agreed_due": variation.due_after, "agreed_known_to": variation.after_known_to}
        moved = [
            row._replace(**new) if row.pk == variation.milestone_id else row
            for row in item.milestones
        ]
        late, _ = lateness.dates_ahead(moved, self.at.on)
        before = sum(each.is_late for each in self.at.items)
        after = before - item.is_late + (item.is_live and late.is_late)
        if after != before:
            says = (
                gettext("Late items fall from {before} to {after}.")
                if after < before
                else gettext("Late items rise from {before} to {after}.")
            )
            return says.format(before=before, after=after)
        if item.is_late:
            return gettext("The item stays late: {how_late}.").format(
                how_late=late.words[:1].lower() + late.words[1:]
            )
        return ""

    def _others(self, variation: Any) -> str:
        """Return how many dates of milestones that wait for it, as is confirmed, can no longer be met."""
        found = [step for step, _end in self.at.waits.hit_by(variation)]
        count = len(found)
        if not count:
            return ""
        agencies = len({step.responsible for step in found})
        milestones = ngettext(
            "If approved, {number} milestone of {agencies} can no longer be met.",
            "If approved, {number} milestones of {agencies} can no longer be met.",
            count,
        )
        return milestones.format(number=in_words(count), agencies=_agencies(found, agencies))

    def _others_left(self, variation: Any) -> list[str]:
        """Return how many milestones wait for what would be cancelled or withdrawn."""
        steps = [step for step, _end in self.at.waits.hit_by(variation)]
        if not steps:
            return []
        words = ngettext(
            "{number} milestone of {agencies} waits for it.",
            "{number} milestones of {agencies} wait for it.",
            len(steps),
        )
        agencies = len({step.responsible for step in steps})
        return [
            words.format(
                number=in_words(len(steps)).capitalize(), agencies=_agencies(steps, agencies)
            )
        ]

    def _record(self, own: MilestoneAt) -> str:
        """Return how dates that were moved before have held: of the agency, or else of the plan."""
        of_agency = [slipped for agency, slipped in self._moved if agency == own.responsible]
        if sum(each is not None for each in of_agency) >= ENOUGH:
            return _counted(of_agency, str(self.at.agencies[own.responsible]))
        return _counted([slipped for _, slipped in self._moved], "")

    @cached_property
    def _moved(self) -> list[tuple[int, bool | None]]:
        """The agency of each date that was moved, and whether it slipped again; None while it is still ahead."""
        rows = Variation.objects.filter(
            plan=self.at.plan,
            kind=Variation.Kind.DATE,
            state=Variation.State.APPROVED,
            milestone__isnull=False,
        )
        if self.at.moment.until is not None:
            rows = rows.filter(decided_at__lt=self.at.moment.until)
        found = list(rows.select_related("milestone").order_by("decided_at", "pk"))
        last = {row.milestone_id: row.pk for row in found}
        moved: list[tuple[int, bool | None]] = []
        for row in found:
            assert row.milestone is not None
            again = last[row.milestone_id] != row.pk
            if again or row.milestone.withdrawn_on is None:
                slipped = True if again else _has_slipped(row.milestone, self.at)
                moved.append((row.milestone.responsible_agency_id, slipped))
        return moved


def _agencies(steps: Sequence[StepAt], count: int) -> str:
    """Return the agency of the milestones, or "two agencies"."""
    if count == 1:
        return steps[0].agency
    return gettext("{number} agencies").format(number=in_words(count))


def _move(variation: Any) -> str:
    """Return by how much the date moves; empty if only how precisely it is known changes."""
    before = KnownDate(variation.due_before, variation.before_known_to)
    after = KnownDate(variation.due_after, variation.after_known_to)
    days = (after.last_day - before.last_day).days
    if days == 0:
        return ""
    words = (
        gettext("The date moves {time} ({days} days) later.")
        if days > 0
        else gettext("The date moves {time} ({days} days) earlier.")
    )
    return words.format(time=span_in_words(*sorted([before, after])), days=abs(days))


def _next(variation: Any, item: ItemAt) -> str:
    """Return how the next milestone of the item lies to the new date."""
    after = [
        row
        for row in item.milestones
        if row.pk != variation.milestone_id and row.agreed_due >= variation.due_before
    ]
    if not after:
        return ""
    row = min(after, key=lambda row: (row.agreed_due, row.number))
    days = (row.agreed_due - variation.due_after).days
    if days < 0:
        return gettext("The next milestone, “{description}”, is due before that: {agreed}.").format(
            description=row.description, agreed=row.agreed
        )
    if days == 0:
        return gettext("The next milestone, “{description}”, is due at the same time.").format(
            description=row.description
        )
    return gettext("The next milestone, “{description}”, is due {time} after that.").format(
        description=row.description, time=span_in_words(variation.due_after, row.agreed)
    )


def _has_slipped(milestone: Milestone, at: PlanAt) -> bool | None:
    """Return whether a moved date was missed or is to be moved again; None if it is still ahead."""
    done = by_then(milestone.completed_on, at.on)
    if done is not None:
        return done > milestone.agreed_due
    if milestone.agreed_due < at.on or milestone.forecast_due > milestone.agreed_due:
        return True
    return None


def _counted(slipped: Sequence[bool | None], agency: str) -> str:
    """Return how many of the dates moved again, and are still ahead; they are the agency's, if one is named."""
    count, ahead, total = slipped.count(True), slipped.count(None), len(slipped)
    if ahead == total:
        return ""
    if total == 1 and agency:
        says = (
            gettext("One date that {agency} moved before did not hold.")
            if count
            else gettext("One date that {agency} moved before was met.")
        )
        return says.format(agency=agency)
    if total == 1:
        return (
            gettext("In the whole plan, one agreed date was moved before; it did not hold.")
            if count
            else gettext("In the whole plan, one agreed date was moved before; it was met.")
        )
    if agency:
        says = ngettext(
            "Of {total} dates that {agency} had moved before, {number} moved again or was missed.",
            "Of {total} dates that {agency} had moved before, {number} moved again or were missed.",
            count,
        )
    else:
        says = ngettext(
            "In the whole plan, of {total} dates that were moved before, {number} moved again or was missed.",
            "In the whole plan, of {total} dates that were moved before, {number} moved again or were missed.",
            count,
        )
    number = in_words(count) if count else gettext("none")
    found = says.format(total=in_words(total), agency=agency, number=number)
    if not ahead:
        return found
    rest = ngettext("{number} is still ahead.", "{number} are still ahead.", ahead)
    return f"{found} {rest.format(number=in_words(ahead).capitalize())}"
