"""Agencies, users, their seats (roles in a place for a period), invitations and Ministers.

Only fields, constraints, querysets and properties of one row. Writes are in `agencies.people.services`.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, F, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce, Lower
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rules.permissions import has_perm

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


class PeriodQuerySet(models.QuerySet[Any]):
    def on(self, day: date) -> Self:
        """Rows whose period includes the day. First and last day count; no end means open."""
        return self.filter(Q(to_on=None) | Q(to_on__gte=day), from_on__lte=day)

    def during(self, from_on: date, to_on: date | None) -> Self:
        """Rows whose period overlaps this one by at least a day. No end means open."""
        begun = self.filter(Q(to_on=None) | Q(to_on__gte=from_on))
        return begun if to_on is None else begun.filter(from_on__lte=to_on)


def by_short_name(way: str = "agency__") -> Lower:
    """Return the order by the short name of an agency, in any case: "ACC", "Customs", "DoL". `way` is
    the lookup to the agency."""
    return Lower(f"{way}short_name")


class AgencyQuerySet(models.QuerySet["Agency"]):
    def and_before(self, agency: int) -> set[int]:
        """Return the ids of an agency and of all whose work it took over. A query a generation."""
        found, newest = {agency}, {agency}
        while newest:
            newest = set(self.filter(successor__in=newest).values_list("pk", flat=True)) - found
            found |= newest
        return found

    def valid_on(self, day: date) -> Self:
        return self.filter(
            Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_to=None) | Q(valid_to__gte=day)
        )

    def in_order(self) -> Self:
        return self.order_by(by_short_name(""))

    def with_people(self, on: date) -> Self:
        """Add `people`: how many people with an open account have a seat there on the day."""
        held = Seat.objects.on(on).filter(agency=OuterRef("pk"), user__is_active=True)
        people = held.order_by().values("agency").annotate(many=Count("user", distinct=True))
        return self.annotate(people=Coalesce(Subquery(people.values("many")), 0))


class Agency(models.Model):
    """A department, ministry or Crown agency, for as long as it existed under that name."""

    short_name = models.CharField(max_length=30)
    name = models.CharField(max_length=200)
    name_mi = models.CharField(gettext_lazy("te reo name"), max_length=200, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(gettext_lazy("valid to (last day)"), null=True, blank=True)
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="predecessors"
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = AgencyQuerySet.as_manager()
    history = track()

    class Meta:
        verbose_name_plural = "agencies"
        constraints = [
            models.UniqueConstraint(
                Lower("short_name"),
                name="agency_short_name_unique",
                violation_error_message="Another agency has this short name.",
            ),
            models.CheckConstraint(
                name="agency_valid_period",
                condition=Q(valid_to__gte=F("valid_from")) | Q(valid_to=None) | Q(valid_from=None),
                violation_error_message="An agency cannot end before it began.",
            ),
            models.CheckConstraint(
                name="agency_successor_has_end",
                condition=Q(successor=None) | Q(valid_to__isnull=False),
                violation_error_message="An agency with a successor has a last day.",
            ),
        ]

    def __str__(self) -> str:
        return self.short_name

    @property
    def names(self) -> tuple[str, str, str]:
        """All names: in full, short, and in te reo Māori, which may be empty."""
        return self.name, self.short_name, self.name_mi

    def exists_on(self, day: date) -> bool:
        return (self.valid_from or day) <= day <= (self.valid_to or day)


@dataclass(frozen=True)
class Office:
    """A Minister's office: the place of the seats at a portfolio, regardless of its holder."""

    portfolio: str

    def __str__(self) -> str:
        return _("the office of the {portfolio}").format(portfolio=self.portfolio)

    @property
    def name(self) -> str:
        return _("Office of the {portfolio}").format(portfolio=self.portfolio)

    @property
    def short_name(self) -> str:
        """The name in English, as kept in signatures."""
        return f"Office of the {self.portfolio}"

    def exists_on(self, day: date) -> bool:
        return True


# Where people have seats.
Place = Agency | Office


# How the path of an office's pages begins, before the portfolio.
OFFICE_PATH = "office-of-"


def path_of(place: Place) -> str:
    """Return the place's part of an address: an agency's id, or "office-of-" and the portfolio."""
    return f"{OFFICE_PATH}{place.portfolio}" if isinstance(place, Office) else str(place.pk)


def columns_of(place: Place) -> dict[str, Any]:
    """Return the columns with the place of a seat or an invitation, to set them or to filter by."""
    if isinstance(place, Office):
        return {"agency": None, "portfolio": place.portfolio}
    return {"agency": place, "portfolio": ""}


def anywhere(word: str, *fields: str) -> Q:
    """Return the condition that the word is in one of the fields."""
    found = Q()
    for field in fields:
        found |= Q(**{f"{field}__icontains": word})
    return found


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


