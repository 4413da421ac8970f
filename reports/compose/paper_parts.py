"""Composes the sections of a paper, its annexes and its cover from the facts."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

from agencies.wording.translation import in_english
from reports.compose.achievements import achievements
from reports.compose.ahead import next_steps, risks
from reports.compose.annex_rows import (
    consulted_table,
    delay_register,
    progress_picture,
    risk_register,
    work_item_table,
    work_item_texts,
)
from reports.compose.background import background
from reports.compose.brief import figures, purpose
from reports.compose.budget import RECOMMENDATIONS, SHORT_ASKS, count_words, is_by_item
from reports.compose.decided_changes import withdrawn
from reports.compose.decisions import Ask, asks
from reports.compose.delay_text import delay
from reports.compose.facts import Facts
from reports.compose.findings_text import finding_table
from reports.compose.late_by_item import late_by_item
from reports.compose.measure_annex import measure_table
from reports.compose.measures_text import needing_attention
from reports.compose.mitigation_text import mitigation
from reports.compose.paper_cover import cover_of
from reports.compose.paragraphs import Writer, asked, length
from reports.compose.questions import questions
from reports.compose.shortening import shortened
from reports.compose.talking_points import talking_points
from reports.compose.writing_out import in_full_at_first, introduce_left
from reports.document import (
    Annex,
    Cover,
    Paragraph,
    Section,
    Source,
)


def _delay(writer: Writer) -> Section:
    """Return what is late and, in a paper without a section Mitigation, what is being done about each item; and which
    measures missed their targets or are worse than before the plan."""
    section = late_by_item(writer) if writer.is_by_item else delay(writer)
    measures = needing_attention(writer)
    gone, sources = withdrawn(writer, writer.room("delay"))
    first = [writer.paragraph(gone, about="withdrawn", sources=sources)] if gone else []
    return replace(section, paragraphs=(*first, *section.paragraphs, *measures))


# Functions that generate the text of a section, by the section's content.
CONTENTS: dict[str, Callable[[Writer], Section]] = {
    "purpose": purpose,
    "figures": figures,
    "background": background,
    "achievements": achievements,
    "delay": _delay,
    "mitigation": mitigation,
    "next_steps": next_steps,
    "risks": risks,
    "talking_points": talking_points,
    "questions": questions,
}
ANNEXES: dict[str, Callable[[Facts], Annex]] = {
    "progress": progress_picture,
    "items": work_item_table,
    "items_texts": work_item_texts,
    "delays": delay_register,
    "risks": risk_register,
    "consulted": consulted_table,
    "measures": measure_table,
    "findings": finding_table,
}
# Annexes of a paper before drafting.
USUAL_ANNEXES = ("progress", "items")


class Share(NamedTuple):
    """The words that were shared out to a paper's sections, and whether it has only what a tight one must."""

    words: int
    is_tight: bool


@dataclass(frozen=True, kw_only=True)
class Generated:
    """What was composed from the records as at the briefing's date.

    `sections` maps each content to its section, in the order requested. `lead` is the sentence
    before the recommendations, and `asks` are those with which a new draft begins. `lines` is that of the `Writer`, by paragraph key. `share` is what a draft
    keeps, to be composed with it again.
    """

    facts: Facts
    cover: Cover
    sections: dict[str, Section]
    lead: Paragraph
    asks: tuple[Ask, ...]
    annexes: tuple[Annex, ...]
    # Of the annexes that were chosen, those with something to print.
    names: tuple[str, ...]
    lines: Mapping[str, tuple[tuple[Source, ...], ...]]
    share: Share


@in_english
def write(
    facts: Facts,
    contents: Iterable[str] = tuple(CONTENTS),
    annexes: Iterable[str] = USUAL_ANNEXES,
    *,
    in_full: bool = True,
) -> Generated:
    """Compose sections, cover and annexes from the facts.

    `contents` are in the order of the paper, because an agency is named in full at its first
    mention, and words that one section does not use go to the next ones. The text refers to the
    `annexes`; they are made only if `in_full`.
    """
    behind = [name for name in _filled(annexes, facts) if name in ANNEXES]
    contents = tuple(contents)
    writer, sections = _within(facts, behind, contents)
    return Generated(
        facts=facts,
        cover=cover_of(facts),
        sections=sections,
        lead=writer.paragraph("It is recommended that you:", about="recommendation", sources=()),
        asks=tuple(asks(writer)),
        annexes=tuple(ANNEXES[name](facts) for name in behind if in_full),
        names=tuple(behind),
        lines=writer.lines,
        share=Share(writer.words, writer.is_tight),
    )


# Share of the words that is filled; the rest is for what people add to the draft. By item, causes and actions are worth
# more: only a few words are kept, for the lead of the recommendations.
FILLED = 0.94
KEPT_BY_ITEM = 5
# Words kept for agencies to be written out, in a paper that is shortened.
SPARE = (0, 10, 25)
# Words kept in a paper that is too long whatever it leaves out, for its recommendations and what the summary says of them.
LEAST_KEPT, LEAST_KEPT_BY_ITEM = 17, 10
TRIES = 8
TRIES_BY_ITEM = 12
Made = tuple[int, Writer, dict[str, Section]]
# What is left of a paper that is too long whatever is left out.
LEAST = Share(0, is_tight=True)
# A text that uses so much of the words is long enough.
NEARLY_ALL = 0.98
NEARLY_ALL_BY_ITEM = 0.998


