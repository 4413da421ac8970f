"""Check the sheets Delays, Mitigations, Updates and Risks."""

import calendar
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from workitems.intake.cell_kinds import day_words, one_line
from workitems.intake.workbook.columns import DELAYS, MITIGATIONS, RISKS, UPDATES, Sheet
from workitems.intake.workbook.proposal import Draft, FieldChange, Proposal
from workitems.intake.workbook.read import NOT_GIVEN, UNREADABLE, Row
from workitems.models import Delay, Mitigation, Return, Risk, Round, Update, WorkItem
from workitems.terms.known_dates import KnownDate


def morning(day: date) -> datetime:
    """Return 9 a.m. New Zealand time on the day: the moment used for events without a time."""
    return datetime.combine(day, time(9), timezone.get_default_timezone())


Numbered = dict[int, Draft]


def matched(
    proposal: Proposal,
    rows: list[Row],
    stored: Sequence[Model],
    heading: str,
    model: type[Model],
    **parent: Model,
) -> tuple[Numbered, list[tuple[Row, Draft]]]:
    """Match the rows of one parent with its stored rows, and return all by number and those of the sheet.

    A row without a number is the stored one with the same text in the column `heading`, else a new one.
    """
    drafts: Numbered = {each.number: Draft(each) for each in stored}  # type: ignore[attr-defined]
    seen: dict[int, int] = {}
    for row in rows:
        number = row["Number"]
        if number not in (UNREADABLE, NOT_GIVEN):
            proposal.is_duplicate(row, "Number", number, seen)
    free = [draft for number, draft in drafts.items() if number not in seen]
    found = []
    for row in rows:
        number = row["Number"]
        draft = None if number in (UNREADABLE, NOT_GIVEN) else drafts.get(number)
        if number is NOT_GIVEN and (draft := _same_text(row, free, heading)):
            free.remove(draft)
        if draft is None:
            if number in (UNREADABLE, NOT_GIVEN):
                number = max([*drafts, *seen], default=0) + 1
            draft = drafts[number] = Draft(model(number=number, **parent))
        found.append((row, draft))
    return drafts, found


def _same_text(row: Row, drafts: list[Draft], heading: str) -> Draft | None:
    """Return the draft with the row's text; of several, the one with most of the row's other values."""

    def same(draft: Draft) -> int:
        values = (
            (column, getattr(draft.row, column.field)) for column in row.sheet if column.field
        )
        return sum(
            row[column.heading] == (value.short_name if column.names_agency and value else value)
            for column, value in values
        )

    column = row.sheet.column(heading)
    texts = ((column.kind.normal(getattr(draft.row, column.field)), draft) for draft in drafts)
    return max((draft for text, draft in texts if text == row[heading]), key=same, default=None)


def _by_milestone(proposal: Proposal, sheet: Sheet) -> dict[tuple[str, int], list[Row]]:
    found: dict[tuple[str, int], list[Row]] = defaultdict(list)
    for row in proposal.book[sheet]:
        if step := proposal.milestone(row):
            found[step.row.item.number, step.row.number].append(row)
    return found


Delays = dict[tuple[str, int], Numbered]


def delays(proposal: Proposal) -> Delays:
    """Return the plan's delays by item and milestone number, including new ones.

    The sheet does not have the dates between which a delay moved its milestone. A new delay is
    recorded as one move from the agreed date to the forecast, or to the completion date.
    """
    of_sheet = _by_milestone(proposal, DELAYS)
    found: Delays = {}
    for number, steps in proposal.milestones.items():
        for step_number, step in sorted(steps.items()):
            stored = [] if step.is_new else proposal.stored.delays_of[step.row.pk]
            rows = of_sheet[number, step_number]
            found[number, step_number], rows_of = matched(
                proposal, rows, stored, "Explanation", Delay, milestone=step.row
            )
            for row, draft in rows_of:
                _delay(proposal, row, draft)
            for draft in found[number, step_number].values():
                if draft.source is None:
                    proposal.leave(DELAYS, _delay_label(draft.row))
    return found


def _delay_label(delay: Delay) -> str:
    milestone = delay.milestone
    return _("{item}, milestone {milestone}, delay {delay}").format(
        item=milestone.item.number, milestone=milestone.number, delay=delay.number
    )


def _delay(proposal: Proposal, row: Row, draft: Draft) -> None:
    milestone = draft.row.milestone
    if draft.is_new and milestone.agreed and milestone.forecast:
        draft.put("before", milestone.agreed)
        # For a completed milestone the completion date shows the length of the delay.
        done = milestone.completed_on
        reached = KnownDate(done) if done else milestone.forecast
        draft.put("after", max(milestone.agreed, reached))
    proposal.fill(row, draft)
    _settlement(proposal, row, draft)
    found_on, ended = row["Found on"], row.given("Ended on", draft.row.ended_on)
    if found_on and ended and ended < found_on:
        proposal.fault(
            row,
            "Ended on",
            _("{day} is before the delay was found.").format(day=day_words(ended)),
            _("a day from {day} on.").format(day=day_words(found_on)),
        )
    proposal.add(draft, DELAYS.name, _delay_label(draft.row))


