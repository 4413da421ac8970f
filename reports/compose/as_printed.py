"""What an agency's answer will print in the briefing, shown while it is written.

The rules are those of the sections; only the length of the whole paper is not considered.
"""

import re
from dataclasses import dataclass
from functools import partial

from agencies.models import Agency
from reports.compose.at_risk_text import at_risk_in_words
from reports.compose.late_words import (
    AT_RISK_WORDS,
    EFFECT_WORDS,
    REASON_WORDS,
    because,
    in_words_of,
)
from reports.compose.paragraphs import flat
from reports.compose.reported import MOST_WORDS
from reports.compose.results import HEADLINE_WORDS, as_result, headline, passage, told_alone
from reports.compose.subjects import DOUBTFUL, Names, no_reason, slip_sentence
from reports.document import DocumentError, Text, markup
from reports.document.wording import capitalised, closed, count_in_words, first_sentences
from workitems.models import Update
from workitems.plan.plan_at import ItemAt, MilestoneAt, told_order
from workitems.terms.sentence_ends import sentences
from workitems.terms.stems import CASE, in_box, remarks, says_nothing
from workitems.terms.third_person import without_we

# A text that is nothing but one quotation.
_QUOTATION = re.compile(r"[“\"][^”\"]*[”\"][.!]?")


@dataclass(frozen=True)
class Printed:
    """A sentence of the paper with its section, the words used of those that fit, and advice.

    Without `text`, `place` says that nothing is printed. `counted` names the part that `used` counts,
    if that is not the whole text. `is_quoted` if the paper quotes the official words of a milestone.
    """

    place: str
    text: Text
    used: int = 0
    most: int = 0
    advice: tuple[str, ...] = ()
    counted: str = ""
    is_quoted: bool = False


@dataclass(frozen=True)
class Answer:
    """What is said of an item, in a return that may not be submitted yet."""

    achieved: str
    key_achievement: str
    challenges: str


def of_answer(item: ItemAt, agency: Agency, answer: Answer) -> list[Printed]:
    """Return what the paper prints of the answer: the achievement, and why a key item is at risk."""
    printed = [_achievement(item, agency, answer)] if answer.achieved.strip() else []
    if item.is_key and item.confidence in DOUBTFUL and not item.is_late:
        printed.append(_at_risk(item, agency, answer.challenges))
    return printed


def _achievement(item: ItemAt, agency: Agency, answer: Answer) -> Printed:
    names = (agency.short_name, agency.name)
    achieved = as_result(answer.achieved, _flat(answer.achieved), agency.short_name, names)
    is_headline = answer.key_achievement == Update.KeyAchievement.HEADLINE
    advice = remarks("achieved", answer.achieved, agency.short_name, names)
    if says_nothing(answer.achieved):
        return Printed("Not in the text of the briefing.", (), advice=tuple(advice))
    if not achieved:
        advice.append("Say what was achieved: what there is now, for whom, and how many.")
        return Printed("Not in the text of the briefing yet.", (), advice=tuple(advice))
    if is_headline and _QUOTATION.fullmatch(achieved):
        advice.append("A quotation is no headline by itself. Say what was done, and for whom.")
    if answer.key_achievement == Update.KeyAchievement.NO:
        return Printed(
            "Not marked as a key achievement; the briefing may still use it.",
            (),
            advice=tuple(advice),
        )
    limit = HEADLINE_WORDS if is_headline else MOST_WORDS
    quoted = headline(achieved) if is_headline else passage(achieved, limit).beside
    count = len(sentences(achieved))
    omitted = count - (len(sentences(quoted)) if quoted else 0)
    if not quoted:
        advice.append(
            f"The paper prints no sentence this long. Say first, in at most {limit} words, what was achieved."
        )
    elif len(quoted.split()) > limit:
        advice.append(
            f"This is printed whole if it is chosen. One of at most {limit} words is easier to choose."
        )
    if quoted and omitted:
        takes = (
            f"A headline takes one sentence, and a second one if it has a number and both have at most {limit} words. The "
            "paper"
            if is_headline
            else f"The paper takes at most two sentences of {limit} words in all and"
        )
        is_whole_enough = not is_headline and count <= 2 and len(achieved.split()) <= limit
        advice.append(
            f"The paper leaves out {count_in_words(omitted, 'sentence')} of this text: join it to the one that counts, or write it as "
            "a sentence that can stand alone."
            if is_whole_enough
            else f"{takes} leaves out {count_in_words(omitted, 'sentence')} of this text. Put what matters most first."
        )
    text = capitalised(told_alone(Names([item]), item, quoted, names)) if quoted else ""
    if not is_headline:
        text = closed(text)
    place = "Achievements, as a headline" if is_headline else "Achievements"
    return Printed(
        place if quoted else "Not in the text of the briefing yet.",
        markup.inline(text) if text else (),
        len(quoted.split()) if quoted else len((sentences(achieved) or [""])[0].split()),
        limit,
        tuple(advice),
    )


