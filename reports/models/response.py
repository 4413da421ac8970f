"""The Minister's answer to an issued paper, what is typed of one, and the follow-ups that agencies owe
because of it.

The database refuses to change or delete an answer (`reports.models.guards`). A correction is a new
answer that refers to the one it corrects.
"""

from datetime import date
from typing import Any, Self
from uuid import uuid4

from django.db import models
from django.db.models import F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency, User
from agencies.records.tracking import SIGNATURE_LENGTH, track
from agencies.wording.translation import day_words
from reports.models.issue import IssuedPaper
from workitems.models import Action, Plan

RATINGS = ("advice", "writing", "analysis", "completeness")
LOWEST, HIGHEST = 1, 5
# The key of follow-ups of the Minister's comment on the whole paper.
ON_THE_PAPER = "comment"


def scan_path(response: "Response", name: str) -> str:
    """Return an unguessable path that holds nothing of the uploaded file's name."""
    return f"responses/{uuid4().hex}"


class ResponseQuerySet(models.QuerySet["Response"]):
    def uncorrected(self) -> Self:
        """Leave out answers that a later answer corrects."""
        return self.filter(corrected_by=None)

    def newest_first(self) -> Self:
        return self.order_by("-recorded_at", "-pk")


class Response(models.Model):
    """The Minister's answer to one version of a paper.

    Ratings are 1 (very poor) to 5 (very good), or None.
    """

    issued = models.ForeignKey(IssuedPaper, models.PROTECT, related_name="responses")
    decided_on = models.DateField()
    comment = models.TextField(blank=True)
    advice = models.PositiveSmallIntegerField(
        gettext_lazy("quality of advice"), null=True, blank=True
    )
    writing = models.PositiveSmallIntegerField(gettext_lazy("writing style"), null=True, blank=True)
    analysis = models.PositiveSmallIntegerField(
        gettext_lazy("quality of analysis"), null=True, blank=True
    )
    completeness = models.PositiveSmallIntegerField(
        gettext_lazy("completeness of information"), null=True, blank=True
    )
    scan = models.FileField(upload_to=scan_path, blank=True, max_length=200)
    scan_name = models.CharField(max_length=200, blank=True)
    # Empty for scans from before the digest was kept.
    scan_sha256 = models.CharField(max_length=64, blank=True, default="")
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="recorded_responses")
    recorded_as = models.CharField(max_length=SIGNATURE_LENGTH)
    recorded_at = models.DateTimeField()
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )
    reason = models.TextField(gettext_lazy("why it is corrected"), blank=True)

    objects = ResponseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["issued"], condition=Q(corrects=None), name="response_once_to_a_paper"
            ),
            models.CheckConstraint(
                name="response_correction_has_reason",
                condition=Q(corrects=None, reason="") | (Q(corrects__isnull=False) & ~Q(reason="")),
                violation_error_message=gettext_lazy("Say why the answer is corrected."),
            ),
            models.CheckConstraint(
                name="response_scan_has_name",
                condition=Q(scan="", scan_name="") | (~Q(scan="") & ~Q(scan_name="")),
            ),
            models.CheckConstraint(
                name="response_digest_has_scan",
                condition=Q(scan_sha256="") | ~Q(scan=""),
            ),
            *(
                models.CheckConstraint(
                    name=f"response_{name}_1_to_5",
                    condition=Q(**{name: None}) | Q(**{f"{name}__range": (LOWEST, HIGHEST)}),
                )
                for name in RATINGS
            ),
        ]

    def __str__(self) -> str:
        return _("Answer of {day} to {briefing}").format(
            day=day_words(self.decided_on), briefing=self.issued
        )

    @property
    def ratings(self) -> list[tuple[str, int | None]]:
        """The four ratings by label, in the order of the paper's form."""
        fields = (self._meta.get_field(name) for name in RATINGS)
        return [
            (str(field.verbose_name).capitalize(), getattr(self, field.name))  # type: ignore[union-attr]
            for field in fields
        ]


class ResponseChoiceQuerySet(models.QuerySet["ResponseChoice"]):
    def to_follow_up(self) -> Self:
        """Filter to the choices of current answers that ask for something and have no action yet."""
        followed = FollowUp.objects.filter(issued=OuterRef("response__issued"), key=OuterRef("key"))
        asks = ~Q(option__in=["", "noted"]) | ~Q(comment="")
        return self.filter(~models.Exists(followed), response__corrected_by=None).filter(asks)


class ResponseChoice(models.Model):
    """The option marked at one recommendation, with the recommendation's text as printed.

    `option` is empty if none was marked.
    """

    response = models.ForeignKey(Response, models.PROTECT, related_name="choices")
    number = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=64)
    verb = models.CharField(max_length=10)
    text = models.TextField()
    option = models.CharField(max_length=200, blank=True)
    comment = models.TextField(blank=True)

    objects = ResponseChoiceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["response", "number"], name="responsechoice_once_per_recommendation"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.option or _('not marked')}"


class AnswerDraft(models.Model):
    """What a person has typed of an answer and not recorded yet. Nobody else can read it.

    `typed` has the form's fields as they were typed. `corrects` is the answer that it would correct.
    Recording the answer deletes it; it has no history.
    """

    issued = models.ForeignKey(IssuedPaper, models.PROTECT, related_name="answer_drafts")
    corrects = models.ForeignKey(Response, models.PROTECT, null=True, blank=True, related_name="+")
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    typed: Any = models.JSONField()
    saved_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["issued", "written_by"], name="answerdraft_one_of_a_person"
            ),
        ]

    def __str__(self) -> str:
        return _("What {person} typed of an answer to {briefing}").format(
            person=self.written_by, briefing=self.issued
        )


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    def open(self) -> Self:
        return self.filter(done_on=None)

    def to_confirm(self) -> Self:
        return self.filter(awaits_confirmation=True)

    def for_lines(self) -> Self:
        """With all that a line of the desk prints, in one query."""
        return self.select_related("owner_agency", "issued__briefing__plan").defer(
            "issued__document", "issued__pdf"
        )

    def soonest_first(self) -> Self:
        """Order by open follow-ups first, soonest due first."""
        return self.order_by(F("done_on").asc(nulls_first=True), "due_on", "pk")


class FollowUp(Action):
    """What an agency must do because of the Minister's answer.

    Refers to the paper and the recommendation's key, or `ON_THE_PAPER` for the comment on the whole
    paper, so that a corrected answer keeps it. There may be several to one recommendation.
    """

    issued = models.ForeignKey(IssuedPaper, models.PROTECT, related_name="follow_ups")
    key = models.CharField(max_length=64)
    text = models.TextField()
    owner_agency = models.ForeignKey(Agency, models.PROTECT, related_name="follow_ups")
    due_on = models.DateField()
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = FollowUpQuerySet.as_manager()
    history = track()

    class Meta:
        constraints = [
            *Action.Meta.constraints,
            models.CheckConstraint(name="followup_has_text", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return self.text

    def get_absolute_url(self) -> str:
        briefing = self.issued.briefing
        return reverse("briefings:action", args=[briefing.plan.slug, briefing.pk, self.pk])

    @property
    def plan(self) -> Plan:
        return self.issued.briefing.plan

    @property
    def decided_on(self) -> date | None:
        """The day of the Minister's answer, if it is recorded. One query."""
        answers = Response.objects.filter(issued=self.issued_id).uncorrected()
        return answers.values_list("decided_on", flat=True).first()
