"""Text, paragraphs and keys of a document; joins texts and introduces agencies."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from agencies.models import Agency
from reports.compose.facts import Facts
from reports.document import Bullet, DocumentError, Paragraph, Run, Source, Text, markup
from reports.document.wording import closed, named, opened
from workitems.plan_at import ItemAt


class Writer:
    """Writes one paper's text, and remembers which agencies it has introduced.

    `annexes` are the names of the paper's annexes, because some text refers to them.
    """

    def __init__(self, facts: Facts, annexes: Iterable[str] = ()) -> None:
        self.facts = facts
        self.annexes = tuple(annexes)
        # By key of a paragraph that lists records: the sources of each of its bullets.
        self.lines: dict[str, tuple[tuple[Source, ...], ...]] = {}
        self._introduced: set[int] = set()

    def agency(self, agency: Agency) -> str:
        """Return the name with the short name in brackets the first time, then only the latter."""
        if agency.pk in self._introduced or agency.short_name == agency.name:
            return agency.short_name
        self._introduced.add(agency.pk)
        return f"{named(agency.name)} ({agency.short_name})"

    def lead(self, item: ItemAt) -> str:
        return self.agency(self.facts.lead_of(item))

    def text(self, *parts: "str | Text") -> Text:
        """Return the parts as one text.

        Spaces at the ends of a part are kept. Bold is parsed in each part.
        """
        runs: list[Run] = []
        for part in parts:
            for run in self._runs(part) if isinstance(part, str) else part:
                last = runs[-1] if runs else None
                if last and (last.bold, last.lang) == (run.bold, run.lang):
                    runs[-1] = replace(last, text=last.text + run.text)
                else:
                    runs.append(run)
        return tuple(runs)

    def _runs(self, part: str) -> Iterator[Run]:
        if part[:1].isspace():
            yield Run(" ")
        if part.strip():
            yield from markup.inline(part, maori=self.facts.maori)
            if part[-1:].isspace():
                yield Run(" ")

    def bold(self, text: str) -> Text:
        return tuple(replace(run, bold=True) for run in markup.inline(text, maori=self.facts.maori))

    def blocks(self, source: str) -> tuple[markup.Block, ...]:
        """Return typed text as paragraphs with their bullets."""
        return markup.parse(source, maori=self.facts.maori)

    def flat(self, source: str) -> str:
        """Return typed text as sentences on one line, for use within a paragraph."""
        sentences = []
        for block in self.blocks(source):
            words = markup.to_source(block.text)
            if block.bullets:
                points = "; ".join(opened(markup.to_source(b.text)) for b in _spread(block.bullets))
                words = f"{opened(words).rstrip(':')}: {points}"
            sentences.append(closed(words))
        return " ".join(sentences)

    def paragraph(
        self,
        text: "str | Text",
        *,
        about: str,
        bullets: Iterable[Bullet] = (),
        sources: Iterable[Source] | None = None,
    ) -> Paragraph:
        """Return a paragraph with a key that stays the same whenever it is composed.

        `about` must be unique in the paper; the key is its digest. The default source is the plan.
        """
        sources = [self.facts.plan_source] if sources is None else sources
        return Paragraph(
            key=key("p", about),
            text=self.text(text) if isinstance(text, str) else text,
            bullets=tuple(bullets),
            sources=tuple(dict.fromkeys(sources)),
        )

    def paragraphs(
        self,
        text: "str | Text",
        *,
        about: str,
        bullets: Iterable[tuple[Bullet, Iterable[Source]]],
    ) -> Iterator[Paragraph]:
        """Yield paragraphs as `paragraph` does, each with the sources of its own bullets.

        Bullets that do not fit into the text box for editing go to further paragraphs.
        """
        lead = self.text(text) if isinstance(text, str) else text
        for place, entries in enumerate(_boxes(len(markup.to_source(lead)), bullets)):
            of_lines = tuple(tuple(sources) for _, sources in entries)
            made = self.paragraph(
                CONTINUED if place else lead,
                about=f"{about} {place}" if place else about,
                bullets=[bullet for bullet, _ in entries],
                sources=[source for sources in of_lines for source in sources],
            )
            self.lines[made.key] = of_lines
            yield made


CONTINUED = "This continues the list above:"
MOST_TOLD = 8_000  # characters of typed text in one paragraph or bullet


def _boxes(
    lead: int, bullets: Iterable[tuple[Bullet, Iterable[Source]]]
) -> Iterator[list[tuple[Bullet, Iterable[Source]]]]:
    """Yield the bullets for each paragraph, as many as fit.

    `lead` is the length of the text above.
    """
    box: list[tuple[Bullet, Iterable[Source]]] = []
    length, count = lead, 0
    for bullet, sources in bullets:
        size, lines = len(markup.to_source((), [bullet])) + 1, 1 + len(bullet.bullets)
        if box and (length + size > markup.MAX_SOURCE or count + lines > markup.MAX_BULLETS):
            yield box
            box, length, count = [], len(CONTINUED), 0
        box.append((bullet, sources))
        length, count = length + size, count + lines
    yield box


def join_fitting(told: Iterable[str], most: int = MOST_TOLD) -> str:
    """Join the pieces that fit, each complete, and mention it if any are left out."""
    kept: list[str] = []
    for piece in told:
        if sum(map(len, kept)) + len(piece) > most:
            return " ".join([*kept, "More is recorded in the annexes."])
        kept.append(piece)
    return " ".join(kept)


def key(kind: str, about: str) -> str:
    return f"{kind}-{hashlib.sha256(about.encode()).hexdigest()[:12]}"


@contextmanager
def errors_naming(source: Source) -> Iterator[None]:
    """Prefix errors about unprintable text with the record that contains it."""
    try:
        yield
    except DocumentError as error:
        raise DocumentError(f"{source.label}: {error}", character=error.character) from error


def quoted(item: ItemAt) -> str:
    return f"“{item.title}” (item {item.number})"


def _spread(bullets: Iterable[Bullet]) -> Iterator[Bullet]:
    for bullet in bullets:
        yield bullet
        yield from bullet.bullets
