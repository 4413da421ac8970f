"""Writes out the acronyms of a plan's glossary in a composed section: "customs notification system (CNS)"."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from reports.compose.facts import Facts
from reports.document import MAX_TEXT, Bullet, Paragraph, Section, Source, Text, markup
from workitems.terms.acronyms import acronyms_in, written_out


def write_out(section: Section, facts: Facts) -> Section:
    """Return the section with each acronym written out at its first use there, and the entry of the glossary among
    the sources of that paragraph.

    A section depends on no other, so that a change of one changes none of the others (decision 94).
    """
    if not facts.glossary:
        return section
    done: set[str] = set()
    return replace(section, paragraphs=tuple(_paragraphs(section.paragraphs, facts, done)))


def write_out_after(earlier: Iterable[str], text: str, facts: Facts) -> tuple[str, list[Source]]:
    """Return a text with each acronym written out that the texts `earlier` of its section do not have, and the entries
    of the glossary that it uses first. A text that would become too long stays."""
    had = {acronym.casefold() for each in earlier for acronym in acronyms_in(each)}
    words, has = written_out(text, facts.glossary, had)
    if len(words) > MAX_TEXT:
        return text, []
    return words, [facts.terms[key].source for key in facts.terms if key in has - had]


def _paragraphs(
    paragraphs: Iterable[Paragraph], facts: Facts, done: set[str]
) -> Iterator[Paragraph]:
    for was in paragraphs:
        before = set(done)
        text = _text(was.text, facts, done)
        bullets = tuple(_bullets(was.bullets, facts, done))
        if (text, bullets) == (was.text, was.bullets):
            yield was
        elif len(markup.to_source(text, bullets)) > markup.MAX_SOURCE:
            # It would not fit into the box in which it is edited.
            yield was
            done &= before
        else:
            used = (facts.terms[key].source for key in facts.terms if key in done - before)
            sources = tuple(dict.fromkeys((*was.sources, *used)))
            yield replace(was, text=text, bullets=bullets, sources=sources)


def _bullets(bullets: Iterable[Bullet], facts: Facts, done: set[str]) -> Iterator[Bullet]:
    for each in bullets:
        text = _text(each.text, facts, done)
        yield replace(each, text=text, bullets=tuple(_bullets(each.bullets, facts, done)))


def _text(text: Text, facts: Facts, done: set[str]) -> Text:
    """Return the text with acronyms written out unless they are in `done`; add to that those that it has.

    A text that would become too long stays.
    """
    pieces, before, found = [], "", set(done)
    for run in text:
        piece = run.text
        if not run.lang:
            piece, has = written_out(run.text, facts.glossary, found, before=before)
            found |= has
        pieces.append(piece)
        before += piece
    if len(before) > MAX_TEXT:
        return text
    done |= found
    return tuple(replace(run, text=piece) for run, piece in zip(text, pieces, strict=True))
