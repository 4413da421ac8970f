"""What measures say in a paper: beside an item's achievement, of outcomes in the summary, and under Delay what was missed
or is worse than before the plan. Each is told once."""

import re
from collections.abc import Iterable, Iterator

from reports.compose.budget import Room
from reports.compose.citations import Line, item_source
from reports.compose.late_dates import SPELT
from reports.compose.measure_sources import NO_BASELINE
from reports.compose.paragraphs import Writer
from reports.compose.slips import PEOPLE
from reports.compose.subjects import numbers_of
from reports.document import Bullet, Paragraph, Source
from reports.document.wording import (
    agree,
    capitalised,
    cited,
    count_in_words,
    join_words,
    joined,
    number,
)
from workitems.models import Update
from workitems.plan.plan_at import ItemAt
from workitems.plan.plan_at.measures_at import MeasureAt
from workitems.terms.measure_sentence import State

# Limits on the outcomes in the summary, on the measures beside one achievement, and on those told in full under Delay.
MAX_OUTCOMES = 2
# Limit on those of items in the summary that are worse than before the plan.
MAX_WORSE = 1
MAX_OF_ITEM = 2
# Measures beside the main results that are told whether they fit or not, unless the paper is tight.
SURE = 2
SURE_IF_TIGHT = 1
MAX_MISSED = 5
MAX_MISSED_IF_TIGHT = 2
# What says nothing beside an achievement: an annex and the checks have it.
UNSAID = (State.WORDS, State.NONE)

# A measure's sentence with its sources.
Said = tuple[str, list[Source]]


def in_brief(writer: Writer, room: Room, *, most: int) -> Iterator[Line]:
    """Yield what the outcomes of the plan say, those that need attention first, and that of a key item's measure that is worse
    than before the plan. Outcomes that go well are told as far as `most` allows: section Achievements has the others."""
    for row in _outcomes(writer):
        if row.state.needs_attention or most > 0 or not writer.has("achievements"):
            most -= 1
            yield _tell(writer, row, room)
    for row in _worse(writer)[:MAX_WORSE]:
        yield _tell(writer, row, room, with_name=True)


def of_outcomes(writer: Writer, room: Room) -> list[Paragraph]:
    """Return a paragraph on the outcomes that the summary has not told."""
    lines = [_tell(writer, row, room, is_whole=True) for row in _outcomes(writer)]
    return [writer.running(lines, about="outcomes")] if lines else []


def _outcomes(writer: Writer) -> list[MeasureAt]:
    """Return the outcomes to print: the first few with a number, those that need attention first, without those printed before."""
    found = [row for row in writer.facts.measures.rows.outcomes if row.state not in UNSAID]
    found.sort(key=lambda row: not row.state.needs_attention)
    return [row for row in found[:MAX_OUTCOMES] if row.pk not in writer.measures_told]


def _worse(writer: Writer) -> list[MeasureAt]:
    """Return the measures that are worse than before the plan, of key items, of those with a headline achievement, and of those
    whose names speak of people: the key ones first."""
    found = [
        row
        for row in writer.facts.measures.rows.needing_attention
        if row.state == State.WORSE and row.item and _matters(writer, row.item)
    ]
    return sorted(found, key=lambda row: not (row.item and row.item.is_key))


def _matters(writer: Writer, item: ItemAt) -> bool:
    return (
        item.is_key
        or bool(PEOPLE.search(item.title))
        or any(
            each.key_achievement == Update.KeyAchievement.HEADLINE
            for each in writer.facts.updates_of(item)
        )
    )


def beside_achievements(
    writer: Writer, told: Iterable[tuple[ItemAt, str]], room: Room, *, sure: int = 0
) -> dict[int, list[Said]]:
    """Return by item what its measures say beside what is `told` of it: so many are `sure`, others as far as there is room. What
    was missed or is worse stands under Delay."""
    found: dict[int, list[Said]] = {}
    sure = min(sure, SURE_IF_TIGHT) if writer.is_tight else sure
    for item, text in told:
        rows = [
            row
            for row in writer.facts.measures.rows.of_item(item.pk)
            if row.state not in UNSAID
            and row.pk not in writer.measures_told
            and not (row.state.needs_attention and writer.has("delay"))
        ]
        for row in rows[:MAX_OF_ITEM]:
            is_sure = sure > 0 and (row.is_good or not writer.is_tight)
            if is_sure or room.has(writer.facts.measures.sentence_of(row)):
                said = _tell(writer, row, room, beside=text, is_whole=True)
                found.setdefault(item.pk, []).append(said)
                sure -= 1
    return found


# What a measure says after its number.
_AFTER = re.compile(
    r"(?:, (?P<than>(?:up|down) from [^;]+)(?P<rest>;.+)?|; (?P<target>the target .+))$"
)


