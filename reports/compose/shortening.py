"""Shortens a paper that is too long even if its sections say only what they must: what ranks last is left out, and a sentence
says of which items."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from reports.compose.ahead import GRAVE
from reports.compose.budget import count_words
from reports.compose.citations import FOLLOW_UP
from reports.compose.late_words import unsettled
from reports.compose.paragraphs import ASKED, Writer, key, length
from reports.compose.slips import cause_of
from reports.compose.subjects import because_of, with_notes
from reports.compose.writing_out import texts_of
from reports.document import Bullet, Paragraph, Section, Source
from reports.document.wording import agree, capitalised, count_in_words, join_words, number, some
from workitems.models.item import Stage
from workitems.plan.plan_at import ItemAt
from workitems.terms.measure_sentence import State

# How many parts of a section are kept at first, by its content, then fewer, one by one, and how many it has as long as others
# have more than theirs. The first ones lose parts before the others.
KEPT = {
    "next_steps": (5, 3),
    "risks": (5, 2),
    "achievements": (5, 3),
    "mitigation": (8, 3),
    "delay": (9, 5),
    "background": (9, 2),
}
# Late items are worth more in a paper that tells of each in one place.
MORE_BY_ITEM = 2
# The summary is shortened last, and keeps so many bullets beside its first one.
SUMMARIES, KEPT_OF_SUMMARY = ("purpose", "figures"), (2, 1)
# The limit of words that any paper keeps: a smaller one has no room for what a paper must have.
LEAST_LIMIT = 600
# Words of the shortest paragraph that is left out.
LEAST_LEFT_OUT = 20
# Contents on late items.
LATE = ("delay", "mitigation")
# Contents that are shortened without a word: what they leave out is known, or stands elsewhere.
SILENT = {*SUMMARIES, "background"}
# Limits on the items of which a list gives the names, on the words of those, and on the numbers in one sentence.
MOST_NAMES, NAMES_WORDS, MAX_NAMED = 3, 20, 12
MOST_NAMES_WORDS = 45  # of late items
# Annexes that have what a section leaves out. Those of items have the dates of delays, but no causes or actions.
HOLDS = {
    "achievements": ("items_texts",),
    "delay": ("delays",),
    "mitigation": ("delays",),
    "next_steps": ("items", "items_texts"),
    "risks": ("risks",),
}
# What begins a sentence on what no annex has.
NOT_SHOWN = "Not shown here:"
WHAT = {
    "mitigation": "what is being done about {}",
    "achievements": "what was achieved in {}",
    "next_steps": "what is planned for {}",
}
# Paragraphs that are short and say what no other place does.
CLOSING = key("p", "closing")
STAYS = {
    key("p", about)
    for about in (
        *("closing", "completed", "purpose", "risks", GRAVE, "shown to be done", "audited"),
        *("withdrawn", "outcomes", "measures missed", "more measures missed"),
    )
}
# Lists that stay whole.
WHOLE = {key("p", "measures missed")}
DATES, ACTIONS = key("p", "dates"), key("p", "mitigation")
_ITEM = re.compile(r"\b[Ii]tem (\d+(?:\.\d+)*)")
_RISK = re.compile(r"Risk (\d+)")

Sections = dict[str, Section]


class Part(NamedTuple):
    """A paragraph of a section by its place, or one of its bullets."""

    paragraph: int
    bullet: int | None = None


def shortened(writer: Writer, sections: Sections, most: int) -> Sections:
    """Return the sections with at most so many words, if enough can be left out and the paper's limit is
    one that can be kept; those that have no more are returned as they are."""
    if writer.facts.most_words < LEAST_LIMIT or _total(sections) <= most:
        return sections
    parts = {
        content: _parts(writer, sections, content)
        for content in sections
        if content in {*KEPT, *SUMMARIES}
    }
    made, gone, lost = sections, Counter[str](), list[str]()

    def left_out_of(content: str, change: int) -> Sections:
        left_out = parts[content][len(parts[content]) - gone[content] - change :]
        return {**made, content: _without(writer, content, sections[content], left_out)}

    for content in _losing(writer, parts):
        made = left_out_of(content, 1)
        gone[content] += 1
        lost.append(content)
        if _total(made) <= most:
            break
    # The last part that went may have been long, so that short ones which went before it fit again.
    for content in reversed(lost):
        fuller = left_out_of(content, -1)
        if _total(fuller) <= most:
            made = fuller
            gone[content] -= 1
    for content, count in gone.items():
        left_out = parts[content][len(parts[content]) - count :]
        _note_lines(writer, sections[content], made[content], left_out)
    return made


def _total(sections: Sections) -> int:
    return sum(length(each) for section in sections.values() for each in section.paragraphs)


def _losing(writer: Writer, parts: Mapping[str, Sequence[Part]]) -> Iterator[str]:
    """Yield the content that loses its next part, until none is left to lose."""
    left = {content: len(each) for content, each in parts.items()}
    for content, kept in _steps(writer):
        while left.get(content, 0) > kept:
            left[content] -= 1
            yield content


def _steps(writer: Writer) -> Iterator[tuple[str, int]]:
    """Yield the contents with the number of parts to keep, in the order in which sections lose parts."""
    more = MORE_BY_ITEM if writer.is_by_item else 0
    extra = {content: more if content == "delay" else 0 for content in KEPT}
    for fewer in range(max(kept for kept, _ in KEPT.values())):
        for content, (kept, fewest) in KEPT.items():
            yield content, max(kept - fewer, fewest) + extra[content]
    for fewer in range(max(fewest for _, fewest in KEPT.values()) + more + 1):
        for content, (_, fewest) in KEPT.items():
            yield content, max(fewest + extra[content] - fewer, 0)
    yield from ((content, kept) for kept in KEPT_OF_SUMMARY for content in SUMMARIES)


def _parts(writer: Writer, sections: Sections, content: str) -> list[Part]:
    """Return what a section can leave out, the last first to go: of a list all but the first bullet, and other paragraphs to
    which the paper does not refer. What is on a late key item, or on one whose cause is not settled, stays longest."""
    paragraphs = [each for section in sections.values() for each in section.paragraphs]
    whole = "\n".join(text for each in paragraphs for text in texts_of(each))
    answer = writer.facts.answer
    stays = STAYS | ({key("p", f"answer {answer.paper.pk}")} if answer else set())
    parts: list[Part] = []
    for place, paragraph in enumerate(sections[content].paragraphs):
        if paragraph.bullets and paragraph.key not in WHOLE:
            parts += [
                Part(place, bullet)
                for bullet in range(1, len(paragraph.bullets))
                if not any(ASKED in text for text in texts_of(paragraph.bullets[bullet]))
                and not _is_asked_for(writer, paragraph, bullet)
            ]
        elif (
            paragraph.key not in stays
            and f"{{{paragraph.key}}}" not in whole
            # What says that it is left out is as long.
            and (content != "achievements" or length(paragraph) > LEAST_LEFT_OUT)
        ):
            parts.append(Part(place))
    # A section says something.
    is_empty = len(parts) == len(sections[content].paragraphs) and all(
        part.bullet is None for part in parts
    )
    parts = parts[1:] if is_empty else parts
    if content not in LATE:
        return sorted(
            parts, key=lambda part: _date_rank(writer, sections[content].paragraphs, part)
        )
    keys = {
        entry.item.number for entry in writer.facts.late if entry.item.is_key or unsettled(entry)
    }
    placed = sections[content].paragraphs
    return sorted(
        parts, key=lambda part: keys.isdisjoint(_numbers(_sources_of(writer, placed, part)))
    )


def _is_asked_for(writer: Writer, paragraph: Paragraph, bullet: int) -> bool:
    """Whether a date is of what is to be done after the Minister's answer."""
    sources = _of_bullets(writer, paragraph, [bullet])
    return paragraph.key == DATES and any(source.model == FOLLOW_UP for source in sources)


