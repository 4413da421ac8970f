"""Turn a change of a row into sentences.

`was` is the row before the change (None for a creation) and `now` the row after it, both as text
by column or name (see record_kinds.py).
"""

import re
from collections.abc import Callable

from django.utils.translation import gettext as _

from workitems.models.plan import IMPORTED
from workitems.narrative import of_items, of_meetings, of_plans, of_returns
from workitems.narrative.sentence_parts import Now, Sentence, Was

TAKE_NOTES = ("item", "risk")
# The reason that an act gave each row that it saved, also one of which it changed nothing that is reported.
OF_ANOTHER_ACT = re.compile(rf"{IMPORTED}|Variation V\d+: |Return of .+ accepted$")


def sentences(
    kind: str,
    was: Was,
    now: Now,
    reason: str,
    *,
    is_removed: bool = False,
    is_told: bool = False,
) -> list[Sentence]:
    """Return the sentences about a change; none if no reported column changed.

    A person's reason without any change is a note. `is_removed`: `now` is the row as it was when it
    was removed from a plan that was not adopted. `is_told`: a spreadsheet says it, and nobody did it.
    """
    if is_removed:
        return [Sentence(REMOVED[kind](now))] if kind in REMOVED else []
    if is_told and kind in TOLD:
        return list(TOLD[kind](was, now, reason))
    found = list(BY_KIND[kind](was, now))
    is_note = reason and now == was and not OF_ANOTHER_ACT.match(reason)
    if kind in TAKE_NOTES and is_note and not found:
        return [Sentence(_("wrote a note."))]
    return found


BY_KIND = of_plans.BY_KIND | of_items.BY_KIND | of_returns.BY_KIND | of_meetings.BY_KIND

# Of these, a spreadsheet says only what is so: it did nothing, and nobody else did.
TOLD = of_items.TOLD | of_returns.TOLD

REMOVED: dict[str, Callable[[Now], str]] = {
    "member": lambda was: _("took {agency} out of the working group.").format(agency=was["agency"]),
    "pillar": lambda was: _("removed pillar {number}, “{title}”.").format(
        number=was["number"], title=was["title"]
    ),
    "item": lambda was: _("removed item {item}, “{title}”.").format(
        item=was["item"], title=was["title"]
    ),
    "support": lambda was: _("no longer named {agency} as supporting.").format(
        agency=was["agency"]
    ),
    "measure": lambda was: _("removed the measure “{description}”.").format(
        description=was["description"]
    ),
    "target": lambda was: _("removed a target for {measure}.").format(measure=was["measure"]),
    "measurevalue": lambda was: _("took back a number for {measure}.").format(
        measure=was["measure"]
    ),
    "milestone": lambda was: _("removed the milestone “{description}”.").format(
        description=was["description"]
    ),
}
