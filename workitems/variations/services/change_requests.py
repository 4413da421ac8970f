"""Change what was adopted, as the working group approved it.

A change is asked for with plain data (`given`): ids of agencies, texts, and days in ISO form. `drafted`
makes the request of it, `faults` says why it cannot be (when it is requested, and again when it is
approved), and `take_effect` writes it.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.models import Agency, User
from agencies.records import history
from agencies.wording.translation import day_words, in_english, list_in_words
from workitems.measures.services import set_up
from workitems.models import (
    Measure,
    Milestone,
    Pillar,
    Plan,
    Return,
    Round,
    StatusProposal,
    Support,
    Update,
    Variation,
    WorkItem,
)
from workitems.models.item import TITLE_LENGTH
from workitems.plan.held_work import close_votes_of_leaver, open_parts
from workitems.plan.services.items import end_delays, next_number
from workitems.plan.services.plan_days import Faults
from workitems.plan.services.refusals import Refused, locked
from workitems.returns.services.handover import ask_for_more
from workitems.returns.services.rounds import ask_again

Kind, Wording = Variation.Kind, Variation.Wording
Given = Mapping[str, Any]
# What a change may be of.
Changed = Plan | Pillar | WorkItem | Milestone | Measure
# The kinds that this module knows; a wording only of a milestone or a pillar.
KINDS = (
    Kind.LEAD, Kind.RESPONSIBLE, Kind.SUPPORTER, Kind.CANCEL, Kind.DETAIL, Kind.MEMBER, Kind.END,
    Kind.MEASURE,
)  # fmt: skip
# The fields of a pillar by the names of its wordings.
PILLAR_FIELDS = {Wording.PILLAR_TITLE: "title", Wording.PILLAR_TEXT: "description"}
LENGTHS = {Wording.DESCRIPTION: 300, Wording.PILLAR_TITLE: TITLE_LENGTH}
ROLE_LENGTH = 200


def is_change(variation: Variation) -> bool:
    """Return whether the request is one of this module's."""
    is_wording = variation.kind == Kind.WORDING
    return variation.kind in KINDS or is_wording and variation.wording not in Variation.OF_ITEM


@in_english
def drafted(kind: str, row: Changed, given: Given) -> Variation:
    """Return the request, not saved, with what is now and what is asked for.

    `given` has: of a lead or a responsible agency and of a member that leaves, `agency`; of a supporting
    agency, `agency` and its new `role`, or None to end it; of a wording, `wording` and `text`; of a
    detail, `wording` and `value`, and of the words of a measure its `number`, if it is not new; of the plan's end,
    `ends_on`; of a measure, what `set_up.to_data` returns.
    """
    if kind == Kind.MEASURE and not isinstance(row, Measure):
        row = _measure(given["measure"])
    asked = Variation(kind=kind, wording=given.get("wording", ""))
    _place(asked, row)
    agency = Agency.objects.get(pk=given["agency"]) if given.get("agency") else None
    match kind, row:
        case Kind.LEAD, WorkItem():
            asked.agency_before, asked.agency_after = row.lead_agency, agency
        case Kind.RESPONSIBLE, Milestone():
            asked.agency_before, asked.agency_after = row.responsible_agency, agency
        case Kind.SUPPORTER, WorkItem():
            support = row.supports.filter(agency=agency).first()
            role = given["role"]
            asked.agency_before = agency if support or role is None else None
            asked.agency_after = None if role is None else agency
            asked.adds = None if role is None else {"role": role}
            asked.text_before = _supporting(agency, support.role) if support else ""
            asked.text_after = "" if role is None else _supporting(agency, role)
        case Kind.CANCEL, Milestone():
            asked.text_before = row.description
        case Kind.WORDING, _:
            asked.text_before, asked.text_after = _words(row, asked.wording), given["text"]
        case Kind.DETAIL, WorkItem():
            asked.adds = {name: given.get(name) for name in ("value", "number")}
            asked.text_before = _detail(row, asked.wording, _value(row, asked))
            asked.text_after = _detail(row, asked.wording, given["value"])
        case Kind.DETAIL, Plan():
            # A new pillar.
            asked.adds = {name: given[name] for name in ("value", "number")}
            asked.text_after = f"{given['number']} {given['value']}"
        case Kind.MEASURE, Measure():
            asked.adds = dict(given)
            asked.text_before, asked.text_after = set_up.change_in_words(row, given)
        case Kind.MEMBER, Plan():
            asked.agency_before = agency
        case Kind.END, Plan():
            ends_on = date.fromisoformat(given["ends_on"]) if given["ends_on"] else None
            asked.due_before, asked.due_after = row.ends_on, ends_on
            asked.text_before, asked.text_after = (
                day_words(day) if day else "" for day in (row.ends_on, ends_on)
            )
    if kind in (Kind.LEAD, Kind.RESPONSIBLE, Kind.MEMBER):
        asked.text_before = str(asked.agency_before or "")
        asked.text_after = str(asked.agency_after or "")
    return asked