def _at_risk(item: ItemAt, agency: Agency, challenges: str) -> Printed:
    why = first_sentences(without_we(_flat(challenges), agency.short_name), 1, AT_RISK_WORDS)
    advice = () if why else ("Say under Challenges, in one sentence, why it is at risk.",)
    text = at_risk_in_words(Names([item]), item, why, who=agency.short_name)
    return Printed(
        "In brief",
        markup.inline(text),
        len(why.split()),
        AT_RISK_WORDS,
        advice,
        counted="Challenges",
    )


def of_milestone(item: ItemAt, step: MilestoneAt, agency: Agency) -> Printed | None:
    """Return what the paper prints of a milestone that is late, or came late; None for others.

    Its delays are as they will be when the answer of its agency takes effect.
    """
    if not step.delays and not step.is_late:
        return None
    start = capitalised(slip_sentence(Names([item]), item, step))
    parts = [start]
    advice: list[str] = []
    used = 0
    if step.delays:
        delay = min(step.delays, key=partial(told_order, step))
        newest = step.delays[-1]
        if newest.pk == 0 and delay is not newest:
            advice.append(
                "This tells the cause that was recorded before and is still open, and not the new one. The paper tells the new "
                "cause once the other is settled or over."
            )
        elif sum(each.is_open for each in step.delays) > 1:
            advice.append(
                "Of several causes the paper tells one: a cause that needs a decision, else the first that is not "
                "settled. The others do not count for it."
            )
        told = partial(without_we, who=agency.short_name)
        why = first_sentences(told(_flat(delay.explanation)), 2, REASON_WORDS)
        effect = first_sentences(told(_flat(delay.effect)), 1, EFFECT_WORDS)
        used = len(why.split())
        omitted = len(sentences(_flat(delay.explanation))) - (len(sentences(why)) if why else 0)
        if why and omitted:
            advice.append(
                f"The paper takes at most two sentences of the cause and leaves out "
                f"{count_in_words(omitted, 'sentence')}."
            )
        for asked in ("explanation", "effect", "meanwhile", "needs", *CASE):
            text = getattr(delay, asked)
            names = (agency.short_name, agency.name)
            advice += in_box(asked, remarks(asked, text, agency.short_name, names))
        why, effect = (closed(capitalised(text)) if text else "" for text in (why, effect))
        if why:
            parts = [
                because(start, why, delay, is_late=item.is_late, who=agency.short_name, step=step)
            ]
        if effect:
            parts.append(in_words_of(agency.short_name, effect))
        if not why:
            parts.append(no_reason(delay.cause))
            advice.append(f"Say why in a sentence of at most {REASON_WORDS} words.")
    elif step.is_late:
        advice.append("No cause is recorded, and the paper will say so.")
    return Printed(
        "Delay",
        markup.inline(" ".join(filter(None, parts))),
        used,
        REASON_WORDS,
        tuple(advice),
        counted="Cause",
        is_quoted=not step.phrase,
    )


def _flat(typed: str) -> str:
    """Return typed text on one line, or "" if it cannot be printed; the form says why."""
    if not typed.strip():
        return ""
    try:
        return flat(typed)
    except DocumentError:
        return ""
