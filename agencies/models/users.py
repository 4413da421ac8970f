"""Users and their seats: roles in a place for a period."""

from datetime import date
from functools import cached_property
from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Prefetch, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rules.permissions import has_perm

from agencies.models.agency import Agency, Office, PeriodQuerySet, Place, anywhere, by_short_name
from agencies.records.composed import composed
from agencies.records.tracking import SIGNATURE_LENGTH, track

UNIT_LENGTH = 150
# Stored values of `Seat.Role`, needed before that class exists for the constraints.
ROLE_CODES = [
    "contributor",
    "approver",
    "coordinator",
    "authorising_manager",
    "ministers_office",
    "observer",
    "oia_adviser",
    "oia_reviewer",
    "oia_decision_maker",
    "auditor",
]


class UserQuerySet(models.QuerySet["User"]):
    """Lists of people: `UserQuerySet(User)`. The manager keeps Django's own methods."""

    def found_by(self, words: str) -> Self:
        """People with each word in their name or address, or in the name of a place of their seats."""
        found = self
        for word in words.split():
            place = anywhere(word, "agency__short_name", "agency__name", "portfolio")
            seats = Seat.objects.filter(place, withdrawn_at=None).values("user")
            found = found.filter(anywhere(word, "name", "email") | Q(pk__in=seats))
        return found

    def with_seats(self, on: date) -> Self:
        """Load the seats that they hold on the day or later, as `seats_held`. One more query."""
        seats = Seat.objects.during(on, None).select_related("agency")
        order = seats.order_by(by_short_name(), "portfolio", "role", "pk")
        return self.prefetch_related(Prefetch("seats", order, to_attr="seats_held"))


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in with an email address. Deactivated when they leave; never deleted."""

    email = models.EmailField(gettext_lazy("e-mail address"), max_length=254)
    name = models.CharField(max_length=150)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)
    # When an administrator last removed the passkeys, app and recovery codes of someone who lost them.
    second_step_reset_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    # Not recorded: every sign-in would write a history row without information.
    last_login = None

    objects: ClassVar[UserManager] = UserManager()
    history = track(leave_out=["password"])

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_unique",
                violation_error_message="Another person already signs in with this address.",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Ask the rules alone.

        Django's own method answers yes to every superuser before any rule is asked. Here, being a
        superuser opens the pages of agencies and people (`is_administrator`) and nothing else.
        """
        return self.is_active and has_perm(perm, self, obj)

    def get_full_name(self) -> str:
        return self.name

    @cached_property
    def current_seats(self) -> "list[Seat]":
        """Seats held today, with their agencies. One query, cached on this object.

        The only place below the views that reads the clock: permissions always depend on the
        present, and a user object lives for one request.
        """
        seats: list[Seat] = _seats(user=self.pk, on=timezone.localdate())
        return seats

    def agencies_as(self, *roles: str) -> set[int]:
        """Return the ids of the agencies where this user holds one of the roles today."""
        if not self.is_active:
            return set()
        return {
            seat.agency_id
            for seat in self.current_seats
            if seat.agency_id is not None and seat.role in roles
        }

    @property
    def portfolios(self) -> set[str]:
        """The portfolios in whose Minister's office this user has a seat today."""
        if not self.is_active:
            return set()
        return {seat.portfolio for seat in self.current_seats if seat.portfolio}

    @property
    def signature(self) -> str:
        """Name and current agencies and offices as text, as stored in history rows. One that has ended is named only
        without another one."""
        on = timezone.localdate()
        places = [seat.place for seat in self.current_seats]
        lasting = [each for each in places if each.exists_on(on)] or places
        names = sorted({each.short_name for each in lasting})
        signed = f"{self.name} ({', '.join(names)})" if names else self.name
        return signed[:SIGNATURE_LENGTH]


@composed
def _seats(user: Any, on: Any) -> Any:
    rows = Seat.objects.on(on).filter(user=user).select_related("agency")
    return rows.order_by(by_short_name(), "role")


