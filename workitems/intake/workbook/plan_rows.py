"""Check the sheets Plan, Agencies and Pillars."""

from collections.abc import Collection
from datetime import timedelta
from typing import cast

from django.utils.translation import gettext, ngettext

from agencies.models import Agency, Appointment
from workitems.intake.cell_kinds import day_words, join_with_or, one_line, shown
from workitems.intake.workbook.columns import AGENCIES, PILLARS, PLAN
from workitems.intake.workbook.proposal import Draft, FieldChange, Proposal, words
from workitems.intake.workbook.read import NOT_GIVEN, UNREADABLE, Row
from workitems.models import Member, Pillar, Variation


def agencies(proposal: Proposal) -> list[tuple[Row, Draft]]:
    """Check the sheet Agencies and register its agencies, so that later rows can name them.

    A known agency is not changed, as other plans have it too: differences become sentences.
    """
    for member in proposal.stored.members:
        proposal.agencies[member.agency.short_name.casefold()] = member.agency
    known = {agency.short_name.casefold(): agency for agency in proposal.stored.agencies}
    found: dict[str, tuple[Row, Draft]] = {}
    for row in proposal.book[AGENCIES]:
        name = row["Short name"]
        agency = UNREADABLE if name is UNREADABLE else _known(proposal, row, name, known)
        if agency is UNREADABLE:
            continue
        draft = Draft(agency or Agency(short_name=name))
        key = draft.row.short_name.casefold()
        if key in found:
            proposal.fault(
                row,
                "Short name",
                gettext("{name} is already in row {row}.").format(
                    name=shown(name), row=found[key][0].number
                ),
                gettext("each agency once."),
            )
            continue
        found[key] = (row, draft)
        proposal.agencies[name.casefold()] = proposal.agencies[key] = draft.row
    known |= proposal.agencies
    for row, draft in found.values():
        if draft.is_new:
            _new_agency(proposal, row, draft, known)
        else:
            _differences(proposal, row, draft.row)
    return list(found.values())


def _known(proposal: Proposal, row: Row, name: str, known: dict[str, Agency]) -> Agency | None:
    """Return the agency of this short name, else the one that had it before, or None for a new one.

    If several had it, add a fault and return `UNREADABLE`.
    """
    if agency := known.get(name.casefold()):
        return agency
    formerly = proposal.stored.formerly.get(name.casefold())
    if not formerly:
        return None
    names = sorted(agency.short_name for agency in formerly)
    if len(names) > 1:
        proposal.fault(
            row,
            "Short name",
            gettext("{name} was the short name of {names}.").format(
                name=shown(name), names=gettext(" and of ").join(names)
            ),
            f"{join_with_or(names)}.",
        )
        return cast(Agency, UNREADABLE)
    (agency,) = formerly
    proposal.differences.append(
        gettext(
            "{name} is a former short name of {agency}. The workbook’s row counts as {agency}."
        ).format(name=shown(name), agency=agency)
    )
    return agency


def _differences(proposal: Proposal, row: Row, agency: Agency) -> None:
    """List the columns in which the workbook differs from a known agency. Empty cells are no difference."""
    for column in AGENCIES:
        value = row[column.heading]
        if not column.field or value in (UNREADABLE, NOT_GIVEN):
            continue
        has = getattr(agency, column.field)
        if isinstance(has, Agency):
            has = has.short_name
            is_same = value is not None and value.casefold() == has.casefold()
        else:
            is_same = value == (None if has is None else column.kind.normal(has))
        if not is_same:
            proposal.differences.append(
                gettext(
                    "{agency}: the workbook has {workbook_words} as {heading}, the register "
                    "{register_words}."
                ).format(
                    agency=agency,
                    workbook_words=words(column, value) or gettext("nothing"),
                    heading=column.heading,
                    register_words=words(column, has) or gettext("nothing"),
                )
            )


def _new_agency(proposal: Proposal, row: Row, draft: Draft, known: dict[str, Agency]) -> None:
    proposal.fill(row, draft, leave_out=["Successor"])
    _successor(proposal, row, draft, known)
    agency = draft.row
    if agency.valid_from and agency.valid_to and agency.valid_to < agency.valid_from:
        proposal.fault(
            row,
            "Valid to",
            gettext("{day} is before the agency began.").format(day=day_words(agency.valid_to)),
            gettext("a day from {day} on.").format(day=day_words(agency.valid_from)),
        )
    proposal.add(draft)


def _successor(proposal: Proposal, row: Row, draft: Draft, known: dict[str, Agency]) -> None:
    name = row["Successor"]
    if not name:
        return
    successor = known.get(name.casefold())
    if successor is None:
        proposal.fault(
            row,
            "Successor",
            gettext("{name} is not an agency on this sheet.").format(name=shown(name)),
            gettext("the short name of an agency in another row."),
        )
    elif successor is draft.row:
        proposal.fault(
            row,
            "Successor",
            gettext("An agency does not succeed itself."),
            gettext("the short name of an agency in another row."),
        )
    elif row.given("Valid to", None) is None:
        proposal.fault(
            row,
            "Valid to",
            gettext("An agency with a successor has a last day, and {agency} has none.").format(
                agency=draft.row.short_name
            ),
            gettext("a date, such as 2010-07-30."),
        )
    else:
        draft.put("successor", successor)


