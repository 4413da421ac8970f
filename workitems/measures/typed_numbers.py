"""Reads a number as a person typed it. What could be two numbers, or none, is refused with what to write."""

import re
from decimal import Decimal

from agencies.wording.translation import _
from workitems.terms.measure_sentence import figure

NUMBER = re.compile(
    r"[-−]?(?:[0-9]{1,3}(?:,[0-9]{3}){1,4}|[0-9]{1,12})(?:\.[0-9]{1,3}0?)?", re.ASCII
)
# A point that could separate thousands: "1.250".
TWO_NUMBERS = re.compile(r"([-−]?[1-9][0-9]{0,2})\.([0-9]{3})", re.ASCII)


class NotANumber(ValueError):
    """As a string, a sentence for the person."""


def read_number(text: str) -> Decimal:
    """Return the number. Raise `NotANumber` for anything that is not one number with at most three decimals."""
    text = " ".join(text.split())
    if two := TWO_NUMBERS.fullmatch(text):
        whole, part = two.groups()
        with_decimals = f"{whole}.{part}".rstrip("0").rstrip(".") if part[-1] == "0" else f"{text}0"
        raise NotANumber(
            _("Write {thousands} or {decimals}.").format(
                thousands=whole + part, decimals=with_decimals
            )
        )
    if text.endswith("%") or text.casefold().endswith("per cent"):
        raise NotANumber(_("Enter how many, of how many."))
    if not NUMBER.fullmatch(text):
        raise NotANumber(_("Enter a number, such as 1,250, or choose “No number yet”."))
    return Decimal(text.replace(",", "").replace("−", "-")).quantize(Decimal("0.001"))


def as_typed(cell: float, *, is_percent: bool = False) -> str:
    """Return the number that a spreadsheet holds as a person would type it. It is never two numbers."""
    text = f"{cell:.15g}"
    if is_percent:
        return f"{100 * cell:.15g}%"
    return f"{text}0" if TWO_NUMBERS.fullmatch(text) else text


def typed(number: Decimal) -> str:
    """Return a number as a box shows it and reads it again: "1,250", "1.1250"."""
    text = figure(number)
    return f"{text}0" if TWO_NUMBERS.fullmatch(text) else text