def _place(asked: Variation, row: Changed) -> None:
    """Say what the request is of."""
    if isinstance(row, Plan):
        asked.plan = row
    elif isinstance(row, Pillar):
        asked.plan, asked.pillar = row.plan, row
    elif isinstance(row, WorkItem):
        asked.plan, asked.item = row.plan, row
    elif isinstance(row, Measure):
        asked.plan, asked.item = row.plan, row.item
    else:
        asked.plan, asked.item, asked.milestone = row.item.plan, row.item, row


def milestones_of_lead(row: Changed) -> list[Milestone]:
    """Return the open milestones of an item for which its lead agency is responsible: a new lead leaves them there."""
    if not isinstance(row, WorkItem):
        return []
    own = row.milestones.open().filter(responsible_agency=row.lead_agency_id)
    return list(own.select_related("item__plan", "responsible_agency").order_by("number"))


def row_of(asked: Variation) -> Changed:
    """Return what the request is of."""
    if asked.kind == Kind.MEASURE:
        return _measure((asked.adds or {})["measure"])
    return asked.milestone or asked.item or asked.pillar or asked.plan


def _measure(pk: int) -> Measure:
    return Measure.objects.select_related(*set_up.RELATED).get(pk=pk)


def _supporting(agency: Agency | None, role: str) -> str:
    return f"{agency} ({role})" if role else str(agency)


def _words(row: Changed, wording: str) -> str:
    return str(getattr(row, PILLAR_FIELDS.get(Wording(wording), wording)))


def _value(item: WorkItem, asked: Variation) -> Any:
    """Return the value of a detail now, as it is in the request."""
    if asked.wording == Wording.MEASURE:
        number = (asked.adds or {}).get("number") or 0
        found = item.measures.filter(number=number).first()
        return found.description if found else ""
    if asked.wording == Wording.PILLAR:
        return item.pillar_id
    value = getattr(item, asked.wording)
    return value.isoformat() if isinstance(value, date) else value


def _detail(item: WorkItem, wording: str, value: Any) -> str:
    """Return the value of a detail in words."""
    if value in (None, ""):
        return ""
    match wording:
        case Wording.PILLAR:
            return str(item.plan.pillars.get(pk=value))
        case Wording.KIND:
            return str(WorkItem.Kind(value).label)
        case Wording.TIMEFRAME:
            return str(WorkItem.Timeframe(value).label)
        case Wording.KEY:
            return _("Yes") if value else _("No")
        case Wording.STARTS_ON:
            return day_words(date.fromisoformat(value))
    return str(value)


# --- what is refused ------------------------------------------------------------------------------