def members(proposal: Proposal, rows: list[tuple[Row, Draft]]) -> None:
    """Make the sheet's agencies members of the plan, and count them.

    An agency that an existing plan mentions only as a successor does not become a member: exports
    list it only so that the successor can be matched. Nor does one that has left. Another agency joins an
    adopted plan on the page about the plan, with a reason: here it is refused.
    """
    inside = {member.agency.short_name for member in proposal.stored.members}
    inside |= {proposal.stored.agency_of[row.agency_id].short_name for row in proposal.stored.left}
    in_sheet = {draft.row.short_name for _, draft in rows}
    for member in proposal.stored.members:
        if member.agency.short_name not in in_sheet:
            proposal.leave(AGENCIES, member.agency.short_name)
    successors = {draft.row.successor.short_name for _, draft in rows if draft.row.successor}
    for row, draft in rows:
        agency = draft.row
        only_follows = (
            not draft.is_new
            and not proposal.plan_is_new
            and agency.short_name in successors
            and agency.short_name not in proposal.referred
        )
        if agency.short_name in inside or only_follows:
            pass
        elif proposal.needs_decisions:
            proposal.fault(
                row,
                "Short name",
                gettext(
                    "{name} is not in the plan’s working group, and an import adds no agency to that of an adopted plan."
                ).format(name=shown(agency.short_name)),
                gettext(
                    "no row of it. A coordinator adds it on the plan’s page: Change, below the working group{register}."
                ).format(
                    register=gettext(", once an administrator has added it to the register")
                    if draft.is_new
                    else ""
                ),
            )
        else:
            proposal.add(Draft(Member(plan=proposal.plan, agency=agency)))
            if not draft.is_new:
                draft.words.append(FieldChange(gettext("Working group"), "", gettext("a member")))
        proposal.note(AGENCIES.name, agency.short_name, draft)


def plan(proposal: Proposal, new_for: Collection[int] | None) -> None:
    """Check the sheet Plan. `new_for` has the ids of agencies that may coordinate a new plan."""
    row, draft = proposal.book.plan, Draft(proposal.plan)
    # The workbook of another plan is refused already.
    is_of_another = not proposal.plan_is_new and proposal.slug != proposal.plan.slug
    proposal.fill(row, draft, leave_out=["Title"] if is_of_another else ())
    if proposal.plan_is_new and new_for is None:
        # A coordinator adopts what they import; a command's plan counts as adopted when released.
        draft.row.adopted_on = row["Released on"] or None
    coordinating = getattr(draft.row, "coordinating_agency", None)
    if new_for is not None and coordinating and coordinating.pk not in new_for:
        proposal.fault(
            row,
            "Coordinating agency",
            gettext("You are not a coordinator of {agency}.").format(
                agency=coordinating.short_name
            ),
            gettext("an agency that you coordinate for; others start their plans themselves."),
        )
    released, ends = row["Released on"], row.given("Ends on", draft.row.ends_on)
    if released and ends and ends <= released:
        proposal.fault(
            row,
            "Ends on",
            gettext("{day} is not after the release.").format(day=day_words(ends)),
            gettext("a day after {day}.").format(day=day_words(released)),
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
    return ngettext("1 paragraph, {text}", "{count} paragraphs, {text}", len(texts)).format(
        count=len(texts), text=shown(" ".join(texts))
    )


def _minister(proposal: Proposal, row: Row, draft: Draft) -> None:
    """Record the sheet's Minister from the day of release, if the portfolio has no holder on that day.

    Recorded appointments are not changed, as papers of all plans name their Ministers.
    """
    minister, portfolio, released = row["Minister"], row["Portfolio"], row["Released on"]
    held = proposal.stored.appointment(portfolio, released)
    if held:
        if one_line(held.minister) != minister:
            proposal.differences.append(
                gettext(
                    "{portfolio}: the workbook has {minister} on {released}, the register {other_minister}."
                ).format(
                    portfolio=portfolio,
                    minister=minister,
                    released=day_words(released),
                    other_minister=held.minister,
                )
            )
        return
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


def _decide_pillar(proposal: Proposal, row: Row, number: int) -> None:
    title = row["Title"]
    if title is not UNREADABLE:
        given = {"wording": Variation.Wording.PILLAR_TITLE.value, "value": title, "number": number}
        kind = Variation.Kind.DETAIL
        proposal.decide(row, "Number", "", f"{number} {title}", kind, proposal.plan, given)


def pillars(proposal: Proposal) -> dict[int, Pillar]:
    """Return the plan's pillars by number, including new ones."""
    found = {pillar.number: pillar for pillar in proposal.stored.pillars}
    rows: dict[int, int] = {}
    for row in proposal.book[PILLARS]:
        number = row["Number"]
        if number is UNREADABLE or proposal.is_duplicate(row, "Number", number, rows):
            continue
        pillar = found.get(number)
        if pillar is None and proposal.is_adopted and not proposal.is_first:
            _decide_pillar(proposal, row, number)
            continue
        draft = Draft(pillar or Pillar(plan=proposal.plan, number=number))
        proposal.fill(row, draft)
        found[number] = draft.row
        proposal.add(draft, PILLARS.name, gettext("Pillar {number}").format(number=number))
    for pillar in proposal.stored.pillars:
        if pillar.number not in rows:
            proposal.leave(PILLARS, f"{pillar.number} {one_line(pillar.title)}")
    return found
