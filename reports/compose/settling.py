"""Whether the cause of a delay is settled, in words. Knows neither records nor the clock."""

from reports.document.wording import capitalised
from workitems.models import Delay

# By cause: what is needed, what an agency has to do, and what is said once it is done.
WORDS = {
    Delay.Cause.FUNDING: ("the funding", "find the funding", "The funding has since been found."),
    Delay.Cause.PRIOR_COMMITMENTS: (
        "which work comes first",
        "make room for this beside its other work",
        "The other work is no longer in the way.",
    ),
    Delay.Cause.STAFFING: ("the staff", "find the staff", "The staff have since been found."),
    Delay.Cause.ANOTHER_AGENCY: (
        "the other agency’s part",
        "settle the other agency’s part",
        "The other agency’s part has since been settled.",
    ),
    Delay.Cause.LEGISLATION: (
        "the legislation",
        "settle the legislation",
        "The legislation has since been settled.",
    ),
    Delay.Cause.PROCUREMENT: (
        "the procurement",
        "settle the procurement",
        "The procurement has since been settled.",
    ),
    Delay.Cause.CONSULTATION: (
        "the consultation",
        "finish the consultation",
        "The consultation has since ended.",
    ),
    Delay.Cause.OUTSIDE_EVENT: (
        "the effects of the event",
        "settle the effects of the event",
        "The effects of the event have since been settled.",
    ),
    Delay.Cause.OTHER: ("the cause", "settle the cause", "The cause has since been settled."),
}


def needed(cause: str) -> str:
    """Return what a date depends on while the cause is not settled: "the funding"."""
    return WORDS[Delay.Cause(cause)][0]


def settled_in_words(
    cause: str, settlement: str, *, who: str = "", by: str = "", is_past: bool = False
) -> str:
    """Return a sentence that says whether the cause is settled, or "" if its agency has not said so.

    `who` is the agency that settles it and `by` the date, in words; `is_past` says that this date
    has passed: "DoL must still find the funding by 31 August 2010."
    """
    needed, to_do, done = WORDS[Delay.Cause(cause)]
    if settlement == Delay.Settlement.SETTLED:
        return done
    if settlement == Delay.Settlement.NEEDS_DECISION:
        return f"A decision on {needed} is needed."
    if settlement != Delay.Settlement.BEING_SETTLED or not who:
        return ""
    until = f" by {by}" if by else ""
    if is_past:
        return f"It was for {who} to {to_do}{until}, and this is not recorded as done."
    return f"{capitalised(who)} must still {to_do}{until}."