# Who settles a cause and by when: the columns, their fields, and what these are without a value.
SETTLING: dict[str, tuple[str, Any]] = {
    "Settled by agency": ("settling_agency", None),
    "Settled by others": ("settling_other", ""),
    "Settled by date": ("settling_by", None),
}


def _settlement(proposal: Proposal, row: Row, draft: Draft) -> None:
    """Check who settles the cause of a delay; only "Being settled" has somebody, an agency or others, and a date."""
    if not row.readable("Cause settled", *SETTLING):
        return
    delay = draft.row
    is_given = {heading: row[heading] not in (None, "", NOT_GIVEN) for heading in SETTLING}
    if delay.settlement == Delay.Settlement.BEING_SETTLED:
        by_agency, by_others = is_given["Settled by agency"], is_given["Settled by others"]
        if by_agency and by_others:
            proposal.fault(
                row,
                "Settled by others",
                _("An agency is named already in Settled by agency."),
                _("an empty cell here or there."),
            )
        elif by_agency:
            draft.put("settling_other", "")
        elif by_others:
            draft.put("settling_agency", None)
        elif delay.settling_agency is None and not delay.settling_other:
            proposal.fault(
                row,
                "Settled by agency",
                _("The cause is being settled, and no agency is named."),
                _("the short name of the agency that settles it."),
            )
        return
    for heading, (name, nothing) in SETTLING.items():
        if not is_given[heading]:
            draft.put(name, nothing)
        else:
            proposal.fault(
                row,
                heading,
                _("This goes only with Being settled in Cause settled."),
                _("Being settled there, or an empty cell here."),
            )


def mitigations(proposal: Proposal, delays: Delays) -> None:
    of_sheet: dict[tuple[str, int, int], list[Row]] = defaultdict(list)
    for key, rows in _by_milestone(proposal, MITIGATIONS).items():
        for row in rows:
            if delay := _delay_of(proposal, row, delays[key]):
                of_sheet[(*key, delay.row.number)].append(row)
    for key, numbered in delays.items():
        for number, delay in list(numbered.items()):
            stored = [] if delay.is_new else proposal.stored.mitigations_of[delay.row.pk]
            drafts, rows_of = matched(
                proposal,
                of_sheet[(*key, number)],
                stored,
                "Mitigation",
                Mitigation,
                delay=delay.row,
            )
            for row, draft in rows_of:
                proposal.fill(row, draft)
                proposal.add(draft, MITIGATIONS.name, _mitigation_label(draft.row))
            for draft in drafts.values():
                if draft.source is None:
                    proposal.leave(MITIGATIONS, _mitigation_label(draft.row))


def _mitigation_label(mitigation: Mitigation) -> str:
    delay, milestone = mitigation.delay, mitigation.delay.milestone
    return _("{item}, milestone {milestone}, delay {delay}, mitigation {mitigation}").format(
        item=milestone.item.number,
        milestone=milestone.number,
        delay=delay.number,
        mitigation=mitigation.number,
    )


def _delay_of(proposal: Proposal, row: Row, known: Numbered) -> Draft | None:
    """Return the delay of a mitigation, or None, with a fault if there is none.

    Where the sheet Delays has no numbers, a delay's number is its place among those of its milestone.
    """
    number = row["Delay"]
    if number is UNREADABLE:
        return None
    if DELAYS.name not in proposal.book.numbered:
        known = dict(enumerate((draft for _, draft in sorted(known.items())), start=1))
    if number not in known:
        proposal.fault(
            row,
            "Delay",
            _("Milestone {milestone} of item {item} has no delay {delay}.").format(
                milestone=row["Milestone"], item=row["Work item"], delay=number
            ),
            _("a number from 1 to {last}.").format(last=max(known))
            if known
            else _("a delay of this milestone on the sheet Delays first."),
        )
    return known.get(number)


def risks(proposal: Proposal) -> None:
    drafts, rows_of = matched(
        proposal, proposal.book[RISKS], proposal.stored.risks, "Risk", Risk, plan=proposal.plan
    )
    for row, draft in rows_of:
        item = proposal.item(row)
        proposal.fill(row, draft)
        before = draft.row.item
        if row["Work item"] not in (UNREADABLE, NOT_GIVEN) and draft.put("item", item):
            draft.words.append(
                FieldChange("Work item", before.number if before else "", row["Work item"] or "")
            )
        _escalation(row, draft)
        proposal.add(draft, RISKS.name, _("Risk {number}").format(number=draft.row.number))
    for draft in drafts.values():
        if draft.source is None:
            proposal.leave(
                RISKS, f"{draft.row.reference} “{one_line(draft.row.description).rstrip('.')}”"
            )


