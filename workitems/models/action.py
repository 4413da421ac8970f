"""What an agency is to do because of a decision, until it is done and confirmed."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from agencies.models import Agency
    from workitems.models.plan import Plan


class Action(models.Model):
    """An action with an owner and a due date; the subclass has `text`, `owner_agency` and `due_on`.

    Its owner marks it as done with a note. The coordinator confirms that, or reopens it with a
    sentence. What the coordinator marks as done is confirmed at once.
    """

    class Progress(models.TextChoices):
        OPEN = "open", gettext_lazy("To do")
        REPORTED = "reported", gettext_lazy("Done, to be confirmed")
        CONFIRMED = "confirmed", gettext_lazy("Done")

    NEXT: dict[str, tuple[str, ...]] = {
        Progress.OPEN: (Progress.REPORTED, Progress.CONFIRMED),
        Progress.REPORTED: (Progress.CONFIRMED, Progress.OPEN),
        Progress.CONFIRMED: (Progress.OPEN,),
    }

    if TYPE_CHECKING:
        text: str
        owner_agency: Agency | None
        owner_agency_id: int | None
        due_on: date | None

    done_on = models.DateField(null=True, blank=True)
    done_note = models.TextField(blank=True)
    # False in rows that were done before there was a confirmation.
    awaits_confirmation = models.BooleanField(default=False)
    confirmed_on = models.DateField(null=True, blank=True)
    reopened_because = models.TextField(blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_done_before_confirmed",
                condition=Q(done_on=None, awaits_confirmation=False, confirmed_on=None)
                | Q(done_on__isnull=False, awaits_confirmation=True, confirmed_on=None)
                | Q(done_on__isnull=False, awaits_confirmation=False),
            ),
        ]

    def get_absolute_url(self) -> str:
        raise NotImplementedError

    @property
    def plan(self) -> "Plan":
        raise NotImplementedError

    @property
    def progress(self) -> "Action.Progress":
        if self.done_on is None:
            return Action.Progress.OPEN
        return Action.Progress.REPORTED if self.awaits_confirmation else Action.Progress.CONFIRMED

    @property
    def decided_on(self) -> date | None:
        """The day of the decision, before which nothing of it can be done."""
        raise NotImplementedError

    def is_overdue(self, on: date) -> bool:
        return self.due_on is not None and self.done_on is None and self.due_on < on