class SeatQuerySet(PeriodQuerySet):
    """Leave out withdrawn seats, which give no rights on any day."""

    def on(self, day: date) -> Self:
        """Seats that count on the day: those that wait for a second person do not."""
        counts = Q(given_by=None) | Q(confirmed_at__isnull=False) | Q(counts_from__lte=day)
        return super().on(day).filter(counts, withdrawn_at=None)

    def unconfirmed(self) -> Self:
        """Seats that a second person has not confirmed, whether they count by now or not."""
        return self.filter(given_by__isnull=False, confirmed_at=None, withdrawn_at=None)

    def during(self, from_on: date, to_on: date | None) -> Self:
        return super().during(from_on, to_on).filter(withdrawn_at=None)


class Placed(models.Model):
    """A role in an agency or in a Minister's office, offered or held."""

    class Role(models.TextChoices):
        CONTRIBUTOR = "contributor", gettext_lazy("Contributor")
        APPROVER = "approver", gettext_lazy("Approver")
        COORDINATOR = "coordinator", gettext_lazy("Coordinator")
        AUTHORISING_MANAGER = "authorising_manager", gettext_lazy("Authorising manager")
        MINISTERS_OFFICE = "ministers_office", gettext_lazy("Minister's office")
        OBSERVER = "observer", gettext_lazy("Observer")
        OIA_ADVISER = "oia_adviser", gettext_lazy("OIA adviser")
        OIA_REVIEWER = "oia_reviewer", gettext_lazy("OIA reviewer")
        OIA_DECISION_MAKER = "oia_decision_maker", gettext_lazy("OIA decision-maker")
        AUDITOR = "auditor", gettext_lazy("Auditor")

        @property
        def in_sentence(self) -> str:
            """The label within a sentence: "approver", "OIA adviser"."""
            label = str(self.label)
            return label if label.startswith("OIA") else label.lower()

    # Empty at a Minister's office, which has a portfolio instead.
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="%(class)ss"
    )
    portfolio = models.CharField(
        max_length=150,
        blank=True,
        help_text=gettext_lazy("Only for a Minister’s office. As printed: Minister of Immigration"),
    )
    role = models.CharField(max_length=20, choices=Role)

    class Meta:
        abstract = True

    @property
    def place(self) -> Place:
        return self.agency or Office(self.portfolio)

    @property
    def role_in_sentence(self) -> str:
        return self.Role(self.role).in_sentence

    @property
    def as_what(self) -> str:
        """The role as a noun with its article: "an approver", "a member" of an office."""
        return str(AS_WHAT[self.Role(self.role)])

    @property
    def position(self) -> str:
        """The role with its place, in a sentence: "an approver at Police"."""
        says = (
            _("{a_role} of {place}")
            if self.role == self.Role.MINISTERS_OFFICE
            else _("{a_role} at {place}")
        )
        return says.format(a_role=self.as_what, place=self.place)


AS_WHAT = {
    Placed.Role.CONTRIBUTOR: gettext_lazy("a contributor"),
    Placed.Role.APPROVER: gettext_lazy("an approver"),
    Placed.Role.COORDINATOR: gettext_lazy("a coordinator"),
    Placed.Role.AUTHORISING_MANAGER: gettext_lazy("an authorising manager"),
    Placed.Role.MINISTERS_OFFICE: gettext_lazy("a member"),
    Placed.Role.OBSERVER: gettext_lazy("an observer"),
    Placed.Role.OIA_ADVISER: gettext_lazy("an OIA adviser"),
    Placed.Role.OIA_REVIEWER: gettext_lazy("an OIA reviewer"),
    Placed.Role.OIA_DECISION_MAKER: gettext_lazy("an OIA decision-maker"),
    Placed.Role.AUDITOR: gettext_lazy("an auditor"),
}


