"""Section Questions and answers: what the Minister is likely to be asked, with what the records say.

Each question with its answer is one paragraph. Late items that lead come first, in the order of section Delay.
"""

from collections.abc import Iterator

from reports.compose.citations import item_source, milestone_source, version_of
from reports.compose.decided_changes import why_withdrawn
from reports.compose.facts import Facts
from reports.compose.late_words import in_words_of
from reports.compose.paragraphs import Writer, errors_naming
from reports.compose.settling import settled_in_words
from reports.compose.subjects import at_risk
from reports.compose.talking_points import (
    late_steps,
    new_date,
    open_delays,
    to_do,
    with_owner,
)
from reports.document import Paragraph, Section, SectionKind, Source
from reports.document.dates import long_date
from reports.document.wording import agree, capitalised, closed, first_sentences, join_words, number
from workitems.models import Delay
from workitems.models.item import Stage
from workitems.plan.plan_at import DelayAt, ItemAt
from workitems.terms.lateness import times_in_words
from workitems.terms.sentence_ends import sentences
from workitems.terms.stems import cause, says_nothing, says_we
from workitems.terms.third_person import without_we

MOST_LATE = 5  # key items that have questions of their own
MOST_NAMED = 8
MOST_STEPS = 3
MOST_SENTENCES, MOST_WORDS = 3, 60  # of a cause, a step or a reason
TOO_LONG = "The record of this is longer than an answer."

Settlement = Delay.Settlement
# By cause, the question whether it is settled.
SETTLED = {
    Delay.Cause.FUNDING: "Is there money now for {}?",
    Delay.Cause.STAFFING: "Are there people now for {}?",
}
# The delay that decides the answer comes first.
WORST_FIRST = (
    Settlement.NEEDS_DECISION,
    Settlement.BEING_SETTLED,
    "",
    Settlement.SETTLED,
)

Answer = tuple[str, str, list[Source]]


def questions(writer: Writer) -> Section:
    facts = writer.facts
    late = [entry.item for entry in facts.late if entry.is_late and entry.leads]
    asked = [
        _asked(writer, f"late {item.pk} {place}", answer)
        for item in late[:MOST_LATE]
        for place, answer in enumerate(_of_late_item(writer, item))
    ]
    reported = {item.pk for item in late[:MOST_LATE]}
    asked.append(_asked(writer, "late", _what_else_is_late(writer, reported)))
    asked.append(_asked(writer, "doubt", _what_is_in_doubt(writer)))
    asked += [_asked(writer, f"withdrawn {pk}", answer) for pk, answer in _withdrawn(writer)]
    return Section(SectionKind.OTHER, "Questions and answers", tuple(asked))


def _asked(writer: Writer, about: str, answer: Answer) -> Paragraph:
    question, words, sources = answer
    text = writer.text(writer.bold(question), " ", words)
    return writer.paragraph(text, about=f"question {about}", sources=sources)


# --- a late key item ------------------------------------------------------------------------------


def _of_late_item(writer: Writer, item: ItemAt) -> Iterator[Answer]:
    steps = late_steps(item)
    delays = [delay for _, delay in open_delays(steps)]
    sources = [
        item_source(item),
        *(milestone_source(item, step) for step in steps),
        *(_delay_source(item, delay) for delay in delays),
    ]
    yield f"Why is {writer.names.item(item)} late?", _why(writer, item, delays), sources
    if delays:
        worst = min(delays, key=lambda delay: WORST_FIRST.index(delay.settlement))
        question = SETTLED.get(Delay.Cause(worst.cause), "Is the cause of the delay of {} settled?")
        yield (
            question.format(writer.names.item(item)),
            _settled(writer.facts, worst),
            [_delay_source(item, worst)],
        )
    rows = to_do(writer.facts, item)[:MOST_STEPS]
    sentences = []
    for row, source in rows:
        with errors_naming(source):
            sentences.append(with_owner(writer, row, _some(writer, row.description)))
    if not rows:
        sentences.append("No step against the delay is recorded as still to be done.")
    moved = max(sum(delay.times_moved for delay in step.delays if delay.is_open) for step in steps)
    for step in steps:
        sentences.append(f"{capitalised(new_date(step))}.")
    if moved > 1:
        sentences.append(f"The date has moved {times_in_words(moved)}.")
    yield (
        f"What happens next with {writer.names.item(item)}?",
        " ".join(sentences),
        [*sources, *(source for _, source in rows)],
    )


