"""What lets somebody or something in: invitations, tokens of the API, and forms that arrived signed out."""

from datetime import date, datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Lower
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models.agency import anywhere
from agencies.models.users import MISPLACED, ROLE_CODES, Placed, Seat, User, placed
from agencies.records.tracking import track


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

    def may_join_on(self, on: date) -> Self:
        """Waiting invitations to a role whose last day, and the agency's, has not passed: others cannot be sent again."""
        is_open = Q(to_on=None) | Q(to_on__gte=on)
        exists = Q(agency__valid_to=None) | Q(agency__valid_to__gte=on)
        return self.waiting().filter(is_open & exists)

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

    def to(self, user: User) -> Self:
        """Invitations to the address with which a user signs in."""
        return self.filter(email=user.email.lower())


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