def faults(asked: Variation, on: date) -> Faults:
    """Yield why the change cannot be made on a day, each with the field that it is typed in."""
    row = row_of(asked)
    if isinstance(row, Milestone) and row.withdrawn_on is not None:
        yield _("This milestone is cancelled already."), None
        return
    if isinstance(row, WorkItem) and not row.is_live:
        yield (
            _("Item {number} is {stage}.").format(
                number=row.number, stage=row.get_stage_display().lower()
            ),
            None,
        )
        return
    if isinstance(row, Milestone) and asked.kind != Kind.WORDING and not row.is_open:
        yield _("This milestone is done."), None
        return
    yield from CHECKS[Kind(asked.kind)](asked, row, on)


def _agency_faults(asked: Variation, row: Any, on: date) -> Faults:
    name = "lead_agency" if asked.kind == Kind.LEAD else "responsible_agency"
    now = getattr(row, name)
    if now != asked.agency_before:
        yield _("The agency has changed since this was requested."), None
    elif now == asked.agency_after:
        yield (
            _("That is already the agency. Choose another one."),
            "to",
        )
    else:
        yield from _member_faults(asked, on)


def _member_faults(asked: Variation, on: date) -> Faults:
    agency = asked.agency_after
    assert agency is not None
    if not asked.plan.members.filter(agency=agency).exists():
        yield (
            _("{agency} is not in the plan’s working group. Add it there first.").format(
                agency=agency
            ),
            "to",
        )
    elif not agency.exists_on(on):
        yield _("{agency} no longer exists.").format(agency=agency), "to"


def _supporter_faults(asked: Variation, row: Any, on: date) -> Faults:
    agency = asked.agency_after or asked.agency_before
    support = row.supports.filter(agency=agency).first()
    if asked.agency_after is None:
        if support is None:
            yield _("{agency} does not support this item.").format(agency=agency), "to"
        return
    role = (asked.adds or {}).get("role", "")
    if row.lead_agency == agency and not _gives_its_lead_away(asked, row):
        yield (
            _("{agency} leads the item, so it does not support it.").format(agency=agency),
            "to",
        )
    elif support is not None and support.role == role:
        yield _("{agency} already supports this item.").format(agency=agency), "to"
    elif len(role) > ROLE_LENGTH:
        yield _("A role has at most {count} characters.").format(count=ROLE_LENGTH), "role"
    else:
        yield from _member_faults(asked, on)


def _gives_its_lead_away(asked: Variation, row: Any) -> bool:
    """Whether the agency is being requested to support an item of which a pending request gives its lead away."""
    away = row.variations.pending().filter(kind=Kind.LEAD, agency_before=asked.agency_after)
    return asked.pk is None and bool(away.exists())


def _cancel_faults(asked: Variation, row: Any, on: date) -> Faults:
    yield from ()


def _wording_faults(asked: Variation, row: Any, on: date) -> Faults:
    now, most = _words(row, asked.wording), LENGTHS.get(Wording(asked.wording))
    if now == asked.text_after:
        yield _("That is already the wording."), "text"
    elif now != asked.text_before:
        yield _("The wording has changed since this was requested."), None
    elif not asked.text_after:
        yield _("Write the new wording."), "text"
    elif most and len(asked.text_after) > most:
        yield _("It has at most {count} characters.").format(count=most), "text"


def _detail_faults(asked: Variation, row: Any, on: date) -> Faults:
    value = (asked.adds or {})["value"]
    if isinstance(row, Plan):
        number = (asked.adds or {})["number"]
        if row.pillars.filter(number=number).exists():
            yield _("The plan now has a pillar {number}.").format(number=number), None
        return
    now = _value(row, asked)
    if now == value:
        yield _("That is already so."), "value"
    elif in_english(_detail)(row, asked.wording, now) != asked.text_before:
        yield _("This has changed since it was requested."), None


def _leaving_faults(asked: Variation, row: Any, on: date) -> Faults:
    agency = asked.agency_before
    if not row.members.filter(agency=agency).exists():
        yield _("{agency} is not in the plan’s working group.").format(agency=agency), "to"
        return
    if agency == row.coordinating_agency:
        yield (
            _("{agency} coordinates the plan, so it stays in its working group.").format(
                agency=agency
            ),
            "to",
        )
    assert agency is not None
    if says := open_parts(row, agency).obstacles(agency):
        yield says, "to"


