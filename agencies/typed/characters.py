"""Characters that cannot be seen or printed, where in a text the first of them is, and text folded for a
search. No Django but its translation."""

import unicodedata

from agencies.wording.translation import _, gettext_lazy

# Line and direction controls can hide or reorder what a signatory reads.
CONTROLS_OF_DIRECTION = frozenset(
    {
        *"\u2028\u2029\u061c\u200e\u200f",
        *map(chr, range(0x202A, 0x202F)),
        *map(chr, range(0x2066, 0x206A)),
    }
)
# Control, surrogate, unassigned and private characters.
CATEGORIES = ("Cc", "Cs", "Cn", "Co")
KINDS = {
    "Cc": gettext_lazy("a control character"),
    "Cs": gettext_lazy("half a character"),
    "Cn": gettext_lazy("no known character"),
}
LINE_ENDS_AND_TABS = "\n\r\t"
SHOWN_BEFORE = 20  # characters of the text before the fault


def is_unprintable(character: str) -> bool:
    """Return whether a character cannot be seen or printed, or changes the order of others."""
    return character in CONTROLS_OF_DIRECTION or unicodedata.category(character) in CATEGORIES


def fault_of(text: str) -> str:
    """Return where the first unprintable character is, and which, as a sentence; "" for none.

    Line ends and tabs count as printable.
    """
    if text.isprintable():
        return ""
    for place, character in enumerate(text):
        if character not in LINE_ENDS_AND_TABS and is_unprintable(character):
            words = text[max(place - SHOWN_BEFORE, 0) : place].split("\n")[-1].strip()
            says = (
                _(
                    "Character {place:,}, after “{words}”, is {character}. It cannot be printed. "
                    "Delete it, or type it again."
                )
                if words
                else _(
                    "Character {place:,} is {character}. It cannot be printed. Delete it, or type it "
                    "again."
                )
            )
            return says.format(place=place + 1, words=words, character=named(character))
    return ""


def named(character: str) -> str:
    """Return "U+202E (right-to-left override)"."""
    kind = KINDS.get(
        unicodedata.category(character), gettext_lazy("a character that only one typeface has")
    )
    name = unicodedata.name(character, "").lower() or str(kind)
    return f"U+{ord(character):04X} ({name})"


def searchable(*texts: str) -> str:
    """Fold case and remove accents, so that "maori" finds "Māori" on every database."""
    decomposed = unicodedata.normalize("NFKD", " ".join(texts))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()