def _delay_source(item: ItemAt, delay: DelayAt) -> Source:
    return version_of(delay, "delay", f"Delay {delay.number} of item {item.number}")


def _why(writer: Writer, item: ItemAt, delays: list[DelayAt]) -> str:
    """Return the causes: "Because no money was set aside.", or in the agency's words what does not go on so."""
    causes = [
        _some(writer, delay.explanation) for delay in delays if not says_nothing(delay.explanation)
    ]
    if not causes:
        return "No cause is recorded."
    who = writer.facts.lead_of(item).short_name
    return " ".join(_because(writer, who, words) for words in dict.fromkeys(causes))


def _because(writer: Writer, who: str, words: str) -> str:
    words = without_we(words, who)
    first, *rest = sentences(words)
    is_cause = words != TOO_LONG and not says_we(words)
    why = cause(first, writer.agency_names) if is_cause else None
    if why:
        return " ".join([capitalised(f"{why}."), *rest])
    return in_words_of(who, capitalised(closed(words)))


def _settled(facts: Facts, delay: DelayAt) -> str:
    """Return whether the cause is settled."""
    by = delay.settling_by
    sentence = settled_in_words(
        delay.cause,
        delay.settlement,
        who=delay.settler(facts.agencies),
        by=long_date(by) if by else "",
        is_past=by is not None and by < facts.as_at,
    )
    if not sentence:
        return "The records do not say."
    return f"{'Yes' if delay.settlement == Settlement.SETTLED else 'Not yet'}. {sentence}"


def _some(writer: Writer, text: str) -> str:
    """Return as many whole sentences as fit, or a sentence that says that none does."""
    return closed(first_sentences(writer.flat(text), MOST_SENTENCES, MOST_WORDS) or TOO_LONG)


# --- the plan -------------------------------------------------------------------------------------


def _what_else_is_late(writer: Writer, reported: set[int]) -> Answer:
    facts = writer.facts
    late = [item for item in facts.items if item.is_late and item.pk not in reported]
    question = "What else is late?" if reported else "Is anything late?"
    sources = [item_source(item) for item in late or facts.items] or [facts.plan_source]
    if not late:
        return question, "Nothing else." if reported else "No work item is late.", sources
    words = f"{_named(writer, late)}."
    if not any(item.is_key for item in late):
        words += f" {agree(len(late), 'It is not a key item', 'None of them is a key item')}."
    return question, words, sources


def _what_is_in_doubt(writer: Writer) -> Answer:
    facts = writer.facts
    items = at_risk(facts.items)
    question = "What is not late yet but at risk?"
    sources = [item_source(item) for item in items or facts.items] or [facts.plan_source]
    if not items:
        return (
            question,
            "No agency and no reviewer has said that an item on time is at risk.",
            sources,
        )
    return question, f"{_named(writer, items)}.", sources


def _withdrawn(writer: Writer) -> Iterator[tuple[int, Answer]]:
    """Yield why each item that is withdrawn was withdrawn."""
    withdrawn = [item for item in writer.facts.items if item.stage == Stage.WITHDRAWN]
    for item in withdrawn[:MOST_NAMED]:
        question = f"Why was {writer.names.item(item)} withdrawn?"
        found = why_withdrawn(writer.facts, item)
        if found is None:
            no_reason = (
                "This was not decided in the period of this paper, or no reason is recorded."
            )
            yield item.pk, (question, no_reason, [item_source(item)])
            continue
        _how, reason, source = found
        with errors_naming(source):
            words = capitalised(_some(writer, reason))
        yield item.pk, (question, words, [item_source(item), source])


def _named(writer: Writer, items: list[ItemAt]) -> str:
    """Return "Three items: …", or one item alone, at most some of them by name."""
    names = [writer.names.item(item) for item in items[:MOST_NAMED]]
    if unnamed := len(items) - len(names):
        names.append(f"{number(unnamed)} {agree(unnamed, 'other', 'others')}")
    words = join_words(names)
    if len(items) == 1:
        return capitalised(words)
    return f"{capitalised(number(len(items)))} items: {words}"
