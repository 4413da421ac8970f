"""Decisions of the working group between meetings: who was asked, and what each answered."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency, User
from agencies.records.tracking import track
from workitems.models.delay import Variation
from workitems.models.plan import Member


class OutOfSessionQuerySet(models.QuerySet["OutOfSession"]):
    def open(self) -> Self:
        return self.filter(state=OutOfSession.State.OPEN)


class OutOfSession(models.Model):
    """A variation that is put to the member agencies between meetings, with a date to answer by.

    `quorum` is the plan's on the day of asking: so many agencies must agree or decline before the
    variation is decided. It is approved if more agree than decline, and otherwise declined.
    """

    class State(models.TextChoices):
        OPEN = "open", gettext_lazy("Agencies are answering")
        APPROVED = "approved", gettext_lazy("Approved")
        DECLINED = "declined", gettext_lazy("Declined")
        ENDED = "ended", gettext_lazy("Ended without a decision")

    NEXT: dict[str, tuple[str, ...]] = {
        State.OPEN: (State.APPROVED, State.DECLINED, State.ENDED),
        State.APPROVED: (),
        State.DECLINED: (),
        State.ENDED: (),
    }

    variation = models.ForeignKey(
        Variation, models.PROTECT, related_name="out_of_session_decisions"
    )
    message = models.TextField(blank=True)
    due_on = models.DateField()
    quorum = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="asked_out_of_session")
    asked_at = models.DateTimeField()
    closed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="closed_out_of_session"
    )
    closed_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = OutOfSessionQuerySet.as_manager()
    history = track(plan_ways=["variation__plan"])

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["variation"],
                condition=Q(state="open"),
                name="outofsession_one_open_per_variation",
            ),
            models.CheckConstraint(
                name="outofsession_closed_by_and_on",
                condition=Q(state="open", closed_by=None, closed_on=None)
                | Q(
                    state__in=["approved", "declined", "ended"],
                    closed_by__isnull=False,
                    closed_on__isnull=False,
                ),
            ),
            models.CheckConstraint(name="outofsession_quorum", condition=Q(quorum__gte=1)),
        ]

    def __str__(self) -> str:
        return _("{name}, out of session").format(name=self.variation)

    def get_absolute_url(self) -> str:
        plan = self.variation.plan
        return reverse(
            "variations:out-of-session", args=[plan.slug, self.variation.number, self.pk]
        )

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    def state_on(self, on: date) -> str:
        """Return the state in words: once the last day to answer has passed, what the coordinator has to do."""
        if self.is_open and self.is_over(on):
            return _("Time is over; the coordinator has to close it, give more time or end it")
        return str(self.get_state_display())

    def is_over(self, on: date) -> bool:
        """Whether the last day to answer has passed."""
        return on > self.due_on


class OutOfSessionAnswerQuerySet(models.QuerySet["OutOfSessionAnswer"]):
    def asked(self) -> Self:
        """Leave out those of agencies that ended before they answered, where the successor is asked itself, and of
        agencies that left the working group while others still answered. Either was closed as "no view" then."""
        closed = Q(choice=OutOfSessionAnswer.Choice.NO_VIEW, is_recorded=False)
        ended = Q(agency__successor__isnull=False, answered_at__date__gt=F("agency__valid_to"))
        left = Member._base_manager.filter(
            plan=OuterRef("out_of_session__variation__plan"),
            agency=OuterRef("agency"),
            left_on__isnull=False,
        )
        by_then = left.filter(left_on__lte=OuterRef("answered_at__date"))
        return self.exclude(closed & (ended | Exists(by_then)) | Q(choice="") & Exists(left))


class OutOfSessionAnswer(models.Model):
    """What one member agency answered; blank until it has.

    An approver of the agency answers on the page. The coordinator records an answer that came by
    email, with evidence (`is_recorded`); the agency can change it until the decision is closed.
    """

    class Choice(models.TextChoices):
        AGREE = "agree", gettext_lazy("Agrees")
        DECLINE = "decline", gettext_lazy("Declines")
        NO_VIEW = "no_view", gettext_lazy("Has no view")

    out_of_session = models.ForeignKey(OutOfSession, models.PROTECT, related_name="answers")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="out_of_session_answers")
    choice = models.CharField(max_length=10, choices=Choice, blank=True)
    words = models.TextField(blank=True)
    answered_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="out_of_session_answers"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    is_recorded = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    objects = OutOfSessionAnswerQuerySet.as_manager()
    history = track(plan_ways=["out_of_session__variation__plan"])

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["out_of_session", "agency"], name="outofsessionanswer_once_per_agency"
            ),
            models.CheckConstraint(
                name="outofsessionanswer_by_and_at",
                condition=Q(
                    choice="", words="", answered_by=None, answered_at=None, is_recorded=False
                )
                | Q(
                    choice__in=["agree", "decline", "no_view"],
                    answered_by__isnull=False,
                    answered_at__isnull=False,
                ),
            ),
        ]

    def __str__(self) -> str:
        choice = self.get_choice_display() or _("no answer")
        return f"{self.agency}: {choice}"
