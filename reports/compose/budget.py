"""How many words each section of a paper may use, of those that its kind allows before the annexes."""

from collections.abc import Iterable

# Relative lengths, by a section's content. What a section does not use goes to those after it.
SHARES = {
    "purpose": 50,
    "figures": 20,
    "background": 8,
    "achievements": 58,
    "delay": 36,
    "mitigation": 26,
    "next_steps": 20,
    "risks": 8,
}
BY_ITEM = 400  # of what is late, where it says too what is being done
BY_ITEM_IF_TIGHT = 4000  # nearly all
OTHERS = 10  # of a content that is not listed
RECOMMENDATIONS = 50  # words kept for them
SHORT_ASKS = 30  # of these, for those that are composed


def share_of(content: str) -> int:
    return SHARES.get(content, OTHERS)


def is_by_item(contents: Iterable[str]) -> bool:
    """Whether a paper of these contents tells of each late item in one place: it has no section Mitigation."""
    return "delay" in (contents := set(contents)) and "mitigation" not in contents


class Room:
    """The words that are left for a section."""

    def __init__(self, words: int) -> None:
        self.remaining = words

    def has(self, *texts: str) -> bool:
        """Whether all the texts fit."""
        return count_words(*texts) <= self.remaining

    def take(self, *texts: str) -> bool:
        """Count the texts if all of them fit. Return whether they do."""
        if not self.has(*texts):
            return False
        self.use(*texts)
        return True

    def use(self, *texts: str) -> None:
        """Count texts that are printed whether they fit or not."""
        self.remaining -= count_words(*texts)


class Budget:
    """Shares a paper's words out to its sections, in the order in which they are written."""

    def __init__(self, words: int, contents: Iterable[str], *, is_tight: bool = False) -> None:
        shares = {content: share_of(content) for content in contents}
        if is_by_item(shares):
            shares["delay"] = BY_ITEM_IF_TIGHT if is_tight else BY_ITEM
        total = sum(shares.values()) or 1
        self._words = {content: words * share // total for content, share in shares.items()}
        self._left = 0

    def room(self, content: str) -> Room:
        """Return the room of a section: its share, and what earlier sections left or overdrew."""
        return Room(self._words.get(content, 0) + self._left)

    def spend(self, content: str, words: int) -> None:
        """Note how long a section is, once it is written."""
        self._left += self._words.get(content, 0) - words


def count_words(*texts: str) -> int:
    return sum(len(text.split()) for text in texts)