def _date_rank(writer: Writer, placed: Sequence[Paragraph], part: Part) -> int:
    """Return a rank by which dates are left out: the highest first. 2 is a date that has not slipped, 1 one that has, 0 one of
    a key item that has, or what is no date."""
    if placed[part.paragraph].key != DATES:
        return 0
    numbers = _numbers(_sources_of(writer, placed, part))
    slipped = [entry.item for entry in writer.facts.late if entry.item.number in numbers]
    return 0 if any(item.is_key for item in slipped) else 1 if slipped else 2


def _without(writer: Writer, content: str, section: Section, left_out: list[Part]) -> Section:
    """Return a section without these parts, and with a sentence on what is left out at the end of each list and of the
    section."""
    made: list[Paragraph] = []
    gone: list[Source] = []
    for place, paragraph in enumerate(section.paragraphs):
        if Part(place) in left_out:
            gone += paragraph.sources
            continue
        bullets = [part.bullet for part in left_out if part.paragraph == place]
        if not bullets:
            made.append(paragraph)
            continue
        kept = [each for n, each in enumerate(paragraph.bullets) if n not in bullets]
        is_told = paragraph.key == DATES and any(each.key == CLOSING for each in section.paragraphs)
        if not is_told and content not in SILENT:
            sources = _of_bullets(writer, paragraph, bullets)
            kept.append(
                Bullet(writer.text(_of_list(writer, content, paragraph, len(bullets), sources)))
            )
        text = paragraph.text
        if paragraph.key == DATES and len(kept) == 1:
            text = writer.text("The first of the main dates ahead:")
        elif paragraph.key == ACTIONS:
            text = writer.text("Some of what agencies are doing about these delays:")
        made.append(replace(paragraph, text=text, bullets=tuple(kept)))
    here = {number for paragraph in made for number in _numbers(paragraph.sources)}
    last = _of_section(writer, content, gone, here) if gone and content not in SILENT else ""
    if last:
        at = next((n for n, each in enumerate(made) if each.key == CLOSING), len(made))
        made.insert(at, writer.paragraph(last, about=f"left out of {content}", sources=gone))
    return replace(section, paragraphs=tuple(made))


