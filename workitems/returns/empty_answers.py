"""Answers that say nothing that a reader can use, by the boxes they are in. Nothing here queries the database."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from workitems.models import MilestoneAnswer, Update
from workitems.terms.empty_texts import says_little
from workitems.terms.stems import BOXES


def empty_boxes(update: Update | None, answers: Iterable[MilestoneAnswer] = ()) -> list[str]:
    """Return the names of the boxes of an item whose text says nothing; empty boxes are not meant.

    `answers` are those on its milestones in the same return.
    """
    found: list[str] = []
    if update is not None:
        found += _empty(
            (_("Achieved"), update.achieved),
            (_("Planned next"), update.planned_next),
            (_("Challenges"), update.challenges),
        )
    for answer in answers:
        is_done = answer.outcome == MilestoneAnswer.Outcome.DONE
        found += _empty(
            (_("Evidence") if is_done else str(BOXES["explanation"]), answer.reason),
            (str(BOXES["effect"]), answer.effect),
            (str(BOXES["meanwhile"]), answer.meanwhile),
            (str(BOXES["needs"]), answer.needs),
            (str(BOXES["money_from"]), answer.money_from),
            (str(BOXES["if_declined"]), answer.if_declined),
            (str(BOXES["mitigation"]), answer.new_mitigation),
        )
    return list(dict.fromkeys(found))


def _empty(*boxes: tuple[str, str]) -> list[str]:
    return [name for name, text in boxes if text.strip() and says_little(text)]
