"""The annex of measures: what each says, its target and its last number."""

from reports.charts.measure_chart import chart_of
from reports.compose.facts import Facts
from reports.compose.paragraphs import Writer, errors_naming, key
from reports.compose.subjects import numbers_of
from reports.document import MeasureRow, MeasureTable, markup
from reports.document.wording import agree, capitalised, count_in_words
from workitems.plan.plan_at import ItemAt
from workitems.plan.plan_at.measures_at import MeasureAt
from workitems.terms.measure_sentence import number_in_words, target_in_words, when_in_words

# Items named of which a measure is not set up.
MOST_NAMED = 12


def measure_table(facts: Facts) -> MeasureTable:
    """Return the measures that are set up, outcomes first, and how many are not."""
    rows, writer = facts.measures.rows, Writer(facts)
    return MeasureTable(
        key=key("a", "measures"),
        heading="Measures",
        as_at=facts.as_at,
        rows=tuple(_row(writer, row) for row in rows.set_up),
        note=_not_set_up([row.item for row in rows if not row.is_set_up and row.item]),
    )


def _row(writer: Writer, row: MeasureAt) -> MeasureRow:
    reading, item = row.reading, row.item
    value, target = reading.value, reading.target
    last = ""
    if value is not None:
        last = f"{number_in_words(row.measured, value, target)} {when_in_words(value)}"
    with errors_naming(writer.facts.measures.sources_of(row)[0]):
        return MeasureRow(
            key=key("m", f"measure {row.pk}"),
            number=item.number if item else "",
            title=markup.languages(item.title, maori=writer.facts.maori) if item else (),
            agency=row.responsible.short_name,
            text=writer.text(writer.flat(writer.facts.measures.sentence_of(row))),
            target=_begun(target_in_words(row.measured, target)) if target else "",
            last=_begun(last),
            state=reading.state.label,
            chart=chart_of(row.measured, row.targets, row.values, row.on),
        )


def _begun(text: str) -> str:
    """Return the text as a cell begins: numbers stay in figures."""
    return text[:1].upper() + text[1:]


def _not_set_up(items: list[ItemAt]) -> str:
    if not items:
        return ""
    count = capitalised(count_in_words(len(items), "measure"))
    return (
        f"{count} {agree(len(items), 'has', 'have')} words only, without a number or a target: "
        f"{agree(len(items), 'item', 'items')} {numbers_of(list(dict.fromkeys(items)), MOST_NAMED)}."
    )
