"""How the Plan changed in the period: items added and withdrawn, and what else the working group decided or an agency’s end
brought. Section Background has it, or the summary of a paper without one; what was withdrawn, the summary or section Delay."""

from collections.abc import Iterator

from agencies.models import Agency
from reports.compose.budget import Room
from reports.compose.citations import NO_LINE, Line, item_source
from reports.compose.facts import Facts, GroupChange
from reports.compose.paragraphs import Writer, errors_naming
from reports.compose.subjects import MAX_NAMED
from reports.document import Source
from reports.document.dates import long_date, month_of
from reports.document.wording import (
    capitalised,
    closed,
    count_in_words,
    first_sentences,
    join_words,
    joined,
    number,
    opened,
)
from workitems.models import Update, Variation
from workitems.models.item import Stage
from workitems.plan.plan_at import ItemAt

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


def changes_of_plan(writer: Writer, room: Room) -> Iterator[Line]:
    """Yield how the Plan changed in the period: a line on the items added, and on what else was decided. What was withdrawn is no
    background: the summary has it, or section Delay."""
    for told in (_added, _decided):
        text, sources = told(writer, room)
        if text:
            yield text, sources


def _decided(writer: Writer, room: Room) -> tuple[str, list[Source]]:
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


# Limit on the items that are named where there are too many for their reasons.
MAX_LISTED = 6
# Words of an agency in a reason.
REASON_WORDS = 20


def withdrawn(writer: Writer, room: Room) -> Line:
    """Return the items withdrawn in the period, with the reason that the group was given or, without
    one, the agency's last report; nothing where the paper has it."""
    if writer.tells_of_withdrawals:
        return NO_LINE
    gone = [item for item in writer.facts.items if item.stage == Stage.WITHDRAWN]
    found = [(item, why) for item in gone if (why := why_withdrawn(writer.facts, item))]
    writer.tells_of_withdrawals = True
    return _with_reasons(writer, found, room, "The Plan no longer includes {}.")


def _added(writer: Writer, room: Room) -> Line:
    """Return the items that the group added in the period, with the reason that it was given."""
    decided = writer.facts.additions
    found = [
        (
            item,
            (
                f"The working group added {{}} in {month_of(row.decided_on)}.",
                row.reason,
                row.source,
            ),
        )
        for item in writer.facts.items
        if (row := decided.get(item.pk)) and item.stage != Stage.WITHDRAWN
    ]
    return _with_reasons(writer, found, room, "The working group added {}.")


def _with_reasons(
    writer: Writer, found: list[tuple[ItemAt, tuple[str, str, Source]]], room: Room, many: str
) -> Line:
    """Return a sentence for each item, with the reason in its record; of `many`, one that names them."""
    if len(found) > MAX_NAMED:
        names = [writer.names.item(item) for item, _ in found]
        if len(names) > MAX_LISTED:
            names = [f"{number(len(names))} items ({join_words(item.number for item, _ in found)})"]
        text = many.format(join_words(names))
        room.use(text)
        return text, [source for item, (_, _, of) in found for source in (item_source(item), of)]
    sentences, sources = [], []
    for item, (how, typed, source) in found:
        with errors_naming(source):
            reason = first_sentences(writer.flat(typed), 1, REASON_WORDS) if typed.strip() else ""
        start = how.format(writer.names.official(item))
        why = closed(capitalised(reason))
        sentences.append(joined(opened(start), ":", why, writer.agency_names) if why else start)
        sources += [item_source(item), source]
    room.use(*sentences)
    return " ".join(sentences), sources


def why_withdrawn(facts: Facts, item: ItemAt) -> tuple[str, str, Source] | None:
    """Return a sentence with a placeholder for the item, the reason and its source; None if the period has no
    reason. A key achievement is not used: it has its own section."""
    if row := facts.withdrawals.get(item.pk):
        start = f"The working group withdrew {{}} in {month_of(row.decided_on)}."
        return start, row.reason, row.source
    for each in reversed(facts.updates_of(item)):
        if each.achieved.strip() and each.key_achievement == Update.KeyAchievement.NO:
            return "The Plan no longer includes {}.", each.achieved, each.source
    return None