def _end_faults(asked: Variation, row: Any, on: date) -> Faults:
    if row.ends_on == asked.due_after:
        yield _("That is already the plan’s end. Enter another day."), "ends_on"
    elif row.ends_on != asked.due_before:
        yield _("The plan’s end has changed since this was requested."), None
    elif asked.due_after is not None and asked.due_after <= on:
        yield _("A plan’s new end must be after today. Enter a later day."), "ends_on"


def _measure_faults(asked: Variation, row: Any, on: date) -> Faults:
    if row.item is not None and not row.item.is_live:
        yield (
            _("Item {number} is {stage}.").format(
                number=row.item.number, stage=row.item.get_stage_display().lower()
            ),
            None,
        )
        return
    values, targets = set_up.of_data(asked.adds or {})
    if not values and not targets:
        yield _("Nothing is changed. Change the set-up or a target."), None
    yield from set_up.faults(row, values, targets)


CHECKS = {
    Kind.LEAD: _agency_faults,
    Kind.RESPONSIBLE: _agency_faults,
    Kind.SUPPORTER: _supporter_faults,
    Kind.CANCEL: _cancel_faults,
    Kind.WORDING: _wording_faults,
    Kind.DETAIL: _detail_faults,
    Kind.MEMBER: _leaving_faults,
    Kind.END: _end_faults,
    Kind.MEASURE: _measure_faults,
}


def pending_same(asked: Variation) -> Variation | None:
    """Return a pending request that asks to change the same of the same row, if there is one."""
    same = asked.plan.variations.pending().filter(
        kind=asked.kind,
        item=asked.item,
        milestone=asked.milestone,
        pillar=asked.pillar,
        wording=asked.wording,
    )
    if asked.kind == Kind.MEASURE:
        same = same.filter(adds__measure=(asked.adds or {})["measure"])
    if asked.kind in (Kind.SUPPORTER, Kind.MEMBER):
        agency = asked.agency_after or asked.agency_before
        same = same.filter(Q(agency_before=agency) | Q(agency_after=agency))
    if asked.wording == Wording.MEASURE or asked.kind == Kind.DETAIL and asked.item is None:
        same = same.filter(text_before=asked.text_before)
        if not asked.text_before:
            same = same.filter(text_after=asked.text_after)
    return same.order_by("number").first()


# --- taking effect --------------------------------------------------------------------------------


