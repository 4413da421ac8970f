"""A briefing of a schedule with all that is withheld in it, for the pages that show it."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _

from reports.document import Document
from reports.models.issue import sha256
from reports.requests.law.act import cited
from reports.requests.models import Redaction, ScheduleLine
from reports.requests.redaction.redact import Leaf, is_name_of_official, leaves, occurrences, wholes
from reports.requests.services.redactions import document_of


@dataclass(frozen=True)
class Withheld:
    """A redaction with the words that it covers, and where they are: "Cover, first contact, name"."""

    row: Redaction
    text: str
    where: str
    is_same: bool

    @property
    def key(self) -> str:
        """Its anchor on the page."""
        return f"withheld-{self.row.pk}"

    @property
    def grounds(self) -> str:
        """The grounds and the state: "section 9(2)(a), agreed"."""
        codes = ", ".join(cited(code) for code in self.row.ground_codes)
        return f"{codes}, {self.row.get_state_display().lower()}"


@dataclass(frozen=True)
class Declined:
    """A redaction that was declined: by whom, why, and the words, which go out."""

    withheld: Withheld
    by: str
    why: str


@dataclass(frozen=True)
class Part:
    """The cover, a section or an annex, with the texts in it."""

    key: str
    name: str
    texts: tuple[Leaf, ...]


class RedactedPaper:
    """The Document of a line, read once. Raise `Refused` for a line that is no briefing."""

    def __init__(self, line: ScheduleLine) -> None:
        self.line = line
        self.document: Document = document_of(line)

    @cached_property
    def leaves(self) -> tuple[Leaf, ...]:
        return leaves(self.document)

    @cached_property
    def wholes(self) -> tuple[Leaf, ...]:
        return wholes(self.document)

    @cached_property
    def by_place(self) -> dict[str, Leaf]:
        return {leaf.place: leaf for leaf in (*self.leaves, *self.wholes)}

    def withheld(self, rows: Iterable[Redaction]) -> list[Withheld]:
        """Return redactions of this line in the order of the paper. No query."""
        order = {leaf.place: number for number, leaf in enumerate(self.leaves)}

        def position(row: Redaction) -> tuple[int, int, int]:
            at = order.get(row.place)
            if at is None:
                inside = (n for place, n in order.items() if place.startswith(f"{row.place}."))
                at = next(inside, len(order))
            return at, row.start, row.pk

        return [self._withheld(row) for row in sorted(rows, key=position)]

    def declined(self) -> list[Declined]:
        """Return what was declined in this line, in the order of the paper. Two queries."""
        state = Redaction.State.DECLINED
        rows = list(self.line.redactions.filter(state=state))
        saved = Redaction.history.filter(line=self.line, state=state).order_by("history_id")
        answers = {each.id: each for each in saved}
        return [
            Declined(
                each, answers[each.row.pk].history_actor, answers[each.row.pk].history_change_reason
            )
            for each in self.withheld(rows)
        ]

    def _withheld(self, row: Redaction) -> Withheld:
        leaf = self.by_place.get(row.place, Leaf(row.place, ""))
        text = leaf.text[row.start : row.end]
        is_same = (
            self.line.issued is not None
            and self.line.issued.document_sha256 == row.document_sha256
            and sha256(text.encode()) == row.covered_sha256
        )
        return Withheld(row, text, leaf.where or leaf.place, is_same)

    def choices_at(self, place: str) -> list[tuple[str, str]]:
        """Return what can be withheld whole at a place, as (place, name): the text, and what it is in."""
        if place not in self.by_place:
            return []
        text = self.by_place[place]
        around = [each for each in reversed(self.wholes) if place.startswith(f"{each.place}.")]
        found = [(each.place, each.where) for each in around]
        if any(each.text == text.text for each in around):
            return found
        named = {each.where for each in around}
        only = (
            _("{place}, these words").format(place=text.where)
            if text.where in named
            else text.where or _("this text")
        )
        return [(place, only), *found]

    def count_of(self, words: str) -> int:
        return len(occurrences(self.document, words)) if words.strip() else 0

    @property
    def parts(self) -> list[Part]:
        """Return the cover, sections and annexes, each with its texts."""
        found: dict[str, list[Leaf]] = {}
        for leaf in self.leaves:
            # The plan's title is printed on the cover.
            names = leaf.place.replace("plan_title", "cover.plan_title").split(".")
            key = ".".join(names[:2]) if names[0] in ("sections", "annexes") else names[0]
            found.setdefault(key, []).append(leaf)
        names_of = {whole.place: whole.where for whole in self.wholes}
        return [
            Part(key, names_of.get(key) or _spoken(key), tuple(texts))
            for key, texts in found.items()
        ]

    @staticmethod
    def is_name_of_official(place: str) -> bool:
        return is_name_of_official(place)


def _spoken(key: str) -> str:
    return key.replace("_", " ").capitalize()