def _sources_of(writer: Writer, placed: Sequence[Paragraph], part: Part) -> Sequence[Source]:
    paragraph = placed[part.paragraph]
    is_whole = part.bullet is None
    return paragraph.sources if is_whole else _of_bullets(writer, paragraph, [part.bullet])


def _of_bullets(
    writer: Writer, paragraph: Paragraph, bullets: Iterable[int | None]
) -> list[Source]:
    lines = writer.lines.get(paragraph.key, ())
    return [source for n in bullets if n is not None and n < len(lines) for source in lines[n]]


def _note_lines(writer: Writer, before: Section, after: Section, left_out: list[Part]) -> None:
    """Keep the sources of each bullet with it."""
    now = {each.key: each for each in after.paragraphs}
    for place, paragraph in enumerate(before.paragraphs):
        gone = [part.bullet for part in left_out if part.paragraph == place]
        if paragraph.key not in now:
            writer.lines.pop(paragraph.key, None)
        elif gone and (lines := writer.lines.get(paragraph.key)):
            kept = [line for n, line in enumerate(lines) if n not in gone]
            if len(now[paragraph.key].bullets) > len(kept):
                kept.append(tuple(dict.fromkeys(_of_bullets(writer, paragraph, gone))))
            writer.lines[paragraph.key] = tuple(kept)


def _of_list(
    writer: Writer, content: str, paragraph: Paragraph, count: int, sources: list[Source]
) -> str:
    """Return the last bullet of a list: "Two more (Annex B): the map (1.2) and the card (1.3)."."""
    where, which = _where(writer, content, sources), _which(writer, content, sources)
    if content == "delay" and _UNKNOWN in which:
        # The annex of delays has nothing on them.
        where = ""
    are_not_shown = f"{agree(count, 'is', 'are')} not shown here"
    if paragraph.key == DATES:
        dates = count_in_words(count, "more date")
        return f"{where} has {dates}." if where else f"{capitalised(dates)} {are_not_shown}."
    more = f"{capitalised(number(count))} more{f' ({where})' if where else ''}"
    numbers = set(_numbers(sources))
    of_list = [item for item in writer.facts.items if item.number in numbers]
    if content == "achievements" and (reached := _reached(writer, of_list)):
        return reached
    if content == "achievements" and which and all(map(_is_complete, of_list)):
        more = "Reported complete" if writer.tells_of_evidence else "Completed"
    if content == "mitigation" and which and not where:
        return f"{NOT_SHOWN} {WHAT[content].format(which)}."
    if which:
        return f"{more}: {which}."
    return f"{more}." if where else f"{more} {are_not_shown}."


