"""What is still missing before a plan's first round can be opened and answered. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.models import Agency, Invitation, Seat
from workitems.models import Milestone, Plan, WorkItem

# Of one kind; a list of all 400 items without a date helps nobody.
LACKS_NAMED = 10
ANSWERING = (Seat.Role.CONTRIBUTOR, Seat.Role.APPROVER)


@dataclass(frozen=True)
class Lack:
    """Something that is lacking: what, as a sentence; what to do about it, and where."""

    says: str
    do: str
    url: str


def missing_for_round(plan: Plan, on: date) -> list[Lack]:
    """Return who cannot answer a round yet, and which items it cannot ask about well. Six queries."""
    return [*_of_people(plan, on), *_of_items(plan, on)]


def without_approver(plan: Plan, on: date) -> list[tuple[Agency, str]]:
    """Return the members without an approver today, each with whom it has invited as one, or "".

    Three queries.
    """
    approving = Seat.objects.on(on).filter(role=Seat.Role.APPROVER, user__is_active=True)
    invited = {
        each.agency_id: each.name
        for each in Invitation.objects.waiting().filter(role=Seat.Role.APPROVER)
    }
    members = plan.agencies_on(on).exclude(pk__in=approving.values("agency"))
    return [(agency, invited.get(agency.pk, "")) for agency in members]


def _of_people(plan: Plan, on: date) -> Iterable[Lack]:
    seats = Seat.objects.on(on).filter(role__in=ANSWERING, user__is_active=True)
    answering = set(seats.values_list("agency", flat=True))
    waiting = Invitation.objects.waiting().filter(role__in=ANSWERING)
    asked = answering | set(waiting.values_list("agency", flat=True))
    for agency, invited in without_approver(plan, on):
        if agency.pk not in asked:
            says = _("{agency} has no contributor or approver yet, so it cannot answer.")
            do, url = _("Invite a person"), reverse("agencies:invite", args=[agency.pk])
        elif invited:
            says = _("{person} is invited as approver of {agency} and has not accepted yet.")
            do, url = _("See its people"), reverse("agencies:seats", args=[agency.pk])
        else:
            says = _("{agency} has no approver, so nobody can submit its return.")
            do, url = _("Invite an approver"), reverse("agencies:invite", args=[agency.pk])
        yield Lack(says.format(agency=agency.name, person=invited), do, url)


def _of_items(plan: Plan, on: date) -> Iterable[Lack]:
    rows = list(plan.items.live().select_related("lead_agency", "plan").in_order())
    dated = set(Milestone.objects.filter(item__in=rows).values_list("item", flat=True))
    lasting = WorkItem.Timeframe.ONGOING
    bare = [item for item in rows if item.pk not in dated and item.timeframe != lasting]
    ended = [item for item in rows if not item.lead_agency.exists_on(on)]
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
    if ended:
        yield _lack(
            plan,
            ended,
            ngettext(
                "Item {numbers} is led by an agency that no longer exists.",
                "Items {numbers} are led by agencies that no longer exist.",
                len(ended),
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