def _within(
    facts: Facts, annexes: list[str], contents: tuple[str, ...]
) -> tuple[Writer, dict[str, Section]]:
    """Return the sections, kept to the paper's limit of words but using most of it; if that is not possible, only what
    a paper must have, and of that no more than a tight one must; where that is too long as well, without what ranks last.

    A draft is composed with the words that were last shared out to it, as long as that keeps to the limit; with the
    least that a tight one must have, as long as even that is too long or leaves hardly any words over.
    """
    most = max(int((facts.most_words - RECOMMENDATIONS) * FILLED), 0)
    if is_by_item(contents):
        most = max(facts.most_words - KEPT_BY_ITEM, 0)

    make = partial(_with_words, facts, annexes, contents)
    briefing = facts.briefing
    if briefing.shared_words is not None:
        share = Share(briefing.shared_words, briefing.is_tight)
        made = make(share.words, is_tight=share.is_tight)
        if made[0] >= NEARLY_ALL * most if share == LEAST else made[0] <= most:
            return _fitted(facts, made)
    tries = TRIES_BY_ITEM if is_by_item(contents) else TRIES
    nearly = NEARLY_ALL_BY_ITEM if is_by_item(contents) else NEARLY_ALL
    made = _longest(most, partial(make, is_tight=False), tries, nearly)
    if made[0] > most:
        made = _longest(most, partial(make, is_tight=True), tries, nearly)
    return _fitted(facts, made)


def _fitted(facts: Facts, made: Made) -> tuple[Writer, dict[str, Section]]:
    """Return what was made, shortened if it passes the paper's limit of words."""
    _, writer, sections = made
    found = list(asks(writer))
    # What is asked stands in the summary too, in place of its mark.
    kept = LEAST_KEPT_BY_ITEM if writer.is_by_item else LEAST_KEPT
    kept += count_words(asked(found)) if found else 0
    most = max(facts.most_words - kept, 0)
    lines = dict(writer.lines)
    for spare in SPARE:
        # Each try leaves lines of lists out.
        writer.lines |= lines
        short = shortened(writer, sections, max(most - spare, 0))
        if short is sections:
            break
        # An agency's first place may have been left out.
        agencies = facts.agencies.values()
        short = introduce_left(in_full_at_first(short, agencies), agencies)
        if sum(length(each) for made in short.values() for each in made.paragraphs) <= most:
            break
    return writer, short


def _longest(most: int, make: Callable[[int], Made], tries: int, nearly: float) -> Made:
    """Return the longest text found that has at most so many words, or what it must have if that is longer.

    Sections do not always use their share, and what they must have may need more than that. So a few
    totals are tried: more while words are left over, and then between the last that fits and the last that does not.
    """
    best: Made | None = None
    fits, too_many = 0, 0
    words, last, times = most, -1, 1
    for _ in range(tries):
        made = make(words)
        total = made[0]
        if total > most:
            too_many = words
        else:
            fits = words
            best = made if best is None or total > best[0] else best
        if words == 0 and total > most:
            return made
        if (words == 0 and not too_many) or nearly * most <= total <= most or fits + 1 == too_many:
            break
        if too_many == most and best is None:
            # Whether anything fits is known at once.
            words = 0
        elif too_many:
            words = (fits + too_many) // 2
        else:
            # The text stays the same until a section has room for its next sentence.
            times = 2 * times if total == last else 1
            words += times * (most - total)
        last = total
    return best or made


def _with_words(
    facts: Facts,
    annexes: list[str],
    contents: tuple[str, ...],
    words: int,
    *,
    is_tight: bool,
) -> Made:
    """Return the sections with so many words shared out, their writer, and their length in words."""
    writer = Writer(facts, annexes, contents, words, is_tight=is_tight)
    sections = {content: writer.write(content, CONTENTS[content]) for content in contents}
    sections = in_full_at_first(sections, facts.agencies.values())
    total = sum(length(each) for made in sections.values() for each in made.paragraphs)
    found = list(asks(writer))
    if writer.is_by_item:
        total += count_words(asked(found)) if found else 0
    else:
        # Words are kept for those of the kind, and for short ones.
        total += max(count_words(*(ask.text for ask in found)) - SHORT_ASKS, 0)
    return total, writer, sections


def _filled(annexes: Iterable[str], facts: Facts) -> tuple[str, ...]:
    """Return the chosen annexes that have something to print.

    "consulted" is added if an agency gave a comment or reason, as these must always be printed.
    """
    filled = {"measures": facts.measures.rows.set_up, "findings": facts.findings.rows}
    chosen = tuple(name for name in annexes if filled.get(name, True))
    has_words = any(row.words for row in facts.clearances)
    return (*chosen, "consulted") if has_words and "consulted" not in chosen else chosen