def take_effect(asked: Variation, *, by: User, on: date, reason: str) -> None:
    """Make the change. Raise `Refused` if it cannot be made any more."""
    found = row_of(asked)
    row: Any = locked(found, related=set_up.RELATED if isinstance(found, Measure) else ())
    _place(asked, row)
    Refused.raise_any([(says, None) for says, _ in faults(asked, on)])
    agency = asked.agency_after

    def save(*names: str) -> None:
        history.save_version(row, *names, by=by, reason=reason)

    match asked.kind:
        case Kind.LEAD:
            assert agency is not None
            row.lead_agency = agency
            save("lead_agency")
            if support := row.supports.filter(agency=agency).first():
                support.ended_on = on
                history.save(support, by=by, reason=reason)
            for proposal in row.status_proposals.open().filter(agency=agency):
                proposal.state = StatusProposal.State.WITHDRAWN
                proposal.answered_by, proposal.answered_at = by, asked.decided_at
                history.save(proposal, by=by, reason=reason)
            _ask_in_open_round(asked, by=by, on=on, reason=reason)
        case Kind.RESPONSIBLE:
            row.responsible_agency = agency
            save("responsible_agency")
            _ask_in_open_round(asked, by=by, on=on, reason=reason)
        case Kind.SUPPORTER:
            its = agency or asked.agency_before
            support = Support._base_manager.filter(item=row, agency=its).first()
            support = support or Support(item=row, agency=its)
            support.ended_on = None if agency else on
            support.role = (asked.adds or {}).get("role", support.role)
            history.save(support, by=by, reason=reason)
            save()
        case Kind.CANCEL:
            row.withdrawn_on = on
            save("withdrawn_on")
            end_delays(row, on, by=by, reason=reason)
        case Kind.WORDING:
            name = PILLAR_FIELDS.get(Wording(asked.wording), asked.wording)
            setattr(row, name, asked.text_after)
            save(name)
        case Kind.DETAIL if isinstance(row, Plan):
            given = asked.adds or {}
            pillar = Pillar(plan=row, number=given["number"], title=given["value"])
            history.save(pillar, by=by, reason=reason)
            save()
        case Kind.DETAIL:
            _set_detail(row, asked, by=by, reason=reason)
        case Kind.MEASURE:
            values, targets = set_up.of_data(asked.adds or {})
            set_up.write(row, values, targets, by=by, on=on, reason=reason, variation=asked)
        case Kind.MEMBER:
            member = row.members.get(agency=asked.agency_before)
            member.left_on = on
            history.save(member, by=by, reason=reason)
            save()
            assert asked.agency_before is not None and asked.decided_at is not None
            at = asked.decided_at
            close_votes_of_leaver(row, asked.agency_before, by=by, on=on, at=at, reason=reason)
        case Kind.END:
            row.ends_on = asked.due_after
            save("ends_on")


def _ask_in_open_round(asked: Variation, *, by: User, on: date, reason: str) -> None:
    """Give the agency that takes work over a return in the plan's open round, if it has none there. One that a new
    lead submitted goes back to it, so that it answers on the item; one that is ready for approval and has to answer more
    is ready no longer. Of an accepted one the item is not asked, nor where the earlier lead's answer is accepted.
    """
    for round in asked.plan.rounds.open():
        own = round.returns.filter(agency=asked.agency_after).first()
        if asked.kind == Kind.LEAD and _answered_before(round, asked):
            continue
        if own is None:
            history.save(Return(round=round, agency=asked.agency_after), by=by, reason=reason)
        elif asked.kind == Kind.LEAD and own.state in (
            Return.State.SUBMITTED,
            Return.State.SENT_BACK,
        ):
            note = _(
                "{reference} gave the lead of this item to {agency}. Answer on it, then submit again."
            ).format(reference=asked.reference, agency=asked.agency_after)
            assert asked.item is not None and asked.decided_at is not None
            ask_again(of_return=own, item=asked.item, note=note, by=by, at=asked.decided_at)
    assert asked.agency_after is not None
    ask_for_more(
        plan=asked.plan, agencies=[asked.agency_after.pk], on=on, by=by, reason=_why_asked(asked)
    )


def _answered_before(round: Round, asked: Variation) -> bool:
    """Whether the item whose lead changes has an accepted answer of the lead until now in the round."""
    rows = Update.objects.accepted().filter(
        of_return__round=round, of_return__agency=asked.agency_before, item=asked.item
    )
    return rows.exclude(stage="").exists()


def _why_asked(asked: Variation) -> str:
    """Return why the agency has more to answer, as its return says it."""
    agency, number = asked.agency_after, asked.item.number if asked.item else ""
    if asked.kind == Kind.LEAD:
        says = _("{reference} gave the lead of item {number} to {agency}")
    else:
        says = _("{reference} gave a milestone of item {number} to {agency}")
    return says.format(reference=asked.reference, number=number, agency=agency)


