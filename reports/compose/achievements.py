"""Section Achievements: the main results, key achievements by pillar, and what was completed.

Agencies' words are quoted from their start: a headline's first sentence, and of another achievement at most two
sentences. The rest is in their reports and in the annex of texts.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from reports.compose.budget import Room
from reports.compose.facts import UpdateFacts, item_source
from reports.compose.paragraphs import Writer, errors_naming
from reports.compose.subjects import numbers_of
from reports.document import Bullet, Paragraph, Run, Section, SectionKind, Source, Text, words
from reports.document.dates import long_date, period
from reports.document.wording import (
    agree,
    capitalised,
    closed,
    count_in_words,
    first_sentences,
    join_words,
    number,
    opened,
    some,
)
from workitems.models import Pillar, Update
from workitems.plan.plan_at import ItemAt

HEADLINE_WORDS = 30
MOST_SENTENCES = 2
MOST_WORDS = 60
# Words in one paragraph; the achievements of a pillar may take several.
PARAGRAPH_WORDS = 110
# Limit on the completed items named.
MAX_COMPLETED = 12
# Limit on the items named of those whose key achievements have no room.
MAX_LEFT = 3

Said = tuple[ItemAt, UpdateFacts]


def achievements(writer: Writer) -> Section:
    facts, room = writer.facts, writer.room("achievements")
    said = [
        (item, update)
        for item in facts.items
        for update in facts.updates_of(item)
        if update.achieved.strip()
    ]
    headlines = [pair for pair in said if _is(pair, Update.KeyAchievement.HEADLINE)]
    others = [pair for pair in said if _is(pair, Update.KeyAchievement.YES)]
    completed = [
        item
        for item in facts.items
        if item.completed_on
        and facts.briefing.period_start <= item.completed_on <= facts.briefing.period_end
    ]
    # What must be said is counted first, so that room is left for it.
    room.use(_completed(writer, completed, [of for of, _ in [*headlines, *others]]))
    lead, left = _headlines(writer, headlines, room)
    told, more = _by_pillar(writer, others, room)
    paragraphs = [*lead, *told, *_left_over(writer, left + more, completed, room)]
    if completed:
        untold = {id(pair) for pair in [*left, *more]}
        above = [pair[0] for pair in [*headlines, *others] if id(pair) not in untold]
        closing = _completed(writer, completed, above)
        paragraphs.append(
            writer.paragraph(
                closing,
                about="completed",
                sources=[item_source(item) for item in completed],
            )
        )
    if not paragraphs:
        paragraphs.append(_nothing_achieved(writer))
    return Section(SectionKind.ACHIEVEMENTS, "Achievements", tuple(paragraphs))


def _is(pair: Said, mark: Update.KeyAchievement) -> bool:
    return pair[1].key_achievement == mark


def _achieved(writer: Writer, update: UpdateFacts) -> str:
    """Return what was achieved on one line, with its bold."""
    with errors_naming(update.source):
        return writer.flat(update.achieved)


def _headlines(
    writer: Writer, headlines: list[Said], room: Room
) -> tuple[list[Paragraph], list[Said]]:
    """Return the list of headlines, and those that have no room."""
    lines: list[tuple[str, list[Source]]] = []
    left = []
    for item, update in headlines:
        text = first_sentences(_achieved(writer, update), 1, HEADLINE_WORDS)
        if text and room.take(text):
            lines.append((text, [update.source]))
        else:
            left.append((item, update))
    if not lines:
        return [], left
    is_year = writer.facts.is_year
    lead = f"The {'year’s ' if is_year else ''}main {agree(len(lines), 'result', 'results')}"
    lead += ":" if is_year else " of the period:"
    room.use(lead)
    bullets = _listed([writer.text(text) for text, _ in lines])
    sources = [of_line for _, of_line in lines]
    return list(
        writer.paragraphs(lead, about="headlines", bullets=zip(bullets, sources, strict=True))
    ), left


def _listed(texts: list[Text]) -> list[Bullet]:
    """Return a bullet a text: fragments if all were typed as fragments, else sentences."""
    fragments = all(words(text)[:1].islower() for text in texts)
    last = len(texts) - 1
    return [Bullet(_ended(text, fragments, place == last)) for place, text in enumerate(texts)]


def _ended(text: Text, fragments: bool, last: bool) -> Text:
    """Return a bullet's text with a full stop, or with none before the last fragment."""
    if not fragments:
        text = (_saying(text[0], capitalised(text[0].text)), *text[1:])
    ending = (closed if last or not fragments else opened)(text[-1].text)
    if not ending and len(text) > 1:  # the last run was only a full stop, after bold text
        return text[:-1]
    return (*text[:-1], _saying(text[-1], ending))


def _saying(run: Run, text: str) -> Run:
    """Return the run with another text, or itself if it has that text."""
    return run if run.text == text else replace(run, text=text)


