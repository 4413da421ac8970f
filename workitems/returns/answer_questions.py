"""What an open return asks about answers that can be saved: "on track" against the dates, "not started" beside an achievement, a key item of which nothing is
told, a plan that names what is done, an action that only watches or has no day. Each is one sentence; nothing here queries the database or refuses."""

import re
from collections.abc import Iterable, Sequence
from datetime import date

from django.utils.translation import gettext as _

from agencies.wording.translation import day_words
from workitems.models import Delay, Mitigation, Update, WorkItem
from workitems.models.item import Confidence, Stage
from workitems.terms.date_order import Step
from workitems.terms.empty_texts import says_little
from workitems.terms.spans import add_months
from workitems.terms.stems import watches


def asks_about_answer(
    item: WorkItem, update: Update | None, steps: Iterable[Step], on: date
) -> list[str]:
    """Return what to ask about the lead's saved answer. `steps` are the item's open milestones, as the return has them."""
    if update is None or not item.is_live:
        return []
    found = []
    late = [each for each in steps if each.agreed_due < on or _is_months_late(each)]
    if update.confidence == Confidence.ON_TRACK and late:
        step = max(late, key=lambda each: each.forecast.last_day)
        words = (
            _("“On track” is chosen, but milestone {number}, due {agreed}, is expected by {day}.")
            if step.forecast.last_day >= on
            else _("“On track” is chosen, but milestone {number}, due {agreed}, is not done.")
        )
        says = words.format(number=step.number, agreed=step.agreed, day=step.forecast)
        found.append(_("{says} Is the item at risk?").format(says=says))
    if update.stage == Stage.NOT_STARTED and not says_little(update.achieved):
        found.append(
            _("The stage is “Not started”, but something is said to be achieved. Has it started?")
        )
    if item.is_key and (update.no_change_on is not None or says_little(update.achieved)):
        found.append(
            _(
                "This is a key item, and nothing is said to be achieved: what can the Minister be told of it?"
            )
        )
    return found


def _is_months_late(step: Step) -> bool:
    return step.forecast.first_day > add_months(step.agreed_due, 1)


def asks_about_plan(
    planned_next: str, done: Iterable[tuple[str, date]], still_open: Iterable[str]
) -> list[str]:
    """Return what to ask about a plan that names a milestone that is `done`, each a name and a day, and none that is
    `still_open`. A name of a single long word says too little."""
    planned = _long_words(planned_next)

    def is_named(name: str) -> bool:
        words = _long_words(name)
        return len(words) > 1 and words <= planned

    if any(is_named(name) for name in still_open):
        return []
    words = _("“Planned next” names “{milestone}”, which was done on {day}. What comes next?")
    return [
        words.format(milestone=name, day=day_words(day)) for name, day in done if is_named(name)
    ]


def _long_words(text: str) -> set[str]:
    return set(re.findall(r"\w{4,}", text.casefold()))


def asks_about_actions(delays: Iterable[Delay], actions: Sequence[Mitigation]) -> list[str]:
    """Return what to ask about the open delays of a milestone, with the open actions against them: a cause that says
    nothing, and actions of which none is an act with a day."""
    found = []
    if any(says_little(delay.explanation) for delay in delays):
        found.append(_("The cause of the delay is not recorded in words: why is it late?"))
    if actions and not any(each.due_on and not watches(each.description) for each in actions):
        action = actions[-1]
        words = (
            _("The action “{action}” only watches: what will be done, and by when?")
            if watches(action.description)
            else _("The action “{action}” has no day: by when will it be done?")
        )
        found.append(words.format(action=action.description.rstrip(".")))
    return found
