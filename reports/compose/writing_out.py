"""Writes out the acronyms of a plan's glossary in a composed section: "customs notification system (CNS)", and the short
names of agencies."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

from agencies.models import Agency
from reports.compose.facts import Facts
from reports.document import MAX_TEXT, Bullet, Paragraph, Run, Section, Source, Text, markup, words
from reports.document.wording import capitalised, named
from reports.document.wording import mentions as mentions_one
from workitems.terms.acronyms import acronym_of, acronyms_in, mentions, written_out

Part = TypeVar("Part", Paragraph, Bullet)


def write_out(section: Section, facts: Facts) -> Section:
    """Return the section with each acronym written out at its first use there, and the entry of the glossary among
    the sources of that paragraph.

    A section depends on no other, so that a change of one changes none of the others (decision 94).
    """
    if not facts.glossary:
        return section
    done: set[str] = set()
    return replace(section, paragraphs=tuple(_paragraphs(section.paragraphs, facts, done)))


def introduce(section: Section, agencies: Iterable[Agency]) -> tuple[Section, set[int]]:
    """Write out the name of each agency where its short name first stands alone, unless an earlier place has both. Return
    the section and the keys of the agencies that were written out.

    An agency's own words may use a short name before the paper has said whose it is: "MSD pays …. The Ministry of Social
    Development (MSD) will …". What is quoted or in brackets stays, and a text that would become too long.
    """
    texts = [text for each in section.paragraphs for text in texts_of(each)]
    early = [
        each
        for each in agencies
        if acronym_of(each.short_name)
        and not mentions_one(each.name, [each.short_name])
        and _is_early(each, texts)
    ]
    if not early:
        return section, set()
    todo = {each.short_name: named(each.name) for each in early}

    def written(before: str, run: Run) -> str:
        text = run.text
        if run.bold:
            # The name of an item runs in.
            return text
        for each in early:
            both = rf"{re.escape(named(each.name))} \(({re.escape(each.short_name)})\)"
            text = re.sub(both, r"\1", text, flags=re.IGNORECASE)
            if each.short_name in todo and (place := _alone(text, each.short_name)) is not None:
                name = todo.pop(each.short_name)
                # A text may begin after a name that runs in.
                is_first = not text[:place].strip() and before[-1:] in ("", ":")
                is_first = is_first or text[:place].endswith(". ")
                name = capitalised(name) if is_first else name
                if re.search(r"\bthe $", text[:place], re.IGNORECASE):
                    name = re.sub("^the ", "", name)
                end = place + len(each.short_name)
                owns = "’s" if text.startswith("’s", end) else ""
                rest = text[end + len(owns) :]
                # Two brackets beside each other are one.
                rest = f", {rest[2:]}" if rest.startswith(" (") else f"){rest}"
                text = f"{text[:place]}{name}{owns} ({each.short_name}{rest}"
        return text

    def changed(part: Part) -> Part:
        before = dict(todo)
        runs = ["", *(run.text for run in part.text)]
        pieces, text = list(map(written, runs, part.text)), part.text
        if sum(map(len, pieces)) > MAX_TEXT:
            todo.update(before)
        else:
            text = tuple(replace(run, text=piece) for run, piece in zip(text, pieces, strict=True))
        return replace(part, text=text, bullets=tuple(map(changed, part.bullets)))

    paragraphs = tuple(map(changed, section.paragraphs))
    return replace(section, paragraphs=paragraphs), {
        each.pk for each in early if each.short_name not in todo
    }


def in_full_at_first(
    sections: Mapping[str, Section], agencies: Iterable[Agency]
) -> dict[str, Section]:
    """Return a paper's sections with an agency's short name added where its name first stands, if the short name stands alone later.
    A standing text or a condition may name an agency without it."""
    made = dict(sections)
    texts = [text for each in made.values() for part in each.paragraphs for text in texts_of(part)]
    whole = "\n".join(texts)
    for agency in agencies:
        name, short = agency.name, agency.short_name
        if not acronym_of(short) or mentions_one(name, [short]) or name not in whole:
            continue
        both = rf"{re.escape(name)}(?P<owns>’s)? \({re.escape(short)}\)"
        bare = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)(?!(?:’s)? \({re.escape(short)}\))")
        first = re.search(rf"(?<!\w)(?:{re.escape(name)}|{re.escape(short)})(?!\w)", whole)
        rest = re.sub(both, "", whole)
        is_used = re.search(rf"(?<!\w){re.escape(short)}(?!\w)", rest) or re.search(both, whole)
        if not (first and is_used and bare.match(whole, first.start())):
            continue
        made = _spelt(made, name, short, bare, re.compile(rf"(?:\b[Tt]he )?{both}"))
    return made


def introduce_left(
    sections: Mapping[str, Section], agencies: Iterable[Agency]
) -> dict[str, Section]:
    """Return a paper's sections with each agency of which only the short name is left written out where that first stands alone."""
    texts = [
        text for each in sections.values() for part in each.paragraphs for text in texts_of(part)
    ]
    whole = "\n".join(texts)
    todo = [each for each in agencies if each.name not in whole]
    made = {}
    for content, section in sections.items():
        made[content], done = introduce(section, todo)
        todo = [each for each in todo if each.pk not in done]
    return made


