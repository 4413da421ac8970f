"""Checks the plan itself: the sheets Plan, Agencies, Pillars, Work items and Milestones."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from agencies.models import Agency, Appointment
from workitems.models import Measure, Member, Milestone, Pillar, Support, WorkItem
from workitems.models.item import NEXT_STAGES, Stage
from workitems.workbook.kinds import day_words, listed, one_line, shown
from workitems.workbook.proposal import Draft, FieldChange, Proposal
from workitems.workbook.read import UNREADABLE, Row
from workitems.workbook.sheets import AGENCIES, ITEMS, MILESTONES, PILLARS, PLAN


def agencies(proposal: Proposal) -> list[tuple[Row, Draft]]:
    """Makes the sheet's agencies known, so that later rows can name them."""
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
        draft = Draft(agency or Agency(short_name=name), is_new=agency is None)
        found[key] = (row, draft)
        proposal.agencies[key] = draft.row
    known = {**stored, **{key: draft.row for key, (_, draft) in found.items()}}
    for row, draft in found.values():
        proposal.settle(row, draft, leave_out=["Successor"])
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
    elif successor and row["Valid to"] is None:
        proposal.fault(
            row,
            "Valid to",
            f"An agency with a successor has a last day, and {draft.row.short_name} has none.",
            "a date, such as 2010-07-30.",
        )
    else:
        proposal.put(row, draft, AGENCIES.column("Successor"), successor)


def members(proposal: Proposal, rows: list[tuple[Row, Draft]]) -> None:
    """Takes the sheet's agencies into the working group, and counts them.

    One that a known plan only names as a successor stays outside: an export lists it so that
    the successor can be found again.
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
            proposal.add(Draft(Member(plan=proposal.plan, agency=agency), is_new=True))
            if not draft.is_new:
                draft.words.append(FieldChange("Working group", "", "a member"))
        proposal.note(AGENCIES.name, agency.short_name, draft)


def plan(proposal: Proposal, new_for: Collection[int] | None) -> None:
    """Checks the plan itself. `new_for` has the ids of agencies that may coordinate a new one."""
    row, draft = proposal.book.plan, Draft(proposal.plan, is_new=proposal.plan_is_new)
    proposal.settle(row, draft)
    coordinating = getattr(draft.row, "coordinating_agency", None)
    if new_for is not None and coordinating and coordinating.pk not in new_for:
        proposal.fault(
            row,
            "Coordinating agency",
            f"You hold no coordinator's seat at {coordinating.short_name}.",
            "an agency that you coordinate for; others start their plans themselves.",
        )
    released, ends = row["Released on"], row["Ends on"]
    if released and ends and ends <= released:
        proposal.fault(
            row,
            "Ends on",
            f"{day_words(ends)} is not after the release.",
            f"a day after {day_words(released)}.",
        )
    if row["Background"] is not UNREADABLE:
        before = [one_line(text) for text in draft.row.background_paragraphs]
        after = [one_line(text) for text in row["Background"].split("\n\n") if text.strip()]
        if before != after:
            draft.put("background", row["Background"])
            if not draft.is_new:
                draft.words.append(
                    FieldChange("Background", _paragraphs(before), _paragraphs(after))
                )
    if row.readable("Released on", "Portfolio", "Minister") and row["Minister"]:
        _minister(proposal, row, draft)
    proposal.note(PLAN.name, one_line(proposal.plan.title), draft)
    proposal.add(draft)


def _paragraphs(texts: list[str]) -> str:
    if not texts:
        return ""
    count = "1 paragraph" if len(texts) == 1 else f"{len(texts)} paragraphs"
    return f"{count}, {shown(' '.join(texts))}"


def _minister(proposal: Proposal, row: Row, draft: Draft) -> None:
    """Appoints the Minister whom the sheet names, from the day of release.

    Where a new plan names another than the one recorded, the latter's open-ended time ends the
    day before. Anything else about who was Minister is not a workbook's to say.
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
        ending = Draft(held, is_new=False)
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
    proposal.add(Draft(appointment, is_new=True))
    if not draft.is_new:
        draft.words.append(FieldChange("Minister", "", minister))


def pillars(proposal: Proposal) -> dict[int, Pillar]:
    """The plan's pillars by number, those of the sheet among them."""
    found = {pillar.number: pillar for pillar in proposal.stored.pillars}
    rows: dict[int, int] = {}
    for row in proposal.book[PILLARS]:
        number = row["Number"]
        if number is UNREADABLE or _again(proposal, row, "Number", number, rows):
            continue
        pillar = found.get(number)
        draft = Draft(pillar or Pillar(plan=proposal.plan, number=number), is_new=pillar is None)
        proposal.settle(row, draft)
        found[number] = draft.row
        proposal.note(PILLARS.name, f"Pillar {number}", draft)
        proposal.add(draft)
    return found


