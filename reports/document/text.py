"""Text in a document: formatted runs and bullets, and the characters that are refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from agencies.typed.characters import is_unprintable

MAX_TEXT = 10_000  # characters in one paragraph or field; more is a mistake or an attack


class DocumentError(ValueError):
    """The document cannot be made. The message is shown to the user.

    `character` is the one that cannot be printed, if that is why.
    """

    def __init__(self, message: str, *, character: str = "") -> None:
        super().__init__(message)
        self.character = character


def check_text(text: str, what: str, *, blank: bool = False) -> None:
    """Raise `DocumentError`, naming `what`, for empty, too long or unprintable text."""
    if not isinstance(text, str):
        raise DocumentError(f"{what} must be text.")
    if not blank and not text.strip():
        raise DocumentError(f"{what} is empty.")
    if len(text) > MAX_TEXT:
        raise DocumentError(f"{what} is {len(text):,} characters long; the limit is {MAX_TEXT:,}.")
    check_characters(text, what)


def check_characters(text: str, what: str) -> None:
    """Raise `DocumentError` for control characters, including line breaks, and unassigned ones."""
    if text.isprintable():
        return
    for character in text:
        if is_unprintable(character):
            raise DocumentError(
                f"{what} holds a character that cannot be printed (U+{ord(character):04X}).",
                character=character,
            )


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one format. `lang` is "mi" for te reo Māori, empty for the document's language."""

    text: str
    bold: bool = False
    lang: str = ""

    def __post_init__(self) -> None:
        check_text(self.text, "A piece of text", blank=True)
        if not self.text:
            raise DocumentError("A piece of text is empty.")
        if self.lang not in ("", "mi"):
            raise DocumentError(f"Text can be marked as te reo Māori (mi), not as “{self.lang}”.")


Text = tuple[Run, ...]


def plain(text: str) -> Text:
    """Return one run of the text as it is. Markup is not parsed."""
    return (Run(text),)


def words(text: Text) -> str:
    """Return the text without formatting."""
    return "".join(run.text for run in text)


def check_length(text: Text, what: str) -> None:
    """Raise `DocumentError` for empty or too long text. `what` names it."""
    if not words(text).strip():
        raise DocumentError(f"{what} is empty.")
    if len(words(text)) > MAX_TEXT:
        raise DocumentError(
            f"{what} is {len(words(text)):,} characters long; the limit is {MAX_TEXT:,}."
        )


@dataclass(frozen=True, slots=True)
class Bullet:
    """A sub-bullet. Its own bullets must not have bullets."""

    text: Text
    bullets: tuple[Bullet, ...] = ()

    def __post_init__(self) -> None:
        check_length(self.text, "A sub-bullet")
        if any(bullet.bullets for bullet in self.bullets):
            raise DocumentError("Sub-bullets go two levels deep at most.")


def bullet_texts(bullets: Iterable[Bullet]) -> Iterator[Text]:
    """Yield the text of each bullet and of its own bullets, as printed."""
    for bullet in bullets:
        yield bullet.text
        yield from bullet_texts(bullet.bullets)
