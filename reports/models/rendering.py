"""Files made from drafts, and the queue of those still to be made.

These rows are no records: a draft's file can always be made again, and old ones are deleted. They
are as confidential as the draft, so only views that check who is reading may serve them.
"""

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Count, Max, Min, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reports.models.briefing import Briefing

# A worker or a request that renders a file reports at least this often that it is still running.
HEARTBEAT_TIMEOUT = timedelta(seconds=60)
# Attempts at one file. Without a limit, a file that kills its worker would kill the next one too.
MAX_ATTEMPTS = 2
# How long a file is kept after it was last requested.
KEEP_FILES_FOR = timedelta(days=7)
# The same for a file of an earlier state of its draft; it may be downloading now.
KEEP_SUPERSEDED_FOR = timedelta(hours=1)


class RenderingQuerySet(models.QuerySet["Rendering"]):
    def to_begin(self, at: datetime) -> Self:
        """Filter to waiting rows and abandoned running ones, oldest first."""
        abandoned = Q(state=Rendering.State.RUNNING, beat_at__lt=at - HEARTBEAT_TIMEOUT)
        return self.filter(Q(state=Rendering.State.WAITING) | abandoned).order_by("asked_at", "pk")

    def without_contents(self) -> Self:
        """Defer the document and the file, for queries that only need the progress."""
        return self.defer("document", "data")

    def removable(self, at: datetime) -> Self:
        """Filter to finished files that are old, or that a newer file of the same form replaces."""
        newer = Rendering.objects.filter(
            briefing=models.OuterRef("briefing"),
            form=models.OuterRef("form"),
            asked_at__gt=models.OuterRef("asked_at"),
        )
        return self.filter(
            Q(asked_at__lt=at - KEEP_FILES_FOR)
            | Q(asked_at__lt=at - KEEP_SUPERSEDED_FOR) & models.Exists(newer),
            state__in=[Rendering.State.DONE, Rendering.State.REFUSED],
        )


class Rendering(models.Model):
    """One content of a draft in one form: its document and, once made, its file.

    `content_sha256` is the digest of the paper's canonical JSON and the edition of the templates
    and code that print it; a briefing has one row for each digest. `mark` is the fingerprint of the
    records for which this content was last known to be current, so that an unchanged draft need not
    be composed again. `pages_of` is the number of pages, an estimate during layout.
    """

    class Form(models.TextChoices):
        PDF = "pdf", "PDF"
        WORD = "docx", gettext_lazy("Word")

    class State(models.TextChoices):
        WAITING = "waiting", gettext_lazy("Waiting for its turn")
        RUNNING = "running", gettext_lazy("Being made")
        DONE = "done", gettext_lazy("Ready")
        REFUSED = "refused", gettext_lazy("Cannot be made")

    class Stage(models.TextChoices):
        BEGINNING = "", gettext_lazy("Reading the paper")
        LAYOUT = "layout", gettext_lazy("Laying out")
        WRITING = "writing", gettext_lazy("Writing")
        CHECKING = "checking", gettext_lazy("Checking the file")

    briefing = models.ForeignKey(Briefing, models.CASCADE, related_name="renderings")
    form = models.CharField(max_length=4, choices=Form)
    content_sha256 = models.CharField(max_length=64)
    mark = models.CharField(max_length=120)
    document = models.BinaryField()
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    stage = models.CharField(max_length=8, choices=Stage, blank=True)
    page = models.PositiveIntegerField(default=0)
    pages_of = models.PositiveIntegerField(default=0)
    data = models.BinaryField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    reason = models.TextField(blank=True)
    asked_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = RenderingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["briefing", "form", "content_sha256"], name="rendering_once_of_content"
            ),
            models.CheckConstraint(
                name="rendering_done_has_file",
                condition=Q(state="done", data__isnull=False) & ~Q(sha256="")
                | ~Q(state="done") & Q(data=None, sha256=""),
            ),
            models.CheckConstraint(
                name="rendering_refused_has_reason",
                condition=Q(state="refused") & ~Q(reason="") | ~Q(state="refused") & Q(reason=""),
            ),
            models.CheckConstraint(
                name="rendering_running_has_beat",
                condition=Q(state="waiting", beat_at=None)
                | Q(state="running", beat_at__isnull=False, attempts__gte=1)
                | Q(state__in=["done", "refused"], finished_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["asked_at"],
                name="rendering_unfinished",
                condition=Q(state__in=["waiting", "running"]),
            ),
            models.Index(fields=["briefing", "form", "mark"], name="rendering_by_mark"),
        ]

    def __str__(self) -> str:
        return f"{self.briefing.name}.{self.form}"

    @property
    def is_done(self) -> bool:
        return self.state == self.State.DONE

    @property
    def is_refused(self) -> bool:
        return self.state == self.State.REFUSED

    @property
    def is_given_up(self) -> bool:
        """Whether rendering failed to finish, rather than being refused for the paper's content."""
        return self.is_refused and not self.may_be_begun_again

    @property
    def heading(self) -> str:
        if self.is_refused:
            return _("The file cannot be made")
        if self.is_done:
            return self.heading_when_done
        return (
            _("The PDF is being made")
            if self.form == self.Form.PDF
            else _("The Word file is being made")
        )

    @property
    def heading_when_done(self) -> str:
        return _("The PDF is ready") if self.form == self.Form.PDF else _("The Word file is ready")

    @property
    def may_be_begun_again(self) -> bool:
        return self.attempts < MAX_ATTEMPTS


class RenderWorkerQuerySet(models.QuerySet["RenderWorker"]):
    def running(self, at: datetime) -> Self:
        return self.filter(beat_at__gte=at - HEARTBEAT_TIMEOUT / 2)

    def alive(self, at: datetime) -> Self:
        """Filter to those that run and can start the process that makes and checks files."""
        return self.running(at).filter(is_able=True)

    def silent(self, at: datetime) -> Self:
        return self.filter(beat_at__lt=at - HEARTBEAT_TIMEOUT)


class RenderWorker(models.Model):
    """A running `render_papers` process, with the time of its last heartbeat."""

    started_at = models.DateTimeField()
    beat_at = models.DateTimeField()
    # It could start the process in which it makes and checks files.
    is_able = models.BooleanField(default=True, db_default=True)

    objects = RenderWorkerQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Worker {self.pk}"


class RecordChangeQuerySet(models.QuerySet["RecordChange"]):
    def mark(self) -> str:
        """Return a fingerprint that changes with every write. One query.

        The highest id alone is not enough. On PostgreSQL two transactions may take ids 10 and 11,
        and 11 may be visible before 10; the count changes then, and the lowest id on deletion.
        """
        found = self.aggregate(Min("pk"), Max("pk"), Count("pk"))
        return "-".join(str(found[key] or 0) for key in ("pk__min", "pk__max", "pk__count"))


class RecordChange(models.Model):
    """A write to data that a paper depends on.

    A trigger adds the row in the writer's transaction, so no kind of write is missed.
    """

    objects = RecordChangeQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Change {self.pk}"
