"""What is still missing before a plan's first round can be opened and answered. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.models import WRITING_ROLES, Invitation, Seat
from agencies.people.submitting import Submitters, submitters_of
from agencies.wording.translation import list_in_words
from workitems.models import Milestone, Plan, WorkItem

# Of one kind; a list of all 400 items without a date helps nobody.
LACKS_NAMED = 10


@dataclass(frozen=True)
class Lack:
    """Something that is lacking: what, as a sentence; what to do about it, and where."""

    says: str
    do: str
    url: str


def missing_for_round(plan: Plan, on: date) -> list[Lack]:
    """Return who cannot answer a round yet, and which items it cannot ask about well. Six queries."""
    return [*_of_people(plan, on), *_of_items(plan)]


def unready_members(plan: Plan, on: date) -> list[tuple[Submitters, list[str]]]:
    """Return the members that cannot submit today, each with whom it has invited to write, and who waits for a second
    person to confirm them.

    Not those whose last day it is. Four queries.
    """
    members = plan.agencies_on(on).exclude(valid_to=on)
    found = [each for each in submitters_of(members, on).values() if each.words]
    invited: dict[int | None, list[str]] = {}
    waiting = Invitation.objects.waiting().filter(role__in=WRITING_ROLES)
    for each in waiting.order_by("sent_at", "pk"):
        invited.setdefault(each.agency_id, []).append(each.name)
    unconfirmed = Seat.objects.unconfirmed().during(on, None).filter(role__in=WRITING_ROLES)
    for seat in unconfirmed.select_related("user").order_by("pk"):
        if seat.is_waiting(on):
            says = _("{person} (to be confirmed)").format(person=seat.user)
            invited.setdefault(seat.agency_id, []).append(says)
    return [(each, invited.get(each.agency.pk, [])) for each in found]


def _of_people(plan: Plan, on: date) -> Iterable[Lack]:
    for short_of, invited in unready_members(plan, on):
        agency = short_of.agency
        says, do = short_of.words, _("Invite a person")
        url = reverse("agencies:invite", args=[agency.pk])
        if invited:
            says = ngettext(
                "{people} is invited to {agency} and cannot answer yet.",
                "{people} are invited to {agency} and cannot answer yet.",
                len(invited),
            ).format(people=list_in_words(invited), agency=agency.name)
            do, url = _("See its people"), reverse("agencies:seats", args=[agency.pk])
        elif not short_of.writers:
            says = _("{agency} has no contributor or approver yet, so it cannot answer.").format(
                agency=agency.name
            )
        yield Lack(says, do, url)


def _of_items(plan: Plan) -> Iterable[Lack]:
    rows = list(plan.items.live().select_related("plan").in_order())
    dated = set(Milestone.objects.filter(item__in=rows).values_list("item", flat=True))
    lasting = WorkItem.Timeframe.ONGOING
    bare = [item for item in rows if item.pk not in dated and item.timeframe != lasting]
    if bare:
        yield _lack(
            plan,
            bare,
            ngettext(
                "Item {numbers} has no milestone with a date, so it cannot be late.",
                "Items {numbers} have no milestone with a date, so they cannot be late.",
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
