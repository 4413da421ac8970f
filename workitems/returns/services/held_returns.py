"""The open returns of an agency that ends: they go on as the successor's, and nothing typed is lost.

Where the successor has no return in the round, the return itself becomes its. Otherwise the answers
move into the successor's return, which must be with it: an answer on an item that both answered has
the texts of both, the successor's first. The old return keeps what could not move and is finished.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency
from agencies.people.succession import HandOver, Holding, save_row
from agencies.records import history
from agencies.typed.asking import Fault
from workitems.models import MeasureValue, Return, ReturnNote, Update
from workitems.plan.services.refusals import Refused

STATUS = ("stage", "confidence", "item_version")
TEXTS = ("achieved", "planned_next", "challenges")
# What moves with a return as it is; the answers on items are merged.
PARTS = ("notes", "evidence", "sheets")


class OpenReturns(Holding):
    def faults(self, agency: Agency, to: Agency, on: date) -> Iterator[Fault]:
        """Yield that one of the two returns of a round is not with its agency, so they cannot be merged."""
        for mine, other in self._pairs(agency, to, on):
            for each, owner in ((mine, agency), (other, to)):
                if other is not None and each is not None and not each.is_with_agency:
                    yield (
                        _(
                            "The return of {agency} for {round} is {state}, so the answers of {ended} "
                            "cannot move into {successor}’s. First the coordinator has to accept both, send "
                            "it back, or close the round."
                        ).format(
                            agency=owner,
                            round=each.round,
                            state=each.get_state_display().lower(),
                            ended=agency,
                            successor=to,
                        ),
                        None,
                    )

    def move(self, act: HandOver) -> None:
        # Whoever writes or submits one of them waits, and then finds it moved.
        both = Q(agency=act.agency) | Q(agency=act.to)
        list(Return.objects.select_for_update(of=("self",)).filter(both, round__closed_at=None))
        Refused.raise_any(self.faults(act.agency, act.to, act.on))
        for mine, other in self._pairs(act.agency, act.to, act.on):
            history.end_pauses(Update, of_return=mine.pk)
            history.end_pauses(ReturnNote, of_return=mine.pk)
            history.end_pauses(MeasureValue, of_return=mine.pk)
            if other is None:
                mine.agency = act.to
                save_row(mine, "agency", act=act)
                for value in mine.measure_values.all():
                    value.agency = act.to
                    save_row(value, "agency", act=act)
            else:
                history.end_pauses(Update, of_return=other.pk)
                _merge(mine, other, act)

    def _pairs(
        self, agency: Agency, to: Agency, on: date
    ) -> Iterator[tuple[Return, Return | None]]:
        mine = self.rows(agency.pk, on).select_related("round", "agency").order_by("pk")
        for each in mine:
            found = Return.objects.filter(round=each.round_id, agency=to)
            yield each, found.select_related("round").first()


def _merge(mine: Return, other: Return, act: HandOver) -> None:
    """Move what is in a return into the successor's, and finish it. No meeting ahead has it on its agenda."""
    theirs = {update.item_id: update for update in other.updates.all()}
    for update in mine.updates.select_related("item"):
        if update.item_id not in theirs:
            update.of_return = other
            save_row(update, "of_return", act=act)
        else:
            _join(theirs[update.item_id], update, act)
    for answer in mine.milestone_answers.pending():
        same = other.milestone_answers.pending().filter(
            milestone=answer.milestone_id, delay=answer.delay_id, mitigation=answer.mitigation_id
        )
        if not same.exists():
            answer.of_return = other
            save_row(answer, "of_return", act=act)
    for value in mine.measure_values.exclude(measure__in=other.measure_values.values("measure")):
        value.of_return, value.agency = other, act.to
        save_row(value, "of_return", "agency", act=act)
    for part in PARTS:
        for row in getattr(mine, part).all():
            row.of_return = other
            if hasattr(row, "history"):
                save_row(row, "of_return", act=act)
            else:
                row.save(update_fields=["of_return"])
    if other.ready_at is not None:
        other.ready_at = other.ready_by = None
        save_row(other, "ready_at", "ready_by", act=act)
    ahead = mine.matters.on_agenda().filter(
        considered_on=None, meeting__closed_at=None, meeting__held_on__gte=act.on
    )
    for matter in ahead:
        matter.withdrawn_on = act.on
        save_row(matter, "withdrawn_on", act=act)
    mine.state = Return.State.MOVED
    mine.ready_at = mine.ready_by = None
    save_row(mine, "state", "ready_at", "ready_by", act=act)


def _join(kept: Update, moved: Update, act: HandOver) -> None:
    """Add the texts of an answer to the successor's on the same item, and take the lead's status."""
    for name in TEXTS:
        both = (getattr(kept, name), getattr(moved, name))
        setattr(kept, name, "\n\n".join(dict.fromkeys(filter(None, both))))
    if any(getattr(kept, name) for name in TEXTS):
        kept.no_change_on = None
        kept.key_achievement = _greater(kept.key_achievement, moved.key_achievement)
    if moved.stage and not kept.stage:
        kept.stage, kept.confidence = moved.stage, moved.confidence
        kept.item_version = moved.item_version
    save_row(kept, *TEXTS, *STATUS, "no_change_on", "key_achievement", act=act)
    for evidence in moved.evidence.all():
        evidence.update = kept
        save_row(evidence, "update", act=act)


def _greater(one: str, other: str) -> str:
    values: list[Any] = list(Update.KeyAchievement.values)
    return max(one, other, key=values.index)


def _open(agency: int, on: date) -> Any:
    rows = Return.objects.filter(agency=agency, round__closed_at=None)
    return rows.exclude(state__in=Return.FINISHED)


OPEN_RETURNS = OpenReturns(
    gettext_lazy("Open returns"), _open, "agency", "round__name", "round__plan__title"
)
