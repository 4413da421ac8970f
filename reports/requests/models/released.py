"""What was released: the bytes, their digests, the schedule and the gate's report of each file.

The database refuses to change or delete a row. Whether a release is published is read from its events.
"""

from typing import Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import User
from agencies.records.tracking import SIGNATURE_LENGTH
from agencies.wording.translation import day_words
from reports.document.wording import join_words
from reports.models.issue import sha256
from reports.requests.models.letter import RequestLetter
from reports.requests.models.line_copy import LineCopy
from reports.requests.models.request import (
    NOTE_LENGTH,
    REQUEST_ROLES,
    InformationRequest,
    RequestEvent,
)
from reports.requests.models.schedule import GROUNDS_LENGTH, TITLE_LENGTH, ScheduleLine, codes
from workitems.models import Plan


def _events(kind: str) -> "models.QuerySet[RequestEvent]":
    return RequestEvent.objects.in_force().filter(kind=kind, release=OuterRef("pk"))


class ReleaseQuerySet(models.QuerySet["Release"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(request__agency__in=user.agencies_as(*REQUEST_ROLES))

    def with_publication(self) -> Self:
        """Add `published_id` and `unpublished_id`, of the last event of each kind, or None."""
        kinds = RequestEvent.Kind
        return self.annotate(
            published_id=models.Subquery(_last(kinds.PUBLISHED)),
            unpublished_id=models.Subquery(_last(kinds.UNPUBLISHED)),
        )

    def with_correction(self) -> Self:
        """Add `is_corrected`: whether another release has taken its place."""
        return self.annotate(
            is_corrected=Exists(Release.objects.filter(corrects=OuterRef("pk"))),
        )

    def published(self) -> Self:
        """Filter to what anybody can read now."""
        return self.with_publication().filter(
            Q(published_id__isnull=False)
            & (Q(unpublished_id=None) | Q(published_id__gt=F("unpublished_id")))
        )

    def tombstones(self) -> Self:
        """Filter to what was published and was taken back since."""
        return self.with_publication().filter(unpublished_id__gt=F("published_id"))

    def ever_published(self) -> Self:
        return self.filter(Exists(_events(RequestEvent.Kind.PUBLISHED)))

    def on_public_pages(self) -> Self:
        """Filter to what was ever published of plans whose public page is open."""
        return self.ever_published().filter(request__plan__public_page__is_open=True)

    def of_plan(self, plan: Plan) -> Self:
        return self.filter(request__plan=plan)

    def newest_first(self) -> Self:
        return self.order_by("-released_on", "-pk")


def _last(kind: str) -> "models.QuerySet[Any]":
    return _events(kind).order_by("-pk").values("pk")[:1]


class Release(models.Model):
    """What went out because of one request. `schedule` is the schedule of that day, as plain data.

    A release with a mistake stays as it is; the one that `corrects` it says why.
    It never holds the requester's name: it is what may be published.
    """

    class Kind(models.TextChoices):
        OIA = "oia", gettext_lazy("On request")
        PROACTIVE = "proactive", gettext_lazy("Proactive")

    request = models.ForeignKey(InformationRequest, models.PROTECT, related_name="releases")
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )
    reason = models.TextField(blank=True, default="", db_default="", max_length=NOTE_LENGTH)
    kind = models.CharField(max_length=10, choices=Kind)
    released_on = models.DateField()
    schedule: Any = models.JSONField()
    released_by = models.ForeignKey(User, models.PROTECT, related_name="releases")
    released_as = models.CharField(max_length=SIGNATURE_LENGTH)
    released_at = models.DateTimeField()

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        db_table = "reports_release"
        constraints = [
            models.CheckConstraint(
                name="release_kind_known", condition=Q(kind__in=["oia", "proactive"])
            ),
            models.UniqueConstraint(
                fields=["request"], condition=Q(corrects=None), name="release_is_first_once"
            ),
            models.CheckConstraint(
                name="release_correction_says_why",
                condition=Q(corrects=None, reason="") | Q(corrects__isnull=False) & ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return _("Release of {day}").format(day=day_words(self.released_on))


class ReleasedPaperQuerySet(models.QuerySet["ReleasedPaper"]):
    def without_contents(self) -> Self:
        """Defer the file and the report, for lists, in the order of the schedule."""
        return self.defer("pdf", "gate_report").order_by("number")

    def with_keeper(self) -> Self:
        """Add `kept_as`: who ticked the pages of an uploaded copy and kept it, or None. In the order of the schedule."""
        copies = LineCopy.objects.filter(line=OuterRef("line"), pdf_sha256=OuterRef("pdf_sha256"))
        kept_as = Subquery(copies.order_by("-pk").values("added_as")[:1])
        return self.defer("pdf").annotate(kept_as=kept_as).order_by("number")


class ReleasedPaper(models.Model):
    """One PDF of a release, byte for byte, with the gate's report on exactly these bytes.

    `withheld` counts what was withheld by ground: {"9(2)(a)": 3}.
    """

    release = models.ForeignKey(Release, models.PROTECT, related_name="papers")
    line = models.ForeignKey(ScheduleLine, models.PROTECT, related_name="released_papers")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=TITLE_LENGTH)
    file_name = models.CharField(max_length=200)
    pdf = models.BinaryField()
    pdf_sha256 = models.CharField(max_length=64)
    pages = models.PositiveIntegerField()
    gate_report: Any = models.JSONField()
    # Of the bytes that the gate examined.
    gate_sha256 = models.CharField(max_length=64)
    grounds = models.CharField(max_length=GROUNDS_LENGTH, blank=True)
    withheld: Any = models.JSONField(default=dict, blank=True)

    objects = ReleasedPaperQuerySet.as_manager()

    class Meta:
        db_table = "reports_releasedpaper"
        constraints = [
            models.UniqueConstraint(fields=["release", "number"], name="releasedpaper_number_once"),
            models.UniqueConstraint(
                fields=["release", "file_name"], name="releasedpaper_name_once"
            ),
            models.CheckConstraint(
                name="releasedpaper_passed_the_gate",
                condition=Q(gate_sha256=F("pdf_sha256")) & ~Q(pdf_sha256=""),
                violation_error_message=gettext_lazy(
                    "The check was made on another file than this one."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_intact(self) -> bool:
        """Whether the stored PDF still matches its SHA-256."""
        return sha256(self.pdf) == self.pdf_sha256

    @property
    def ground_codes(self) -> tuple[str, ...]:
        return codes(self.grounds)

    @property
    def withheld_counts(self) -> dict[str, int | None]:
        """How often words are withheld, by ground; None of a file redacted elsewhere, where nobody counts."""
        return dict(sorted({**dict.fromkeys(self.ground_codes), **self.withheld}.items()))

    @property
    def is_unread(self) -> bool:
        """Whether no page has a word that could be searched, as of a scan."""
        return len(self.pages_unread) == self.pages

    @property
    def pages_unread(self) -> tuple[int, ...]:
        """The numbers of the pages without words; none of a release from before they were recorded."""
        return tuple(self.gate_report.get("unread") or ())

    @property
    def grounds_in_words(self) -> str:
        return join_words([f"s {code}" for code in self.ground_codes])


class PublicLetter(models.Model):
    """A letter that went out with a published release, as anyone can read it: who asked, the contact and the schedule
    are left out of `content`, a `reports.requests.letters.Letter` as plain data."""

    release = models.ForeignKey(Release, models.PROTECT, related_name="public_letters")
    letter = models.ForeignKey(RequestLetter, models.PROTECT, related_name="public_copies")
    content: Any = models.JSONField()

    class Meta:
        db_table = "reports_publicletter"
        constraints = [
            models.UniqueConstraint(fields=["release", "letter"], name="publicletter_once"),
        ]

    def __str__(self) -> str:
        return _("Public copy of {letter}").format(letter=self.letter)
