"""What is still missing before a plan's first round can be opened and answered. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.people.submitting import Submitters, submitters_of
from agencies.wording.translation import list_in_words
from workitems.models import Milestone, Plan, WorkItem
from workitems.plan.answering import asked_in

# Of one kind; a list of all 400 items without a date helps nobody.
LACKS_NAMED = 10


@dataclass(frozen=True)
class Lack:
    """Something that is lacking: what, as a sentence; what to do about it, and where."""

    says: str
    do: str
    url: str


def missing_for_round(plan: Plan, on: date) -> list[Lack]:
    """Return who cannot answer a round yet, and which items it cannot ask about well. Eight queries."""
    return [*missing_people(plan, on), *_of_items(plan)]


def _unready_members(plan: Plan, on: date) -> list[Submitters]:
    """Return the members that cannot submit what they are asked for today. Not those whose last day it is. Five queries."""
    members = asked_in(plan, list(plan.agencies_on(on).exclude(valid_to=on)))
    return [each for each in submitters_of(members, on).values() if not each.is_ready]


def inviting_url(plan: Plan) -> str:
    """Return where several people are invited: those that the plan's spreadsheet names, if any. One query."""
    if plan.names_people():
        return reverse("plans:tracker-people", args=[plan.slug])
    return reverse("agencies:invite-many")


def missing_people(plan: Plan, on: date, *, is_opening: bool = False) -> Iterable[Lack]:
    """Yield which members cannot submit yet: those without anybody together, those that only wait for whom they
    invited, and those with one person. Six queries."""
    unready = _unready_members(plan, on)
    bare = [of for of in unready if of.is_empty]
    if bare:
        says = ngettext(
            "{agencies} has no contributor or approver yet.",
            "{agencies} have no contributor or approver yet.",
            len(bare),
        ).format(agencies=list_in_words([each.agency.short_name for each in bare]))
        do, url = _("Invite people"), inviting_url(plan)
        if len(bare) == 1:
            do, url = _("Invite a person"), reverse("agencies:invite", args=[bare[0].agency.pk])
        yield Lack(says, do, url)
    wait = [of for of in unready if of.invited and not of.still_needs and not of.unconfirmed]
    if len(wait) > 1:
        says = _(
            "Everybody whom {agencies} need is invited. Until they accept, these agencies cannot submit."
        ).format(agencies=list_in_words([each.agency.name for each in wait]))
        yield Lack(says, _("See the working group"), f"{plan.get_absolute_url()}#members")
    alone = [of for of in unready if of.has_one_approver and not of.unconfirmed]
    # The form that opens a round asks this itself.
    if alone and not is_opening:
        says = ngettext(
            "{agencies} has one person, who cannot both write a return and submit it. Invite a second, or allow it when "
            "you open the round.",
            "{agencies} have one person each, who cannot both write a return and submit it. Invite a second, or allow "
            "it when you open the round.",
            len(alone),
        ).format(agencies=list_in_words([each.agency.short_name for each in alone]))
        yield Lack(says, _("Invite people"), reverse("agencies:invite-many"))
    for of in unready:
        if of in bare or of in alone or (of in wait and len(wait) > 1):
            continue
        do, url = _("Invite a person"), reverse("agencies:invite", args=[of.agency.pk])
        if not of.still_needs:
            do, url = _("See its people"), reverse("agencies:seats", args=[of.agency.pk])
        yield Lack(of.words, do, url)


def _of_items(plan: Plan) -> Iterable[Lack]:
    rows = list(plan.items.live().select_related("plan").in_order())
    dated = set(Milestone.objects.open().filter(item__in=rows).values_list("item", flat=True))
    bare = [item for item in rows if item.pk not in dated]
    if bare:
        yield _lack(
            plan,
            bare,
            ngettext(
                "Item {numbers} has no open milestone, so it cannot be late.",
                "Items {numbers} have no open milestone, so they cannot be late.",
                len(bare),
            ),
        )


def _lack(plan: Plan, items: list[WorkItem], says: str) -> Lack:
    named = ", ".join(item.number for item in items[:LACKS_NAMED])
    if others := max(0, len(items) - LACKS_NAMED):
        named = _("{numbers} and {count} more").format(numbers=named, count=others)
    first = items[0]
    do = _("Open item {number}").format(number=first.number)
    url = first.get_absolute_url()
    if plan.adopted_on is None:
        url = reverse("plans:change-item", args=[plan.slug, first.number])
    return Lack(says.format(numbers=named), do, url)