def _again(proposal: Proposal, row: Row, heading: str, key: Any, rows: dict[Any, int]) -> bool:
    """Whether an earlier row has the key; a fault then."""
    if key in rows:
        proposal.fault(
            row,
            heading,
            f"{row[heading]} stands in row {rows[key]} already.",
            "a number of its own for each row.",
        )
        return True
    rows[key] = row.number
    return False


def items(proposal: Proposal, pillars: dict[int, Pillar]) -> None:
    rows: dict[str, int] = {}
    for row in proposal.book[ITEMS]:
        number = row["Number"]
        if number is UNREADABLE or _again(proposal, row, "Number", number, rows):
            continue
        draft = proposal.items.get(number)
        if draft is None:
            draft = Draft(WorkItem(plan=proposal.plan, number=number), is_new=True)
            proposal.items[number] = draft
        draft.source = row
        proposal.settle(row, draft, leave_out=["Stage"])
        _pillar(proposal, row, draft, pillars)
        _stage(proposal, row, draft)
        _supporting(proposal, row, draft)
        _measures(proposal, row, draft)


def _pillar(proposal: Proposal, row: Row, draft: Draft, pillars: dict[int, Pillar]) -> None:
    number = row["Pillar"]
    if number is UNREADABLE:
        return
    pillar = pillars.get(number)
    if pillar is None:
        proposal.fault(
            row,
            "Pillar",
            f"There is no pillar {number}.",
            "the number of a pillar on the sheet Pillars.",
        )
        return
    before = None if draft.is_new else draft.row.pillar
    if draft.put("pillar", pillar) and before:
        draft.words.append(FieldChange("Pillar", str(before.number), str(number)))


def _stage(proposal: Proposal, row: Row, draft: Draft) -> None:
    stage = row["Stage"]
    if stage is UNREADABLE:
        return
    before = draft.row.stage
    if not draft.is_new and stage != before:
        if stage == Stage.WITHDRAWN:
            proposal.fault(
                row,
                "Stage",
                f"Item {draft.row.number} is {Stage(before).label.lower()} in the plan.",
                f"{Stage(before).label}. A variation is the way to withdraw an item.",
            )
            return
        if stage not in NEXT_STAGES[before]:
            following = [each.label for each in NEXT_STAGES[before] if each != Stage.WITHDRAWN]
            proposal.fault(
                row,
                "Stage",
                f"Item {draft.row.number} is {Stage(before).label.lower()}; it cannot become "
                f"{Stage(stage).label.lower()}.",
                f"{listed([Stage(before).label, *following])}.",
            )
            return
    proposal.put(row, draft, ITEMS.column("Stage"), stage)


def _supporting(proposal: Proposal, row: Row, draft: Draft) -> None:
    """Adds supporting agencies and changes their roles. One that is not named stays."""
    text = row["Supporting agencies"]
    if text is UNREADABLE:
        return
    known = {} if draft.is_new else {
        support.agency.short_name: support
        for support in proposal.stored.supports_of[draft.row.pk]
    }  # fmt: skip
    before = supporting_words(list(known.values()))
    seen: set[str] = set()
    for part in filter(None, text.split("; ")):
        name, role = _name_and_role(part, proposal.agencies)
        agency = proposal.named(row, "Supporting agencies", name)
        if agency is UNREADABLE:
            continue
        if agency.short_name in seen:
            proposal.fault(
                row,
                "Supporting agencies",
                f"{agency.short_name} stands here twice.",
                "each agency once.",
            )
            continue
        if len(role) > 200:
            proposal.fault(
                row,
                "Supporting agencies",
                f"The role of {agency.short_name} has {len(role):,} characters.",
                "a role of at most 200 characters.",
            )
            continue
        seen.add(agency.short_name)
        support = known.get(agency.short_name)
        made = Draft(
            support or Support(item=draft.row, agency=agency, role=role), is_new=support is None
        )
        if support is None:
            known[agency.short_name] = made.row
        elif role_words(support.role) != role:
            made.put("role", role)
        proposal.add(made)
    after = supporting_words(list(known.values()))
    if not draft.is_new and before != after:
        draft.words.append(FieldChange("Supporting agencies", before, after))


def _name_and_role(part: str, known: dict[str, Agency]) -> tuple[str, str]:
    """ "Police (trains staff)" is an agency and its role, unless an agency has that very name."""
    if part.casefold() in known or not part.endswith(")"):
        return part, ""
    name, opened, rest = part.partition(" (")
    while opened:
        if name.casefold() in known:
            return name, rest[:-1]
        more, opened, rest = rest.partition(" (")
        name = f"{name} ({more}"
    name, _, rest = part.partition(" (")
    return name, rest[:-1]


def role_words(role: str) -> str:
    """A role as the cell can hold it: semicolons would end it."""
    return one_line(role).replace(";", ",")