def _without_number(row: MeasureAt, sentence: str, text: str) -> str:
    """Return what a measure says beside a text that gives its number of the same thing: "The target is 6,000 by 31 December 2026."
    beside "4,310 people came along" of "the number of people who attended"."""
    value = row.reading.value
    after = _AFTER.search(sentence.removesuffix(NO_BASELINE).rstrip())
    if not (value and value.number is not None and value.of is None and after):
        return sentence
    whole = int(value.number)
    if whole != value.number:
        return sentence
    forms = [f"{whole:,}", *filter(None, [SPELT.get(whole)])]
    found = re.search(rf"(?<![\d,.])(?:{'|'.join(forms)}) (?P<things>[\w-]+)", text)
    if not found or found["things"] not in re.findall(r"[\w-]+", row.measured.as_told):
        return sentence
    if after["than"]:
        return f"That is {after['than']}{after['rest'] or ''}"
    return capitalised(after["target"])


def missed_by_late(writer: Writer, item: ItemAt) -> list[Said]:
    """Return what was missed or is worse than before the plan of a late item, to be told with its dates."""
    return [
        _tell(writer, row, Room(0))
        for row in writer.facts.measures.rows.of_item(item.pk)
        if row.state.needs_attention and row.pk not in writer.measures_told
    ]


def needing_attention(writer: Writer) -> list[Paragraph]:
    """Return what was missed or is worse than before the plan, also of complete items; of key items first."""
    rows = [
        row
        for row in writer.facts.measures.rows.needing_attention
        if row.pk not in writer.measures_told
    ]
    rows.sort(key=lambda row: not (row.item is None or row.item.is_key))
    most = MAX_MISSED_IF_TIGHT if writer.is_tight else MAX_MISSED
    told, others = rows[:most], rows[most:]
    room = Room(0)
    lines = [_tell(writer, row, room, with_number=True) for row in told]
    paragraphs: list[Paragraph] = []
    if len(lines) == 1:
        ((text, sources),) = lines
        paragraphs = [writer.paragraph(text, about="measures missed", sources=sources)]
    elif lines:
        paragraphs = list(
            writer.paragraphs(
                f"{capitalised(_counted(told))}:",
                about="measures missed",
                bullets=[(Bullet(writer.text(text)), sources) for text, sources in lines],
            )
        )
    if others:
        paragraphs.append(_others(writer, others, told=len(told)))
    return paragraphs


def _tell(
    writer: Writer,
    row: MeasureAt,
    room: Room,
    *,
    with_number: bool = False,
    with_name: bool = False,
    beside: str = "",
    is_whole: bool = False,
) -> Said:
    measures = writer.facts.measures
    sentence = measures.whole_sentence_of(row) if is_whole else measures.sentence_of(row)
    text = _without_number(row, sentence, beside)
    if with_number and row.item:
        text = cited(text, row.item.number)
    if with_name and row.item:
        name = capitalised(writer.names.item(row.item))
        text = joined(name, ":", text, writer.agency_names)
    room.use(text)
    writer.measures_told.add(row.pk)
    return text, _sources(writer, row)


def _sources(writer: Writer, row: MeasureAt) -> list[Source]:
    of_measure = writer.facts.measures.sources_of(row)
    return [item_source(row.item), *of_measure] if row.item else of_measure


def _counted(rows: list[MeasureAt]) -> str:
    """Return "two targets were missed and one measure is worse than before the Plan"."""
    missed = sum(row.state == State.MISSED for row in rows)
    worse = len(rows) - missed
    parts = []
    if missed:
        parts.append(f"{count_in_words(missed, 'target')} {agree(missed, 'was', 'were')} missed")
    if worse:
        what = number(worse) if missed else count_in_words(worse, "measure")
        noun = f" {agree(worse, 'measure', 'measures')}" if missed else ""
        parts.append(f"{what}{noun} {agree(worse, 'is', 'are')} worse than before the Plan")
    return join_words(parts)


def _others(writer: Writer, rows: list[MeasureAt], *, told: int) -> Paragraph:
    """Return a paragraph on those for which there is no room: how many they are, of which items, and where they stand."""
    items = list(dict.fromkeys(row.item for row in rows if row.item))
    for row in rows:
        writer.measures_told.add(row.pk)
    where = writer.where(["measures"])
    of = "; ".join(filter(None, [numbers_of(items) if items else "", where]))
    return writer.paragraph(
        f"Besides {agree(told, 'this', 'these')}, {_counted(rows)}{f' ({of})' if of else ''}.",
        about="more measures missed",
        sources=[source for row in rows for source in _sources(writer, row)],
    )
