"""Agencies' clearance of a draft before it is signed: one answer each, and comments on paragraphs.

An answer covers the paragraphs written from the agency's records, and the recommendations. If any
of these change, the agency is asked again; its earlier answer stays in the history.
"""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency, User, by_short_name
from agencies.records.then import then
from agencies.records.tracking import SIGNATURE_LENGTH, track
from reports.models.briefing import Briefing

# Of an answer's comment or reason. Printed on the cover, which must fit on one page.
ANSWER_LENGTH = 1000
WORDS_LENGTH = 4000


class ClearanceQuerySet(models.QuerySet["Clearance"]):
    def asked(self) -> Self:
        """Leave out withdrawn requests, which were made by mistake."""
        return self.filter(is_withdrawn=False)

    def waiting(self) -> Self:
        """Filter to requests in consultation that the agency must answer, or answer again."""
        return self.asked().filter(answer="", briefing__state=Briefing.State.IN_CONSULTATION)

    def late(self, on: date) -> Self:
        """Filter to waiting requests whose due date has passed."""
        return self.waiting().filter(due_on__lt=on)

    def answered(self) -> Self:
        return self.asked().exclude(answer="")

    def for_list(self) -> Self:
        """Add what the coordinator's table prints, in one query."""
        return (
            self.select_related("agency", "asked_by")
            .annotate(
                comment_count=Count("comments"),
                unresolved=Count("comments", filter=Q(comments__resolved_at=None)),
            )
            .order_by(by_short_name())
        )


class Clearance(models.Model):
    """One agency's answer to one briefing.

    `cleared` maps paragraph and recommendation keys to the texts that the answer was given on.
    `reopened_because` says what has changed since, if the agency is asked again.
    """

    class Answer(models.TextChoices):
        NONE = "", gettext_lazy("Not answered")
        CONCURS = "concurs", gettext_lazy("Concurs")
        COMMENT = "comment", gettext_lazy("Concurs with comment")
        DISSENTS = "dissents", gettext_lazy("Does not concur")

    briefing = models.ForeignKey(Briefing, models.PROTECT, related_name="clearances")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="clearances")
    due_on = models.DateField()
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="asked_clearances")
    asked_at = models.DateTimeField()
    # When the coordinator last reminded an agency that was late.
    reminded_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=10, choices=Answer, blank=True, default=Answer.NONE)
    # The comment or reason that goes with the answer, as printed.
    words = models.TextField(blank=True, max_length=ANSWER_LENGTH)
    answered_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="given_clearances"
    )
    answered_as = models.CharField(max_length=SIGNATURE_LENGTH, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    cleared = models.JSONField(default=dict)
    reopened_because = models.TextField(blank=True)
    is_withdrawn = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ClearanceQuerySet.as_manager()
    history = track()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["briefing", "agency"], name="clearance_once_for_an_agency"
            ),
            models.CheckConstraint(
                name="clearance_answer_known",
                condition=Q(answer__in=["", "concurs", "comment", "dissents"]),
            ),
            models.CheckConstraint(
                name="clearance_answered_by_whom_and_when",
                condition=Q(answer="", answered_by=None, answered_as="", answered_at=None)
                | ~Q(answer="")
                & ~Q(answered_as="")
                & Q(answered_by__isnull=False, answered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="clearance_says_why",
                condition=Q(answer__in=["", "concurs"], words="")
                | Q(answer__in=["comment", "dissents"]) & ~Q(words=""),
                violation_error_message=gettext_lazy(
                    "Give the comment, or say why your agency does not concur."
                ),
            ),
            models.CheckConstraint(
                name="clearance_reopened_has_no_answer",
                condition=Q(reopened_because="") | Q(answer=""),
            ),
            # An answered request cannot be withdrawn.
            models.CheckConstraint(
                name="clearance_withdrawn_has_no_answer",
                condition=Q(is_withdrawn=False) | Q(answer=""),
            ),
        ]

    def __str__(self) -> str:
        return _("Clearance of {agency} for {briefing}").format(
            agency=self.agency, briefing=self.briefing.name
        )

    def get_absolute_url(self) -> str:
        return reverse(
            "briefings:clear", args=[self.briefing.plan.slug, self.briefing_id, self.agency_id]
        )

    @property
    def is_answered(self) -> bool:
        return bool(self.answer)

    def is_overdue(self, on: date) -> bool:
        return not self.is_answered and self.due_on < on


class ClearanceCommentQuerySet(models.QuerySet["ClearanceComment"]):
    def of_briefing(self, briefing: Briefing) -> Self:
        return self.filter(clearance__briefing=briefing)

    def unresolved(self) -> Self:
        return self.filter(resolved_at=None, clearance__is_withdrawn=False)

    def for_list(self) -> Self:
        """Add replies and order by age, unresolved comments first. Two queries."""
        return (
            self.select_related("clearance__agency")
            # Whose comment it was: a successor may have the request now.
            .annotate(
                of=then(
                    *(Clearance, "clearance_id", "agency__short_name"),
                    at="made_at",
                    now="clearance__agency__short_name",
                )
            )
            .prefetch_related(
                models.Prefetch("replies", ClearanceReply.objects.order_by("made_at", "pk"))
            )
            .order_by(F("resolved_at").asc(nulls_first=True), "made_at", "pk")
        )


class ClearanceComment(models.Model):
    """An agency's comment on a paragraph or, if `key` is empty, on the whole paper.

    Its text never changes; `about` is the paragraph's text when the comment was made. A comment is
    open until it is resolved; a reply reopens it.
    """

    clearance = models.ForeignKey(Clearance, models.PROTECT, related_name="comments")
    key = models.CharField(max_length=64, blank=True)
    about = models.TextField(blank=True)
    text = models.TextField(max_length=WORDS_LENGTH)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="clearance_comments")
    made_as = models.CharField(max_length=SIGNATURE_LENGTH)
    made_at = models.DateTimeField()
    resolution = models.TextField(blank=True, max_length=WORDS_LENGTH)
    resolved_as = models.CharField(max_length=SIGNATURE_LENGTH, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)

    objects = ClearanceCommentQuerySet.as_manager()
    history = track()

    class Meta:
        constraints = [
            models.CheckConstraint(name="clearancecomment_has_text", condition=~Q(text="")),
            models.CheckConstraint(
                name="clearancecomment_resolved_by_whom_and_how",
                condition=Q(resolved_at=None, resolved_as="", resolution="")
                | Q(resolved_at__isnull=False) & ~Q(resolved_as="") & ~Q(resolution=""),
                violation_error_message=gettext_lazy("Say how the comment was resolved."),
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def is_resolved(self) -> bool:
        return self.resolved_at is not None


class ClearanceReply(models.Model):
    """A reply to a comment, by the agency or the coordinator. Never changed."""

    comment = models.ForeignKey(ClearanceComment, models.PROTECT, related_name="replies")
    text = models.TextField(max_length=WORDS_LENGTH)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="clearance_replies")
    made_as = models.CharField(max_length=SIGNATURE_LENGTH)
    made_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "clearance replies"
        constraints = [
            models.CheckConstraint(name="clearancereply_has_text", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return self.text
