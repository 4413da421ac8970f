"""What the Minister answered to the last paper, and what was done about it, for the next paper."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from reports.compose.citations import follow_up_source
from reports.compose.facts import AnswerFacts
from reports.compose.paragraphs import Writer, errors_naming
from reports.document import Bullet, Paragraph, Source, Text, Verb
from reports.document.dates import long_date
from reports.document.wording import capitalised, closed, join_words, opened
from reports.models import ResponseChoice
from reports.models.response import ON_THE_PAPER
from workitems.terms.sentence_ends import sentences
from workitems.terms.stems import completion

Listed = tuple[Bullet, list[Source]]


def answer_paragraphs(writer: Writer, answer: AnswerFacts) -> Iterator[Paragraph]:
    """Yield paragraphs on the date, the paper, and the option marked at each recommendation; on the
    Minister's comment, if anything was to be done about it; and on earlier answers' actions.

    Each action is given with its agency, its date, whether it is done, and what was done.
    """
    with errors_naming(answer.source):
        yield from _marked(writer, answer)
        yield from _comment(writer, answer)
        yield from _earlier(writer, answer)


def _was_you(writer: Writer, answer: AnswerFacts) -> bool:
    """Whether the Minister who answered is the one to whom the paper goes."""
    return answer.response.decided_on >= writer.facts.minister_since


def _marked(writer: Writer, answer: AnswerFacts) -> Iterator[Paragraph]:
    paper = answer.paper
    who = "you" if _was_you(writer, answer) else "your predecessor"
    opening = (
        f"On {long_date(answer.response.decided_on)} {who} answered the last paper, "
        f"{paper.tracker_number} of {long_date(paper.dated)}"
    )
    about, sources = f"answer {paper.pk}", [answer.source]
    marked = [choice for choice in answer.choices if choice.option]
    has_actions = any(answer.actions.get(choice.key) for choice in answer.choices)
    if not marked and not has_actions:
        yield writer.paragraph(
            f"{opening}. No recommendation was marked.", about=about, sources=sources
        )
    elif all(_as_asked(choice) for choice in answer.choices):
        followed = [row for choice in answer.choices for row in answer.actions.get(choice.key, ())]
        told = [f"{opening}: {who} {join_words(map(_done, answer.choices))}."]
        told += [closed(capitalised(_action(writer, row))) for row in followed]
        sources += map(follow_up_source, followed)
        yield writer.paragraph(" ".join(told), about=about, sources=sources)
    elif len(answer.choices) == 1 and not has_actions:
        words = (
            f"{opening}: the recommendation {_asked(marked[0])} was marked “{marked[0].option}”."
        )
        yield writer.paragraph(words, about=about, sources=sources)
    else:
        bullets = [_bullet(writer, choice, answer) for choice in answer.choices]
        yield from writer.paragraphs(f"{opening}:", about=about, bullets=_ended(bullets))


def _as_asked(choice: ResponseChoice) -> bool:
    """Whether the Minister did what was recommended, without a comment: "agreed" at "agree that …"."""
    return (
        choice.verb in tuple(Verb)
        and choice.option == Verb(choice.verb).options[0]
        and not choice.comment
    )


def _done(choice: ResponseChoice) -> str:
    """Return a clause such as "noted the contents of that paper"."""
    return f"{choice.option} {_asked(choice).removeprefix(f'to {choice.verb} ')}"


def _asked(choice: ResponseChoice) -> str:
    """Return a clause such as "to note the contents of that paper"."""
    text = re.sub(r"\bthis paper\b", "that paper", choice.text)
    return f"to {choice.verb} {opened(text)}"


def _bullet(writer: Writer, choice: ResponseChoice, answer: AnswerFacts) -> Listed:
    rows = answer.actions.get(choice.key, ())
    words = f"{_asked(choice)}: {choice.option or 'not marked'}"
    if rows and choice.comment:
        words += f", with the comment “{_quoted(writer, choice.comment)}”"
    inner = tuple(Bullet(writer.text(_action(writer, row))) for row in rows)
    return Bullet(writer.text(words), inner), [answer.source, *map(follow_up_source, rows)]


def _comment(writer: Writer, answer: AnswerFacts) -> Iterator[Paragraph]:
    rows = answer.actions.get(ON_THE_PAPER, ())
    if not rows:
        return
    comment = answer.response.comment
    is_you = _was_you(writer, answer)
    introduction = (
        f"{'You' if is_you else 'Your predecessor'} also wrote: “{_quoted(writer, comment)}”. This followed:"
        if comment
        else f"This followed from {'your' if is_you else 'your predecessor’s'} comment:"
    )
    yield from writer.paragraphs(
        introduction,
        about=f"answer {answer.paper.pk} comment",
        bullets=_ended([_alone(writer, row, answer) for row in rows]),
    )


def _earlier(writer: Writer, answer: AnswerFacts) -> Iterator[Paragraph]:
    if not answer.earlier:
        return
    yield from writer.paragraphs(
        "From earlier answers, this was still to be done:",
        about="earlier answers",
        bullets=_ended(
            [_alone(writer, row, answer, f"{row.tracker_number}, ") for row in answer.earlier]
        ),
    )


def _alone(writer: Writer, row: Any, answer: AnswerFacts, of: str = "") -> Listed:
    text = writer.text(f"{of}{_action(writer, row)}")
    return Bullet(text), [answer.source, follow_up_source(row)]


def _quoted(writer: Writer, text: str) -> str:
    """Return typed words for quotation marks, without the full stop at their end."""
    return writer.flat(text).rstrip(".")


def _action(writer: Writer, row: Any) -> str:
    agency = writer.facts.agencies[row.owner_agency_id]
    who = writer.agency(agency)
    is_past = row.due_on < writer.facts.as_at
    names = agency.names
    asked = sentences(writer.flat(row.text))
    verb = completion("action", asked[0], names) if len(asked) == 1 else None
    if verb and not row.done_on:
        by = f"by {long_date(row.due_on)}"
        if is_past:
            words = f"It was for {who} to {verb} {by}, and this is not recorded as done"
        else:
            words = f"{capitalised(who)} will {verb} {by}"
        return f"{words}. {writer.flat(row.done_note)}" if row.done_note else words
    if row.done_on:
        when = f"done on {long_date(row.done_on)}"
    elif is_past:
        when = f"due on {long_date(row.due_on)} and not reported as done"
    else:
        when = f"due on {long_date(row.due_on)}"
    words = f"{who}, {when}: {opened(writer.flat(row.text))}"
    return f"{closed(words)} {writer.flat(row.done_note)}" if row.done_note else words


def _ended(listed: Iterable[Listed]) -> list[Listed]:
    """Return the bullets with a full stop at the end of the last one."""
    *before, (last, sources) = listed
    if last.bullets:
        *others, inner = last.bullets
        ended = (*others, replace(inner, text=_closed(inner.text)))
        return [*before, (replace(last, bullets=ended), sources)]
    return [*before, (replace(last, text=_closed(last.text)), sources)]


def _closed(text: Text) -> Text:
    return (*text[:-1], replace(text[-1], text=closed(text[-1].text)))
