"""The annex of measures: what each says, its target and its last number."""

from reports.charts.measure_chart import chart_of
from reports.compose.facts import Facts
from reports.compose.paragraphs import Writer, errors_naming, key
from reports.document import MeasureRow, MeasureTable, markup
from reports.document.wording import agree, count_in_words, join_words
from workitems.plan.plan_at.measures_at import MeasureAt, Measures
from workitems.terms.measure_sentence import number_in_words, target_in_words, when_in_words


def measure_table(facts: Facts) -> MeasureTable:
    """Return the measures that are set up, outcomes first, and how many are not."""
    rows, writer = facts.measures.rows, Writer(facts)
    return MeasureTable(
        key=key("a", "measures"),
        heading="Measures",
        as_at=facts.as_at,
        rows=tuple(_row(writer, row) for row in rows.set_up),
        note=_not_counted(rows),
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
            text=writer.text(
                writer.flat(writer.facts.measures.whole_sentence_of(row, in_annex=True))
            ),
            target=_begun(target_in_words(row.measured, target)) if target else "",
            last=_begun(last),
            state=reading.state.label,
            chart=chart_of(row.measured, row.targets, row.values, row.on),
        )


def _begun(text: str) -> str:
    """Return the text as a cell begins: numbers stay in figures."""
    return text[:1].upper() + text[1:]


def _not_counted(rows: Measures) -> str:
    """Return of which work items nothing is counted: their measures have neither a number nor a target."""
    counted = {row.item.pk for row in rows.set_up if row.item}
    bare = dict.fromkeys(row.item.number for row in rows if row.item and row.item.pk not in counted)
    if not bare:
        return ""
    whose = agree(len(bare), "whose measure has", "whose measures have")
    return f"Nothing is counted for {count_in_words(len(bare), 'work item')}, {whose} words only: {join_words(bare)}."
