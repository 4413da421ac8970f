"""The check of a file that another program made and that would be released, and the queue of those to be made.

These rows are no records: a check can always be made again. They are as confidential as the paper.
"""

from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import User
from agencies.records.tracking import SIGNATURE_LENGTH
from reports.models.rendering import HEARTBEAT_TIMEOUT, MAX_ATTEMPTS
from reports.requests.models.schedule import ScheduleLine
from reports.requests.redaction.elsewhere.compared import Comparison
from reports.requests.redaction.elsewhere.found import COVERED, PART_OF_THE_WHOLE, UNREADABLE, Found

# How long an uploaded file is kept that nobody chose to release.
KEEP_FOR = timedelta(days=7)


class FileCheckQuerySet(models.QuerySet["FileCheck"]):
    def without_contents(self) -> Self:
        """Leave the file in the database, and say whether there is one."""
        return self.defer("pdf").annotate(has_file=Q(pdf__isnull=False))

    def to_begin(self, at: datetime) -> Self:
        """Filter to waiting rows and abandoned running ones, oldest first."""
        abandoned = Q(state=FileCheck.State.RUNNING, beat_at__lt=at - HEARTBEAT_TIMEOUT)
        return self.filter(Q(state=FileCheck.State.WAITING) | abandoned).order_by("asked_at", "pk")

    def removable(self, at: datetime) -> Self:
        """Filter to uploads that were not kept."""
        return self.filter(asked_at__lt=at - KEEP_FOR, pdf__isnull=False)