def _escalation(row: Row, draft: Draft) -> None:
    """Set the escalation. The sheet has only its day: it is to the working group, unless the plan
    already has another level."""
    day, before = row["Escalated on"], draft.row.escalated_on
    if day in (UNREADABLE, NOT_GIVEN):
        return
    draft.put("escalated_on", day)
    draft.put("escalated_to", (draft.row.escalated_to or Risk.EscalatedTo.GROUP) if day else "")
    if not draft.is_new and before != day:
        kind = RISKS.column("Escalated on").kind
        draft.words.append(FieldChange("Escalated on", kind.words(before), kind.words(day)))


@dataclass
class AcceptedUpdates:
    """Data of accepted updates, for the fields of items and for their history (past.py)."""

    # By item and stage: the day of the lead agency's first update with that stage.
    first: dict[str, dict[str, date]] = field(default_factory=lambda: defaultdict(dict))
    # By item: new updates of its lead agency with the day of their acceptance.
    new: dict[str, list[tuple[date, Update]]] = field(default_factory=lambda: defaultdict(list))


@dataclass(kw_only=True)
class _Rounds:
    """Rounds, returns and updates by their keys, including new ones."""

    rounds: dict[tuple[date, date], Draft]
    returns: dict[tuple[date, date, str], Draft]
    updates: dict[tuple[date, date, str, str], Draft]
    # By return: the day of acceptance, which the first row of the sheet gives, and that row's number.
    accepted: dict[tuple[date, date, str], tuple[date, int]] = field(default_factory=dict)
    seen: dict[tuple[date, date, str, str], int] = field(default_factory=dict)
    # The own days of updates that have one.
    written: dict[tuple[date, date, str, str], date] = field(default_factory=dict)


def _known_rounds(proposal: Proposal) -> _Rounds:
    stored = proposal.stored
    return _Rounds(
        rounds={(r.period_start, r.period_end): Draft(r) for r in stored.rounds},
        returns={
            (r.round.period_start, r.round.period_end, r.agency.short_name): Draft(r)
            for r in stored.returns
        },
        updates={
            (
                u.of_return.round.period_start,
                u.of_return.round.period_end,
                u.of_return.agency.short_name,
                u.item.number,
            ): Draft(u)
            for u in stored.updates
        },
    )


def updates(proposal: Proposal) -> AcceptedUpdates:
    """Check the sheet Updates. Create closed rounds for periods that have none."""
    known = _known_rounds(proposal)
    for row in proposal.book[UPDATES]:
        item = proposal.item(row)
        agency = proposal.agency(row, UPDATES.column("Agency"))
        if agency is UNREADABLE or item is None:
            continue
        if not row.readable("Period start", "Period end", "Accepted on"):
            proposal.fill(row, Draft(Update()))
            continue
        of_return = _return(proposal, row, agency, known)
        if of_return is not None:
            _update(proposal, row, item, of_return, known)
    for key, draft in known.updates.items():
        is_accepted = draft.row.of_return.state == Return.State.ACCEPTED
        if draft.source is None and not draft.is_new and is_accepted and key not in known.seen:
            item, of_return = draft.row.item, draft.row.of_return
            label = f"{item.number}, {of_return.agency.short_name}, {of_return.round}"
            proposal.leave(UPDATES, label)
    for made in known.rounds.values():
        proposal.add(made)
    for of_return in known.returns.values():
        proposal.add(of_return)
    return _accepted_updates(proposal, known)


