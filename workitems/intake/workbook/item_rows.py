"""Check the sheets Work items and Milestones, and the completion of items."""

from datetime import date

from django.utils.translation import gettext, ngettext

from agencies.models import Agency
from agencies.wording.translation import list_in_words
from workitems.intake.cell_kinds import day_words, join_with_or, one_line, workbook_labels
from workitems.intake.to_decide import new_item, new_milestone, obstacle_of
from workitems.intake.workbook.columns import ITEMS, MILESTONES
from workitems.intake.workbook.proposal import Draft, FieldChange, Proposal
from workitems.intake.workbook.read import NOT_GIVEN, UNREADABLE, Row
from workitems.models import Milestone, Pillar, Support, Variation, WorkItem
from workitems.models.item import NEXT_STAGES, Stage

Kind, Wording = Variation.Kind, Variation.Wording


def items(proposal: Proposal, pillars: dict[int, Pillar]) -> None:
    rows: dict[str, int] = {}
    for row in proposal.book[ITEMS]:
        number = row["Number"]
        if number is UNREADABLE or proposal.is_duplicate(row, "Number", number, rows):
            continue
        draft = proposal.items.get(number)
        if draft is None:
            draft = Draft(WorkItem(plan=proposal.plan, number=number))
            proposal.items[number] = draft
            if proposal.needs_decisions:
                proposal.propose(draft)
        proposal.fill(row, draft, leave_out=["Stage"])
        _pillar(proposal, row, draft, pillars)
        _stage(proposal, row, draft)
        _supporting(proposal, row, draft)
    for draft in proposal.items.values():
        if draft.source is None:
            proposal.leave(ITEMS, f"{draft.row.number} {one_line(draft.row.title)}")


def _pillar(proposal: Proposal, row: Row, draft: Draft, pillars: dict[int, Pillar]) -> None:
    number = row["Pillar"]
    if number is UNREADABLE:
        return
    pillar = pillars.get(number)
    if pillar is None:
        proposal.fault(
            row,
            "Pillar",
            gettext("There is no pillar {number}.").format(number=number),
            gettext("the number of a pillar on the sheet Pillars."),
        )
        return
    before = None if draft.is_new else draft.row.pillar
    if before is not None and before.pk != pillar.pk and proposal.is_adopted:
        given = {"wording": Wording.PILLAR.value, "value": pillar.pk}
        was, now = str(before.number), str(number)
        proposal.decide(row, "Pillar", was, now, Kind.DETAIL, draft.row, given)
        return
    if draft.put("pillar", pillar) and before:
        draft.words.append(FieldChange("Pillar", str(before.number), str(number)))


def _stage(proposal: Proposal, row: Row, draft: Draft) -> None:
    before = draft.row.stage
    stage = row.given("Stage", before)
    if stage is UNREADABLE:
        return
    if not draft.is_new and stage != before:
        if stage == Stage.WITHDRAWN and proposal.is_adopted:
            labels = workbook_labels(Stage)
            was, now = labels[before], labels[stage]
            proposal.decide(row, "Stage", was, now, Kind.WITHDRAWAL, draft.row, {})
            return
        if stage == Stage.WITHDRAWN:
            proposal.fault(
                row,
                "Stage",
                gettext("Item {number} is {stage} in the plan.").format(
                    number=draft.row.number, stage=Stage(before).label.lower()
                ),
                gettext("{stage}. A variation is the way to withdraw an item.").format(
                    stage=workbook_labels(Stage)[before]
                ),
            )
            return
        if stage not in NEXT_STAGES[before]:
            labels = workbook_labels(Stage)
            following = [labels[each] for each in NEXT_STAGES[before] if each != Stage.WITHDRAWN]
            proposal.fault(
                row,
                "Stage",
                gettext("Item {number} is {stage}; it cannot become {next_stage}.").format(
                    number=draft.row.number,
                    stage=Stage(before).label.lower(),
                    next_stage=Stage(stage).label.lower(),
                ),
                f"{join_with_or([labels[before], *following])}.",
            )
            return
    proposal.put(row, draft, ITEMS.column("Stage"), stage)


