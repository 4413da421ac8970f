"""The acts of people on a draft, by which they are undone and redone."""

from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, Max, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy

from agencies.models import User
from agencies.records.composed import composed
from reports.models.briefing import Briefing
from reports.models.draft import KEY_LENGTH

STATE_LENGTH = 60


class DraftActManager(models.Manager["DraftAct"]):
    def to_undo(self, user: User, briefing: Briefing) -> "DraftAct | None":
        """Return the person's last act, unless it is undone."""
        return next(iter(_to_undo(by=user.pk, briefing=briefing.pk)), None)

    def to_redo(self, user: User, briefing: Briefing) -> "DraftAct | None":
        """Return what the person undid last, unless they have done something new since."""
        return next(iter(_to_redo(by=user.pk, briefing=briefing.pk)), None)


def _open_to(by: Any, briefing: Any) -> models.QuerySet["DraftAct"]:
    """Return a person's acts on a draft that are not reversed and that no version has, last first."""
    issued = apps.get_model("reports", "IssuedPaper").objects.filter(
        briefing=OuterRef("briefing"), authorised_at__gte=OuterRef("at")
    )
    found = DraftAct.objects.filter(~Exists(issued), briefing=briefing, by=by, reversed_by=None)
    return found.order_by("-pk")


@composed
def _to_undo(by: Any, briefing: Any) -> Any:
    return _open_to(by, briefing).exclude(step=DraftAct.Step.UNDONE)[:1]


@composed
def _to_redo(by: Any, briefing: Any) -> Any:
    new = DraftAct.objects.filter(briefing=briefing, by=by, step=DraftAct.Step.DONE)
    last = new.order_by().values("by").annotate(last=Max("pk")).values("last")
    after = Coalesce(models.Subquery(last), 0)
    return _open_to(by, briefing).filter(step=DraftAct.Step.UNDONE, pk__gt=after)[:1]


class DraftAct(models.Model):
    """One act on a draft: who did what, and between which two states of the draft.

    What it changed is in the history of the draft's rows (`draft_rows.state_of`). Undoing is an act
    too, which reverses another; redoing reverses that.
    """

    class Kind(models.TextChoices):
        """What was done. In the labels {} is the place, such as "paragraph 9"."""

        EDIT = "edit", gettext_lazy("edit {}")
        ADD = "add", gettext_lazy("add {}")
        MOVE = "move", gettext_lazy("move {}")
        STORY = "story", gettext_lazy("move {} and others about its item")
        SPLIT = "split", gettext_lazy("split {}")
        JOIN = "join", gettext_lazy("join {} with the next")
        MERGE = "merge", gettext_lazy("merge others into {}")
        HIDE = "hide", gettext_lazy("leave out {}")
        RESTORE = "restore", gettext_lazy("put back {}")
        BACK = "back", gettext_lazy("go back to earlier words of {}")
        ACCEPT = "accept", gettext_lazy("use the records’ text in {}")
        DISMISS = "dismiss", gettext_lazy("keep the edited text of {}")
        HEADING = "heading", gettext_lazy("change the heading {}")
        REFRESH = "refresh", gettext_lazy("update from the records")

    class Step(models.TextChoices):
        DONE = "done", gettext_lazy("Done")
        UNDONE = "undone", gettext_lazy("Undone")
        REDONE = "redone", gettext_lazy("Redone")

    briefing = models.ForeignKey(Briefing, models.PROTECT, related_name="draft_acts")
    by = models.ForeignKey(User, models.PROTECT, related_name="draft_acts")
    at = models.DateTimeField()
    kind = models.CharField(max_length=10, choices=Kind)
    step = models.CharField(max_length=10, choices=Step, default=Step.DONE)
    # Of the paragraph, recommendation or section; empty for an update from the records.
    key = models.CharField(max_length=KEY_LENGTH, blank=True)
    before = models.CharField(max_length=STATE_LENGTH)
    after = models.CharField(max_length=STATE_LENGTH)
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversed_by"
    )

    objects = DraftActManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="draftact_step_known", condition=Q(step__in=["done", "undone", "redone"])
            ),
            models.CheckConstraint(
                name="draftact_reverses_unless_done",
                condition=Q(step="done", reverses=None)
                | (~Q(step="done") & Q(reverses__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.words.capitalize()

    @property
    def words(self) -> str:
        """What was done, without its place: "move"."""
        return " ".join(self.get_kind_display().replace("{}", "").split())

    @property
    def is_undoing(self) -> bool:
        return self.step == self.Step.UNDONE
