"""What a return says of milestones. It takes effect when the return is submitted."""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency, User
from agencies.records.tracking import track
from workitems.models.delay import SETTLING_OTHER_MAX, Delay, Mitigation
from workitems.models.item import Milestone, known_to_field
from workitems.models.round import Return
from workitems.terms.known_dates import Known, KnownDate
from workitems.terms.lateness import cause_in_words, new_date_in_words


class MilestoneAnswerQuerySet(models.QuerySet["MilestoneAnswer"]):
    def pending(self) -> Self:
        """Answers that are neither in effect nor removed. Only their own agency may read them."""
        return self.filter(applied_at=None, removed_at=None)

    def not_removed(self) -> Self:
        return self.filter(removed_at=None)

    def on_milestones(self) -> Self:
        """Answers on milestones themselves, and not on their delays or mitigations."""
        return self.filter(delay=None, mitigation=None)

    def done(self) -> Self:
        """Pending answers that their milestone is done."""
        return self.pending().filter(outcome=MilestoneAnswer.Outcome.DONE)

    def in_order(self) -> Self:
        """In the order in which they take effect: mitigations and delays before their milestone."""
        return self.order_by(
            "milestone__item__number_key",
            "milestone__number",
            models.F("mitigation").asc(nulls_last=True),
            models.F("delay").asc(nulls_last=True),
            "pk",
        )

    def for_page(self) -> Self:
        """With all that a page prints of an answer, in one query."""
        return self.select_related(
            *("delay", "mitigation", "owner_agency", "settling_agency", "written_by"),
            "milestone__responsible_agency",
        )


