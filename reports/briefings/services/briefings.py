"""Creating briefings and changing their covers."""

from datetime import datetime
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.records import history
from reports.briefings.services.gates import not_now
from reports.models import MARKING_TOO_HIGH, Briefing
from reports.models.briefing import COVER_FIELDS, NUMBER_NEEDED
from workitems.models import Plan
from workitems.plan.services.refusals import Refused, locked


@transaction.atomic
def create_briefing(*, plan: Plan, by: User | None, at: datetime, **cover: Any) -> Briefing:
    """Create a briefing. `cover` takes the fields of `COVER_FIELDS`.

    Without a tracker number it can be drafted but not authorised. Raise `Refused` if the number is
    taken, the period ends before it begins, the paper is
    dated before its period ends, the marking is too high, or a field is missing or too long.
    """
    briefing = Briefing(plan=plan, created_by=by, created_at=at)
    _set_cover(briefing, cover)
    return _validate_and_save(briefing, by=by)


@transaction.atomic
def change_cover(*, briefing: Briefing, version: int, by: User, **cover: Any) -> Briefing:
    """Change a briefing's cover, period or date. Saves only changes.

    Raise `Conflict` with the current row if it was saved after `version`. Raise `Refused` as
    `create_briefing` does, and from the request for authorisation on.
    """
    briefing = locked(briefing, version=version, related=("plan",))
    if not briefing.is_open:
        raise not_now(briefing, _("its cover is locked"))
    before = {name: getattr(briefing, name) for name in COVER_FIELDS}
    _set_cover(briefing, cover)
    if before == {name: getattr(briefing, name) for name in COVER_FIELDS}:
        return briefing
    if any(before[name] != getattr(briefing, name) for name in ("period_start", "period_end")):
        briefing.compose_anew()
    briefing.version += 1
    return _validate_and_save(briefing, by=by)


def _set_cover(briefing: Briefing, cover: dict[str, Any]) -> None:
    unknown = cover.keys() - set(COVER_FIELDS)
    if unknown:
        raise TypeError(f"Not on a cover: {', '.join(sorted(unknown))}")
    for name, value in cover.items():
        setattr(briefing, name, value)


def _validate_and_save(briefing: Briefing, *, by: User | None) -> Briefing:
    taken = _("Another briefing has this tracker number.")
    others = Briefing.objects.filter(tracker_number=briefing.tracker_number or None)
    if briefing.is_corrected and not briefing.tracker_number:
        raise Refused(NUMBER_NEEDED, "tracker_number")
    if others.exclude(pk=briefing.pk).exists():
        raise Refused(taken, "tracker_number")
    if briefing.marking not in Briefing.Marking.values:
        raise Refused(MARKING_TOO_HIGH, "marking")
    try:
        briefing.full_clean(validate_unique=False)
    except ValidationError as error:
        field, faults = next(iter(error.message_dict.items()))
        raise Refused(faults[0], None if field == NON_FIELD_ERRORS else field) from error
    try:
        with transaction.atomic():
            return history.save(briefing, by=by)
    except IntegrityError as error:
        # Checked above, but another request may have saved the number since.
        raise Refused(taken, "tracker_number") from error
