"""What a variation asks to change, in a few words. Nothing here queries the database."""

from agencies.wording.translation import gettext as _


def asks_to_change(
    kind: str, code: str, wording: str, before: str, after: str, milestone: str
) -> str:
    """Return the request in a few words. `wording` names what changes, for those kinds that have one, and `code`
    is its code. A milestone whose words are to change has those that it had."""
    if code == "description":
        milestone = before
    match kind:
        case "wording" if milestone:
            says = _("Change the {wording}: “{milestone}”")
        case "wording" | "detail":
            says = _("Change the {wording}")
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
        case _:
            says = _("Withdraw the item")
    return says.format(wording=wording.lower(), before=before, after=after, milestone=milestone)
