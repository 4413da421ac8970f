"""Whether an agency can submit a return, and a plan's coordinator accept it. Told before the work begins.

One person does not both write and submit a return, so an agency needs an approver and another writer.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.models import WRITING_ROLES, Agency, Invitation, Place, Seat, SeatQuerySet, User
from agencies.wording.translation import day_words, list_in_words

Role = Seat.Role
# Which of these agencies have something to answer, by their ids: functions of other apps, which register in
# `AppConfig.ready`.
REPORTS: list[Callable[[Collection[Agency], date], set[int]]] = []
# Whether an agency works in a plan: functions that register in the same way.
IN_A_PLAN: list[Callable[[Agency, date], bool]] = []
# At which of these agencies one person was let write and submit all open returns: functions that register in the same way.
LET_ALONE: list[Callable[[Collection[int]], set[int]]] = []


@dataclass(frozen=True)
class Invited:
    """Somebody who is invited to write for an agency and has not accepted yet, or whose role there does not count yet.

    `counts_from` is the day from which it does, if that is known; `waits` if a second person has to confirm it.
    """

    name: str
    role: Seat.Role
    waits: bool = False
    counts_from: date | None = None
    email: str = ""

    @property
    def words(self) -> str:
        if self.counts_from:
            return _("{name} ({role} from {day})").format(
                name=self.name, role=self.role.in_sentence, day=day_words(self.counts_from)
            )
        if self.waits:
            return _("{name} ({role}, to be confirmed)").format(
                name=self.name, role=self.role.in_sentence
            )
        return f"{self.name} ({self.role.in_sentence})"


@dataclass(frozen=True)
class Submitters:
    """The people of an agency who write its return, and of these the approvers, by their ids; and who is invited.

    `is_let_alone` if one person was let write and submit it, so that an approver is enough.
    """

    agency: Agency
    writers: Collection[int] = ()
    approvers: Collection[int] = ()
    invited: Sequence[Invited] = ()
    is_let_alone: bool = False

    @property
    def not_joined(self) -> list[Invited]:
        """Who is invited and has not accepted yet."""
        return [each for each in self.invited if not each.waits]

    @property
    def unconfirmed(self) -> list[Invited]:
        """Who has a role that a second person has yet to confirm."""
        return [each for each in self.invited if each.waits]

    @property
    def is_one_person(self) -> bool:
        return len(self.writers) == 1

    @property
    def has_one_approver(self) -> bool:
        """Whether an approver alone is there or invited, who can be let write and submit a return."""
        roles = [each.role for each in self.invited] + [Role.APPROVER] * len(self.approvers)
        return len(self.writers) + len(self.invited) == 1 and roles == [Role.APPROVER]

    @property
    def may_be_let_alone(self) -> bool:
        """Whether the one person who writes for it, or the one approver who is invited, may submit as well."""
        is_alone = self.has_one_approver or (self.is_one_person and bool(self.approvers))
        return is_alone and not self.is_let_alone

    @property
    def is_ready(self) -> bool:
        return (len(self.writers) > 1 or self.is_let_alone) and bool(self.approvers)

    @property
    def is_empty(self) -> bool:
        """Whether nobody is there who writes, or is invited."""
        return not self.writers and not self.invited

    @property
    def still_needs(self) -> str:
        """Whom to invite, with everybody counted who is invited: "an approver"; "" if nobody."""
        count = len(self.writers) + len(self.invited)
        if not count and not self.is_let_alone:
            return _("a contributor and an approver")
        if not self.approvers and all(each.role != Role.APPROVER for each in self.invited):
            return _("an approver")
        return _("a contributor") if count == 1 and not self.is_let_alone else ""

    @property
    def lack(self) -> tuple[str, bool]:
        """What pages list it under, with the agencies of which the same is true."""
        return self.still_needs, self.has_one_approver

    @property
    def _must_join(self) -> str:
        """Who of those invited has to join before a return can be submitted: "Ben (approver) joins"."""
        approvers = [each.words for each in self.invited if each.role == Role.APPROVER]
        others = [each.words for each in self.invited if each.role != Role.APPROVER]
        if self.writers or self.is_let_alone:
            approving = [each for each in self.invited if each.role == Role.APPROVER]
            return _any_joins(self.invited if self.approvers else approving)
        if others and approvers[1:]:
            # Two approvers are enough as well.
            return _("an approver and another of {people} join").format(
                people=list_in_words(approvers + others)
            )
        if not others:
            return _("two of {people} join").format(people=list_in_words(approvers))
        if len(others) == 1:
            return _("{people} join").format(people=list_in_words(others + approvers))
        return _("{approver} and one of {people} join").format(
            approver=approvers[0], people=list_in_words(others)
        )

    @property
    def words(self) -> str:
        """What keeps the agency from submitting, with the way out; "" if nothing does."""
        if self.is_ready:
            return ""
        if self.invited and not self.still_needs:
            return _("{agency} cannot submit its return before {people}. {why}").format(
                agency=self.agency.name,
                people=self._must_join,
                why=_("Only an approver submits.")
                if self.is_let_alone or (self.writers and not self.approvers)
                else _("One person writes it, and an approver submits it."),
            )
        if self.invited and any(each.waits for each in self.invited):
            says = _("{agency} cannot submit its return yet: {people}.").format(
                agency=self.agency.name,
                people=list_in_words([each.words for each in self.invited]),
            )
            return f"{says} {_('It also needs {people}.').format(people=self.still_needs)}"
        if self.invited:
            says = ngettext(
                "{people} is invited to {agency} and has not accepted yet.",
                "{people} are invited to {agency} and have not accepted yet.",
                len(self.invited),
            )
            then = _("It also needs {people}.").format(people=self.still_needs)
            names = list_in_words([each.words for each in self.invited])
            return f"{says.format(people=names, agency=self.agency.name)} {then}"
        if self.is_one_person and self.approvers:
            return _(
                "{agency} has one person. Whoever writes a return cannot submit it as well, so invite a second."
            ).format(agency=self.agency.name)
        return _(
            "{agency} has no approver, so nobody there can submit the return. Invite one."
        ).format(agency=self.agency.name)

    def without_anyone_to_email(self, author: int) -> bool:
        """Whether no approver but the author would be told that the return is ready."""
        return not set(self.approvers) - {author}


def _any_joins(of: Sequence[Invited]) -> str:
    """Return "Ben (approver) joins", or "is confirmed" of people who wait for that only."""
    people = [each.words for each in of]
    is_confirming = all(each.waits and each.counts_from is None for each in of)
    if len(people) == 1:
        says = _("{person} is confirmed") if is_confirming else _("{person} joins")
        return says.format(person=people[0])
    says = _("one of {people} is confirmed") if is_confirming else _("one of {people} joins")
    return says.format(people=list_in_words(people))


def submitters_of(
    agencies: Collection[Agency], on: date, *, invited_to_all: bool = False
) -> dict[int, Submitters]:
    """Return who writes and submits for each agency on a day, by its id. One query, and one for who is invited
    to those that are not ready, or to all."""
    people: dict[int, dict[str, set[int]]] = {
        each.pk: {role: set() for role in WRITING_ROLES} for each in agencies
    }
    waiting: dict[int, list[Invited]] = defaultdict(list)
    for seat in _writing_seats(people, on):
        assert seat.agency_id is not None
        if seat.is_waiting(on):
            waiting[seat.agency_id].append(_unconfirmed(seat))
        else:
            people[seat.agency_id][seat.role].add(seat.user_id)
    found = {
        each.pk: Submitters(each, set().union(*of.values()), of[Role.APPROVER])
        for each in agencies
        for of in [people[each.pk]]
    }
    asked = [pk for pk, each in found.items() if invited_to_all or not each.is_ready]
    invited = invited_to(asked, on)
    return found | {pk: replace(found[pk], invited=[*waiting[pk], *invited[pk]]) for pk in asked}


def _writing_seats(agencies: Collection[int], on: date) -> SeatQuerySet:
    """Return the seats of active people who write for these agencies on a day, confirmed or not."""
    seats = Seat.objects.during(on, None).filter(
        agency__in=agencies, role__in=WRITING_ROLES, user__is_active=True, from_on__lte=on
    )
    return seats.select_related("user").order_by("pk")


def _unconfirmed(seat: Seat) -> Invited:
    return Invited(seat.user.name, Role(seat.role), True, seat.counts_from)


def without_approver(agencies: Collection[int], on: date) -> set[int]:
    """Return those of the agencies where nobody can sign for the agency on a day. One query, or none without agencies."""
    if not agencies:
        return set()
    seats = Seat.objects.on(on).filter(role=Role.APPROVER, user__is_active=True)
    return set(agencies) - set(
        seats.filter(agency__in=agencies).values_list("agency_id", flat=True)
    )


def invited_to(agencies: Collection[int], on: date) -> dict[int, list[Invited]]:
    """Return who is invited to write for these agencies and may still join on a day, by the agency's id. One query, or
    none without agencies."""
    found: dict[int, list[Invited]] = defaultdict(list)
    if not agencies:
        return found
    waiting = Invitation.objects.may_join_on(on)
    rows = waiting.filter(agency__in=agencies, role__in=WRITING_ROLES)
    columns = ("agency", "name", "role", "email")
    for pk, name, role, email in rows.order_by("sent_at", "pk").values_list(*columns):
        found[pk].append(Invited(name, Role(role), email=email))
    return found


def short_agencies(by: User, on: date) -> list[Submitters]:
    """Return the agencies whose people a user looks after that have something to answer and still need somebody."""
    managed = [
        each
        for each in Agency.objects.valid_on(on).in_order()
        if by.has_perm("agencies.manage_seats", each)
    ]
    reporting = _reporting(managed, on)
    found = submitters_of([each for each in managed if each.pk in reporting], on)
    let = _let_alone(found)
    people = [replace(each, is_let_alone=pk in let) for pk, each in found.items()]
    return [each for each in people if each.still_needs]


def _reporting(agencies: Collection[Agency], on: date) -> set[int]:
    return {pk for reports in REPORTS for pk in reports(agencies, on)}


def _let_alone(agencies: Collection[int]) -> set[int]:
    return {pk for lets in LET_ALONE for pk in lets(agencies)}


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
    """Say who is missing at an agency that has something to answer; nothing of an office, or of an agency that has ended
    or ends that day."""
    if not isinstance(place, Agency) or (place.valid_to and place.valid_to <= on):
        return []
    if not any(works(place, on) for works in IN_A_PLAN):
        return []
    people = submitters_of([place], on)[place.pk]
    says = ""
    if not people.is_ready and place.pk in _reporting([place], on):
        says = replace(people, is_let_alone=place.pk in _let_alone([place.pk])).words
    return [each for each in (says, single_coordinator(place, on)) if each]
