"""Read pasted lines "name, email, agency, role" as people to invite. Reads only.

A line that cannot be read, or that the reader may not invite to, is a fault. One that was read with a guess
is a doubt, which the page asks about before anything is sent.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from hashlib import sha256
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from agencies.models import AS_WHAT, Agency, Seat, User
from agencies.people.allowed_domains import domain_faults
from agencies.people.succession import agency_on
from agencies.rules import roles_to_manage

NAME_LENGTH = 150
# As many as the people of a ministry; more come in several acts.
MOST_PEOPLE = 2500
# Of more people than these, the page asks before it invites them.
FEW = 20
# How alike a misspelt name is, from 0 to 1.
ALIKE = 0.7


@dataclass(frozen=True)
class Offer:
    """A person to invite, from the line of this number."""

    line: int
    name: str
    email: str
    agency: Agency
    role: Seat.Role
    doubts: list[str] = field(default_factory=list)

    @property
    def words(self) -> str:
        """How the line was understood: "Ana (ana@police.govt.nz), an approver at Police"."""
        return _("{name} ({email}), {a_role} at {agency}").format(
            name=self.name, email=self.email, a_role=AS_WHAT[self.role], agency=self.agency
        )


@dataclass(frozen=True)
class Pasted:
    """What was pasted: the people, and a sentence for each fault."""

    offers: list[Offer]
    faults: list[str]

    @property
    def doubtful(self) -> list[Offer]:
        return [each for each in self.offers if each.doubts]

    @property
    def is_asked_about(self) -> bool:
        """Whether the page shows how the lines are understood before anybody is invited."""
        return bool(self.doubtful) or len(self.offers) > FEW

    @property
    def by_role(self) -> list[tuple[Agency, str, int]]:
        """How many people each agency gets in each role, in the order of the lines."""
        found = Counter((each.agency, str(each.role.label)) for each in self.offers)
        return [(agency, role, many) for (agency, role), many in found.items()]

    @property
    def digest(self) -> str:
        """Stands for how the lines were understood, to compare with what a page asked about."""
        return sha256("\n".join(each.words for each in self.offers).encode()).hexdigest()


Found = TypeVar("Found")


class Unread(Exception):
    """A line that cannot be read. The message says why and what to do."""


def read_people(text: str, *, by: User, on: date) -> Pasted:
    """Read the lines that a user pasted on a day. Empty lines count but say nothing."""
    agencies = list(Agency.objects.select_related("successor").in_order())
    roles: dict[int, tuple[Seat.Role, ...]] = {}
    offers: dict[tuple[str, int, str], Offer] = {}
    faults = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip() or (number == 1 and _names_columns(line)):
            continue
        try:
            offer = _read(line, number, agencies, on)
            if offer.agency.pk not in roles:
                roles[offer.agency.pk] = _roles_to_give(by, offer.agency)
            _check(offer, roles[offer.agency.pk])
            key = (offer.email, offer.agency.pk, offer.role)
            if key in offers:
                raise Unread(
                    _("the same as line {number}. Remove one.").format(number=offers[key].line)
                )
            offers[key] = offer
        except Unread as unread:
            faults.append(_("Line {number}: {why}").format(number=number, why=unread))
    if len(offers) > MOST_PEOPLE:
        says = _("These are {count} people. Invite {most} at most at once.")
        faults.append(says.format(count=len(offers), most=MOST_PEOPLE))
    return Pasted(list(offers.values()), faults)


def _names_columns(line: str) -> bool:
    """Whether a spreadsheet's first line names its columns, one of which is the address."""
    return "@" not in line and "mail" in line.casefold()


def _roles_to_give(by: User, agency: Agency) -> tuple[Seat.Role, ...]:
    """Return the roles that the user may invite people to at an agency; none if they may not invite there."""
    return roles_to_manage(by, agency) if by.has_perm("agencies.manage_seats", agency) else ()


def _read(line: str, number: int, agencies: list[Agency], on: date) -> Offer:
    separator = next((each for each in ("\t", ";") if each in line), ",")
    parts = [part.strip().strip('"') for part in line.split(separator)]
    while parts and not parts[-1]:
        parts.pop()
    place = next((index for index, part in enumerate(parts) if "@" in part), None)
    if place is None or len(parts) < place + 3:
        raise Unread(
            _("write a name, an email address, an agency and a role, with commas between them.")
        )
    doubts: list[str] = []
    email = parts[place].lower()
    name = _name(", ".join(filter(None, parts[:place])), email, doubts)
    agency = _agency(", ".join(parts[place + 1 : -1]), agencies, on, doubts)
    role = _role(parts[-1], doubts)
    return Offer(number, name, email, agency, role, doubts)


def _name(text: str, email: str, doubts: list[str]) -> str:
    if len(text) > NAME_LENGTH:
        raise Unread(_("the name is too long. Shorten it."))
    if text:
        return text
    name = email.partition("@")[0].replace(".", " ").title()
    doubts.append(_("it has no name, so “{name}” is taken from the address").format(name=name))
    return name


def _agency(text: str, agencies: Iterable[Agency], on: date, doubts: list[str]) -> Agency:
    known: dict[str, Agency] = {}
    for agency in agencies:
        known |= {name.casefold(): agency for name in agency.names if name}
    found = known.get(text.casefold()) or _alike(text, known)
    if found is None:
        raise Unread(_("there is no agency “{name}”. Write its short name.").format(name=text))
    to = agency_on(found, on)
    if not to.exists_on(on):
        raise Unread(_("{agency} does not exist today.").format(agency=found))
    if to != found:
        doubts.append(
            _("{agency} has ended, so its successor {successor} is meant").format(
                agency=found, successor=to
            )
        )
    elif text.casefold() not in known:
        doubts.append(_("“{name}” is read as {agency}").format(name=text, agency=found.name))
    return to


def _role(text: str, doubts: list[str]) -> Seat.Role:
    known: dict[str, Seat.Role] = {}
    for role in Seat.Role:
        known |= dict.fromkeys((role.value, str(role.label).casefold()), role)
    found = known.get(text.casefold()) or _alike(text, known)
    if found is None:
        roles = ", ".join(str(role.label).lower() for role in list(Seat.Role)[:3])
        raise Unread(
            _("“{role}” is no role. Write one such as {roles}.").format(role=text, roles=roles)
        )
    if text.casefold() not in known:
        doubts.append(_("“{text}” is read as {role}").format(text=text, role=found.in_sentence))
    return found


def _alike(text: str, known: Mapping[str, Found]) -> Found | None:
    close = get_close_matches(text.casefold(), list(known), n=1, cutoff=ALIKE)
    return known[close[0]] if close else None


def _check(offer: Offer, roles: tuple[Seat.Role, ...]) -> None:
    """Raise `Unread` for an address that cannot be, or a role that is not among those that the user may give there."""
    try:
        validate_email(offer.email)
    except ValidationError:
        raise Unread(
            _("“{email}” is no email address. Enter one such as name@example.org.").format(
                email=offer.email
            )
        ) from None
    for says, _field in domain_faults(offer.email):
        raise Unread(str(says))
    if not roles:
        raise Unread(_("you cannot invite people to {agency}.").format(agency=offer.agency))
    if offer.role not in roles:
        raise Unread(
            _("you cannot invite {a_role} to {agency}.").format(
                a_role=AS_WHAT[offer.role], agency=offer.agency
            )
        )
