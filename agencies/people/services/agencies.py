"""Add and change agencies. One that ends is kept, with its last day and its successor."""

from collections.abc import Iterator
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency, User
from agencies.people.services.conflicts import Refused, locked, need_reason
from agencies.records import history
from agencies.typed.asking import Fault

FIELDS = ("short_name", "name", "name_mi", "valid_from", "valid_to", "successor")
SHORT_NAME_TAKEN = gettext_lazy("Another agency has this short name.")


@transaction.atomic
def add_agency(
    *,
    short_name: str,
    name: str,
    name_mi: str = "",
    valid_from: date | None = None,
    valid_to: date | None = None,
    successor: Agency | None = None,
    by: User,
) -> Agency:
    """Add an agency. Raise `Refused` with all that `agency_faults` finds."""
    agency = Agency(
        short_name=short_name,
        name=name,
        name_mi=name_mi,
        valid_from=valid_from,
        valid_to=valid_to,
        successor=successor,
    )
    Refused.raise_any(agency_faults(agency))
    return _saved(agency, by=by)


@transaction.atomic
def change_agency(
    *,
    agency: Agency,
    version: int,
    short_name: str,
    name: str,
    name_mi: str,
    valid_from: date | None,
    valid_to: date | None,
    successor: Agency | None,
    reason: str,
    by: User,
) -> Agency:
    """Give an agency these names and days. If it has them already, write nothing.

    Papers that were issued keep the names that they were printed with. Raise `Conflict` if another
    user saved first, and `Refused` without a reason or with all that `agency_faults` finds.
    """
    agency = locked(agency, version=version)
    before = {field: getattr(agency, field) for field in FIELDS}
    agency.short_name, agency.name, agency.name_mi = short_name, name, name_mi
    agency.valid_from, agency.valid_to, agency.successor = valid_from, valid_to, successor
    if before == {field: getattr(agency, field) for field in FIELDS}:
        return agency
    need_reason(reason, _("Say why the agency changes."))
    Refused.raise_any(agency_faults(agency))
    agency.version += 1
    return _saved(agency, by=by, reason=reason)


def agency_faults(agency: Agency) -> Iterator[Fault]:
    """Yield what is wrong with an agency that is to be saved.

    Another one has its short name, it ends before it begins, it has a successor and no last day,
    or it would come after itself.
    """
    same = Agency.objects.filter(short_name__iexact=agency.short_name).exclude(pk=agency.pk)
    if agency.short_name and same.exists():
        yield SHORT_NAME_TAKEN, "short_name"
    if agency.valid_from and agency.valid_to and agency.valid_to < agency.valid_from:
        yield _("An agency cannot end before it began. Enter a later day."), "valid_to"
    if agency.successor is not None and agency.valid_to is None:
        yield _("An agency with a successor has a last day. Enter it."), "valid_to"
    if agency.pk is not None and _comes_after_itself(agency):
        yield (
            _("{successor} comes before {agency}. Choose another agency.").format(
                successor=agency.successor, agency=agency
            ),
            "successor",
        )


def _comes_after_itself(agency: Agency) -> bool:
    following, seen = agency.successor, set()
    while following is not None and following.pk not in seen:
        if following.pk == agency.pk:
            return True
        seen.add(following.pk)
        following = following.successor
    return False


def _saved(agency: Agency, *, by: User, reason: str = "") -> Agency:
    try:
        with transaction.atomic():
            return history.save(agency, by=by, reason=reason)
    except IntegrityError as error:
        # Two people entered the same short name at once.
        raise Refused(SHORT_NAME_TAKEN, "short_name") from error
