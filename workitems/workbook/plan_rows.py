"""Check the sheets Plan, Agencies and Pillars."""

from collections.abc import Collection
from datetime import timedelta

from agencies.models import Agency, Appointment
from workitems.models import Member, Pillar
from workitems.workbook.cell_kinds import day_words, one_line, shown
from workitems.workbook.columns import AGENCIES, PILLARS, PLAN
from workitems.workbook.proposal import Draft, FieldChange, Proposal
from workitems.workbook.read import NOT_GIVEN, UNREADABLE, Row


def agencies(proposal: Proposal) -> list[tuple[Row, Draft]]:
    """Check the sheet Agencies and register its agencies, so that later rows can name them."""
    stored = {agency.short_name.casefold(): agency for agency in proposal.stored.agencies}
    for member in proposal.stored.members:
        proposal.agencies[member.agency.short_name.casefold()] = member.agency
    found: dict[str, tuple[Row, Draft]] = {}
    for row in proposal.book[AGENCIES]:
        name = row["Short name"]
        if name is UNREADABLE:
            continue
        key = name.casefold()
        if key in found:
            proposal.fault(
                row,
                "Short name",
                f"{shown(name)} stands in row {found[key][0].number} already.",
                "each agency once.",
            )
            continue
        agency = stored.get(key)
        draft = Draft(agency or Agency(short_name=name))
        found[key] = (row, draft)
        proposal.agencies[key] = draft.row
    known = {**stored, **{key: draft.row for key, (_, draft) in found.items()}}
    for row, draft in found.values():
        proposal.fill(row, draft, leave_out=["Successor"])
        _successor(proposal, row, draft, known)
        agency = draft.row
        if agency.valid_from and agency.valid_to and agency.valid_to < agency.valid_from:
            proposal.fault(
                row,
                "Valid to",
                f"{day_words(agency.valid_to)} is before the agency began.",
                f"a day from {day_words(agency.valid_from)} on.",
            )
        proposal.add(draft)
    return list(found.values())


def _successor(proposal: Proposal, row: Row, draft: Draft, known: dict[str, Agency]) -> None:
    name = row["Successor"]
    if name is UNREADABLE:
        return
    if name is NOT_GIVEN:
        successor = draft.row.successor
    else:
        successor = known.get(name.casefold()) if name else None
    if name and successor is None:
        proposal.fault(
            row,
            "Successor",
            f"{shown(name)} is not an agency on this sheet.",
            "the short name of an agency in another row.",
        )
    elif successor is draft.row:
        proposal.fault(
            row,
            "Successor",
            "An agency does not succeed itself.",
            "the short name of an agency in another row.",
        )
    elif successor and row.given("Valid to", draft.row.valid_to) is None:
        proposal.fault(
            row,
            "Valid to",
            f"An agency with a successor has a last day, and {draft.row.short_name} has none.",
            "a date, such as 2010-07-30.",
        )
    elif name is not NOT_GIVEN:
        proposal.put(row, draft, AGENCIES.column("Successor"), successor)


def members(proposal: Proposal, rows: list[tuple[Row, Draft]]) -> None:
    """Make the sheet's agencies members of the plan, and count them.

    An agency that an existing plan mentions only as a successor does not become a member: exports
    list it only so that the successor can be matched.
    """
    inside = {member.agency.short_name for member in proposal.stored.members}
    successors = {draft.row.successor.short_name for _, draft in rows if draft.row.successor}
    for _, draft in rows:
        agency = draft.row
        only_follows = (
            not draft.is_new
            and not proposal.plan_is_new
            and agency.short_name in successors
            and agency.short_name not in proposal.referred
        )
        if agency.short_name not in inside and not only_follows:
            proposal.add(Draft(Member(plan=proposal.plan, agency=agency)))
            if not draft.is_new:
                draft.words.append(FieldChange("Working group", "", "a member"))
        proposal.note(AGENCIES.name, agency.short_name, draft)


def plan(proposal: Proposal, new_for: Collection[int] | None) -> None:
    """Check the sheet Plan. `new_for` has the ids of agencies that may coordinate a new plan."""
    row, draft = proposal.book.plan, Draft(proposal.plan)
    proposal.fill(row, draft)
    coordinating = getattr(draft.row, "coordinating_agency", None)
    if new_for is not None and coordinating and coordinating.pk not in new_for:
        proposal.fault(
            row,
            "Coordinating agency",
            f"You hold no coordinator's seat at {coordinating.short_name}.",
            "an agency that you coordinate for; others start their plans themselves.",
        )
    released, ends = row["Released on"], row.given("Ends on", draft.row.ends_on)
    if released and ends and ends <= released:
        proposal.fault(
            row,
            "Ends on",
            f"{day_words(ends)} is not after the release.",
            f"a day after {day_words(released)}.",
        )
    if row["Background"] not in (UNREADABLE, NOT_GIVEN):
        before = list(filter(None, map(one_line, draft.row.background_paragraphs)))
        after = list(filter(None, map(one_line, row["Background"].split("\n\n"))))
        if before != after:
            draft.put("background", row["Background"])
            if not draft.is_new:
                draft.words.append(
                    FieldChange("Background", _paragraphs(before), _paragraphs(after))
                )
    if row.readable("Released on", "Portfolio", "Minister") and row["Minister"]:
        _minister(proposal, row, draft)
    proposal.add(draft, PLAN.name, one_line(proposal.plan.title))


def _paragraphs(texts: list[str]) -> str:
    if not texts:
        return ""
    count = "1 paragraph" if len(texts) == 1 else f"{len(texts)} paragraphs"
    return f"{count}, {shown(' '.join(texts))}"


def _minister(proposal: Proposal, row: Row, draft: Draft) -> None:
    """Record the sheet's Minister from the day of release.

    If a new plan names another Minister than the recorded one, the latter's open-ended appointment
    ends the day before. A workbook cannot change appointments in any other way.
    """
    minister, portfolio, released = row["Minister"], row["Portfolio"], row["Released on"]
    held = proposal.stored.appointment(portfolio, released)
    if held and one_line(held.minister) == minister:
        return
    if held and (not draft.is_new or held.to_on or held.from_on >= released):
        proposal.fault(
            row,
            "Minister",
            f"{held.minister} is recorded as {portfolio} on {day_words(released)}.",
            "that name, or nothing. Appointments are changed on the administration pages.",
        )
        return
    if held:
        ending = Draft(held)
        ending.put("to_on", released - timedelta(days=1))
        proposal.add(ending)
    later = Appointment.objects.filter(portfolio=portfolio, from_on__gt=released)
    following = later.order_by("from_on").first()
    appointment = Appointment(
        minister=minister,
        portfolio=portfolio,
        from_on=released,
        to_on=following.from_on - timedelta(days=1) if following else None,
    )
    proposal.add(Draft(appointment))
    if not draft.is_new:
        draft.words.append(FieldChange("Minister", "", minister))


def pillars(proposal: Proposal) -> dict[int, Pillar]:
    """Return the plan's pillars by number, including new ones."""
    found = {pillar.number: pillar for pillar in proposal.stored.pillars}
    rows: dict[int, int] = {}
    for row in proposal.book[PILLARS]:
        number = row["Number"]
        if number is UNREADABLE or proposal.is_duplicate(row, "Number", number, rows):
            continue
        pillar = found.get(number)
        draft = Draft(pillar or Pillar(plan=proposal.plan, number=number))
        proposal.fill(row, draft)
        found[number] = draft.row
        proposal.add(draft, PILLARS.name, f"Pillar {number}")
    return found