def supporting_words(supports: list[Support]) -> str:
    return "; ".join(
        f"{support.agency.short_name} ({role})" if (role := role_words(support.role))
        else support.agency.short_name
        for support in supports
    )  # fmt: skip


def _measures(proposal: Proposal, row: Row, draft: Draft) -> None:
    """The first line is the item's first measure, and so on. A measure beyond them stays."""
    text = row["Measure"]
    if text is UNREADABLE:
        return
    known = [] if draft.is_new else proposal.stored.measures_of[draft.row.pk]
    for index, line in enumerate(filter(None, text.split("\n"))):
        if index < len(known):
            measure = Draft(known[index], is_new=False)
            before = one_line(measure.row.description)
            if before == line:
                continue
            measure.put("description", line)
            draft.words.append(FieldChange(f"Measure {index + 1}", before, line))
        else:
            number = (known[-1].number if known else 0) + 1 + index - len(known)
            measure = Draft(Measure(item=draft.row, number=number, description=line), is_new=True)
            if not draft.is_new:
                draft.words.append(FieldChange(f"Measure {index + 1}", "", line))
        proposal.add(measure)


def milestones(proposal: Proposal) -> None:
    rows: dict[tuple[str, int], int] = {}
    for row in proposal.book[MILESTONES]:
        item, number = proposal.item(row), row["Milestone"]
        if item is None or number is UNREADABLE:
            continue
        if _again(proposal, row, "Milestone", (item.number, number), rows):
            continue
        draft = proposal.milestones[item.number].get(number)
        if draft is None:
            draft = Draft(Milestone(item=item, number=number), is_new=True)
            proposal.milestones[item.number][number] = draft
        draft.source = row
        proposal.settle(row, draft, leave_out=["Agreed due", "Forecast due"])
        agreed = row["Agreed due"]
        if agreed is None:
            agreed = row["Original due"] if draft.is_new else draft.row.agreed_due
        forecast = row["Forecast due"]
        if forecast is None:
            forecast = agreed
        for heading, value in (("Agreed due", agreed), ("Forecast due", forecast)):
            if value is not UNREADABLE:
                proposal.put(row, draft, MILESTONES.column(heading), value)
        if draft.row.completed_on and draft.row.withdrawn_on:
            proposal.fault(
                row,
                "Completed on",
                f"The milestone was withdrawn on {day_words(draft.row.withdrawn_on)}.",
                "no day; a withdrawn milestone is not completed.",
            )
        proposal.note(MILESTONES.name, f"{item.number}, milestone {number}", draft)
        proposal.add(draft)


def completions(proposal: Proposal, said: dict[str, dict[str, date]]) -> None:
    """Gives complete items their day, and withdraws what is open in withdrawn ones.

    `said` holds, by item and stage, when a lead agency's update first said so was accepted.
    """
    for number, draft in proposal.items.items():
        item = draft.row
        steps = proposal.milestones[number]
        if item.stage == Stage.WITHDRAWN:
            for step in steps.values():
                if step.is_new and step.row.completed_on is None:
                    step.put("withdrawn_on", said[number].get(Stage.WITHDRAWN, proposal.today))
        if item.stage == Stage.COMPLETE:
            _complete(proposal, draft, steps, said[number].get(Stage.COMPLETE))
        else:
            draft.put("completed_on", None)
        if draft.source is not None:
            proposal.note(ITEMS.name, f"{number} {one_line(item.title)}", draft)
        proposal.add(draft)


def _complete(
    proposal: Proposal, draft: Draft, steps: dict[int, Draft], said_on: date | None
) -> None:
    """Completion needs every milestone closed, here as on the item's page."""
    item = draft.row
    still_open = [
        (number, step)
        for number, step in sorted(steps.items())
        if step.row.is_open and (step.source is None or step.source.readable("Completed on"))
    ]
    source = draft.source or next((step.source for _, step in still_open if step.source), None)
    if still_open and source:
        numbers = [str(number) for number, _ in still_open]
        which = (
            f"milestone {numbers[0]} is"
            if len(numbers) == 1
            else f"milestones {listed(numbers).replace(' or ', ' and ')} are"
        )
        proposal.fault(
            source,
            "Stage" if draft.source else "Completed on",
            f"Item {item.number} is complete, but its {which} not.",
            "a Completed on for each of its milestones, or another stage of the item.",
        )
    elif item.completed_on is None:
        days = [step.row.completed_on for step in steps.values() if step.row.completed_on]
        draft.put("completed_on", max(days, default=said_on))
        if item.completed_on is None and draft.source:
            proposal.fault(
                draft.source,
                "Stage",
                f"Item {item.number} is complete, but nothing says since when.",
                "a milestone with a Completed on, or an update that says complete.",
            )
