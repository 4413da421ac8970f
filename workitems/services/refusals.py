"""The refusals of services, and how they lock rows (`agencies.services.conflicts`)."""

from agencies.services.conflicts import Conflict as Conflict
from agencies.services.conflicts import Refused as Refused
from agencies.services.conflicts import locked as locked
from agencies.services.conflicts import need_reason as need_reason
from workitems.models import Return


def check_with_agency(of_return: Return) -> None:
    """Raise `Refused` unless the return is with its agency, which alone can change it."""
    if not of_return.is_with_agency:
        raise Refused(f"This return is {of_return.get_state_display().lower()}; it is locked.")


def refuse_reason_alone(reason: str) -> None:
    """Raise `Refused` for a reason where nothing changes and no note is kept."""
    if reason:
        raise Refused(
            "Nothing else was changed, so this explains no change. Change something, or clear it.",
            "reason",
        )
