"""The demo's people: one per role, each with a sign-in and seats.

The Department of Labour coordinates the 2009 plan and ended in 2012. Its people have seats in both
the Department and its successor, so that they can work on both plans.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from agencies.models import Agency, Office, Seat, User
from agencies.people import services as seating
from agencies.records import history

ACTOR = "Demo loader"
# Public, so the loader refuses to run unless DEBUG is on.
PASSWORD = "four-walls-one-plan"

Role = Seat.Role
PORTFOLIO = "Minister of Immigration"
BEGINNING = date(2009, 7, 31)
SUCCESSION = date(2012, 7, 1)
FORMER_LEFT_DAYS_AGO = 60


@dataclass(frozen=True)
class Person:
    """A user of the demo. `has_left` means that the seat has ended. Without a role, the register's administrator.

    `places` are short names of agencies; a Minister's office has its portfolio there.
    """

    name: str
    role: Seat.Role | None
    places: tuple[str, ...] = ()
    has_left: bool = False

    @property
    def email(self) -> str:
        mailbox = self.name.lower().replace("'", "").replace(" ", ".")
        return f"{mailbox}@example.org"


ADMINISTRATOR = Person("Administrator", None)
COORDINATOR = Person("Coordinator", Role.COORDINATOR, ("DoL", "MBIE"))
CONTRIBUTORS = {
    agency: Person(f"{agency} contributor", Role.CONTRIBUTOR, seats)
    for agency, seats in {
        "MBIE": ("DoL", "MBIE"),
        "Police": ("Police",),
        "Customs": ("Customs",),
        "MFAT": ("MFAT",),
        "MSD": ("MSD",),
        "MoJ": ("MoJ",),
    }.items()
}
APPROVERS = {
    agency: Person(f"{agency} approver", Role.APPROVER, writer.places)
    for agency, writer in CONTRIBUTORS.items()
}
# In no working group: it audits the current plan.
AUDITORS = ("OAG", "Controller and Auditor-General")
AUDITOR = Person("Auditor", Role.AUDITOR, AUDITORS[:1])
PEOPLE = (
    ADMINISTRATOR,
    COORDINATOR,
    *(
        person
        for pair in zip(CONTRIBUTORS.values(), APPROVERS.values(), strict=True)
        for person in pair
    ),
    *(
        Person(f"{agency} approver", Role.APPROVER, (agency,))
        for agency in ("MOH", "MWA", "DPMC", "ACC")
    ),
    Person("Authorising manager", Role.AUTHORISING_MANAGER, ("DoL", "MBIE")),
    Person("Minister's office", Role.MINISTERS_OFFICE, (PORTFOLIO,)),
    Person("OIA adviser", Role.OIA_ADVISER, ("DoL", "MBIE")),
    Person("OIA reviewer", Role.OIA_REVIEWER, ("DoL", "MBIE")),
    Person("OIA decision-maker", Role.OIA_DECISION_MAKER, ("DoL", "MBIE")),
    Person("Observer", Role.OBSERVER, ("MOH",)),
    AUDITOR,
    Person("Former contributor", Role.CONTRIBUTOR, ("Police",), has_left=True),
)


def user_of(person: Person) -> User:
    return User.objects.get(email=person.email)


def seat_people(today: date, people: tuple[Person, ...] = PEOPLE) -> None:
    """Create missing users with their seats. Existing users are not changed."""
    known = set(User.objects.values_list("email", flat=True))
    newcomers = [person for person in people if person.email not in known]
    if not newcomers:
        return
    password = make_password(PASSWORD)
    agencies = {agency.short_name: agency for agency in Agency.objects.all()}
    for person in newcomers:
        is_administrator = person.role is None
        user = User(
            email=person.email,
            name=person.name,
            password=password,
            is_superuser=is_administrator,
        )
        history.save(user, by=None, actor=ACTOR)
        for place in person.places:
            assert person.role is not None
            from_on = SUCCESSION if place == "MBIE" else BEGINNING
            with history.written_at(morning(from_on)):
                seat = seating.give_seat(
                    user=user,
                    place=agencies.get(place) or Office(place),
                    role=person.role,
                    from_on=from_on,
                    by=None,
                    reason="Seated for the demo",
                    actor=ACTOR,
                )
            if person.has_left:
                left_on = today - timedelta(days=FORMER_LEFT_DAYS_AGO)
                with history.written_at(morning(left_on)):
                    seating.end_seat(
                        seat=seat,
                        on=left_on,
                        by=user_of(APPROVERS[place]),
                        reason="Moved to another agency",
                    )


def morning(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(9)))


def sign_ins(people: tuple[Person, ...] = PEOPLE) -> Iterator[str]:
    """Yield the lines of a table of addresses, roles and agencies."""
    rows = [
        (
            person.email,
            (str(person.role.label) if person.role else "Administrator")
            + (", left" if person.has_left else ""),
            ", ".join(person.places) or "agencies and people",
        )
        for person in people
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    yield f"Sign-ins, all with the password {PASSWORD}"
    for email, role, agencies in rows:
        yield f"  {email:<{widths[0]}}  {role:<{widths[1]}}  {agencies}"