class MilestoneAnswer(models.Model):
    """An agency's answer on a milestone, or on a delay or mitigation of it, in its return.

    `milestone_version` is the milestone's version when the answer was written. An answer whose
    milestone has changed since does not take effect before its agency confirms or removes it.
    """

    class Outcome(models.TextChoices):
        DONE = "done", gettext_lazy("Done")
        NOT_YET = "not_yet", gettext_lazy("New forecast")
        NO_DATE = "no_date", gettext_lazy("No new date yet")
        REOPENED = "reopened", gettext_lazy("Reopened")
        DELAY_OVER = "delay_over", gettext_lazy("Delay ended")
        STEP_DONE = "step_done", gettext_lazy("Mitigation done")
        SETTLEMENT = "settlement", gettext_lazy("Cause of a delay")

    of_return = models.ForeignKey(Return, models.PROTECT, related_name="milestone_answers")
    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="answers")
    delay = models.ForeignKey(Delay, models.PROTECT, null=True, blank=True, related_name="+")
    mitigation = models.ForeignKey(
        Mitigation, models.PROTECT, null=True, blank=True, related_name="+"
    )
    outcome = models.CharField(max_length=10, choices=Outcome)
    # Day of completion or end, or the new forecast; none for a reopened milestone or if there is no new date yet.
    day = models.DateField(null=True, blank=True)
    day_known_to = known_to_field()
    reason = models.TextField(blank=True)
    cause = models.CharField(max_length=20, choices=Delay.Cause, blank=True)
    effect = models.TextField(blank=True)
    meanwhile = models.TextField(blank=True, db_default="")
    needs = models.TextField(blank=True, db_default="")
    # The case for a decision of the Minister.
    money_from = models.TextField(blank=True, db_default="")
    if_declined = models.TextField(blank=True, db_default="")
    settlement = models.CharField(
        max_length=14, choices=Delay.Settlement, blank=True, db_default=""
    )
    settling_agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Somebody who is no agency of the plan, in words: "Cabinet".
    settling_other = models.CharField(max_length=SETTLING_OTHER_MAX, blank=True, db_default="")
    settling_by = models.DateField(null=True, blank=True)
    new_mitigation = models.TextField(blank=True)
    owner_agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="+"
    )
    mitigation_due_on = models.DateField(null=True, blank=True)
    milestone_version = models.PositiveIntegerField()
    # Whether it was saved from a link in an email.
    from_email = models.BooleanField(default=False, db_default=False)
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    when = Known[KnownDate | None]("day", "day_known_to")

    objects = MilestoneAnswerQuerySet.as_manager()
    history = track(plan_ways=["of_return__round__plan"])

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["of_return", "milestone"],
                condition=Q(applied_at=None, removed_at=None, delay=None, mitigation=None),
                name="milestone_answer_one_pending",
            ),
            models.UniqueConstraint(
                fields=["of_return", "delay"],
                condition=Q(applied_at=None, removed_at=None),
                name="milestone_answer_one_pending_per_delay",
            ),
            models.UniqueConstraint(
                fields=["of_return", "mitigation"],
                condition=Q(applied_at=None, removed_at=None),
                name="milestone_answer_one_pending_per_step",
            ),
            models.CheckConstraint(
                name="milestone_answer_of_one_thing",
                condition=Q(outcome__in=["done", "not_yet"], delay=None, mitigation=None)
                & Q(day__isnull=False)
                | Q(outcome="reopened", delay=None, mitigation=None, day=None)
                | Q(outcome="no_date", delay=None, mitigation=None, day=None)
                & Q(settling_by__isnull=False)
                | Q(outcome="delay_over", delay__isnull=False, mitigation=None, day__isnull=False)
                | Q(outcome="step_done", delay=None, mitigation__isnull=False, day__isnull=False)
                | Q(outcome="settlement", delay__isnull=False, mitigation=None, day=None),
            ),
            models.CheckConstraint(
                name="milestone_answer_settled_by_somebody",
                condition=Q(
                    settlement="being_settled", settling_agency__isnull=False, settling_other=""
                )
                | Q(settlement="being_settled", settling_agency=None) & ~Q(settling_other="")
                | Q(
                    settlement__in=["", "settled", "needs_decision"],
                    settling_agency=None,
                    settling_other="",
                    settling_by=None,
                ),
            ),
            models.CheckConstraint(
                name="milestone_answer_applied_or_removed",
                condition=Q(applied_at=None) | Q(removed_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.milestone}: {self.get_outcome_display().lower()}"

    @property
    def settler(self) -> "Agency | str":
        """Who settles the cause. Load the settling agency first."""
        return self.settling_agency or self.settling_other

    @property
    def settled(self) -> str:
        """Whether the cause of the delay is settled, as a sentence; "" if it is unknown. Load the
        delay and the settling agency first."""
        if self.outcome == self.Outcome.NO_DATE and self.settling_by:
            return new_date_in_words(self.settler, self.settling_by)
        cause = self.cause or (self.delay.cause if self.delay else "")
        return cause_in_words(cause, self.settlement, self.settler, self.settling_by)

    @property
    def is_pending(self) -> bool:
        return self.applied_at is None and self.removed_at is None

    @property
    def is_on_milestone(self) -> bool:
        """Whether it is on the milestone itself, and not on a delay or mitigation of it."""
        return self.delay_id is None and self.mitigation_id is None

    @property
    def is_stale(self) -> bool:
        """Whether the milestone has changed since it was answered. Load the milestone first.

        Answers on its delays and mitigations do not depend on its version.
        """
        return self.is_on_milestone and self.milestone_version != self.milestone.version


class MilestoneDraft(models.Model):
    """What is typed on a milestone of a return and not finished. Only the return's writers read it.

    `typed` has the fields of its form as they were typed, and the `answer_version` on which. It counts as missing and never takes
    effect. Finishing or discarding it deletes it; it has no history.
    """

    of_return = models.ForeignKey(Return, models.PROTECT, related_name="milestone_drafts")
    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="drafts")
    typed: Any = models.JSONField()
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["of_return", "milestone"], name="milestonedraft_one_per_milestone"
            ),
        ]

    def __str__(self) -> str:
        return _("What is typed on “{milestone}”").format(milestone=self.milestone)