def effects_of(asked: Variation) -> list[str]:
    """Return what approving does besides: of a change of the lead, what happens in the open round and to milestones;
    of an agency that leaves, from when; of a milestone to be cancelled, that it is the last. Four queries at most."""
    if asked.kind == Kind.MEMBER:
        return [
            _(
                "{agency} leaves on the day of the decision. Its people cannot open the plan from then on, and what it "
                "was asked or answered out of session, where others still answer, no longer counts."
            ).format(agency=asked.agency_before)
        ]
    if asked.kind == Kind.CANCEL and asked.milestone is not None:
        return _cancelled(asked.milestone)
    if asked.kind != Kind.LEAD or asked.item is None:
        return []
    was, now = asked.agency_before, asked.agency_after
    found = []
    for round in asked.plan.rounds.open():
        own = round.returns.filter(agency=now).first()
        is_closed = own is not None and own.state in Return.FINISHED
        if not is_closed and _answered_before(round, asked):
            says = _(
                "What {was} wrote on it in {round} is accepted, so {now} is not asked about it in this round."
            )
            found.append(says.format(was=was, now=now, round=round.name))
            continue
        if own is None or own.is_with_agency:
            says = _("{now} is asked about the item in {round}, which is open.")
        else:
            says = (
                _(
                    "The return of {now} for {round} is submitted. It goes back to {now}, so that it answers on the item."
                )
                if own.state == Return.State.SUBMITTED
                else _(
                    "The return of {now} for {round} is {state}, so {now} is not asked about the item in this round."
                )
            )
        state = own.get_state_display().lower() if own else ""
        found.append(says.format(now=now, round=round.name, state=state))
        found.append(_("What {was} wrote on it in this round stays in its return.").format(was=was))
    return [*found, *_milestones_that_stay(asked)]


def _cancelled(milestone: Milestone) -> list[str]:
    """Return that no open milestone would be left, if the one to be cancelled is the last of its item. One query."""
    if milestone.item.milestones.open().exclude(pk=milestone.pk).exists():
        return []
    return [
        _(
            "No open milestone would be left: this is the only one of item {number}. Without one, nothing says when "
            "the item is due."
        ).format(number=milestone.item.number)
    ]


def _milestones_that_stay(asked: Variation) -> list[str]:
    """Return which open milestones stay with the former lead, and which other requests give to the new one."""
    assert asked.item is not None
    left = asked.item.milestones.open().filter(responsible_agency=asked.agency_before)
    moves = asked.item.variations.pending().filter(
        kind=Kind.RESPONSIBLE, agency_after=asked.agency_after, milestone__in=left
    )
    moved = {row.milestone_id: row.reference for row in moves.order_by("number")}
    stay = [row for row in left.order_by("number") if row.pk not in moved]
    found = []
    if moved:
        found.append(
            ngettext(
                "{references} asks to give its open milestone to {now} too.",
                "{references} ask to give its open milestones to {now} too.",
                len(moved),
            ).format(references=list_in_words(list(moved.values())), now=asked.agency_after)
        )
    if stay:
        found.append(
            _(
                "Its open milestones stay with {was} until each is moved by a request of its own."
            ).format(was=asked.agency_before)
            if not moved
            else ngettext(
                "“{milestones}” stays with {was} until a request of its own moves it.",
                "“{milestones}” stay with {was} until requests of their own move them.",
                len(stay),
            ).format(milestones="”, “".join(map(str, stay)), was=asked.agency_before)
        )
    return found


def _set_detail(item: WorkItem, asked: Variation, *, by: User, reason: str) -> None:
    given = asked.adds or {}
    value = given["value"]
    if asked.wording == Wording.MEASURE:
        measure = item.measures.filter(number=given.get("number") or 0).first()
        measure = measure or Measure(item=item, number=next_number(item.measures.all()))
        measure.description = value
        history.save(measure, by=by, reason=reason)
        history.save_version(item, by=by, reason=reason)
        return
    if asked.wording == Wording.PILLAR:
        item.pillar = item.plan.pillars.get(pk=value)
    elif asked.wording == Wording.STARTS_ON:
        item.starts_on = date.fromisoformat(value) if value else None
    else:
        setattr(item, asked.wording, value)
    history.save_version(item, asked.wording, by=by, reason=reason)
