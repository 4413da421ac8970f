"""The returns of the open round at a moment, and which of them somebody waits for."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.utils import timezone

from agencies.models import Agency
from workitems.models import (
    Member,
    Milestone,
    Plan,
    Return,
    ReturnNote,
    Round,
    Update,
    Variation,
)
from workitems.models.item import Stage
from workitems.models.round import recalls
from workitems.plan.asat import Moment, rows_at
from workitems.plan.plan_at.moment_reading import read_at
from workitems.plan.plan_at.rows import ReturnAt, RoundAt
from workitems.terms import lateness

if TYPE_CHECKING:
    from workitems.plan.plan_at.whole_plan import PlanAt

Kind = Variation.Kind


def returns_at(plan: Plan, moment: Moment, agencies: Mapping[int, Agency]) -> list[ReturnAt]:
    """Return the returns of the open round, by agency, without those that went to a successor."""
    rounds = {
        row[0]: RoundAt._make(row)
        for row in read_at(
            Round, moment, ("id", "name", "due_on"), {"plan_id": plan.pk}, closed_at=None
        )
    }
    if not rounds:
        return []
    of_rounds = {"of_return__round_id__in": list(rounds)}
    notes = read_at(
        ReturnNote, moment, ("of_return_id", "at"), of_rounds, order=("at", "id"), is_own=False
    )
    sent_back = {of_return: timezone.localdate(at) for of_return, at in notes}
    columns = "id", "round_id", "agency_id", "state", "extended_to", "submitted_at"
    rows = list(read_at(Return, moment, columns, {"round_id__in": list(rounds)}))
    # Sent back, a return keeps when it was submitted.
    without = [row[0] for row in rows if row[3] == Return.State.SENT_BACK and not row[5]]
    recalled = recalls(without, None if moment.is_now else moment.until) if without else {}
    found = [
        ReturnAt(
            pk,
            rounds[round],
            agencies[agency],
            state,
            lateness.return_attention(
                state,
                extended_to or rounds[round].due_on,
                sent_back.get(pk),
                moment.on,
                timezone.localdate(recalled[pk].history_date) if pk in recalled else None,
            ),
        )
        for pk, round, agency, state, extended_to, _submitted_at in rows
        if state != Return.State.MOVED
    ]
    return sorted(found, key=lambda row: row.agency.short_name.casefold())


def awaited(at: "PlanAt", found: Sequence[ReturnAt]) -> Sequence[ReturnAt]:
    """Leave out what nobody waited for at the moment (`Return.expected`): what an agency did not submit before it left the
    working group, and returns with nothing to answer."""
    leading = {item.lead for item in at.items if item.is_live}
    others = [row for row in found if row.is_awaited and row.agency.pk not in leading]
    if not others:
        return found
    pks = [row.pk for row in others]
    if at.moment.is_now:
        kept = set(Return.objects.filter(pk__in=pks).expected().values_list("pk", flat=True))
        unawaited = set(pks) - kept
    else:
        # It has no items, and nobody waits for it.
        of_plan = {"plan_id": at.plan.pk}
        left = {
            pk
            for (pk,) in read_at(Member, at.moment, ("agency_id",), of_plan, left_on__isnull=False)
        }
        unawaited = {row.pk for row in others if row.agency.pk in left} | _unasked(at, others)
    return [row for row in found if row.pk not in unawaited]


def _unasked(at: "PlanAt", found: Sequence[ReturnAt]) -> set[int]:
    """Return those of the returns that had nothing to answer at the moment, as `Return.with_nothing_to_answer` knows it
    of today. One query, or up to seven if a decision ended or gave away what an agency was asked."""
    gave = _gave_away(at, found[0].round)
    rows = [row for row in found if row.agency.pk in gave]
    if not rows:
        return set()
    asked_of = {item.pk for item in at.items if item.stage != Stage.WITHDRAWN}
    asked = {item.lead for item in at.items if item.pk in asked_of}
    columns, of_plan = ("item_id", "responsible_agency_id"), {"item__plan_id": at.plan.pk}
    not_yet = ("completed_on", "withdrawn_on")
    steps = read_at(Milestone, at.moment, columns, of_plan, not_yet=not_yet)
    asked |= {agency for item, agency in steps if item in asked_of}
    asked |= {row.responsible.pk for row in at.measures.set_up}
    said_in = ("of_return_id", "no_change_on", "achieved", "planned_next", "challenges")
    updates = read_at(Update, at.moment, said_in, {"of_return_id__in": [row.pk for row in rows]})
    written = {of_return for of_return, *said in updates if any(said)}
    return {row.pk for row in rows if row.agency.pk not in asked and row.pk not in written}


def _gave_away(at: "PlanAt", of_round: RoundAt) -> set[int | None]:
    """Return the agencies of which a decision in the round had ended or given away something by the moment."""
    opened = Round.objects.filter(pk=of_round.pk).values("opened_at")
    approved = rows_at(
        Variation,
        at.moment,
        of={"plan_id": at.plan.pk},
        state=Variation.State.APPROVED,
        kind__in=(Kind.LEAD, Kind.RESPONSIBLE, Kind.WITHDRAWAL, Kind.CANCEL),
        decided_at__gte=opened,
    )
    columns = ("kind", "agency_before_id", "item_id", "milestone_id")
    rows = list(approved.order_by().values_list(*columns))
    cancelled = [milestone for kind, _before, _item, milestone in rows if kind == Kind.CANCEL]
    steps = read_at(Milestone, at.moment, ("responsible_agency_id",), {"pk__in": cancelled})
    leads = {item.pk: item.lead for item in at.items}
    ended = {leads.get(item) for kind, _before, item, _step in rows if kind == Kind.WITHDRAWAL}
    given = {before for kind, before, *_of in rows if kind in (Kind.LEAD, Kind.RESPONSIBLE)}
    return given | ended | {agency for (agency,) in steps}
