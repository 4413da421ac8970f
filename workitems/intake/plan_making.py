"""What a plan lacks before it can be adopted, and what goes when it is deleted instead."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.models import Appointment
from agencies.wording.translation import day_words
from workitems.desk.before_a_round import LACKS_NAMED, Lack
from workitems.models import Measure, Milestone, Plan


def lacks_of(plan: Plan, on: date) -> list[Lack]:
    """Return what the plan lacks to be adopted on the day, what comes first in it first. Two queries."""
    found: list[Lack] = []
    change = reverse("plans:change", args=[plan.slug])
    if plan.released_on > on:
        found.append(
            Lack(
                _("The plan is released on {day}. It can be adopted from then on.").format(
                    day=day_words(plan.released_on)
                ),
                _("Change the day of release"),
                change,
            )
        )
    if plan.ends_on is not None and plan.ends_on < plan.released_on:
        found.append(Lack(_("The plan ends before its release."), _("Change its last day"), change))
    if not plan.pillars.exists():
        add = reverse("plans:add-pillar", args=[plan.slug])
        return [*found, Lack(_("The plan has no pillar."), _("Add a pillar"), add)]
    items = list(plan.items.select_related("lead_agency").in_order())
    if not items:
        add = reverse("plans:add-item", args=[plan.slug])
        return [*found, Lack(_("The plan has no work item."), _("Add a work item"), add)]
    worded = [item for item in items if not (item.objective or item.action)]
    led = [item for item in items if not item.lead_agency.exists_on(on)]
    for rows, what, do in (
        (worded, _("has neither an objective nor an action"), _("Add its official wording")),
        (led, _("is led by an agency that no longer exists"), _("Choose another agency")),
    ):
        found += [
            Lack(f"{item} {what}.", do, reverse("plans:change-item", args=[plan.slug, item.number]))
            for item in rows[:LACKS_NAMED]
        ]
        if (others := len(rows) - LACKS_NAMED) > 0:
            says = ngettext(
                "{count} more item: each {what}.", "{count} more items: each {what}.", others
            ).format(count=others, what=what)
            found.append(Lack(says, _("See the plan"), plan.get_absolute_url()))
    return found


def doubtful(plan: Plan, on: date) -> list[Lack]:
    """Return what does not stop an adoption, but what the coordinator should look at before it.

    Three queries, for any plan.
    """
    found: list[Lack] = []
    recorded = sorted(Appointment.objects.portfolios())
    if plan.portfolio not in recorded:
        says = _("No Minister is recorded for the portfolio “{portfolio}”.").format(
            portfolio=plan.portfolio
        )
        if recorded:
            known = _("Recorded: {portfolios}.").format(
                portfolios=", ".join(recorded[:LACKS_NAMED])
            )
            says = f"{says} {known}"
        url = f"{reverse('agencies:appoint')}?{urlencode({'portfolio': plan.portfolio, 'next': plan.get_absolute_url()})}"
        found.append(Lack(says, _("Record a Minister"), url))
    items = list(plan.items.prefetch_related("milestones").in_order())
    early, late = [], []
    for item in items:
        for step in item.milestones.all():
            if step.agreed and step.agreed.last_day < max(
                plan.released_on, item.starts_on or on.min
            ):
                early.append(item)
            elif step.agreed and plan.ends_on and step.agreed.last_day > plan.ends_on:
                late.append(item)
    for rows, one, many in (
        (
            early,
            _("Item {number} has a milestone due before the plan’s release or the item’s start."),
            _("Items {numbers} have milestones due before the plan’s release or the item’s start."),
        ),
        (
            late,
            _("Item {number} has a milestone due after the plan’s last day."),
            _("Items {numbers} have milestones due after the plan’s last day."),
        ),
    ):
        rows = list(dict.fromkeys(rows))
        if rows:
            numbers = [item.number for item in rows[:LACKS_NAMED]]
            others = len(rows) - len(numbers)
            named = ", ".join(numbers)
            if others:
                named = _("{numbers} and {count} more").format(numbers=named, count=others)
            sentence = (one if len(rows) == 1 else many).format(number=numbers[0], numbers=named)
            url = reverse("plans:change-item", args=[plan.slug, rows[0].number])
            found.append(Lack(sentence, _("Open item {number}").format(number=rows[0].number), url))
    return found


def referring(model: type[Model]) -> Iterator[Any]:
    """Yield the relations by which rows of other tables refer to rows of this one, but for history."""
    for field in model._meta.get_fields(include_hidden=True):
        is_relation = field.auto_created and (field.one_to_many or field.one_to_one)
        if is_relation and not field.concrete and not hasattr(field.related_model, "history_id"):
            yield field


def what_goes(plan: Plan) -> list[str]:
    """Return how many of each kind of row the plan has, in words, without those of which there is none."""
    pillars, items = plan.pillars.count(), plan.items.count()
    milestones = Milestone.objects.filter(item__plan=plan).count()
    measures = Measure.objects.filter(item__plan=plan).count()
    kinds = (
        (pillars, ngettext("{count} pillar", "{count} pillars", pillars)),
        (items, ngettext("{count} work item", "{count} work items", items)),
        (milestones, ngettext("{count} milestone", "{count} milestones", milestones)),
        (measures, ngettext("{count} measure", "{count} measures", measures)),
    )
    return [words.format(count=count) for count, words in kinds if count]
