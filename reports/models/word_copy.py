"""Edited Word copies of a draft that were uploaded, and the suggestions found in them.

The file itself is not kept: all that it would change is in its suggestions, and `sha256` identifies
the office's own copy of it.
"""

from typing import Any, Self

from django.db import models
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy

from agencies.models import User
from agencies.records.composed import composed
from agencies.records.tracking import SIGNATURE_LENGTH, track
from reports.models.briefing import Briefing
from reports.models.draft import KEY_LENGTH


class WordCopyQuerySet(models.QuerySet["WordCopy"]):
    def for_list(self) -> Self:
        """Add the numbers of suggestions, all and open, newest first. One query."""
        is_open = Q(suggestions__state=Suggestion.State.OPEN)
        return self.annotate(
            count=Count("suggestions"), open_count=Count("suggestions", filter=is_open)
        ).order_by("-uploaded_at", "-pk")


class WordCopy(models.Model):
    """One uploaded file. Never changed.

    `exported_at` is when the draft was as the file says it was sent, or None if the file does not say
    it. `is_exact` says that the draft of that moment has the file's digest.
    """

    briefing = models.ForeignKey(Briefing, models.PROTECT, related_name="word_copies")
    name = models.CharField(max_length=200)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    exported_at = models.DateTimeField(null=True)
    is_exact = models.BooleanField()
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="word_copies")
    uploaded_as = models.CharField(max_length=SIGNATURE_LENGTH)
    uploaded_at = models.DateTimeField()

    objects = WordCopyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "word copies"
        constraints = [
            models.UniqueConstraint(
                fields=["briefing", "sha256"], name="wordcopy_once_in_briefing"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse(
            "workshop:word-copy", args=[self.briefing.plan.slug, self.briefing_id, self.pk]
        )


class SuggestionQuerySet(models.QuerySet["Suggestion"]):
    def left_open(self) -> Self:
        return self.filter(state=Suggestion.State.OPEN)

    def of_briefing(self, briefing: Briefing) -> Self:
        return self.filter(copy__briefing=briefing)

    def in_order(self) -> Self:
        return self.order_by("position", "pk")


class Suggestion(models.Model):
    """What one person would change in one paragraph, or a comment on it, or text without a place.

    `was` and `would` are as a draft stores text. `key`, `section` and `after` say where, as
    `reports.word_copies.finding.Found` describes. `taken` is the text that the draft had after it was
    accepted. A person's name is as the file has it.
    """

    class Kind(models.TextChoices):
        EDIT = "edit", gettext_lazy("Changed")
        ADD = "add", gettext_lazy("New")
        REMOVE = "remove", gettext_lazy("Deleted")
        MOVE = "move", gettext_lazy("Moved")
        HEADING = "heading", gettext_lazy("Heading")
        COMMENT = "comment", gettext_lazy("Comment")
        UNPLACED = "unplaced", gettext_lazy("Without a place")

    class State(models.TextChoices):
        OPEN = "open", gettext_lazy("Open")
        ACCEPTED = "accepted", gettext_lazy("Accepted")
        REJECTED = "rejected", gettext_lazy("Rejected")
        RESOLVED = "resolved", gettext_lazy("Resolved")

    # What a draft cannot take by itself: it is read, and marked as resolved.
    ONLY_READ = (Kind.COMMENT, Kind.UNPLACED)
    NEXT = {
        State.OPEN: (State.ACCEPTED, State.REJECTED, State.RESOLVED),
        State.ACCEPTED: (),
        State.REJECTED: (State.OPEN,),
        State.RESOLVED: (State.OPEN,),
    }

    copy = models.ForeignKey(WordCopy, models.PROTECT, related_name="suggestions")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    key = models.CharField(max_length=KEY_LENGTH, blank=True)
    author = models.CharField(max_length=SIGNATURE_LENGTH)
    is_tracked = models.BooleanField()
    made_at = models.DateTimeField(null=True)
    was = models.TextField(blank=True)
    would = models.TextField(blank=True)
    section = models.CharField(max_length=KEY_LENGTH, blank=True)
    after = models.CharField(max_length=KEY_LENGTH, blank=True)
    about = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    taken = models.TextField(blank=True)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="decided_suggestions"
    )
    decided_as = models.CharField(max_length=SIGNATURE_LENGTH, blank=True)
    decided_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = SuggestionQuerySet.as_manager()
    history = track()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="suggestion_kind_known",
                condition=Q(
                    kind__in=["edit", "add", "remove", "move", "heading", "comment", "unplaced"]
                ),
            ),
            models.CheckConstraint(
                name="suggestion_state_of_its_kind",
                condition=Q(state="open")
                | Q(state="resolved", kind__in=["comment", "unplaced"])
                | Q(state__in=["accepted", "rejected"]) & ~Q(kind__in=["comment", "unplaced"]),
            ),
            models.CheckConstraint(
                name="suggestion_decided_by_whom_and_when",
                condition=Q(state="open", decided_by=None, decided_as="", decided_at=None)
                | ~Q(state="open")
                & ~Q(decided_as="")
                & Q(decided_by__isnull=False, decided_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["copy", "position"], name="suggestion_in_order"),
        ]

    def __str__(self) -> str:
        return self.would[:60] or self.was[:60]

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def is_only_read(self) -> bool:
        return self.kind in self.ONLY_READ

    @property
    def is_ask(self) -> bool:
        return self.key.startswith("r-")


@composed
def _open_suggestions(briefing: Any) -> Any:
    rows = Suggestion.objects.of_briefing(briefing).left_open().exclude(key="")
    return rows.order_by("copy_id", "-position").values_list("key", "copy_id", "pk")


def suggestions_by_key(briefing: Briefing) -> dict[str, tuple[int, str]]:
    """Return the number of open suggestions by paragraph, and where the newest is. One query."""
    found: dict[str, tuple[int, str]] = {}
    for key, copy, pk in _open_suggestions(briefing=briefing.pk):
        address = reverse("workshop:word-copy", args=[briefing.plan.slug, briefing.pk, copy])
        found[key] = (found.get(key, (0,))[0] + 1, f"{address}#suggestion-{pk}")
    return found
