"""What an audit of the plan found: a paragraph under Achievements, and the annex of its findings."""

from collections.abc import Iterator

from agencies.wording.translation import in_english
from reports.compose.facts import Facts
from reports.compose.paragraphs import Writer, errors_naming, key
from reports.compose.subjects import with_notes
from reports.document import FindingRow, FindingTable, Paragraph, markup
from reports.document.wording import count_in_words, named, number
from workitems.audits.findings import sentence
from workitems.models import Finding

# Items named that the evidence does not support.
MOST_NAMED = 6


def audited(writer: Writer) -> Iterator[Paragraph]:
    """Yield for how many items the evidence supports what was reported, naming those for which it does not, and one alone."""
    facts = writer.facts

    def told(count: int, verdict: str) -> str:
        of = {row.item_id for row in facts.findings.rows if row.verdict == verdict}
        found = [item for item in facts.items if item.pk in of]
        if len(found) == count == 1:
            return writer.names.item(found[0])
        if verdict != Finding.Verdict.NOT_SUPPORTED:
            return number(count)
        names = [f"{writer.names.bare(item)}, {item.number}" for item in found[:MOST_NAMED]]
        if rest := found[MOST_NAMED:]:
            names.append(f"and {count_in_words(len(rest), 'other')}")
        return with_notes(number(count), "; ".join(names))

    if says := in_english(sentence)(facts.findings.rows, told):
        auditors = {row.audit.agency.name for row in facts.findings.rows}
        if len(auditors) == 1:
            says = says.replace("The audit", f"The audit by {named(auditors.pop())}", 1)
        yield writer.paragraph(
            says,
            about="audited",
            sources=[facts.findings.source(row) for row in facts.findings.rows],
        )


def finding_table(facts: Facts) -> FindingTable:
    """Return the findings of audits, that on the whole plan first."""
    writer = Writer(facts)
    return FindingTable(
        key=key("a", "findings"),
        heading="Findings of the audit",
        as_at=facts.as_at,
        rows=tuple(_row(writer, row) for row in facts.findings.rows),
    )


def _row(writer: Writer, row: Finding) -> FindingRow:
    item = row.item
    with errors_naming(writer.facts.findings.source(row)):
        return FindingRow(
            key=key("f", f"finding {row.pk}"),
            number=item.number if item else "",
            title=markup.languages(item.title, maori=writer.facts.maori) if item else (),
            verdict=str(Finding.Verdict(row.verdict).label),
            text=writer.text(writer.flat(row.note)),
            auditor=row.audit.agency.name,
            as_at=row.as_at,
            agency=_who_replies(writer.facts, row),
            reply=writer.text(writer.flat(row.reply)) if row.reply else (),
        )


def _who_replies(facts: Facts, row: Finding) -> str:
    """Return the agency's short name, and that it is the coordinator, so that the paper is its own."""
    is_own = row.replies.pk == facts.coordinator.pk
    return f"{row.replies.short_name}{' (the Plan’s coordinator)' if is_own else ''}"
