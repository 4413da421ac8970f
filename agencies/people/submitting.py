"""Whether an agency can submit a return, and a plan's coordinator accept it. Told before the work begins.

One person does not both write and submit a return, so an agency needs an approver and another writer.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from agencies.models import WRITING_ROLES, Agency, Invitation, Place, Seat

Role = Seat.Role
# Whether an agency has returns to submit: functions of other apps, which register in `AppConfig.ready`.
REPORTS: list[Callable[[Agency, date], bool]] = []


@dataclass(frozen=True)
class Submitters:
    """The people of an agency who write its return, and of these the approvers, by their ids."""

    agency: Agency
    writers: Collection[int] = ()
    approvers: Collection[int] = ()

    @property
    def is_one_person(self) -> bool:
        return len(self.writers) == 1

    @property
    def words(self) -> str:
        """What keeps the agency from submitting, with the way out; "" if nothing does."""
        if self.is_one_person:
            return _(
                "{agency} has one person, who cannot both write and submit the return. Invite a second."
            ).format(agency=self.agency.name)
        if not self.approvers:
            return _(
                "{agency} has no approver, so nobody there can submit the return. Invite one."
            ).format(agency=self.agency.name)
        return ""

    def without_anyone_to_email(self, author: int) -> bool:
        """Whether no approver but the author would be told that the return is ready."""
        return not set(self.approvers) - {author}


def submitters_of(agencies: Collection[Agency], on: date) -> dict[int, Submitters]:
    """Return who writes and submits for each agency on a day, by its id. One query."""
    people: dict[int, dict[str, set[int]]] = {
        each.pk: {role: set() for role in WRITING_ROLES} for each in agencies
    }
    seats = Seat.objects.on(on).filter(
        agency__in=people, role__in=WRITING_ROLES, user__is_active=True
    )
    for agency, role, user in seats.values_list("agency", "role", "user"):
        people[agency][role].add(user)
    return {
        each.pk: Submitters(each, set().union(*of.values()), of[Role.APPROVER])
        for each in agencies
        for of in [people[each.pk]]
    }


def single_coordinator(agency: Agency, on: date) -> str:
    """Say that an agency has one coordinator, with the way out; "" if it has none or several. One query."""
    seats = Seat.objects.on(on).filter(agency=agency, role=Role.COORDINATOR, user__is_active=True)
    if seats.values("user").distinct().count() != 1:
        return ""
    return _(
        "{agency} has one coordinator, who cannot accept a return that they wrote or submitted. Invite a "
        "second."
    ).format(agency=agency.name)


def short_of(place: Place, on: date) -> list[str]:
    """Say who is missing at an agency that works in a plan; nothing of an office, or of an agency that has ended
    or ends that day. Up to four queries."""
    if not isinstance(place, Agency) or (place.valid_to and place.valid_to <= on):
        return []
    if not any(reports(place, on) for reports in REPORTS):
        return []
    people = submitters_of([place], on)[place.pk]
    found = (people.words and _invited(people) or people.words, single_coordinator(place, on))
    return [says for says in found if says]


def _invited(people: Submitters) -> str:
    """Say who is invited to be what the agency lacks: an approver, or a second person. One query."""
    roles = WRITING_ROLES if people.approvers else (Role.APPROVER,)
    waiting = Invitation.objects.waiting().filter(agency=people.agency, role__in=roles)
    invited = waiting.order_by("sent_at", "pk").first()
    if invited is None:
        return ""
    return _(
        "{person} is invited to be {position} and has not accepted yet. Until then, {agency} cannot submit its return."
    ).format(person=invited.name, position=invited.position, agency=people.agency.name)
