"""How words become a document's text: ours and people's joined, agencies introduced, keys given."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from agencies.models import Agency
from reports.compose.facts import Facts, ItemFacts
from reports.document import Bullet, DocumentError, Paragraph, Run, Source, Text, markup
from reports.document.wording import closed, named, opened


class Writer:
    """Writes one paper's text. Remembers which agencies the paper has introduced so far.

    `annexes` are those behind the text, by name, for what the text says of them.
    """

    def __init__(self, facts: Facts, annexes: Iterable[str] = ()) -> None:
        self.facts = facts
        self.annexes = tuple(annexes)
        self._introduced: set[int] = set()

    def agency(self, agency: Agency) -> str:
        """In full with the short name in brackets the first time, the short name from then on."""
        if agency.pk in self._introduced or agency.short_name == agency.name:
            return agency.short_name
        self._introduced.add(agency.pk)
        return f"{named(agency.name)} ({agency.short_name})"

    def text(self, *parts: "str | Text") -> Text:
        """The parts as one text. Spaces at the ends of a part are kept; bold is read in each."""
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
        """What a person wrote, as paragraphs with their bullets."""
        return markup.parse(source, maori=self.facts.maori)

    def flat(self, source: str) -> str:
        """What a person wrote, as closed sentences on one line, to stand inside a paragraph."""
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
        sources: Iterable[Source] = (),
    ) -> Paragraph:
        """A paragraph whose key stays the same from one composing to the next.

        `about` says what the paragraph is of, uniquely in the paper; the key tells nothing of it.
        """
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
        """As `paragraph`, with each bullet's own sources; the next paragraphs take the bullets that
        no longer fit into the box in which a person edits one."""
        lead = self.text(text) if isinstance(text, str) else text
        for place, entries in enumerate(_boxes(len(markup.to_source(lead)), bullets)):
            yield self.paragraph(
                CONTINUED if place else lead,
                about=f"{about} {place}" if place else about,
                bullets=[bullet for bullet, _ in entries],
                sources=[source for _, sources in entries for source in sources],
            )


CONTINUED = "This continues the list above:"
MOST_TOLD = 8_000  # characters of what people wrote, within one paragraph or bullet


def _boxes(
    lead: int, bullets: Iterable[tuple[Bullet, Iterable[Source]]]
) -> Iterator[list[tuple[Bullet, Iterable[Source]]]]:
    """The bullets as they fit under a lead of that length: one list for each paragraph."""
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


def fitted(told: Iterable[str], most: int = MOST_TOLD) -> str:
    """What is told, as one text: as much as fits, each piece whole, and a word of what is left out."""
    kept: list[str] = []
    for piece in told:
        if sum(map(len, kept)) + len(piece) > most:
            return " ".join([*kept, "More is recorded in the annexes."])
        kept.append(piece)
    return " ".join(kept)


def key(kind: str, about: str) -> str:
    return f"{kind}-{hashlib.sha256(about.encode()).hexdigest()[:12]}"


@contextmanager
def naming(source: Source) -> Iterator[None]:
    """Say in a refusal which record holds the text that cannot be printed."""
    try:
        yield
    except DocumentError as error:
        raise DocumentError(f"{source.label}: {error}") from error


def quoted(item: ItemFacts) -> str:
    return f"“{item.row.title}” (item {item.row.number})"


def _spread(bullets: Iterable[Bullet]) -> Iterator[Bullet]:
    for bullet in bullets:
        yield bullet
        yield from bullet.bullets
