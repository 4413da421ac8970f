"""Composes a briefing from a plan's records as plain data, with the sources of each paragraph.

`facts` reads the records as at the paper's date, with what `slips` finds in them. `paper_parts` composes the
paper from the facts: the sections (`brief` with `verdict`, `decisions` and `at_risk_text`, `background` with `decided_changes` and `consulted`, `achievements` with `reported` and
`results`, `delay_text` and `mitigation_text` or `late_by_item` with `late_dates` and `late_others`, and `late_words`, `action_words`, `ahead` and, of a plan's own kinds, `talking_points` and `questions`), the
annexes (`annex_rows`) and the cover (`paper_cover`). They use `paragraphs` (text), `shortening` (papers that are too long), `writing_out` (acronyms), `citations` (sources),
`subjects` (how things are named) and `budget` (how long a section may be). Nothing here writes a row.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from django.conf import settings

from agencies.wording.translation import in_english
from reports.compose.decisions import Ask
from reports.compose.facts import read_facts
from reports.compose.paper_parts import ANNEXES, CONTENTS, USUAL_ANNEXES, Generated, Share, write
from reports.compose.paragraphs import ASKED, asked, key
from reports.document import (
    Document,
    Recommendation,
    Recommendations,
    Section,
    Text,
    Verb,
    markup,
)
from reports.models import Briefing


@in_english
def generate(
    briefing: Briefing,
    contents: Iterable[str] = tuple(CONTENTS),
    annexes: Iterable[str] = USUAL_ANNEXES,
    *,
    most_words: int = 0,
    in_full: bool = True,
    today: date | None = None,
) -> Generated:
    """Read the facts (see `read_facts`) and compose sections, cover and annexes (see `write`).

    Makes the queries of `read_facts`. The briefing need not be saved. `most_words` is that of the
    briefing's kind, unless it is given.

    Raise `DocumentError`, with a message for the user, if nobody holds the portfolio on that day or
    a record contains what cannot be printed.
    """
    facts = read_facts(briefing, today)
    if most_words:
        facts = replace(facts, most_words=most_words)
    return write(facts, contents, annexes, in_full=in_full)


# Sections of a paper before drafting.
UNDRAFTED = ("purpose", "background", "achievements", "delay", "mitigation", "next_steps")


@in_english
def compose(briefing: Briefing, today: date | None = None) -> Document:
    """Return the briefing composed from the records alone.

    Raise `DocumentError` as `generate` does.
    """
    return assembled(generate(briefing, UNDRAFTED, today=today))


_MARK = re.compile(r"\{[^{}]+\}")


@in_english
def assembled(found: Generated) -> Document:
    """Return what was composed as a paper that asks the Minister to note it, and what decisions it needs."""
    note = Ask(key("r", "note the contents"), Verb.NOTE, "the contents of this paper", ())
    asks, maori = (*found.asks, note), found.facts.maori
    return Document.assemble(
        plan_title=found.facts.plan.title,
        cover=found.cover,
        sections=_filled(found.sections.values(), asked(asks)),
        recommendation=Recommendations(
            lead=found.lead,
            items=tuple(
                Recommendation(
                    key=each.key, verb=each.verb, text=markup.inline(each.text, maori=maori)
                )
                for each in asks
            ),
        ),
        annexes=found.annexes,
        language=settings.LANGUAGE_TAG,
        paper_size=settings.PAPER_SIZE,
    )


def _filled(sections: Iterable[Section], asked: str) -> list[Section]:
    """Return the sections with what is asked of the Minister in place of its mark, and with the numbers of paragraphs in
    place of their keys."""
    sections = list(sections)
    filled = {ASKED: asked}
    paragraphs = (each for section in sections for each in section.paragraphs)
    filled |= {f"{{{each.key}}}": str(place) for place, each in enumerate(paragraphs, start=1)}

    def with_filled(text: Text) -> Text:
        return tuple(
            replace(run, text=_MARK.sub(lambda mark: filled.get(mark[0], mark[0]), run.text))
            for run in text
        )

    return [
        replace(
            section,
            paragraphs=tuple(
                replace(
                    paragraph,
                    text=with_filled(paragraph.text),
                    bullets=tuple(
                        replace(each, text=with_filled(each.text)) for each in paragraph.bullets
                    ),
                )
                for paragraph in section.paragraphs
            ),
        )
        for section in sections
    ]
