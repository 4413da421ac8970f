"""Whether the cause of a delay is settled, in words. Knows neither records nor the clock."""

from typing import NamedTuple

from reports.document.wording import capitalised
from workitems.models import Delay


class Words(NamedTuple):
    """The words for one cause of delay.

    `needed` is what is missing and `to_do` what an agency has to do; `for_what` is the preposition before the
    item. `settled` is the clause for "only if …", and `done` the sentence once the cause is settled.
    """

    needed: str
    to_do: str
    for_what: str
    settled: str
    done: str


WORDS = {
    Delay.Cause.FUNDING: Words(
        "the funding",
        "find the funding",
        "for",
        "the funding is found",
        "The funding for it has since been found.",
    ),
    Delay.Cause.PRIOR_COMMITMENTS: Words(
        "which work comes first",
        "make room beside its other work",
        "for",
        "room is made beside other work",
        "The other work is no longer in the way.",
    ),
    Delay.Cause.STAFFING: Words(
        "the staff",
        "find the staff",
        "for",
        "the staff are found",
        "The staff for it have since been found.",
    ),
    Delay.Cause.ANOTHER_AGENCY: Words(
        "what another agency has to do",
        "do its part",
        "in",
        "the other agency has done its part",
        "The other agency has since done its part.",
    ),
    Delay.Cause.LEGISLATION: Words(
        "the legislation",
        "settle what is needed in law",
        "for",
        "what is needed in law is settled",
        "What was needed in law has since been settled.",
    ),
    Delay.Cause.PROCUREMENT: Words(
        "the procurement",
        "settle the procurement",
        "for",
        "the procurement is settled",
        "The procurement has since been settled.",
    ),
    Delay.Cause.CONSULTATION: Words(
        "the consultation",
        "finish the consultation",
        "on",
        "the consultation ends",
        "The consultation has since ended.",
    ),
    Delay.Cause.CABINET: Words(
        "the proposal to Cabinet",
        "get the Cabinet decision",
        "for",
        "Cabinet decides",
        "Cabinet has since decided.",
    ),
    Delay.Cause.OUTSIDE_EVENT: Words(
        "the effects of the event",
        "settle the effects of the event",
        "on",
        "the effects of the event are settled",
        "The effects of the event have since been settled.",
    ),
    Delay.Cause.OTHER: Words(
        "the cause of the delay",
        "settle the cause of the delay",
        "of",
        "the cause of the delay is settled",
        "The cause has since been settled.",
    ),
}


# That a cause is settled, before "for the course".
SINCE_SETTLED = {
    Delay.Cause.FUNDING: "the funding has since been found",
    Delay.Cause.PRIOR_COMMITMENTS: "other work is no longer in the way",
    Delay.Cause.STAFFING: "the staff have since been found",
    Delay.Cause.ANOTHER_AGENCY: "the other agency has since done its part",
    Delay.Cause.LEGISLATION: "what was needed in law has since been settled",
    Delay.Cause.PROCUREMENT: "the procurement has since been settled",
    Delay.Cause.CONSULTATION: "the consultation has since ended",
    Delay.Cause.CABINET: "Cabinet has since decided",
    Delay.Cause.OUTSIDE_EVENT: "the effects of the event have since been settled",
    Delay.Cause.OTHER: "the cause has since been settled",
}


# What is said of one thing, or of several, whose cause of delay is not settled.
STILL_OPEN = {
    Delay.Cause.FUNDING: ("is still unfunded", "are still unfunded"),
    Delay.Cause.STAFFING: ("still lacks staff", "still lack staff"),
    Delay.Cause.ANOTHER_AGENCY: ("still waits for another agency", "still wait for another agency"),
    Delay.Cause.LEGISLATION: ("still waits for the legislation", "still wait for the legislation"),
    Delay.Cause.PROCUREMENT: ("still waits for the procurement", "still wait for the procurement"),
    Delay.Cause.CONSULTATION: (
        "still waits for the end of the consultation",
        "still wait for the end of the consultation",
    ),
    Delay.Cause.CABINET: (
        "still waits for a Cabinet decision",
        "still wait for a Cabinet decision",
    ),
}


def condition_in_words(cause: str, settlement: str, by: str = "", who: str = "") -> str:
    """Return on what a date depends while the cause is not settled, for `depends_in_words`: "if DoL can find the funding
    by December 2010", "a decision on the funding". `by` is the date until when it is to be settled, in words, and `who`
    the agency that settles it."""
    words = WORDS[Delay.Cause(cause)]
    if settlement == Delay.Settlement.NEEDS_DECISION:
        return f"a decision on {words.needed}"
    settles = f"{who} can {words.to_do}" if who else words.settled
    return f"if {settles}{f' by {by}' if by else ''}"


def depends_in_words(condition: str) -> str:
    """Return what follows a new date: "depends on a decision on the funding", "holds only if the funding is
    found". `condition` is a thing or begins with "if"."""
    if condition.startswith("if "):
        return f"holds only {condition}"
    return f"depends on {condition}"


def settled_in_words(
    cause: str,
    settlement: str,
    *,
    of: str = "",
    who: str = "",
    by: str = "",
    is_past: bool = False,
) -> str:
    """Return a sentence that says whether the cause is settled, or "" if its agency has not said so.

    `of` is what is late, `who` the agency that settles it and `by` the date, in words; `is_past` says
    that this date has passed: "DoL must still find the funding for the course by 31 August 2010."
    """
    words = WORDS[Delay.Cause(cause)]
    about = f" {words.for_what} {of}" if of else ""
    if settlement == Delay.Settlement.SETTLED:
        return words.done
    if settlement == Delay.Settlement.NEEDS_DECISION:
        return f"A decision on {words.needed} is needed{f' for {of}' if of else ''}."
    if settlement != Delay.Settlement.BEING_SETTLED or not who:
        return ""
    until = f" by {by}" if by else ""
    if is_past:
        return f"It was for {who} to {words.to_do}{about}{until}, and this is not recorded as done."
    return f"{capitalised(who)} must still {words.to_do}{about}{until}."
