"""The answers of agencies that decide a variation out of session, and what follows from them. Reads only."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workitems.models import OutOfSession, OutOfSessionAnswer, Variation

State = OutOfSession.State
Choice = OutOfSessionAnswer.Choice


@dataclass(frozen=True)
class Count:
    """The answers so far, and what follows from them."""

    agree: int
    decline: int
    no_view: int
    waiting: int
    quorum: int
    due_on: date
    is_over: bool

    @property
    def views(self) -> int:
        return self.agree + self.decline

    @property
    def asked(self) -> int:
        return self.views + self.no_view + self.waiting

    @property
    def has_quorum(self) -> bool:
        return self.views >= self.quorum

    @property
    def can_close(self) -> bool:
        return self.has_quorum and (self.is_over or not self.waiting)

    @property
    def outcome(self) -> OutOfSession.State:
        """The outcome if it is closed now."""
        return State.APPROVED if self.agree > self.decline else State.DECLINED

    @property
    def progress(self) -> str:
        """How far it is: "3 answers, 6 needed; closes 5 December"."""
        if self.is_over:
            says = _("{views} answers, {quorum} needed; time is over")
        elif self.can_close:
            says = _("All have answered; it can be closed")
        else:
            says = _("{views} answers, {quorum} needed; closes {day}")
        return says.format(
            views=self.views, quorum=self.quorum, day=date_format(self.due_on, "j F")
        )

    @property
    def words(self) -> str:
        """For example: "3 agree, none decline, 2 have no view; 4 have not answered"."""
        parts = [
            ngettext("{count} agrees", "{count} agree", self.agree).format(
                count=self.agree or _("none")
            ),
            ngettext("{count} declines", "{count} decline", self.decline).format(
                count=self.decline or _("none")
            ),
        ]
        if self.no_view:
            parts.append(
                ngettext("{count} has no view", "{count} have no view", self.no_view).format(
                    count=self.no_view
                )
            )
        counts = ", ".join(parts)
        if not self.waiting:
            return counts
        return ngettext(
            "{said}; {count} has not answered", "{said}; {count} have not answered", self.waiting
        ).format(said=counts, count=self.waiting)


def count_of(asked: OutOfSession, choices: Iterable[str], on: date) -> Count:
    """Count answers that are read already."""
    found = Counter(choices)
    return Count(
        agree=found[Choice.AGREE],
        decline=found[Choice.DECLINE],
        no_view=found[Choice.NO_VIEW],
        waiting=found[""],
        quorum=asked.quorum,
        due_on=asked.due_on,
        is_over=asked.is_over(on),
    )


def votes_of(rows: Sequence[Variation], on: date) -> dict[int, Count]:
    """Return the answers so far on those of the variations that agencies are deciding. Two queries at most."""
    asked = OutOfSession.objects.open().filter(variation__in=[row.pk for row in rows])
    answers = Prefetch("answers", OutOfSessionAnswer.objects.asked())
    return {
        each.variation_id: count_of(each, (row.choice for row in each.answers.all()), on)
        for each in asked.prefetch_related(answers)
    }
