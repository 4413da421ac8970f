"""The Minister's decisions on the last paper and their follow-ups, as text for the next paper."""

import re
from dataclasses import replace
from typing import Any

from reports.compose.facts import AnswerFacts
from reports.compose.paragraphs import Writer, errors_naming
from reports.document import Bullet, Paragraph, Text
from reports.document.dates import long_date
from reports.document.wording import closed, count_in_words, opened
from reports.models import ResponseChoice


def answer_paragraph(writer: Writer, answer: AnswerFacts) -> Paragraph:
    """Return a paragraph with the date, the paper, and the option marked at each recommendation.

    Follow-ups are given with agency, due date, and whether they are done.
    """
    paper = answer.paper
    opening = (
        f"On {long_date(answer.response.decided_on)} the Minister answered the last paper on the Plan, "
        f"{paper.tracker_number} of {long_date(paper.dated)}"
    )
    marked = [choice for choice in answer.choices if choice.option]
    about, sources = f"answer {paper.pk}", [answer.source]
    with errors_naming(answer.source):
        if not marked:
            return writer.paragraph(
                f"{opening}. No recommendation was marked.", about=about, sources=sources
            )
        if len(answer.choices) == 1 and not answer.to_do:
            words = f"{opening}: the recommendation {_asked(marked[0])} was marked “{marked[0].option}”."
            return writer.paragraph(words, about=about, sources=sources)
        noun = count_in_words(len(answer.choices), "recommendation")
        return writer.paragraph(
            f"{opening}. It made {noun}:",
            about=about,
            bullets=_ended([_bullet(writer, choice, answer) for choice in answer.choices]),
            sources=sources,
        )


def _asked(choice: ResponseChoice) -> str:
    """Return a clause such as "to note the contents of that paper"."""
    text = re.sub(r"\bthis paper\b", "that paper", choice.text)
    return f"to {choice.verb} {opened(text)}"


def _bullet(writer: Writer, choice: ResponseChoice, answer: AnswerFacts) -> Bullet:
    words = f"{_asked(choice)}: {choice.option or 'not marked'}"
    to_do = answer.to_do.get(choice.key)
    return Bullet(
        writer.text(words),
        () if to_do is None else (Bullet(writer.text(_to_do(writer, to_do))),),
    )


def _to_do(writer: Writer, row: Any) -> str:
    who = writer.agency(writer.facts.agencies[row.owner_agency_id])
    when = f"done on {long_date(row.done_on)}" if row.done_on else f"due on {long_date(row.due_on)}"
    return f"{who}, {when}: {opened(writer.flat(row.text))}"


def _ended(bullets: list[Bullet]) -> list[Bullet]:
    """Return the bullets with a full stop at the end of the last one."""
    *before, last = bullets
    if last.bullets:
        (inner,) = last.bullets
        return [*before, replace(last, bullets=(replace(inner, text=_closed(inner.text)),))]
    return [*before, replace(last, text=_closed(last.text))]


def _closed(text: Text) -> Text:
    return (*text[:-1], replace(text[-1], text=closed(text[-1].text)))