def placed(*, kept: Q) -> Q:
    """Return the condition of the place: an office has a portfolio, every other role an agency.

    `kept` are rows that are a record only: offices had their seats in agencies once.
    """
    office = Q(role="ministers_office")
    return (
        (office & Q(agency=None) & ~Q(portfolio=""))
        | (~office & Q(agency__isnull=False, portfolio=""))
        | (office & Q(agency__isnull=False, portfolio="") & kept)
    )


MISPLACED = gettext_lazy(
    "A Minister’s office has a portfolio and no agency. Every other role has an agency."
)


class Unit(models.Model):
    """A part of an agency that can be given its work: "Financial Crime Group". It ends; it is never deleted."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="units")
    name = models.CharField(max_length=UNIT_LENGTH)
    from_on = models.DateField("from")
    to_on = models.DateField(gettext_lazy("to (last day)"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = PeriodQuerySet.as_manager()
    history = track()

    class Meta:
        constraints = [
            models.UniqueConstraint(F("agency"), Lower("name"), name="unit_name_once_in_agency"),
            models.CheckConstraint(
                name="unit_period", condition=Q(to_on=None) | Q(to_on__gte=F("from_on"))
            ),
            models.CheckConstraint(name="unit_has_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name


class Seat(Placed):
    """A user's role in a place for a period. Work belongs to the agency, not to the user."""

    user = models.ForeignKey(User, models.PROTECT, related_name="seats")
    # Where the person works; it gives no rights. guards.py keeps it within the seat's agency.
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="seats")
    from_on = models.DateField("from")
    to_on = models.DateField(gettext_lazy("to (last day)"), null=True, blank=True)
    # Set if the seat was ended at once on or before its first day; other seats end with `to_on`.
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Set if a second person is to confirm it: who gave it, from which day it counts unconfirmed (empty:
    # never), and who confirmed it.
    given_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, editable=False, related_name="given_seats"
    )
    counts_from = models.DateField(null=True, blank=True, editable=False)
    confirmed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, editable=False, related_name="confirmed_seats"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = SeatQuerySet.as_manager()
    history = track()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="seat_period",
                condition=Q(to_on=None) | Q(to_on__gte=F("from_on")),
                violation_error_message="A role cannot end before it begins.",
            ),
            models.CheckConstraint(
                name="seat_role_known",
                condition=Q(role__in=ROLE_CODES),
            ),
            models.CheckConstraint(
                name="seat_has_its_place",
                condition=placed(kept=Q(withdrawn_at__isnull=False)),
                violation_error_message=MISPLACED,
            ),
            models.CheckConstraint(
                name="seat_confirmed_by_a_second_person",
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(confirmed_at__isnull=False, given_by__isnull=False)
                & ~Q(confirmed_by=F("given_by"))
                & ~Q(confirmed_by=F("user")),
            ),
            # guards.py refuses overlapping seats of the same user, place and role.
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.position}"

    @property
    def is_unconfirmed(self) -> bool:
        return self.given_by_id is not None and self.confirmed_at is None

    def is_waiting(self, on: date) -> bool:
        """Whether it does not count on the day because nobody has confirmed it."""
        return self.is_unconfirmed and (self.counts_from is None or self.counts_from > on)

    def is_over(self, on: date) -> bool:
        """Whether it was withdrawn, or its last day is before the day."""
        return self.withdrawn_at is not None or (self.to_on is not None and self.to_on < on)

    def clean(self) -> None:
        """Say in a form what the guard would refuse without one."""
        if self.from_on is None or self.user_id is None:
            return
        others = Seat.objects.filter(
            user=self.user_id, agency=self.agency_id, portfolio=self.portfolio, role=self.role
        )
        if others.exclude(pk=self.pk).during(self.from_on, self.to_on).exists():
            raise ValidationError(_("This person already has that role for part of the time."))


# The roles with which people write for their agency.
WRITING_ROLES = (Seat.Role.CONTRIBUTOR, Seat.Role.APPROVER)
