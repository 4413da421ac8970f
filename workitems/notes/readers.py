"""Who reads conversations on a day, and whom a note may ask. `Note.objects.readable_by` says the same of one user."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from agencies.models import Agency, Seat, User
from agencies.people.succession import agency_on
from workitems.models import Member, Note, Plan
from workitems.models.plan import READING_ROLES

Role = Seat.Role
COORDINATORS = "coordinators"


@dataclass(frozen=True)
class Asked:
    """Whom a note asks."""

    people: tuple[User, ...] = ()
    agencies: tuple[Agency, ...] = ()
    coordinators: bool = False


@dataclass
class Readers:
    """The members of a plan on a day, and the active people with a seat that reads it. Two queries."""

    plan: Plan
    on: date
    agencies: dict[int, Agency] = field(default_factory=dict)
    seats: dict[int, list[Seat]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        members = Member.objects.filter(plan=self.plan).select_related("agency")
        self.agencies = {row.agency_id: row.agency for row in members}
        rows = Seat.objects.on(self.on).filter(
            agency__in={*self.agencies, self.coordinating},
            role__in=READING_ROLES,
            user__is_active=True,
        )
        for seat in rows.select_related("user", "agency").order_by("user__name", "pk"):
            if seat.agency_id in self.agencies or seat.role == Role.COORDINATOR:
                self.seats[seat.user_id].append(seat)

    @property
    def coordinating(self) -> int:
        """The id of the agency whose coordinators look after the plan: after its end, perhaps a successor."""
        agency = self.plan.coordinating_agency
        return agency_on(agency, self.on).pk if self.plan.has_ended(self.on) else agency.pk

    def coordinates(self, person: int) -> bool:
        return self._sits(
            person, {self.coordinating, self.plan.coordinating_agency_id}, Role.COORDINATOR
        )

    def _sits(self, person: int, agencies: Collection[int], *roles: str) -> bool:
        return any(
            seat.agency_id in agencies and (not roles or seat.role in roles)
            for seat in self.seats.get(person, ())
        )

    def reads(self, person: int, begins: Note) -> bool:
        """Whether a person reads the conversation that a note begins. It has its return, if it is on one."""
        if begins.readers == Note.Readers.ALL:
            return bool(self.seats.get(person))
        assert begins.agency_id is not None
        if begins.agency_id in self.agencies and self._sits(person, {begins.agency_id}):
            return True
        return self.coordinators_read(begins) and self.coordinates(person)

    def coordinators_read(self, begins: Note) -> bool:
        """Whether every coordinator reads it: of a return, from its first submission on."""
        if begins.readers == Note.Readers.ALL:
            return True
        if begins.readers == Note.Readers.AGENCY:
            return begins.agency_id == self.plan.coordinating_agency_id
        of_return = begins.of_return
        return of_return is None or of_return.submitted_at is not None or of_return.is_entered

    def agency_reads(self, agency: int, begins: Note) -> bool:
        """Whether everyone with a reading seat in the agency reads it."""
        if agency not in self.agencies:
            return False
        return begins.readers == Note.Readers.ALL or begins.agency_id == agency

    def shut_out(self, asked: Asked, begins: Note) -> str:
        """Return who of those asked cannot read the conversation, or ""."""
        for person in asked.people:
            if not self.reads(person.pk, begins):
                return self.described(person)
        for agency in asked.agencies:
            if not self.agency_reads(agency.pk, begins):
                return agency.short_name
        if asked.coordinators and not self.coordinators_read(begins):
            return _("A coordinator")
        return ""

    def described(self, person: User) -> str:
        """Return a person's name with their role and agency, as a sentence begins: "NAME, observer at MBIE,"."""
        seats = self.seats.get(person.pk)
        if not seats:
            return person.name
        assert seats[0].agency is not None
        return _("{person}, {role} at {agency},").format(
            person=person.name,
            role=seats[0].get_role_display().lower(),
            agency=seats[0].agency.short_name,
        )

    def agency_of(self, person: User, begins: Note) -> Agency:
        """Return the agency that a person writes for: the conversation's own, the coordinating one, or their first."""
        seats = self.seats[person.pk]
        own = {seat.agency_id: seat.agency for seat in seats if seat.agency is not None}
        if begins.agency_id in own:
            return own[begins.agency_id]
        return own.get(self.coordinating) or next(iter(own.values()))

    def agencies_of(self, person: int) -> set[int | None]:
        return {seat.agency_id for seat in self.seats.get(person, ())}

    def choices(self, near: Collection[int], begins: Note | None = None) -> "Askable":
        """Return whom a note may ask, without those who cannot read the conversation. `near` are agencies that take
        part in what it is about."""
        agencies = [
            each
            for each in self.agencies.values()
            if begins is None or self.agency_reads(each.pk, begins)
        ]
        agencies.sort(key=lambda agency: agency.short_name.casefold())
        people: dict[str, dict[int, User]] = defaultdict(dict)
        for pk, seats in self.seats.items():
            if begins is None or self.reads(pk, begins):
                assert seats[0].agency is not None
                people[seats[0].agency.short_name][pk] = seats[0].user
        return Askable(
            near=[each for each in agencies if each.pk in near],
            far=[each for each in agencies if each.pk not in near],
            people=dict(sorted(people.items(), key=lambda pair: pair[0].casefold())),
            coordinators=begins is None or self.coordinators_read(begins),
        )


@dataclass(frozen=True)
class Askable:
    """Whom a note may ask: agencies that take part, others, people by agency, and whether the coordinators."""

    near: list[Agency]
    far: list[Agency]
    people: Mapping[str, Mapping[int, User]]
    coordinators: bool

    @property
    def boxes(self) -> list[tuple[str, str]]:
        """The choices of the boxes: the coordinators, and agencies that take part."""
        first = [(COORDINATORS, _("The coordinators"))] if self.coordinators else []
        return first + [(f"agency-{each.pk}", each.short_name) for each in self.near]

    @property
    def others(self) -> list[Any]:
        """The choices of the list, in groups: other agencies, and people of each."""
        groups: list[Any] = []
        if self.far:
            groups.append(
                (_("Agencies"), [(f"agency-{each.pk}", each.short_name) for each in self.far])
            )
        for agency, people in self.people.items():
            groups.append(
                (agency, [(f"person-{pk}", person.name) for pk, person in people.items()])
            )
        return groups

    def asked(self, keys: Iterable[str]) -> Asked:
        """Return those whose keys were chosen."""
        chosen = set(keys)
        people = {pk: person for each in self.people.values() for pk, person in each.items()}
        return Asked(
            people=tuple(person for pk, person in people.items() if f"person-{pk}" in chosen),
            agencies=tuple(
                each for each in (*self.near, *self.far) if f"agency-{each.pk}" in chosen
            ),
            coordinators=COORDINATORS in chosen,
        )
