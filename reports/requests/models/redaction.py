"""What is withheld within a briefing: words of its Document, with the grounds.

The words, the place and the grounds of a redaction never change: another one is proposed instead.
"""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import User
from agencies.records.tracking import SIGNATURE_LENGTH, track
from reports.requests.models.request import NOTE_LENGTH, InformationRequest
from reports.requests.models.schedule import GROUNDS_LENGTH, ScheduleLine, codes
from reports.requests.redaction.redact import Span

OWN_REDACTION = gettext_lazy("You proposed this redaction. Another reviewer must agree to it.")


class RedactionQuerySet(models.QuerySet["Redaction"]):
    def of_request(self, request: InformationRequest) -> Self:
        return self.filter(line__request=request)

    def proposed(self) -> Self:
        return self.filter(state=Redaction.State.PROPOSED)

    def agreed(self) -> Self:
        return self.filter(state=Redaction.State.AGREED)

    def standing(self) -> Self:
        """Filter to redactions that are proposed or agreed."""
        return self.filter(state__in=Redaction.STANDING)

    def in_order(self) -> Self:
        return self.order_by("line__number", "place", "start", "end", "pk")


class Redaction(models.Model):
    """A span of one string of a Document, from `start` to before `end`.

    `document_sha256` and `covered_sha256` say on which paper and on which words it was proposed.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", gettext_lazy("Proposed")
        AGREED = "agreed", gettext_lazy("Agreed")
        DECLINED = "declined", gettext_lazy("Declined")
        WITHDRAWN = "withdrawn", gettext_lazy("Withdrawn")

    NEXT: dict[str, tuple[str, ...]] = {
        State.PROPOSED: (State.AGREED, State.DECLINED, State.WITHDRAWN),
        State.AGREED: (State.WITHDRAWN,),
        State.DECLINED: (),
        State.WITHDRAWN: (),
    }
    STANDING = (State.PROPOSED, State.AGREED)

    line = models.ForeignKey(ScheduleLine, models.PROTECT, related_name="redactions")
    document_sha256 = models.CharField(max_length=64)
    place = models.CharField(max_length=300)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    covered_sha256 = models.CharField(max_length=64)
    grounds = models.CharField(max_length=GROUNDS_LENGTH)
    reason = models.TextField(blank=True, max_length=NOTE_LENGTH)
    public_interest = models.TextField(
        gettext_lazy("public interest"), blank=True, max_length=NOTE_LENGTH
    )
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="proposed_redactions")
    proposed_as = models.CharField(max_length=SIGNATURE_LENGTH)
    proposed_at = models.DateTimeField()
    agreed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="agreed_redactions"
    )
    agreed_as = models.CharField(max_length=SIGNATURE_LENGTH, blank=True)
    agreed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = RedactionQuerySet.as_manager()
    history = track(table="reports_historicalredaction")

    class Meta:
        db_table = "reports_redaction"
        constraints = [
            models.CheckConstraint(
                name="redaction_state_known",
                condition=Q(state__in=["proposed", "agreed", "declined", "withdrawn"]),
            ),
            models.CheckConstraint(
                name="redaction_covers_something", condition=Q(end__gt=F("start"))
            ),
            models.CheckConstraint(name="redaction_has_ground", condition=~Q(grounds="")),
            models.CheckConstraint(
                name="redaction_agreed_by_another",
                condition=Q(agreed_by=None) | ~Q(agreed_by=F("proposed_by")),
                violation_error_message=OWN_REDACTION,
            ),
            models.CheckConstraint(
                name="redaction_agreed_by_whom_and_when",
                condition=Q(
                    state__in=["proposed", "declined", "withdrawn"],
                    agreed_by=None,
                    agreed_as="",
                    agreed_at=None,
                )
                | Q(
                    state__in=["agreed", "withdrawn"],
                    agreed_by__isnull=False,
                    agreed_at__isnull=False,
                )
                & ~Q(agreed_as=""),
            ),
        ]
        indexes = [
            models.Index(fields=["line", "place", "start"], name="redaction_in_order"),
        ]

    def __str__(self) -> str:
        return _("{grounds} at {place}").format(
            grounds=", ".join(f"s {code}" for code in self.ground_codes), place=self.place
        )

    @property
    def ground_codes(self) -> tuple[str, ...]:
        return codes(self.grounds)

    @property
    def span(self) -> Span:
        return Span(self.place, self.start, self.end, self.ground_codes)

    @property
    def is_standing(self) -> bool:
        return self.state in self.STANDING