def _supporting(proposal: Proposal, row: Row, draft: Draft) -> None:
    """Add supporting agencies and change their roles.

    Agencies that are not named stay; on an adopted plan the end of their support is for a decision.
    """
    text = row["Supporting agencies"]
    if text is UNREADABLE:
        return
    known = {} if draft.is_new else {
        support.agency.short_name: support
        for support in proposal.stored.supports_of[draft.row.pk]
    }  # fmt: skip
    before = supporting_words(list(known.values()))
    is_decided = not draft.is_new and proposal.is_adopted
    if text is NOT_GIVEN:
        if is_decided and known and "Supporting agencies" in row.letters:
            proposal.not_cleared.append(
                gettext("Item {number}: {agencies}").format(
                    number=draft.row.number, agencies=before
                )
            )
        return
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
                gettext("{agency} is named here twice.").format(agency=agency.short_name),
                gettext("each agency once."),
            )
            continue
        if len(role) > 200:
            proposal.fault(
                row,
                "Supporting agencies",
                gettext("The role of {agency} has {length:,} characters.").format(
                    agency=agency.short_name, length=len(role)
                ),
                gettext("a role of at most 200 characters."),
            )
            continue
        seen.add(agency.short_name)
        if is_decided:
            now = known.get(agency.short_name)
            if now is None or role_words(now.role) != role:
                after = supporting_words([Support(item=draft.row, agency=agency, role=role)])
                after = after if now else gettext("also {agency}").format(agency=after)
                _decide_support(proposal, row, draft.row, agency, role, before, after)
            continue
        support = known.get(agency.short_name)
        proposal.of_proposed[id(draft.row)][0].append((agency, role))
        made = Draft(support or Support(item=draft.row, agency=agency, role=role))
        if support is None:
            known[agency.short_name] = made.row
        elif role_words(support.role) != role:
            made.put("role", role)
        proposal.add(made)
    if is_decided:
        leads = proposal.agencies.get(str(row["Lead agency"]).casefold())
        for name, support in known.items():
            # Who comes to lead the item ends to support it by that.
            if name not in seen and support.agency != leads:
                after = gettext("without {agency}").format(agency=name)
                _decide_support(proposal, row, draft.row, support.agency, None, before, after)
        return
    after = supporting_words(list(known.values()))
    if not draft.is_new and before != after:
        draft.words.append(FieldChange("Supporting agencies", before, after))


def _decide_support(
    proposal: Proposal,
    row: Row,
    item: WorkItem,
    agency: Agency,
    role: str | None,
    was: str,
    now: str,
) -> None:
    """Leave an agency's support, or without a role its end, for a decision. `was` is all that is agreed."""
    given = {"agency": agency.pk, "role": role}
    obstacle = obstacle_of(agency)
    proposal.decide(row, "Supporting agencies", was, now, Kind.SUPPORTER, item, given, obstacle)


def _name_and_role(part: str, known: dict[str, Agency]) -> tuple[str, str]:
    """Split "Police (trains staff)" into agency and role, unless it is the name of an agency."""
    if part.casefold() in known or not part.endswith(")"):
        return part, ""
    name, opened, rest = part.partition(" (")
    while opened:
        if name.casefold() in known:
            return name, rest[:-1]
        part_of_name, opened, rest = rest.partition(" (")
        name = f"{name} ({part_of_name}"
    name, _, rest = part.partition(" (")
    return name, rest[:-1]


def role_words(role: str) -> str:
    """Return a role for the cell, without semicolons, which separate agencies."""
    return one_line(role).replace(";", ",")


def supporting_words(supports: list[Support]) -> str:
    return "; ".join(
        f"{support.agency.short_name} ({role})" if (role := role_words(support.role))
        else support.agency.short_name
        for support in supports
    )  # fmt: skip


def milestones(proposal: Proposal) -> None:
    rows: dict[tuple[str, int], int] = {}
    for row in proposal.book[MILESTONES]:
        item, number = proposal.item(row, may_be_proposed=True), row["Milestone"]
        if item is None or number is UNREADABLE:
            continue
        if proposal.is_duplicate(row, "Milestone", (item.number, number), rows):
            continue
        draft = proposal.milestones[item.number].get(number)
        if draft is None:
            draft = Draft(Milestone(item=item, number=number))
            proposal.milestones[item.number][number] = draft
            if proposal.needs_decisions:
                proposal.propose(draft)
        proposal.fill(row, draft, leave_out=["Agreed due", "Forecast due"])
        # "(none)" is what a new row has without a date: the original one, and the agreed one.
        agreed = row.given("Agreed due", draft.row.agreed)
        if agreed is None:
            agreed = row["Original due"]
        forecast = row.given("Forecast due", draft.row.forecast)
        if forecast is None:
            forecast = agreed
        for heading, value in (("Agreed due", agreed), ("Forecast due", forecast)):
            if value is not UNREADABLE:
                proposal.put(row, draft, MILESTONES.column(heading), value)
        if draft.row.completed_on and draft.row.withdrawn_on:
            proposal.fault(
                row,
                "Completed on",
                gettext("The milestone was withdrawn on {day}.").format(
                    day=day_words(draft.row.withdrawn_on)
                ),
                gettext("no day; a withdrawn milestone is not completed."),
            )
        if not proposal.is_first:
            _days(proposal, row, draft)
        proposal.add(
            draft,
            MILESTONES.name,
            gettext("{item}, milestone {number}").format(item=item.number, number=number),
        )
    for number, steps in proposal.milestones.items():
        for place, draft in sorted(steps.items()):
            if draft.source is None:
                label = gettext("{item}, milestone {number}").format(item=number, number=place)
                proposal.leave(MILESTONES, f"{label} “{one_line(draft.row.description)}”")


