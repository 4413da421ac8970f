"""Noun phrases that name an item or a milestone within a sentence, such as "formal training for staff".

A phrase begins in lower case, unless it begins with a name, and has no full stop. Nothing here queries the
database.
"""

import re
from datetime import date

from agencies.wording.translation import _
from workitems.terms.known_dates import KnownDate, KnownTo

QUOTES = "\"'“”‘’«»"
# The first of these ends the part of a phrase that says whether it is plural.
LINKS = re.compile(
    r"[,;(]| (?:for|of|on|to|with|in|at|by|from|about|after|against|between|without|that|which|who) "
)
PLURALS = {"people", "children", "women", "men", "police"}
NO_PLURAL_ENDINGS = ("ss", "is", "us", "news", "’s", "'s")


def fault_of_phrase(text: str) -> str:
    """Return why a text is no phrase for the middle of a sentence, as a sentence; "" if it is one."""
    if "\n" in text or "\r" in text:
        return _("Write the phrase on one line.")
    if text[:1] in QUOTES and text[-1:] in QUOTES and text:
        return _("Leave out the quotation marks around the phrase.")
    if text[-1:] in ".!?:;,…" and text:
        return _("Leave out the punctuation at the end: the phrase is used within a sentence.")
    return ""


def at_start(phrase: str) -> str:
    """Return the phrase as it begins a sentence."""
    return phrase[:1].upper() + phrase[1:]


def is_plural(phrase: str) -> bool:
    """Guess whether "are" follows the phrase: "brochures and notices", "options on penalties"."""
    head = LINKS.split(phrase, maxsplit=1)[0]
    rest = phrase[len(head) :]
    if " and " in head or rest.startswith(",") and " and " in rest:
        return True
    last = head.split()[-1].casefold() if head.split() else ""
    return last in PLURALS or (last.endswith("s") and not last.endswith(NO_PLURAL_ENDINGS))


def of_milestone(
    phrase: str, *, agency: str, expected: KnownDate, done_on: date | None
) -> tuple[str, str]:
    """Return two sentences about a milestone: one begins with the phrase, the other has it within.

    "Formal training is expected by June 2011." "DoL expects formal training by June 2011."
    """
    if done_on is not None:
        day = KnownDate(done_on).on
        was = "were" if is_plural(phrase) else "was"
        return f"{at_start(phrase)} {was} finished {day}.", f"{agency} finished {phrase} {day}."
    due = expected.on if expected.known_to == KnownTo.QUARTER else f"by {expected}"
    verb = "are" if is_plural(phrase) else "is"
    return f"{at_start(phrase)} {verb} expected {due}.", f"{agency} expects {phrase} {due}."


# By stage: what a sentence says of one thing, and of several.
STAGES = {
    "not_started": ("has not started", "have not started"),
    "under_way": ("is under way", "are under way"),
    "complete": ("is complete", "are complete"),
    "ongoing": ("continues", "continue"),
    "withdrawn": ("was withdrawn", "were withdrawn"),
}


def of_item(phrase: str, *, agency: str, stage: str) -> tuple[str, str]:
    """Return two sentences about an item: one begins with the phrase, the other has it within."""
    says = STAGES[stage][is_plural(phrase)]
    return f"{at_start(phrase)} {says}.", f"{agency} reports on {phrase}."