def _reached(writer: Writer, items: list[ItemAt]) -> str:
    """Return which of the items reached their targets, which is their result, and how many others there are; "" if none did."""
    rows = writer.facts.measures.rows
    done = [
        item
        for item in items
        if any(row.state in (State.REACHED, State.REACHED_LATE) for row in rows.of_item(item.pk))
    ]
    if not done:
        return ""
    rest = [item for item in items if item not in done]
    names, others = (
        join_words(with_notes(writer.names.bare(item), item.number) for item in of)
        for of in (done, rest)
    )
    where = writer.where(["measures"])
    target = agree(len(done), "Target", "Targets")
    told = f"{target} reached{f' ({where})' if where else ''}: {names}."
    return f"{told} {capitalised(number(len(rest)))} more: {others}." if rest else told


def _is_complete(item: ItemAt) -> bool:
    return item.stage == Stage.COMPLETE


def _of_section(writer: Writer, content: str, sources: list[Source], here: set[str]) -> str:
    """Return a sentence on the items of which a section leaves something out: "Annex B has more on 1.2 and 1.3."; "" of none. Of
    section Delay it says which late ones are not among those told `here`, with their causes: "Also late: the map (1.2)."."""
    where, numbers = _where(writer, content, sources), some(_numbers(sources), MAX_NAMED)
    if not numbers:
        return ""
    if content == "delay":
        late = {entry.item.number for entry in writer.facts.late if entry.is_late}
        gone = [each for each in sources if late.intersection(_numbers([each])) - here]
        which = _which(writer, content, gone) if gone else ""
        if count_words(which) > MOST_NAMES_WORDS:
            which = some(_numbers(gone), MAX_NAMED)
        return f"Also late{f' ({where})' if where else ''}: {which}." if which else ""
    what = WHAT.get(content, "more on {}").format(_which(writer, content, sources) or numbers)
    if not where and content == "achievements":
        # The workshop lists the results that no paragraph has.
        return ""
    return f"{where} has {what}." if where else f"{NOT_SHOWN} {what}."


def _where(writer: Writer, content: str, sources: list[Source]) -> str:
    is_of_risks = any(_RISK.match(source.label) for source in sources)
    return writer.where(HOLDS["risks"] if is_of_risks else HOLDS.get(content, ()))


def _which(writer: Writer, content: str, sources: list[Source]) -> str:
    """Return the items that a list leaves out: a few by name, late ones that are many by cause, and others by number."""
    numbers = _numbers(sources)
    of = {item.number: item for item in writer.facts.items}
    names = [with_notes(writer.names.bare(of[each]), each) for each in numbers if each in of]
    if len(names) == len(numbers) <= MOST_NAMES and count_words(*names) <= NAMES_WORDS:
        return join_words(names)
    if content == "mitigation" and numbers:
        return f"{agree(len(numbers), 'item', 'items')} {some(numbers, MAX_NAMED)}"
    causes = {entry.item.number: cause_of(entry) for entry in writer.facts.late if entry.is_late}
    if content != "delay" or not causes.keys() >= set(numbers):
        return some(numbers, MAX_NAMED)
    by_cause: dict[str, list[str]] = {}
    for each in numbers:
        # A number says nothing without its name.
        name = with_notes(writer.names.bare(of[each]), each) if each in of else each
        unknown = _UNKNOWN if causes[each] is None else ""
        by_cause.setdefault(because_of(causes[each]) or unknown, []).append(name)
    return "; ".join(f"{join_words(each)}{why}" for why, each in by_cause.items())


_UNKNOWN = ", without a recorded cause"


def _numbers(sources: Iterable[Source]) -> list[str]:
    """Return the numbers of the items, or else of the risks, that the sources are of."""
    labels = [source.label for source in sources]
    items = [found[1] for label in labels if (found := _ITEM.search(label))]
    risks = [f"R{found[1]}" for label in labels if (found := _RISK.match(label))]
    return list(dict.fromkeys(items or risks))