def additions(proposal: Proposal) -> None:
    """Leave the new items and milestones for a decision, each as what would be added. Call once there is no fault."""
    items = [row for row in proposal.proposed if isinstance(row, WorkItem)]
    for item in items:
        source = proposal.items[item.number].source
        steps = [draft.row for _, draft in sorted(proposal.milestones[item.number].items())]
        supports, measures = proposal.of_proposed[id(item)]
        agencies = [item.lead_agency, *(agency for agency, _ in supports)]
        agencies += [step.responsible_agency for step in steps]
        obstacle = obstacle_of(*agencies)
        if item.pillar.pk is None:
            obstacle = gettext("The plan has no such pillar yet. Propose the pillar first.")
        given = {} if obstacle else {"adds": new_item(item, supports, measures, steps)}
        assert source is not None
        label = f"{item.number} {one_line(item.title)}"
        proposal.decide(source, "Number", "", label, Kind.ITEM, proposal.plan, given, obstacle)
    for row in proposal.proposed:
        if isinstance(row, Milestone) and row.item not in items:
            source = proposal.milestones[row.item.number][row.number].source
            obstacle = obstacle_of(row.responsible_agency)
            of_step = {} if obstacle else {"adds": new_milestone(row)}
            assert source is not None
            now = one_line(row.description)
            proposal.decide(
                source, "Milestone", "", now, Kind.MILESTONE, row.item, of_step, obstacle
            )


def _days(proposal: Proposal, row: Row, draft: Draft) -> None:
    """Check the days that an import enters, as the milestone's page would.

    The first import of a plan takes what its records say of the past.
    """
    step, released = draft.row, proposal.plan.released_on
    done, forecast = step.completed_on, step.forecast
    is_new_here = draft.is_new or "completed_on" in draft.was
    if done is not None and done < released and is_new_here:
        proposal.fault(
            row,
            "Completed on",
            gettext("{day} is before the plan was released, on {released}.").format(
                day=day_words(done), released=day_words(released)
            ),
            gettext(
                "a day from {day} on. An earlier day needs a reason: enter it on the milestone's "
                "page."
            ).format(day=day_words(released)),
        )
    # A forecast that is the agreed date says nothing more than that the milestone is overdue.
    is_entered = forecast != step.agreed and ("forecast" in draft.was or draft.is_new)
    is_read = row.readable("Forecast due") and forecast is not None
    if step.is_open and is_entered and is_read and forecast.last_day < proposal.today:
        proposal.fault(
            row,
            "Forecast due",
            gettext("{day} is before today, and the milestone is open.").format(day=forecast),
            gettext("a day from today on, or a Completed on."),
        )


def completions(proposal: Proposal, first_days: dict[str, dict[str, date]]) -> None:
    """Set the completion day of complete items, and withdraw open milestones of withdrawn items.

    `first_days` has, by item number and stage, the day of the lead's first accepted update with it.
    """
    for number, draft in proposal.items.items():
        item = draft.row
        steps = proposal.milestones[number]
        if item.stage == Stage.WITHDRAWN:
            for step in steps.values():
                is_open = step.row.completed_on is None and step.row.withdrawn_on is None
                if step.is_new and is_open:
                    step.put(
                        "withdrawn_on", first_days[number].get(Stage.WITHDRAWN, proposal.today)
                    )
        if item.stage == Stage.COMPLETE:
            _complete(proposal, draft, steps, first_days[number].get(Stage.COMPLETE))
        else:
            draft.put("completed_on", None)
        if draft.source is not None:
            proposal.note(ITEMS.name, f"{number} {one_line(item.title)}", draft)
        proposal.add(draft)


def _complete(
    proposal: Proposal, draft: Draft, steps: dict[int, Draft], said_on: date | None
) -> None:
    """Check that all milestones of a complete item are closed, and set its completion day."""
    item = draft.row
    still_open = [
        (number, step)
        for number, step in sorted(steps.items())
        if step.row.is_open and (step.source is None or step.source.readable("Completed on"))
    ]
    source = draft.source or next((step.source for _, step in still_open if step.source), None)
    if still_open and source:
        numbers = [str(number) for number, _ in still_open]
        proposal.fault(
            source,
            "Stage" if draft.source else "Completed on",
            ngettext(
                "Item {item} is complete, but its milestone {numbers} is not.",
                "Item {item} is complete, but its milestones {numbers} are not.",
                len(numbers),
            ).format(item=item.number, numbers=list_in_words(numbers)),
            gettext("a Completed on for each of its milestones, or another stage of the item."),
        )
    elif item.number in proposal.book.undated or not (draft.is_new or "stage" in draft.was):
        pass  # Nobody knows since when.
    elif item.completed_on is None:
        days = [step.row.completed_on for step in steps.values() if step.row.completed_on]
        draft.put("completed_on", max(days, default=said_on))
        if item.completed_on is None and draft.source:
            proposal.fault(
                draft.source,
                "Stage",
                gettext("Item {number} is complete, but nothing says since when.").format(
                    number=item.number
                ),
                gettext("a milestone with a Completed on, or an update that says complete."),
            )