def _return(proposal: Proposal, row: Row, agency: Any, known: _Rounds) -> Draft | None:
    """Return the accepted return of the row, or add a fault and return None."""
    start, end = row["Period start"], row["Period end"]
    if end <= start:
        proposal.fault(
            row,
            "Period end",
            _("{day} is not after the period's start.").format(day=day_words(end)),
            _("a day after {day}.").format(day=day_words(start)),
        )
        return None
    key = (start, end, agency.short_name)
    of_return = known.returns.get(key)
    unsaid = of_return.row.accepted_on if of_return else None
    accepted = row.given("Accepted on", unsaid or min(end, proposal.today))
    first, first_row = known.accepted.setdefault(key, (accepted, row.number))
    if first != accepted:
        proposal.fault(
            row,
            "Accepted on",
            _("{agency}'s return for this period was accepted on {day}, says row {row}.").format(
                agency=agency.short_name,
                day=day_words(first),
                row=first_row,
            ),
            _("the same day in all rows of an agency and a period."),
        )
        return None
    made = known.rounds.get((start, end))
    if of_return is None and (made is None or made.is_new or not made.row.is_open):
        if made is None:
            made = _new_round(proposal, start, end, accepted)
            known.rounds[start, end] = made
        elif made.is_new:
            made.row.due_on = max(made.row.due_on, accepted)
            made.row.closed_at = max(made.row.closed_at, morning(accepted))
            made.row.opened_at = min(made.row.opened_at, morning(accepted))
        of_return = Draft(
            Return(
                round=made.row,
                agency=agency,
                state=Return.State.ACCEPTED,
                submitted_at=morning(accepted),
                accepted_on=accepted,
            )
        )
        known.returns[key] = of_return
    if of_return is None or of_return.row.state != Return.State.ACCEPTED:
        state = of_return.row.get_state_display().lower() if of_return else _("not there")
        proposal.fault(
            row,
            "Agency",
            _("The return of {agency} for {round} is {state}.").format(
                agency=agency.short_name, round=known.rounds[start, end].row, state=state
            ),
            _(
                "only updates of returns that are accepted. Accept it in the round, or leave the "
                "row out."
            ),
        )
        return None
    before = of_return.row.accepted_on
    if of_return.put("accepted_on", accepted):
        of_return.words.append(FieldChange("Accepted on", day_words(before), day_words(accepted)))
        proposal.note(UPDATES.name, f"{agency.short_name}, {of_return.row.round}", of_return)
    return of_return


def _new_round(proposal: Proposal, start: date, end: date, accepted: date) -> Draft:
    """Return a closed round. The sheet has no due date, so the last day of acceptance is used."""
    return Draft(
        Round(
            plan=proposal.plan,
            name=proposal.book.round_names.get((start, end)) or round_name(start, end),
            period_start=start,
            period_end=end,
            due_on=accepted,
            opened_at=morning(min(end, accepted)),
            closed_at=morning(accepted),
        )
    )


def round_name(start: date, end: date) -> str:
    """Return "July to December 2009", or with days if the period is not whole months."""
    last = calendar.monthrange(end.year, end.month)[1]
    if start.day != 1 or end.day != last:
        return f"{day_words(start)} to {day_words(end)}"
    if (start.year, start.month) == (end.year, end.month):
        return f"{end:%B %Y}"
    year = f" {start.year}" if start.year != end.year else ""
    return f"{start:%B}{year} to {end:%B %Y}"


def _update(proposal: Proposal, row: Row, item: WorkItem, of_return: Draft, known: _Rounds) -> None:
    agency, round_ = of_return.row.agency, of_return.row.round
    key = (round_.period_start, round_.period_end, agency.short_name, item.number)
    if key in known.seen:
        proposal.fault(
            row,
            "Work item",
            _("{agency}'s update on {item} for this period is already in row {row}.").format(
                agency=agency.short_name, item=item.number, row=known.seen[key]
            ),
            _("one update of an item by an agency in a period."),
        )
        return
    known.seen[key] = row.number
    if row.written_on:
        known.written[key] = row.written_on
    draft = known.updates.get(key)
    if draft is None:
        written_on = row.written_on or of_return.row.accepted_on
        draft = Draft(Update(of_return=of_return.row, item=item, written_at=morning(written_on)))
        known.updates[key] = draft
    proposal.fill(row, draft)
    update = draft.row
    if not update.stage and getattr(item, "lead_agency", None) is agency:
        proposal.fault(
            row,
            "Stage",
            _("The lead agency’s update on {item} needs a stage.").format(item=item.number),
            _("one of the stages."),
        )
        return
    says = (update.achieved, update.planned_next, update.challenges)
    if any(says) or update.key_achievement != Update.KeyAchievement.NO:
        draft.put("no_change_on", None)
    proposal.add(draft, UPDATES.name, f"{item.number}, {agency.short_name}, {round_}")


def _accepted_updates(proposal: Proposal, known: _Rounds) -> AcceptedUpdates:
    found = AcceptedUpdates()
    for key in sorted(known.updates):
        draft = known.updates[key]
        update, of_return = draft.row, draft.row.of_return
        item = proposal.items[update.item.number]
        is_lead = getattr(item.row, "lead_agency", None) is of_return.agency
        if of_return.state != Return.State.ACCEPTED or not is_lead:
            continue
        day = known.written.get(key, of_return.accepted_on)
        days = found.first[item.row.number]
        days[update.stage] = min(day, days.get(update.stage, day))
        moved = known.returns[key[:3]].was
        if draft.is_new or moved:
            item.put("heard_on", max(day, item.row.heard_on or day))
        if draft.is_new:
            found.new[item.row.number].append((day, update))
    return found