class TokenQuerySet(models.QuerySet["Token"]):
    def working(self, on: date) -> Self:
        """Tokens that open anything on the day: neither revoked nor expired, of an open account, and with
        the seat that they belong to; of an administrator's own, while they are one."""
        return self.filter(
            Q(seat__in=Seat.objects.on(on)) | Q(seat=None, user__is_superuser=True),
            user__is_active=True,
            revoked_at=None,
            expires_on__gte=on,
        )

    def for_list(self) -> Self:
        """With all that a list row prints, in one query. Not revoked first, then newest first."""
        return self.select_related("seat__agency", "user", "revoked_by").order_by(
            F("revoked_at").desc(nulls_first=True), "-created_at", "-pk"
        )


class Token(models.Model):
    """Lets a program read, or write drafts of returns, as a person does from one seat. Only a hash of
    the token is stored.

    An administrator's own token has no seat, and opens the audit stream alone.
    """

    class Scope(models.TextChoices):
        READ = "read", gettext_lazy("Read")
        WRITE = "write", gettext_lazy("Read, and write drafts of returns")
        AUDIT = "audit", gettext_lazy("Read the audit stream")

    user = models.ForeignKey(User, models.PROTECT, related_name="tokens")
    seat = models.ForeignKey(Seat, models.PROTECT, null=True, blank=True, related_name="tokens")
    name = models.CharField(max_length=100)
    scope = models.CharField(max_length=10, choices=Scope)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField()
    # The last day on which it works.
    expires_on = models.DateField()
    # Not in history: every day would write a history row without information.
    last_used_on = models.DateField(null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="revoked_tokens"
    )

    objects = TokenQuerySet.as_manager()
    history = track(leave_out=["token_hash", "last_used_on"])

    class Meta:
        constraints = [
            models.CheckConstraint(name="token_has_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="token_scope_known", condition=Q(scope__in=["read", "write", "audit"])
            ),
            models.CheckConstraint(
                name="token_without_seat_only_audits",
                condition=Q(seat__isnull=False) | Q(scope="audit"),
            ),
            models.CheckConstraint(
                name="token_revoked_by_and_at",
                condition=Q(revoked_at=None, revoked_by=None)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_revoked(self) -> bool:
        return self.revoked_at is not None

    @property
    def position(self) -> str:
        """Whose rights it has: "contributor at Police", "administrator"."""
        if self.seat is None:
            return _("administrator")
        return _("{role} at {place}").format(role=self.seat.role_in_sentence, place=self.seat.place)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def waiting(self) -> Self:
        """Neither accepted nor withdrawn, even if the link has expired: it can be sent again."""
        return self.filter(accepted_at=None, withdrawn_at=None)

    def found_by(self, words: str) -> Self:
        """Those with each word in the person's name or address, or in the name of the place."""
        found = self
        for word in words.split():
            place = anywhere(word, "agency__short_name", "agency__name", "portfolio")
            found = found.filter(anywhere(word, "name", "email") | place)
        return found

    def live(self, at: datetime) -> Self:
        """Waiting invitations whose link works at this moment."""
        return self.waiting().filter(expires_at__gt=at)


class Invitation(Placed):
    """A seat offered by email. Only a hash of the link's token is stored."""

    name = models.CharField(max_length=150)
    email = models.EmailField(gettext_lazy("e-mail address"), max_length=254)
    from_on = models.DateField("from")
    to_on = models.DateField(gettext_lazy("to (last day)"), null=True, blank=True)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    # Set if the mail server refused the last email.
    failed_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    seat = models.OneToOneField(
        Seat, models.PROTECT, null=True, blank=True, related_name="invitation"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = InvitationQuerySet.as_manager()
    history = track(leave_out=["token_hash"])

    class Meta:
        constraints = [
            models.UniqueConstraint(
                # Two rows without an agency would otherwise count as different ones.
                Coalesce("agency", 0),
                F("portfolio"),
                F("role"),
                Lower("email"),
                name="invitation_waits_once",
                condition=Q(accepted_at=None, withdrawn_at=None),
                violation_error_message="This address already has an invitation to that role.",
            ),
            models.CheckConstraint(
                name="invitation_period",
                condition=Q(to_on=None) | Q(to_on__gte=F("from_on")),
                violation_error_message="A role cannot end before it begins.",
            ),
            models.CheckConstraint(
                name="invitation_expires_after_sending",
                condition=Q(expires_at__gt=F("sent_at")),
            ),
            models.CheckConstraint(name="invitation_role_known", condition=Q(role__in=ROLE_CODES)),
            models.CheckConstraint(
                name="invitation_has_its_place",
                condition=placed(kept=Q(accepted_at__isnull=False) | Q(withdrawn_at__isnull=False)),
                violation_error_message=MISPLACED,
            ),
            models.CheckConstraint(
                name="invitation_accepted_gives_seat",
                condition=Q(accepted_at=None, seat=None)
                | Q(accepted_at__isnull=False, seat__isnull=False),
            ),
            models.CheckConstraint(
                name="invitation_ends_once", condition=Q(accepted_at=None) | Q(withdrawn_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.position}"

    def has_expired(self, at: datetime) -> bool:
        return self.expires_at <= at


class AppointmentQuerySet(PeriodQuerySet):
    def holding(self, portfolio: str, on: date) -> "Appointment | None":
        return self.on(on).filter(portfolio=portfolio).first()

    def portfolios(self) -> models.QuerySet[Any, str]:
        """Return each portfolio that was ever recorded once, in order."""
        return self.order_by("portfolio").values_list("portfolio", flat=True).distinct()


class Appointment(models.Model):
    """A Minister's period in a portfolio. A paper names the Minister of the paper's date."""

    minister = models.CharField(
        max_length=150, help_text=gettext_lazy("As printed: Hon Dr Jonathan Coleman")
    )
    portfolio = models.CharField(
        max_length=150, help_text=gettext_lazy("As printed: Minister of Immigration")
    )
    from_on = models.DateField("from")
    to_on = models.DateField(gettext_lazy("to (last day)"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = AppointmentQuerySet.as_manager()
    history = track()

    class Meta:
        verbose_name = gettext_lazy("ministerial appointment")
        constraints = [
            models.CheckConstraint(
                name="appointment_period",
                condition=Q(to_on=None) | Q(to_on__gte=F("from_on")),
                violation_error_message="An appointment cannot end before it begins.",
            ),
            # guards.py refuses overlapping appointments to the same portfolio.
        ]

    def __str__(self) -> str:
        return f"{self.minister}, {self.portfolio}"

    @property
    def place(self) -> Office:
        return Office(self.portfolio)

    def clean(self) -> None:
        """Say in a form what the guard would refuse without one."""
        if self.from_on is None:
            return
        others = Appointment.objects.filter(portfolio=self.portfolio).exclude(pk=self.pk)
        if others.during(self.from_on, self.to_on).exists():
            raise ValidationError(_("Another Minister holds that portfolio for part of the time."))


class SentForm(models.Model):
    """A form that was sent and took effect, so that sending it again does nothing.

    Neither a record nor part of one: rows are deleted after a few days, and have no history.
    """

    # Digest of who sent it, to where, and the form's token.
    token = models.CharField(max_length=64, unique=True)
    # Digest of what was typed.
    content = models.CharField(max_length=64)
    # Where the first answer led; empty until it is given.
    led_to = models.CharField(max_length=2000, blank=True)
    sent_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"A form that led to {self.led_to}"


class FilesMarker(models.Model):
    """What a file in the storage of uploaded files says, by which that storage is known again. One row, written once."""

    text = models.CharField(max_length=64)
    written_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="files_marker_is_one", condition=Q(pk=1))]

    def __str__(self) -> str:
        return self.text


class WaitingMail(models.Model):
    """An email that the mail server has not accepted yet (people/outbox.py). Deleted once it has; no record, no history."""

    # Who it is from and to, and its text, which may have a link that signs in.
    sealed = models.TextField()
    # The invitation that it is about, whose page says if it is refused.
    invitation = models.ForeignKey(
        Invitation, models.PROTECT, null=True, blank=True, related_name="waiting_mails"
    )
    queued_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"An email of {self.queued_at}"


class MaintenanceQuerySet(models.QuerySet["Maintenance"]):
    def announced(self, at: datetime) -> Self:
        """The maintenance that the banner announces at a moment: the newest that is not over."""
        return self.filter(over_at=None, ends_at__gt=at).order_by("-pk")


class Maintenance(models.Model):
    """A time of planned maintenance. Another one replaces it; it never changes, so it is its own record."""

    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    # Nothing can be saved meanwhile.
    is_read_only = models.BooleanField()
    message = models.CharField(max_length=300, blank=True)
    announced_at = models.DateTimeField()
    # Empty if it was announced on the server.
    announced_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="announced_maintenances"
    )
    # When it was ended before its time, or replaced.
    over_at = models.DateTimeField(null=True, blank=True)
    over_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="ended_maintenances"
    )

    objects = MaintenanceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="maintenance_period",
                condition=Q(ends_at__gt=F("begins_at")),
                violation_error_message="Maintenance ends after it begins.",
            ),
        ]

    def __str__(self) -> str:
        return f"Maintenance until {self.ends_at}"

    def is_under_way(self, at: datetime) -> bool:
        return self.over_at is None and self.begins_at <= at < self.ends_at
