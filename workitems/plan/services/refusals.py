"""The refusals of services, and how they lock rows (`agencies.people.services.conflicts`)."""

from django.utils.translation import gettext as _

from agencies.people.services.conflicts import Conflict as Conflict
from agencies.people.services.conflicts import Refused as Refused
from agencies.people.services.conflicts import locked as locked
from agencies.people.services.conflicts import need_reason as need_reason
from workitems.models import Return


def check_with_agency(of_return: Return) -> None:
    """Raise `Refused` unless the return is with its agency, which alone can change it."""
    if not of_return.is_with_agency:
        raise Refused(
            _("This return is {state}; it is locked.").format(
                state=of_return.get_state_display().lower()
            )
        )


def refuse_reason_alone(reason: str) -> None:
    """Raise `Refused` for a reason where nothing changes and no note is kept."""
    if reason:
        raise Refused(
            _(
                "Nothing else was changed, so this explains no change. Change something, or clear it."
            ),
            "reason",
        )