def _spelt(
    sections: dict[str, Section],
    name: str,
    short: str,
    bare: re.Pattern[str],
    both: re.Pattern[str],
) -> dict[str, Section]:
    """Return the sections with a name followed by the short one at its first place, if that is not in brackets or quoted, and with
    the short one alone where a later place has both."""
    is_done = False

    def written(run: Run) -> Run:
        nonlocal is_done
        if is_done:
            return replace(
                run, text=both.sub(lambda found: short + (found["owns"] or ""), run.text)
            )
        found = None if run.bold else bare.search(run.text)
        if found is None:
            return run
        before = run.text[: found.start()]
        if any(before.count(mark) > before.count(end) for mark, end in ("()", "“”")):
            return run
        is_done, end = True, found.end()
        owns = "’s" if run.text.startswith("’s", end) else ""
        rest = both.sub(lambda each: short + (each["owns"] or ""), run.text[end + len(owns) :])
        return replace(run, text=f"{run.text[:end]}{owns} ({short}){rest}")

    def changed(part: Part) -> Part:
        text = tuple(map(written, part.text))
        return replace(part, text=text, bullets=tuple(map(changed, part.bullets)))

    return {
        content: replace(section, paragraphs=tuple(map(changed, section.paragraphs)))
        for content, section in sections.items()
    }


def texts_of(part: Paragraph | Bullet) -> Iterator[str]:
    """Yield the text of a paragraph and of each of its bullets."""
    yield words(part.text)
    for bullet in part.bullets:
        yield from texts_of(bullet)


def _is_early(agency: Agency, texts: Iterable[str]) -> bool:
    """Whether the agency's short name stands alone before any place that has its name with it."""
    for text in texts:
        both, alone = (
            text.find(f"{agency.name} ({agency.short_name})"),
            _alone(text, agency.short_name),
        )
        if both >= 0 or alone is not None:
            return alone is not None and not 0 <= both < alone
    return False


def stands_alone(text: str, short_name: str) -> bool:
    """Whether a short name stands neither in brackets nor within quotation marks, so that `introduce` writes it out."""
    return bool(acronym_of(short_name)) and _alone(text, short_name) is not None


_JOINT = re.compile(r"\bjoint [\w ]+ and $")


def _alone(text: str, short_name: str) -> int | None:
    """Return where a short name first stands neither in brackets nor within quotation marks; None if it does nowhere."""
    # Most texts name none of the agencies, and to find all acronyms of a text takes longer.
    if short_name.casefold() not in text.casefold():
        return None
    for found in mentions(text):
        before = text[: found.start]
        is_open = any(before.count(mark) > before.count(end) for mark, end in ("()", "“”"))
        # "FCG/SFO" and "a joint Police and SFO unit" are one name.
        beside = (text[found.start - 1 : found.start], text[found.end : found.end + 1])
        is_open = is_open or "/" in beside or bool(_JOINT.search(before))
        if text[found.start : found.end].casefold() == short_name.casefold() and not is_open:
            return found.start
    return None


def write_out_after(earlier: Iterable[str], text: str, facts: Facts) -> tuple[str, list[Source]]:
    """Return a text with each acronym written out that the texts `earlier` of its section do not have, and the entries
    of the glossary that it uses first. A text that would become too long stays."""
    had = {acronym.casefold() for each in earlier for acronym in acronyms_in(each)}
    written, has = written_out(text, facts.glossary, had)
    if len(written) > MAX_TEXT:
        return text, []
    return written, [facts.terms[key].source for key in facts.terms if key in has - had]


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