class FileCheck(models.Model):
    """One check of one file for a line of a schedule.

    `pdf` is an uploaded file until it is kept; None for the paper as it is held, and for a copy that was kept.
    `as_pictures` asks for its pages to be printed to pictures; then `pdf` becomes what was printed. It also becomes
    what is left when only document information had to be removed.
    """

    class State(models.TextChoices):
        WAITING = "waiting", gettext_lazy("Waiting to be checked")
        RUNNING = "running", gettext_lazy("Being checked")
        DONE = "done", gettext_lazy("Checked")
        REFUSED = "refused", gettext_lazy("Could not be checked")

    line = models.ForeignKey(ScheduleLine, models.CASCADE, related_name="checks")
    decision = models.CharField(max_length=12, choices=ScheduleLine.Decision)
    pdf = models.BinaryField(null=True)
    pdf_sha256 = models.CharField(max_length=64)
    as_pictures = models.BooleanField(default=False)
    edition = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    report: Any = models.JSONField(null=True)
    asked_at = models.DateTimeField()
    beat_at = models.DateTimeField(null=True)
    added_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    added_as = models.CharField(max_length=SIGNATURE_LENGTH, blank=True)
    # Of rows `without_contents`: whether an upload is there that nobody kept.
    has_file: bool

    objects = FileCheckQuerySet.as_manager()

    class Meta:
        db_table = "reports_filecheck"
        constraints = [
            models.CheckConstraint(
                name="filecheck_done_has_report",
                condition=Q(state="done", report__isnull=False)
                | ~Q(state="done") & Q(report__isnull=True),
            ),
            models.CheckConstraint(
                name="filecheck_is_of_what_is_given", condition=Q(decision__in=["full", "part"])
            ),
        ]
        indexes = [
            models.Index(
                fields=["asked_at"],
                name="filecheck_unfinished",
                condition=Q(state__in=["waiting", "running"]),
            )
        ]

    def __str__(self) -> str:
        return _("Check of {line}").format(line=self.line)

    @property
    def is_over(self) -> bool:
        return self.state in (self.State.DONE, self.State.REFUSED)

    @property
    def is_given_up(self) -> bool:
        return self.state == self.State.REFUSED

    @property
    def may_be_begun_again(self) -> bool:
        return self.attempts < MAX_ATTEMPTS

    @property
    def found(self) -> tuple[Found, ...]:
        """What is wrong with the file under the decision that it is for."""
        if not self.report:
            return ()
        found = tuple(Found(**each) for each in self.report["found"])
        if self.decision == ScheduleLine.Decision.FULL:
            return tuple(each for each in found if each.kind not in PART_OF_THE_WHOLE)
        compared = self.comparison
        if self._is_whole_by_words:
            return (
                Found("whole_under" if COVERED & {each.kind for each in found} else "whole"),
                *found,
            )
        if compared is None and self._looks_whole:
            return (Found("alike"), *found)
        return found

    @property
    def passes(self) -> bool:
        return self.state == self.State.DONE and not self.found

    @property
    def comparison(self) -> Comparison | None:
        """How the file differs from the paper; None where there is nothing to compare."""
        plain = self.report and self.report["comparison"]
        return Comparison.from_plain(plain) if plain else None

    @property
    def compared(self) -> str:
        """How the file was compared with the paper: by its words, by its looks alone, or not at all."""
        if self.comparison is not None:
            return "words"
        return "looks" if self.report and self.report.get("looks") else "nothing"

    @property
    def pages_without_words(self) -> tuple[int, ...]:
        """The numbers of the pages of which no word can be read: pictures, drawings, and blank ones."""
        if self.as_pictures or not self.report.get("has_text", True):
            return tuple(range(1, self.report["pages"] + 1))
        return tuple(self.report.get("unread", ()))

    @property
    def pages_to_look_at(self) -> tuple[int, ...]:
        """The numbers of the pages that somebody looks at one by one, of a copy that is released in part: those
        whose words were not compared, and all if words are missing and nothing looks as if they were."""
        if self.decision != ScheduleLine.Decision.PART or not self.report:
            return ()
        if self.comparison is None or self._looks_whole:
            return tuple(range(1, self.report["pages"] + 1))
        return tuple(self.report.get("unread", ()))

    @property
    def pages_unread(self) -> tuple[int, ...]:
        """The numbers of the pages whose words could not be compared, of those to look at."""
        return () if self._is_whole_by_words else self.pages_to_look_at

    @property
    def _is_whole_by_words(self) -> bool:
        """Whether every word of the paper was read in the file."""
        return self.comparison is not None and not self.comparison.gone

    @property
    def unreadable_words(self) -> str:
        """Whose words could not be read, so that only pictures were compared: "file", "paper", "both", "large" for a
        paper that has too much to be read, or "" for a check that did not record it."""
        if self.comparison is not None or not self.report or "held_has_text" not in self.report:
            return ""
        if self.report.get("held_is_large"):
            return "large"
        of_file, of_paper = self.report["has_text"], self.report["held_has_text"]
        if self.as_pictures:
            of_file = False
        return {(False, True): "file", (True, False): "paper", (False, False): "both"}.get(
            (of_file, of_paper), ""
        )

    @property
    def pages_apart(self) -> tuple[dict[str, Any], ...]:
        """Each page that looks different: its number, that of the paper's page, and the lines of the paper where they
        differ."""
        looks = self.report and self.report.get("looks")
        return tuple(looks.get("apart", ())) if looks else ()

    @property
    def pages_not_listed(self) -> tuple[int, ...]:
        """The numbers of the pages that look different from the paper, of which no line can be named."""
        return tuple(each["page"] for each in self.pages_apart if not each["lines"])

    @property
    def _looks_whole(self) -> bool:
        looks = self.report and self.report.get("looks")
        return bool(looks and looks["is_whole"])

    @property
    def pages_alike(self) -> tuple[int, ...]:
        """The numbers of the pages that look like one of the paper's."""
        looks = self.report and self.report.get("looks")
        return tuple(looks["same"]) if looks else ()

    @property
    def is_unreadable(self) -> bool:
        return any(each.kind in UNREADABLE for each in self.found)

    @property
    def may_be_pictures(self) -> bool:
        """Whether printing the pages to pictures can help. A picture that is released in part is redacted elsewhere."""
        if self.is_picture and self.decision == ScheduleLine.Decision.PART:
            return False
        return bool(self.found) and not self.as_pictures and not self.is_unreadable

    @property
    def is_picture(self) -> bool:
        """Whether the file is a picture, of which a PDF is made."""
        return any(each.kind == "picture_file" for each in self.found)

    @property
    def offers_pictures(self) -> bool:
        """Whether printing them is offered: not for a file that shows every word, whose pictures show them too."""
        whole = {"whole", "alike"} & {each.kind for each in self.found}
        return self.may_be_pictures and (not whole or self.is_covered)

    @property
    def is_covered(self) -> bool:
        """Whether the file has words or pictures that are not seen, which pictures of its pages are without."""
        return any(each.kind in COVERED for each in self.found)
