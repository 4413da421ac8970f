"""Composes a briefing from a plan's records as plain data, with the sources of each paragraph.

`facts` reads the records as at the paper's date. `brief`, `background`, `achievements`, `delay_text`, `ahead`
and `consulted` compose text from them with the help of `paragraphs` (text), `subjects` (how things
are named) and `budget` (how long a section may be). `talking_points` and `questions` are sections of a
plan's own kinds of briefing; `annex_rows` composes the annexes. Nothing here writes a row.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from django.conf import settings

from agencies.wording.translation import in_english
from reports.compose.achievements import achievements
from reports.compose.agency_design import design_of
from reports.compose.ahead import next_steps, risks
from reports.compose.annex_rows import (
    consulted_table,
    delay_register,
    names,
    progress_picture,
    risk_register,
    work_item_table,
    work_item_texts,
)
from reports.compose.background import background
from reports.compose.brief import figures, purpose
from reports.compose.budget import RECOMMENDATIONS
from reports.compose.delay_text import delay, mitigation
from reports.compose.facts import Facts, read_facts
from reports.compose.paragraphs import ASKED, Writer, key, length
from reports.compose.questions import questions
from reports.compose.talking_points import talking_points
from reports.document import (
    Annex,
    Contact,
    Cover,
    Document,
    Marking,
    Paragraph,
    Recommendation,
    Recommendations,
    Section,
    Source,
    Text,
    Verb,
    plain,
)
from reports.models import Briefing, Clearance
from reports.models.briefing import marking_words

# Functions that generate the text of a section, by the section's content.
CONTENTS: dict[str, Callable[[Writer], Section]] = {
    "purpose": purpose,
    "figures": figures,
    "background": background,
    "achievements": achievements,
    "delay": delay,
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
}
# Annexes of a paper before drafting.
USUAL_ANNEXES = ("progress", "items")


@dataclass(frozen=True, kw_only=True)
class Composed:
    """What was composed from the records as at the briefing's date.

    `sections` maps each content to its section, in the order requested. `lead` is the sentence
    before the recommendations. `lines` is that of the `Writer`, by paragraph key.
    """

    facts: Facts
    cover: Cover
    sections: dict[str, Section]
    lead: Paragraph
    annexes: tuple[Annex, ...]
    lines: Mapping[str, tuple[tuple[Source, ...], ...]]


@in_english
def generate(
    briefing: Briefing,
    contents: Iterable[str] = tuple(CONTENTS),
    annexes: Iterable[str] = USUAL_ANNEXES,
    *,
    most_words: int = 0,
    in_full: bool = True,
) -> Composed:
    """Read the facts as at the briefing's date and compose sections, cover and annexes (see `write`).

    Makes the queries of `read_facts`. The briefing need not be saved. `most_words` is that of the
    briefing's kind, unless it is given.

    Raise `DocumentError`, with a message for the user, if nobody holds the portfolio on that day or
    a record contains what cannot be printed.
    """
    facts = read_facts(briefing)
    if most_words:
        facts = replace(facts, most_words=most_words)
    return write(facts, contents, annexes, in_full=in_full)


@in_english
def write(
    facts: Facts,
    contents: Iterable[str] = tuple(CONTENTS),
    annexes: Iterable[str] = USUAL_ANNEXES,
    *,
    in_full: bool = True,
) -> Composed:
    """Compose sections, cover and annexes from the facts.

    `contents` are in the order of the paper, because an agency is named in full at its first
    mention, and words that one section does not use go to the next ones. The text refers to the
    `annexes`; they are made only if `in_full`.
    """
    behind = [name for name in _with_answers(annexes, facts) if name in ANNEXES]
    contents = tuple(contents)
    writer, sections = _within(facts, behind, contents)
    return Composed(
        facts=facts,
        cover=_cover(facts.briefing, facts),
        sections=sections,
        lead=writer.paragraph("It is recommended that you:", about="recommendation", sources=()),
        annexes=tuple(ANNEXES[name](facts) for name in behind if in_full),
        lines=writer.lines,
    )


TRIES = 6
# A text that uses so much of the words is long enough.
NEARLY_ALL = 0.98
# Words fewer to try at least, after a text that was too long.
STEP = 15


def _within(
    facts: Facts, annexes: list[str], contents: tuple[str, ...]
) -> tuple[Writer, dict[str, Section]]:
    """Return the sections, kept to the paper's limit of words but using most of it; if that is not possible, only what
    a paper must have.

    Sections do not always use their share, and what they must have may need more than that. So a few
    totals are tried, each corrected by the words that were left over or too many.
    """
    most = max(facts.most_words - RECOMMENDATIONS, 0)
    best: tuple[int, Writer, dict[str, Section]] | None = None
    words, last, times = most, -1, 1
    for _ in range(TRIES):
        made = _with_words(facts, annexes, contents, words)
        total = made[0]
        if total <= most and (best is None or total > best[0]):
            best = made
        is_short = total <= most
        if words == 0 or (is_short and total >= NEARLY_ALL * most):
            break
        # The text stays the same until a section has room for its next sentence.
        times = 2 * times if total == last else 1
        last = total
        unused = most - total
        words = max(words + times * unused if is_short else words + 2 * unused - STEP, 0)
    _, writer, sections = best or _with_words(facts, annexes, contents, 0)
    return writer, sections


def _with_words(
    facts: Facts,
    annexes: list[str],
    contents: tuple[str, ...],
    words: int,
) -> tuple[int, Writer, dict[str, Section]]:
    """Return the sections with so many words shared out, their writer, and their length in words."""
    writer = Writer(facts, annexes, contents, words)
    sections = {content: writer.write(content, CONTENTS[content]) for content in contents}
    total = sum(length(each) for made in sections.values() for each in made.paragraphs)
    return total, writer, sections


def _with_answers(annexes: Iterable[str], facts: Facts) -> tuple[str, ...]:
    """Return the chosen annexes.

    "consulted" is added if an agency gave a comment or reason, as these must always be printed.
    """
    chosen = tuple(annexes)
    has_words = any(row.words for row in facts.clearances)
    return (*chosen, "consulted") if has_words and "consulted" not in chosen else chosen


# Sections of a paper before drafting.
UNDRAFTED = ("purpose", "background", "achievements", "delay", "mitigation", "next_steps")


@in_english
def compose(briefing: Briefing) -> Document:
    """Return the briefing composed from the records alone.

    Raise `DocumentError` as `generate` does.
    """
    return assembled(generate(briefing, UNDRAFTED))


@in_english
def assembled(found: Composed) -> Document:
    """Return what was composed as a paper that asks the Minister to note it."""
    return Document.assemble(
        plan_title=found.facts.plan.title,
        cover=found.cover,
        sections=[
            _asking(section, "note the contents of this paper")
            for section in found.sections.values()
        ],
        recommendation=Recommendations(
            lead=found.lead,
            items=(
                Recommendation(
                    key=key("r", "note the contents"),
                    verb=Verb.NOTE,
                    text=plain("the contents of this paper"),
                ),
            ),
        ),
        annexes=found.annexes,
        language=settings.LANGUAGE_TAG,
        paper_size=settings.PAPER_SIZE,
    )


def _asking(section: Section, asked: str) -> Section:
    """Return the section with what is asked of the Minister in place of its mark."""

    def with_asked(text: Text) -> Text:
        return tuple(replace(run, text=run.text.replace(ASKED, asked)) for run in text)

    return replace(
        section,
        paragraphs=tuple(
            replace(
                paragraph,
                text=with_asked(paragraph.text),
                bullets=tuple(
                    replace(each, text=with_asked(each.text)) for each in paragraph.bullets
                ),
            )
            for paragraph in section.paragraphs
        ),
    )


def _cover(briefing: Briefing, facts: Facts) -> Cover:
    contacts = [
        Contact(name, role, phone, mobile)
        for name, role, phone, mobile in (
            (
                briefing.contact_name,
                briefing.contact_role,
                briefing.contact_phone,
                briefing.contact_mobile,
            ),
            (
                briefing.second_contact_name,
                briefing.second_contact_role,
                briefing.second_contact_phone,
                briefing.second_contact_mobile,
            ),
        )
        if name or role
    ]
    return Cover(
        minister=facts.minister,
        portfolio=facts.plan.portfolio,
        title=briefing.title,
        dated=briefing.dated,
        tracker_number=briefing.reference,
        action_sought=briefing.action_sought,
        authorising_manager=Contact(
            briefing.manager_name,
            briefing.manager_role,
            briefing.manager_phone,
            briefing.manager_mobile,
        ),
        contacts=tuple(contacts),
        marking=Marking(briefing.marking),
        marking_words=_unusual(marking_words(briefing.marking), briefing.marking),
        deadline=briefing.deadline,
        copied_to=names(briefing.copied_to, r"\n"),
        for_referral_to=names(briefing.for_referral_to, r"\n"),
        agencies_consulted=_consulted(briefing, facts),
        not_concurring=tuple(
            row.agency.short_name
            for row in facts.clearances
            if row.answer == Clearance.Answer.DISSENTS
        ),
        on_behalf_of=f"for {briefing.on_behalf_of}" if briefing.on_behalf_of else "",
        design=design_of(facts.coordinator),
        says_once=True,
    )


def _unusual(words: str, marking: str) -> str:
    """Return the country's words for a marking, or "" if they are the marking itself."""
    return "" if words == marking else words


def _consulted(briefing: Briefing, facts: Facts) -> tuple[str, ...]:
    """Return the agencies asked for clearance, then other agencies named on the cover."""
    asked = [row.agency.short_name for row in facts.clearances]
    known = {name.casefold() for name in asked}
    typed = names(briefing.agencies_consulted, r"[,;\n]")
    if asked:
        # "N/A" was typed before any agency was asked.
        typed = tuple(name for name in typed if name.casefold() not in {*known, "n/a"})
    return (*asked, *typed)
