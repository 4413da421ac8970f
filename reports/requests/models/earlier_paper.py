"""Papers from before the product, kept as PDF so that they can be scoped, listed and released."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from agencies.models import Agency, User
from agencies.records.tracking import SIGNATURE_LENGTH, track
from reports.requests.models.request import REQUEST_ROLES
from workitems.models import Plan


class EarlierPaperQuerySet(models.QuerySet["EarlierPaper"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(agency__in=user.agencies_as(*REQUEST_ROLES))

    def readable_by(self, user: User) -> Self:
        """Filter to what the user may open: their agency's, and those of the plans that they read."""
        own = Q(agency__in=user.agencies_as(*REQUEST_ROLES))
        return self.filter(own | Q(plan__in=Plan.objects.visible_to(user).values("pk")))

    def current(self) -> Self:
        """Leave out what was withdrawn or replaced by a correction."""
        return self.filter(withdrawn_at=None, replaced_by=None)

    def for_list(self) -> Self:
        """Without the files, newest first."""
        return self.select_related("agency", "plan").defer("pdf").order_by("-dated", "title", "pk")


class EarlierPaper(models.Model):
    """A paper as PDF, and how a schedule lists it. The file never changes."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="earlier_papers")
    plan = models.ForeignKey(
        Plan, models.PROTECT, null=True, blank=True, related_name="earlier_papers"
    )
    title = models.CharField(max_length=250)
    number = models.CharField(max_length=100, blank=True)
    dated = models.DateField()
    # In the agency's own words: "Annual report".
    kind = models.CharField(max_length=100)
    file_name = models.CharField(max_length=200)
    pdf = models.BinaryField()
    pdf_sha256 = models.CharField(max_length=64)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="added_earlier_papers")
    added_as = models.CharField(max_length=SIGNATURE_LENGTH)
    added_at = models.DateTimeField()
    # The paper that this one corrects, which is then listed no longer.
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    withdrawn_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="withdrawn_earlier_papers"
    )
    withdrawn_as = models.CharField(max_length=SIGNATURE_LENGTH, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_because = models.TextField(blank=True, max_length=2000)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = EarlierPaperQuerySet.as_manager()
    history = track(["pdf"], table="reports_historicalearlierpaper")

    class Meta:
        db_table = "reports_earlierpaper"
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "pdf_sha256"],
                name="earlierpaper_once_in_agency",
                violation_error_message=gettext_lazy("This file was already added."),
            ),
            models.CheckConstraint(
                name="earlierpaper_has_title_and_kind", condition=~Q(title="") & ~Q(kind="")
            ),
            models.CheckConstraint(
                name="earlierpaper_withdrawn_by_whom_and_why",
                condition=Q(
                    *(("withdrawn_at", None), ("withdrawn_by", None)),
                    *(("withdrawn_as", ""), ("withdrawn_because", "")),
                )
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False)
                & ~Q(withdrawn_as="")
                & ~Q(withdrawn_because=""),
            ),
        ]

    def __str__(self) -> str:
        return self.title
