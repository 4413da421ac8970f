"""Reads the items that may differ between two moments, as at both.

These are items with a record written in between, or with a milestone or delay that has a date in
between, as an agreed date passes without anything being written.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from django.db import connection

from agencies.models import Agency
from reports.progress.changes import change_words
from reports.progress.changes.change import Change, Comparison
from reports.progress.changes.compare import PlanThen, changes_of_plan, differences
from reports.progress.histories import known_at
from reports.progress.view import PlanView
from workitems.items.said_by import confidences_said, imported_since
from workitems.models import Delay, MeasureValue, Member, Plan, Support, Target, Variation
from workitems.plan.asat import Moment
from workitems.plan.plan_at import (
    ItemAt,
    MilestoneAt,
    PlanAt,
    delays_at,
    grouped,
    items_in_any_order,
    milestones_at,
    pillar_titles,
    plan_at,
    variations_at,
)
from workitems.plan.plan_at.moment_reading import read_at
from workitems.plan.plan_at.waits_at import waits_at
from workitems.terms.measure_sentence import corrected_in_words


def read_changes(view: PlanView, at: PlanAt | None = None) -> Comparison:
    """Return what changed between `view.since` and `view.at`, narrowed like the view.

    At most 27 queries. `at` is the whole plan at the later moment, with texts, if it was read already.
    An item counts by where it is at that moment: it is reported under its new pillar and lead agency only.
    """
    assert view.since is not None
    at = at or plan_at(view.plan, view.at)
    before, after = read_both(view.plan, view.since, view.at, at.items)
    shown = {
        pk: item
        for pk, item in after.items.items()
        if view.pillar in (None, item.pillar) and view.agency in (None, item.lead)
    }
    entered = _entered(before, after, view.since, view.at)
    is_whole = view.pillar is None and view.agency is None
    after = replace(after, took_over=_took_over(after.ended) if is_whole else {})
    moved = _moved_again(before, after, view.at)
    found = list(
        differences(before, replace(after, items=shown, entered=entered, moved_again=moved))
    )
    if is_whole:
        found += changes_of_plan(before, after, _standing_for(view))
    found += _measured(view, at)
    found += _no_longer_met(view, at)
    return Comparison(found, after.agencies, before.items, after.items)


def _took_over(ended: Mapping[int, Agency]) -> dict[int, int]:
    """Return which agency goes on with the work of each of those that ended, by their ids."""
    found: dict[int, int] = {}
    for pk, row in ended.items():
        to, further = row.successor_id, row.successor_id
        while further is not None:
            to, further = further, ended[further].successor_id if further in ended else None
        if to is not None:
            found[pk] = to
    return found


def _entered(before: PlanThen, after: PlanThen, since: Moment, at: Moment) -> dict[int, str]:
    """Return by item who imported the confidence that moved, which its lead did not say. One query if one moved, and
    another if one of those was imported."""
    moved = {
        pk: now.confidence
        for pk, now in after.items.items()
        if now.confidence and pk in before.items and before.items[pk].confidence != now.confidence
    }
    if not moved or since.until is None:
        return {}
    imported = {pk for (pk,) in imported_since(items=list(moved), since=since.until)}
    said = confidences_said({pk: moved[pk] for pk in imported}, at) if imported else {}
    return {pk: each.agency for pk, each in said.items() if each.is_entered}


def _moved_again(before: PlanThen, after: PlanThen, at: Moment) -> dict[int, str]:
    """Return why the date of each earlier delay moved again between the moments, by delay: the delay itself has the reason of its
    first move. One query if there are any."""
    was, now = (
        {row.pk: row.times_moved for steps in then.milestones.values() for step in steps for row in step.delays}
        for then in (before, after)
    )  # fmt: skip
    moved = [pk for pk, times in now.items() if pk in was and times > was[pk]]
    if not moved:
        return {}
    rows = known_at(at, Delay.history.filter(id__in=moved)).order_by("-history_id")
    columns = ("id", "times_moved", "history_change_reason")
    return {
        pk: reason
        for pk, times, reason in rows.values_list(*columns)
        if reason and times == now[pk]
    }


def _measured(view: PlanView, at: PlanAt) -> Iterator[Change]:
    """Yield the measures for which a number was given or corrected, or a target replaced, between the two moments. Two
    queries; none if no measure is set up. "No number yet" is not a number given."""
    assert view.since is not None
    rows = at.narrowed(pillar=view.pillar, lead=view.agency).measures
    of = {"measure__in": [row.pk for row in rows if row.is_set_up]}
    if not of["measure__in"]:
        return
    given = MeasureValue.objects.filter(
        **of,
        number__isnull=False,
        accepted_on__gt=view.since.on,
        accepted_on__lte=view.at.on,
    )
    aims = Target.objects.filter(
        **of, replaces__isnull=False, set_on__gt=view.since.on, set_on__lte=view.at.on
    )
    news = set(given.values_list("measure_id", "pk"))
    changed = {pk for pk, _ in news} | set(aims.values_list("measure_id", flat=True))
    for row in rows:
        if row.pk in changed:
            values = {value.pk: value for value in row.values}
            corrected = [
                corrected_in_words(row.measured, values[value.corrects], value)
                for value in row.values
                if value.corrects in values and (row.pk, value.pk) in news
            ]
            # The sentence itself tells of its own number.
            corrections = [words for words in corrected if words not in row.sentence]
            yield change_words.measured(row.item or _standing_for(view), row, corrections)


def _no_longer_met(view: PlanView, at: PlanAt) -> Iterator[Change]:
    """Yield the agreed dates that could be met at the earlier moment, as far as waits say, and no longer can; of an agency also
    its own in items of others. Two queries; none if nothing ever waited."""
    assert view.since is not None
    shown = at.narrowed(pillar=view.pillar, lead=view.agency)
    now = [
        step
        for step in at.waits.not_met
        if step.item in shown.by_pk or (step.responsible == view.agency and view.pillar is None)
    ]
    before = waits_at(view.plan, view.since).not_met_pks if now else ()
    for step in now:
        item = at.by_pk[step.item]
        if step.pk not in before and item.is_live:
            wait = at.waits.deciding(step)
            known_on = wait.answered_on if wait else None
            is_new = known_on is not None and known_on > view.since.on
            words = at.waits.why_not_met(step)
            yield change_words.cannot_be_met(item, words, known_on if is_new else None)


def _standing_for(view: PlanView) -> ItemAt:
    """Return what stands for the plan where changes name an item: it has no number."""
    empty = dict.fromkeys(ItemAt._fields[: ItemAt._fields.index("version")], "")
    return ItemAt(
        **{**empty, "pk": 0, "pillar": 0, "lead": view.plan.coordinating_agency_id},  # type: ignore[arg-type]
        version=None,
        on=view.at.on,
    )._replace(title=view.plan.title, is_key=False)


def read_both(
    plan: Plan, since: Moment, at: Moment, read: Sequence[ItemAt]
) -> tuple[PlanThen, PlanThen]:
    """Return the plan at both moments, without items that are the same at both.

    `read` are all of the later items with their open milestones: with those that are the same at both moments, the
    earlier items have their status.
    """
    milestones, items, variations, members, supports = _differing(plan, since, at)
    agencies = Agency.objects.select_related("successor").in_bulk()
    names = {pk: row.short_name for pk, row in agencies.items()}, pillar_titles(plan, at)
    differing = set(milestones)
    others = [row for item in read for row in item.milestones if row.pk not in differing]
    before = _then(plan, since, milestones, items, variations, *names, others=others)
    after = _then(plan, at, milestones, items, variations, *names, read=read)
    if supports:
        before = replace(before, supports=_supports(plan, since))
        after = replace(after, supports=_supports(plan, at))
    was = _members(plan, since) if members else []
    if not was:
        # Nobody joins a plan that was not there yet.
        return before, after
    now = _members(plan, at)
    ended = {pk: row for pk, row in agencies.items() if not row.exists_on(at.on)}
    return replace(before, members=was), replace(after, members=now, ended=ended)


def _supports(plan: Plan, moment: Moment) -> dict[int, set[int]]:
    """Return the supporting agencies of each item at a moment. One query."""
    columns = ("item_id", "agency_id")
    found: dict[int, set[int]] = defaultdict(set)
    for item, agency in read_at(
        Support, moment, columns, {"item__plan_id": plan.pk}, ended_on=None
    ):
        found[item].add(agency)
    return found


def _members(plan: Plan, moment: Moment) -> list[int]:
    """Return the agencies of the working group at a moment. One query."""
    rows = read_at(Member, moment, ("agency_id",), {"plan_id": plan.pk}, left_on=None)
    return [pk for (pk,) in rows]


# The records that may differ, each with its item, found at once: written by hand, as a query of each kind within
# those that read the records takes much longer to compose. {written} is a condition on history rows.
# Dates without such a row are in {milestones} and {delays}: today's records, or history.
DIFFERING = """
SELECT 'milestone', id, item_id FROM workitems_milestone WHERE id IN (
    SELECT id FROM workitems_historicalmilestone
    WHERE history_plan_id = %(plan)s AND {written}
    UNION SELECT id FROM {milestones} AND (
        completed_on > %(first)s AND completed_on <= %(last)s
        OR withdrawn_on > %(first)s AND withdrawn_on <= %(last)s
        OR agreed_due >= %(first)s AND agreed_due < %(last)s
    )
    UNION SELECT milestone_id FROM workitems_historicaldelay
    WHERE history_plan_id = %(plan)s AND {written}
    UNION SELECT milestone_id FROM {delays} AND (
        found_on > %(first)s AND found_on <= %(last)s
        OR ended_on > %(first)s AND ended_on <= %(last)s
    )
)
UNION SELECT 'item', id, id FROM workitems_historicalworkitem WHERE plan_id = %(plan)s AND {written}
UNION SELECT 'variation', id, item_id FROM workitems_historicalvariation
WHERE plan_id = %(plan)s AND {written}
UNION SELECT 'member', id, NULL FROM workitems_historicalmember
WHERE plan_id = %(plan)s AND {written}
UNION SELECT 'support', id, item_id FROM workitems_historicalsupport
WHERE history_plan_id = %(plan)s AND {written}
"""
PAST = {
    "milestones": "workitems_historicalmilestone WHERE history_plan_id = %(plan)s",
    "delays": "workitems_historicaldelay WHERE history_plan_id = %(plan)s",
}
OF_PLAN = "item_id IN (SELECT id FROM workitems_workitem WHERE plan_id = %(plan)s)"
TODAY = {
    "milestones": f"workitems_milestone WHERE {OF_PLAN}",
    "delays": "workitems_delay WHERE milestone_id IN"
    f" (SELECT id FROM workitems_milestone WHERE {OF_PLAN})",
}


def _differing(
    plan: Plan, since: Moment, at: Moment
) -> tuple[list[int], list[int], list[int], list[int], list[int]]:
    """Return the ids of the milestones, the items, the variations, the memberships and the supports that may differ."""
    assert since.until is not None, "Nothing comes after today."
    written = "history_date >= %(since)s"
    if at.until is not None:
        written += " AND history_date < %(until)s"
    sql = DIFFERING.format(written=written, **(TODAY if at.is_now else PAST))
    instant = connection.ops.adapt_datetimefield_value
    values = {
        "plan": plan.pk,
        "since": instant(since.until),
        "until": instant(at.until),
        "first": since.on,
        "last": at.on,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found = cursor.fetchall()
    return (
        [pk for kind, pk, _ in found if kind == "milestone"],
        list({item for kind, _, item in found if kind in ("milestone", "item", "support")}),
        [pk for kind, pk, _ in found if kind == "variation"],
        [pk for kind, pk, _ in found if kind == "member"],
        [pk for kind, pk, _ in found if kind == "support"],
    )


def _then(
    plan: Plan,
    moment: Moment,
    milestones: list[int],
    items: list[int],
    variations: list[int],
    agencies: dict[int, str],
    pillars: dict[int, str],
    *,
    others: Iterable[MilestoneAt] = (),
    read: Sequence[ItemAt] | None = None,
) -> PlanThen:
    delays = delays_at(moment, {"milestone__in": milestones})
    steps = milestones_at(moment, {"pk__in": milestones}, delays)
    if read is None:
        # The changes are sorted.
        read = items_in_any_order(moment, {"pk__in": items}, chain(steps, others))
    wanted = set(items)
    approved = variations_at(
        moment, {"plan_id": plan.pk, "pk__in": variations}, Variation.State.APPROVED
    )
    return PlanThen(
        on=moment.on,
        items={row.pk: row for row in read if row.pk in wanted},
        milestones=grouped(steps, "item"),
        approved={row.pk: row for row in approved},
        pillars=pillars,
        agencies=agencies,
    )
