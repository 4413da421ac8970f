"""The name of a request to change an adopted plan: what it does, in a few words. The same wherever it is shown."""

import re

from agencies.wording.translation import _
from workitems.terms.additions import Addition, NewItem
from workitems.terms.known_dates import KnownDate
from workitems.terms.word_diff import full_diff

# A change of wording is named by its words if they are no longer than this.
SHOWN_UP_TO = 60
# Words that a list changes when something is added to it.
LINKS = re.compile(
    r"^(?:(?:and|or|of|for|to|me|rānei)\b|[^\w\s]|\s)+|(?:\b(?:and|or|me|rānei)|[^\w\s]|\s)+$"
)


def name_of_change(
    kind: str,
    *,
    code: str = "",
    label: str = "",
    before: str = "",
    after: str = "",
    milestone: str = "",
    due: KnownDate | None = None,
    adds: Addition | None = None,
) -> str:
    """Return what a request does: "Move “Guide published” to 2 March 2027", "Add “forced marriage” to the action".

    `label` names the wording or detail that changes, and `code` is its code. A milestone whose words change has those
    that it had. `due` is the date asked for.
    """
    if isinstance(adds, NewItem):
        return _("Add work item {addition}").format(addition=adds)
    if adds is not None:
        return _("Add the milestone “{description}”, due {due}").format(
            description=adds.description, due=adds.due
        )
    if code == "description":
        milestone = before
    match kind:
        case "date" if due is not None:
            says = _("Move “{milestone}” to {due}") if milestone else _("Move the date to {due}")
        case "wording":
            return _name_of_wording(before, after, label.lower(), milestone)
        case "detail":
            says = _name_of_detail(before, after)
        case "lead":
            says = _("Give the lead from {before} to {after}")
        case "responsible":
            says = _("Give “{milestone}” from {before} to {after}")
        case "supporter":
            says = (
                (_("Change the part of {after}") if before else _("Name {after} as supporting"))
                if after
                else _("End the support by {before}")
            )
        case "cancel":
            says = _("Cancel the milestone “{milestone}”")
        case "member":
            says = _("{before} leaves the working group")
        case "end":
            says = (
                (
                    _("Move the plan’s end from {before} to {after}")
                    if before
                    else _("Set the plan’s end to {after}")
                )
                if after
                else _("Leave the plan without an end")
            )
        case "measure":
            first = after.partition("\n")[0]
            return (
                _("Change the measure to “{after}”").format(after=first)
                if _is_short(first) and ":" in first
                else _("Change the measure “{name}”").format(name=first.partition(":")[0])
            )
        case _:
            says = _("Withdraw the item")
    return says.format(
        wording=label.lower(),
        before=before,
        after=after,
        milestone=milestone,
        # Twice "to" would be read twice.
        due=str(due or "").replace(" to ", "–"),
    )


def _name_of_detail(before: str, after: str) -> str:
    if _is_short(before) and _is_short(after):
        return _("Change the {wording} from “{before}” to “{after}”")
    if not before and _is_short(after):
        return _("Set the {wording} to “{after}”")
    return _("Change the {wording}")


def _name_of_wording(before: str, after: str, wording: str, milestone: str) -> str:
    """Return what is added, taken out or replaced, if it is one short piece; else that the wording changes."""
    removed, added = [], []
    for strand in full_diff(before, after):
        words = LINKS.sub("", strand.text)
        if words and strand.is_removed:
            removed.append(words)
        elif words and strand.is_added:
            added.append(words)
    # What only changed its place is neither.
    stays = {*removed} & {*added}
    removed, added = ([words for words in each if words not in stays] for each in (removed, added))
    if milestone:
        place = _("{wording} of “{milestone}”").format(wording=wording, milestone=milestone)
    else:
        place = wording
    if len(removed) > 1 or len(added) > 1 or not all(map(_is_short, (*removed, *added))):
        says = _("Change the {place}")
    elif removed and added:
        says = _("Change “{before}” to “{after}” in the {place}")
    elif added and before:
        says = _("Add “{after}” to the {place}")
    elif removed and after:
        says = _("Take “{before}” out of the {place}")
    else:
        says = _("Change the {place}")
    return says.format(place=place, before="".join(removed), after="".join(added))


def _is_short(text: str) -> bool:
    return 0 < len(text) <= SHOWN_UP_TO and "\n" not in text


def later_than_asked(to: KnownDate, agreed: KnownDate, expected: KnownDate, agency: str) -> str:
    """Return that a milestone is expected later than the date that is asked for; empty if it is not, or is not late."""
    if expected.last_day <= max(to.last_day, agreed.last_day):
        return ""
    return _("{agency} now expects {day}, later than the date asked for").format(
        agency=agency, day=expected
    )
