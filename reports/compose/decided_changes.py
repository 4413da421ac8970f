"""What else of the Plan changed in the period: by decision of the working group, or because an agency ended."""

from agencies.models import Agency
from reports.compose.budget import Room
from reports.compose.facts import Facts, GroupChange
from reports.compose.paragraphs import Writer, errors_naming
from reports.document import Source
from reports.document.dates import long_date, month_of
from reports.document.wording import count_in_words, number, opened
from workitems.models import Variation

# What the working group did, by the kind of change; "{it}" is the item.
CHANGED = {
    Variation.Kind.LEAD: "gave the lead of {it} from {before} to {after}",
    Variation.Kind.RESPONSIBLE: "gave “{milestone}” of {it} from {before} to {after}",
    Variation.Kind.CANCEL: "cancelled “{milestone}” of {it}",
    Variation.Kind.DETAIL: "changed the {wording} of {it}",
    Variation.Kind.END: "moved the Plan’s end from {before} to {after}",
}
# Of more changes to the Plan that the working group decided, most are counted.
MAX_CHANGES = 4
# Changes that are told before others, and named where others are counted.
MATTER_MOST = (Variation.Kind.LEAD, Variation.Kind.CANCEL)
# Changes that are told however many there are.
ALWAYS_TOLD = (Variation.Kind.END, Variation.Kind.MEMBER)


def decided_changes(writer: Writer, room: Room) -> tuple[str, list[Source]]:
    """Return what else of the Plan changed in the period: its end, who left the group and which agencies ended; then
    each other change by the group, or how many there are."""
    facts = writer.facts
    first = [row for row in facts.changes if row.kind in ALWAYS_TOLD]
    others = [row for row in facts.changes if row.kind not in ALWAYS_TOLD]
    sentences = [_told(writer, row) for row in first]
    for agency in facts.ended:
        sentences.append(_ended(facts, agency))
    # Stable, so that they stay in the order of their numbers.
    others.sort(key=lambda row: row.kind not in MATTER_MOST)
    named = others
    if len(others) > MAX_CHANGES:
        named = [row for row in others if row.kind in MATTER_MOST][:MAX_CHANGES]
    sentences += [_told(writer, row) for row in named]
    if rest := len(others) - len(named):
        counted = count_in_words(rest, "other change")
        sentences.append(f"The working group made {counted} to the Plan.")
    room.use(*sentences)
    sources = [row.source for row in (*first, *others)]
    return " ".join(sentences), sources or [facts.plan_source]


def _ended(facts: Facts, agency: Agency) -> str:
    """Return that an agency ended, and how many of its items its successor has."""
    assert agency.valid_to is not None
    says = f"{opened(agency.short_name)} ended on {long_date(agency.valid_to)}"
    led, taken = facts.taken_over.get(agency.pk, (0, 0))
    if not taken or agency.successor_id is None:
        return f"{says}."
    its = count_in_words(led, "item")
    what = f"its {its if led > 1 else 'item'}" if taken == led else f"{number(taken)} of its {its}"
    return f"{says}, and {facts.agencies[agency.successor_id].short_name} took over {what}."


def _told(writer: Writer, row: GroupChange) -> str:
    """Return a change by the working group in a sentence."""
    with errors_naming(row.source):
        found = next((item for item in writer.facts.items if item.pk == row.item), None)
        words = _what_changed(row).format(
            it=writer.names.item(found) if found else "",
            milestone=opened(writer.flat(row.milestone)) if row.milestone else "",
            wording=row.wording,
            before=opened(writer.flat(row.before)) if row.before else "",
            after=opened(writer.flat(row.after)) if row.after else "",
        )
    return f"The working group {words} in {month_of(row.decided_on)}."


def _what_changed(row: GroupChange) -> str:
    """Return what the working group did, with placeholders."""
    if row.kind == Variation.Kind.WORDING:
        if row.item and not row.milestone:
            return "changed the {wording} of {it}"
        return "reworded “{milestone}” of {it}" if row.item else "changed the {wording} “{after}”"
    if row.kind == Variation.Kind.SUPPORTER:
        if not row.after:
            return "ended the support by {before} for {it}"
        return (
            "changed the part of {after} in {it}"
            if row.before
            else "named {after} as supporting {it}"
        )
    if row.kind == Variation.Kind.DETAIL and not row.item:
        return "added the pillar “{after}”"
    if row.kind == Variation.Kind.MEMBER:
        return "agreed that {before} leaves it"
    if row.kind == Variation.Kind.END and not (row.before and row.after):
        return "set the Plan’s end to {after}" if row.after else "left the Plan without an end"
    return CHANGED[Variation.Kind(row.kind)]