def _by_pillar(writer: Writer, said: list[Said], room: Room) -> tuple[list[Paragraph], list[Said]]:
    """Return paragraphs of each pillar's key achievements, and those that have no room. Pillars take
    turns, and in each those on key items come first."""
    told: dict[int, str] = {}
    ranked = [(update.pk, _achieved(writer, update)) for _, update in _in_turns(said)]
    # The first sentence of each goes before the second of any.
    for pk, achieved in ranked:
        first = first_sentences(achieved, 1, MOST_WORDS)
        if first and room.take(first):
            told[pk] = first
    for pk, achieved in ranked:
        if pk in told:
            text = first_sentences(achieved, MOST_SENTENCES, MOST_WORDS)
            if room.take(text.removeprefix(told[pk])):
                told[pk] = text
    paragraphs: list[Paragraph] = []
    for pillar in writer.facts.pillars:
        of_pillar = [pair for pair in said if pair[0].pillar == pillar.pk and pair[1].pk in told]
        for place, box in enumerate(_boxes(of_pillar, told)):
            paragraphs.append(_of_pillar(writer, pillar, place, box, told))
    return paragraphs, [pair for pair in said if pair[1].pk not in told]


def _in_turns(said: list[Said]) -> list[Said]:
    """Return the first of each pillar, then the second of each, and so on; key items before others."""
    turns: Counter[int] = Counter()
    ranked = []
    for item, update in sorted(said, key=lambda pair: not pair[0].is_key):
        turns[item.pillar] += 1
        ranked.append((turns[item.pillar], (item, update)))
    return [pair for _, pair in sorted(ranked, key=lambda each: each[0])]


def _boxes(said: list[Said], told: dict[int, str]) -> Iterator[list[Said]]:
    """Yield the achievements for each paragraph of a pillar."""
    box: list[Said] = []
    length = 0
    for pair in said:
        size = len(told[pair[1].pk].split())
        if box and length + size > PARAGRAPH_WORDS:
            yield box
            box, length = [], 0
        box.append(pair)
        length += size
    if box:
        yield box


def _of_pillar(
    writer: Writer, pillar: Pillar, place: int, box: list[Said], told: dict[int, str]
) -> Paragraph:
    said = [(closed(capitalised(told[update.pk])), [update.source]) for _, update in box]
    about = f"achievements {pillar.pk} {place}" if place else f"achievements {pillar.pk}"
    return writer.running(said, about=about)


def _left_over(
    writer: Writer, left: list[Said], completed: list[ItemAt], room: Room
) -> Iterator[Paragraph]:
    """Yield a sentence on the key achievements that had no room, but for items that are named as
    completed."""
    left = [pair for pair in left if len(completed) > MAX_COMPLETED or pair[0] not in completed]
    if not left:
        return
    items = list(dict.fromkeys(item for item, _ in left))
    if len(items) <= MAX_LEFT:
        names = join_words(map(writer.names.item, items))
        what = agree(len(left), "Another key achievement", "Other key achievements")
        sentence = f"{what}: {names}."
    else:
        where = writer.where(["items_texts"]) or "the agencies’ reports"
        sentence = f"{capitalised(number(len(left)))} further key achievements are in {where}."
    room.use(sentence)
    yield writer.paragraph(
        sentence, about="more achievements", sources=[update.source for _, update in left]
    )


def _completed(writer: Writer, completed: list[ItemAt], above: list[ItemAt]) -> str:
    """Return a sentence that names the completed items, but for those told `above` if they are several: all, or
    the first and the number of others."""
    if not completed:
        return ""
    count = count_in_words(len(completed), "work item")
    done = f"{capitalised(count)} {agree(len(completed), 'was', 'were')} completed in the "
    done += "year" if writer.facts.is_year else "period"
    shown = sorted(completed, key=lambda item: not item.is_key)
    new = [item for item in shown if item not in above]
    if len(shown) - len(new) == 1:
        new = shown
    if not new:
        return f"{done} ({numbers_of(shown, MAX_COMPLETED)})."
    names = some([writer.names.item(item) for item in new], MAX_COMPLETED)
    where = writer.where(["items", "items_texts"]) if len(new) > MAX_COMPLETED else ""
    among = "among them " if len(new) < len(completed) else ""
    return f"{done}{', ' if among else ': '}{among}{names}{f' ({where})' if where else ''}."


def _nothing_achieved(writer: Writer) -> Paragraph:
    facts = writer.facts
    span = period(facts.briefing.period_start, facts.briefing.period_end)
    heard = [item for item in facts.items if facts.updates_of(item)]
    if not heard:
        sentence = (
            f"No agency’s report on {span} had been accepted by "
            f"{long_date(facts.briefing.dated)}, so this paper can name no achievement."
        )
    else:
        sentence = (
            f"Agencies reported on {count_in_words(len(heard), 'work item')} in {span}. "
            "None of the accepted reports names a key achievement."
        )
    return writer.paragraph(
        sentence,
        about="no achievement",
        sources=[update.source for item in heard for update in facts.updates_of(item)] or None,
    )
