"""Choosing and ordering a briefing's annexes."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from agencies.models import User
from agencies.records import history
from reports.briefings.services.gates import not_now
from reports.models import AnnexChoice, Briefing
from workitems.plan.services.refusals import Refused, locked


@transaction.atomic
def choose_annexes(
    *, briefing: Briefing, annexes: Sequence[str], version: int, by: User
) -> Briefing:
    """Set the annexes, by name, in the order in which they are lettered. Saves only changes.

    Raise `Conflict` with the current row if it was saved after `version`, and `Refused` before
    drafting or when the text is locked.
    """
    briefing = locked(briefing, version=version, related=("plan",))
    if not briefing.is_open:
        raise not_now(briefing, _("its annexes no longer change"))
    if briefing.kind_id is None:
        raise Refused(_("Begin the draft first. The annexes come from its kind of briefing."))
    chosen = checked(annexes)
    if chosen == briefing.annexes:
        return briefing
    briefing.annexes = chosen
    briefing.compose_anew()
    with override("en"):  # the record is in English, whoever reads it
        reason = f"Annexes: {words_of(annexes)}"
    return history.save_version(briefing, by=by, reason=reason)


def checked(annexes: Sequence[str]) -> list[str]:
    """Return annex names unchanged. Raise `Refused` if one is unknown or repeated."""
    if set(annexes) - set(AnnexChoice.values) or len(set(annexes)) != len(annexes):
        raise Refused(_("Choose each annex once, from those in the list."))
    return list(annexes)


def words_of(annexes: Sequence[str]) -> str:
    """Return "Work items, Register of delays", or "none".

    Unknown names are returned as they are.
    """
    known = dict(AnnexChoice.choices)
    return ", ".join(str(known.get(name, name)) for name in annexes) or _("none")
