"""Letters about a request: plain data while they are prepared, frozen with their files when sent."""

from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy

from agencies.models import User
from agencies.records.tracking import SIGNATURE_LENGTH, track
from reports.requests.models.request import NOTE_LENGTH, InformationRequest


class RequestLetterQuerySet(models.QuerySet["RequestLetter"]):
    def drafts(self) -> Self:
        return self.filter(sent_on=None)

    def sent(self) -> Self:
        return self.filter(sent_on__isnull=False)

    def deciding(self) -> Self:
        return self.filter(kind__in=RequestLetter.DECIDING)

    def without_contents(self) -> Self:
        """Defer the text and the files, for lists, oldest first."""
        return self.defer("content", "pdf", "docx").order_by("sent_on", "pk")


class RequestLetter(models.Model):
    """One letter. Its files are made from its content when it is sent.

    A letter that is sent never changes. `purge_requesters` may only empty its content and its files,
    whose digests stay.
    """

    class Kind(models.TextChoices):
        ACKNOWLEDGE = "acknowledge", gettext_lazy("Acknowledgement")
        CLARIFY = "clarify", gettext_lazy("Question about what is asked")
        TRANSFER = "transfer", gettext_lazy("Transfer")
        # To the body that gets the request, or a part of it: goes with a transfer.
        HAND_OVER = "hand_over", gettext_lazy("Transfer, to the receiving agency")
        EXTEND = "extend", gettext_lazy("Extension")
        DECIDE = "decide", gettext_lazy("Decision")
        RELEASE = "release", gettext_lazy("Release")
        DECIDE_AND_RELEASE = "decide_and_release", gettext_lazy("Decision and release")

    DECIDING = (Kind.DECIDE, Kind.DECIDE_AND_RELEASE)
    RELEASING = (Kind.RELEASE, Kind.DECIDE_AND_RELEASE)

    request = models.ForeignKey(InformationRequest, models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=20, choices=Kind)
    # Of a letter to the receiving agency: the letter to the requester that it goes with.
    beside = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="to_agency"
    )
    # What its preparer typed or chose; the rest is written from the request's records.
    typed: Any = models.JSONField(default=dict, blank=True)
    # The letter as plain data. While it is prepared, as it was last written.
    content: Any = models.JSONField(default=dict, blank=True)
    # A late decision apologises; without an apology, this is the reason.
    has_apology = models.BooleanField(default=True)
    no_apology_reason = models.TextField(blank=True, max_length=NOTE_LENGTH)
    # Why each warning was left: the warning's key, then the reason.
    warnings_left: Any = models.JSONField(default=dict, blank=True)
    prepared_by = models.ForeignKey(User, models.PROTECT, related_name="prepared_request_letters")
    prepared_as = models.CharField(max_length=SIGNATURE_LENGTH)
    prepared_at = models.DateTimeField()
    # Who signed and sent it.
    sent_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="sent_request_letters"
    )
    sent_as = models.CharField(max_length=SIGNATURE_LENGTH, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_on = models.DateField(null=True, blank=True)
    pdf = models.BinaryField(default=bytes, blank=True)
    pdf_sha256 = models.CharField(max_length=64, blank=True)
    docx = models.BinaryField(default=bytes, blank=True)
    docx_sha256 = models.CharField(max_length=64, blank=True)
    is_purged = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = RequestLetterQuerySet.as_manager()
    # A letter names the requester, and history rows never change.
    history = track(["typed", "content", "pdf", "docx"], table="reports_historicalrequestletter")

    class Meta:
        db_table = "reports_requestletter"
        constraints = [
            models.CheckConstraint(
                name="requestletter_kind_known",
                condition=Q(
                    kind__in=[
                        *("acknowledge", "clarify", "transfer", "hand_over", "extend"),
                        *("decide", "release", "decide_and_release"),
                    ]
                ),
            ),
            models.CheckConstraint(
                name="requestletter_to_agency_goes_with_another",
                condition=Q(kind="hand_over", beside__isnull=False)
                | ~Q(kind="hand_over") & Q(beside=None),
            ),
            models.UniqueConstraint(
                fields=["request"],
                condition=Q(kind__in=["decide", "decide_and_release"]),
                name="requestletter_decides_once",
            ),
            models.CheckConstraint(
                name="requestletter_sent_by_whom_and_when",
                condition=Q(sent_by=None, sent_as="", sent_at=None, sent_on=None, pdf_sha256="")
                | Q(sent_by__isnull=False, sent_at__isnull=False, sent_on__isnull=False)
                & ~Q(sent_as="")
                & ~Q(pdf_sha256=""),
            ),
            models.CheckConstraint(
                name="requestletter_no_apology_has_reason",
                condition=Q(has_apology=True, no_apology_reason="") | Q(has_apology=False),
            ),
            models.CheckConstraint(
                name="requestletter_decision_signed_by_another",
                condition=Q(sent_by=None)
                | ~Q(kind__in=["decide", "decide_and_release"])
                | ~Q(sent_by=F("prepared_by")),
                violation_error_message=gettext_lazy(
                    "The person who prepared a decision cannot sign it."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.request}"

    @property
    def is_sent(self) -> bool:
        return self.sent_on is not None

    @property
    def is_decision(self) -> bool:
        return self.kind in self.DECIDING
