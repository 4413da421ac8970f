"""What differs between two answers on an item. Reads nothing from the database."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency
from workitems.models import Update
from workitems.models.item import Confidence, Stage
from workitems.plan.answer_words import words_of
from workitems.terms.word_diff import Strand, full_diff

TEXTS = {
    "achieved": gettext_lazy("Achieved"),
    "planned_next": gettext_lazy("Planned next"),
    "challenges": gettext_lazy("Challenges"),
}
# Of two texts with less in common than this share, the new one is shown as a whole.
ALIKE = 0.5


@dataclass(frozen=True)
class AnswerChange:
    """A part of an answer that differs. `strands` is its new text, with what was added and removed
    if the texts are alike; otherwise `before` is the old text."""

    label: str
    strands: list[Strand] = field(default_factory=list)
    before: str = ""


def answer_changes(
    before: Update | None, after: Update, agency: Agency, was_of: Agency | None = None
) -> list[AnswerChange]:
    """Return what differs in the answer `after` of an agency; all of it without an answer before. `was_of` is whose
    the answer before is, if another agency's."""
    changes = []
    for label, was, now in (
        (_("Stage"), _stage(before), _stage(after)),
        (_("Confidence"), _confidence(before), _confidence(after)),
    ):
        if was != now:
            changes.append(AnswerChange(label, [Strand(now)], was))
    if after.no_change_on is not None:
        return changes
    for name, heading in TEXTS.items():
        was, now = getattr(before, name, ""), getattr(after, name)
        if was != now:
            shown = (
                words_of(before, name, was_of or agency) if before else "",
                words_of(after, name, agency),
            )
            changes.append(_text(str(heading), *shown))
    key_was = before.key_achievement if before else Update.KeyAchievement.NO
    if key_was != after.key_achievement:
        label = str(Update.KeyAchievement(key_was).label) if before else ""
        marked = [Strand(after.get_key_achievement_display())]
        changes.append(AnswerChange(_("Key achievement"), marked, label))
    return changes


def _stage(update: Update | None) -> str:
    return str(Stage(update.stage).label) if update and update.stage else ""


def _confidence(update: Update | None) -> str:
    if update is None or not update.stage:
        return ""
    return str(Confidence(update.confidence).label) if update.confidence else _("No rating")


def _text(label: str, was: str, now: str) -> AnswerChange:
    if not was:
        return AnswerChange(label, [Strand(now)])
    if not now:
        return AnswerChange(label, [], was)
    strands = full_diff(was, now)
    kept = sum(len(each.text) for each in strands if not (each.is_removed or each.is_added))
    if kept >= ALIKE * max(len(was), len(now)):
        return AnswerChange(label, strands)
    return AnswerChange(label, [Strand(now)], was)
