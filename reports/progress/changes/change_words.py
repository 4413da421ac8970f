"""Each kind of change as a sentence. Takes plain data and returns a `Change`."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial, wraps
from typing import ParamSpec

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agencies.models import Agency
from reports.document.dates import long_date
from reports.document.wording import capitalised, closed, join_words
from reports.progress.changes.change import Change, Description, HandedOver, Kind, Reworded
from workitems.models import Delay, Variation
from workitems.models.item import Confidence, Stage
from workitems.plan.plan_at import DelayAt, ItemAt, MilestoneAt, VariationAt
from workitems.plan.plan_at.measures_at import MeasureAt
from workitems.terms import lateness
from workitems.terms.known_dates import KnownDate, from_to
from workitems.terms.spans import span_in_words

P = ParamSpec("P")

STAGES = dict(Stage.choices)
CONFIDENCE = dict(Confidence.choices) | {"": gettext_lazy("None given")}
CAUSES = dict(Delay.Cause.choices)
_BECAUSE_OF = {
    Delay.Cause.CABINET: gettext_lazy("a Cabinet decision"),
    Delay.Cause.OUTSIDE_EVENT: gettext_lazy("an outside event"),
    Delay.Cause.OTHER: gettext_lazy("something else"),
}


def because_of(cause: str) -> str:
    """Return a cause for use after "because of"."""
    return str(_BECAUSE_OF.get(Delay.Cause(cause)) or Delay.Cause(cause).within)


def _change(kind: Kind) -> Callable[[Callable[P, Description]], Callable[P, Change]]:
    """Let a function that describes a change return the change, which is described only when its words are
    used: the changes of a large plan are mostly counted.

    The last item among the function's arguments is the item as at the later moment.
    """

    def of_kind(describe: Callable[P, Description]) -> Callable[P, Change]:
        @wraps(describe)
        def change(*args: P.args, **kwargs: P.kwargs) -> Change:
            item = next(row for row in reversed(args) if isinstance(row, ItemAt))
            return Change(kind, item, partial(describe, *args, **kwargs), _days(kind, args))

        return change

    return of_kind


def _days(kind: Kind, args: Sequence[object]) -> int:
    """Return by how many days the milestone among the arguments is later than it was expected."""
    if kind == Kind.LATE:
        return next(row.late.days for row in reversed(args) if isinstance(row, ItemAt))
    if kind not in (Kind.SLIPPED, Kind.RECOVERED, Kind.OVERDUE):
        return 0
    *before, now = (row for row in args if isinstance(row, MilestoneAt))
    if before:
        return ((now.completed_on or now.forecast_due) - before[0].forecast_due).days
    return (now.on - now.agreed_due).days if kind == Kind.OVERDUE else 0


def _description(
    words: str,
    was: str | KnownDate = "",
    now: str | KnownDate = "",
    *,
    delay: DelayAt | None = None,
    by: Sequence[VariationAt] = (),
) -> Description:
    """Return the words, with the cause and explanation of the delay or the variations' reasons."""
    explanations = [delay.explanation] if delay else [row.reason for row in by]
    return Description(
        words=words,
        was=str(was),
        now=str(now),
        cause=str(CAUSES[delay.cause]) if delay and delay.cause else "",
        why=" ".join(closed(capitalised(text)) for text in explanations),
    )


def _named(milestone: MilestoneAt) -> str:
    return f"“{milestone.description}”"


def _because(delay: DelayAt | None) -> str:
    if not delay or not delay.cause:
        return ""
    return _(", because of {cause}").format(cause=because_of(delay.cause))


def _by(variations: Sequence[VariationAt]) -> str:
    return (
        _(" by {variations}").format(variations=join_words(row.reference for row in variations))
        if variations
        else ""
    )


# --- items ----------------------------------------------------------------------------------


@_change(Kind.NEW)
def new(item: ItemAt, lead: str, pillar: str, by: Sequence[VariationAt]) -> Description:
    due = [row.agreed for row in item.milestones if not row.is_withdrawn]
    promised = ""
    if due:
        promised = ngettext(
            ", with a milestone due {on}",
            ", with {count} milestones, the first due {on}",
            len(due),
        ).format(count=len(due), on=min(due).on)
    words = _("Added{by} under {pillar}, led by {lead}{promised}.").format(
        by=_by(by), pillar=pillar, lead=lead, promised=promised
    )
    return _description(words, now=str(STAGES[item.stage]), by=by)


@_change(Kind.LATE)
def became_late(was: ItemAt | None, now: ItemAt, delay: DelayAt | None) -> Description:
    late = f"{now.late.words[:1].lower()}{now.late.words[1:]}{_because(delay)}"
    if was is None:
        words = _("Late since it was added: {late}.").format(late=late)
        return _description(words, now=now.late.words, delay=delay)
    words = _("Became late: {late}. Before, its status was “{status}”.").format(
        late=late, status=was.status.label.lower()
    )
    return _description(words, was.status.label, now.late.words, delay=delay)


@_change(Kind.COMPLETED)
def completed(was: ItemAt | None, now: ItemAt) -> Description:
    words = (
        _("Completed on {day}.").format(day=long_date(now.completed_on))
        if now.completed_on
        else _("Completed.")
    )
    return _staged(was, now, words)


@_change(Kind.WITHDRAWN)
def withdrawn(was: ItemAt | None, now: ItemAt, by: Sequence[VariationAt]) -> Description:
    return _staged(was, now, _("Withdrawn from the plan{by}.").format(by=_by(by)), by)


@_change(Kind.REOPENED)
def reopened(was: ItemAt, now: ItemAt) -> Description:
    words = _("Reopened: it was {before} and is {after} again.").format(
        before=STAGES[was.stage].lower(), after=STAGES[now.stage].lower()
    )
    return _staged(was, now, words)


@_change(Kind.STAGE)
def stage_moved(was: ItemAt, now: ItemAt) -> Description:
    words = _("Moved from {before} to {after}.").format(
        before=STAGES[was.stage].lower(), after=STAGES[now.stage].lower()
    )
    return _staged(was, now, words)


def _staged(
    was: ItemAt | None, now: ItemAt, words: str, by: Sequence[VariationAt] = ()
) -> Description:
    return _description(words, str(STAGES[was.stage]) if was else "", str(STAGES[now.stage]), by=by)


@_change(Kind.REWORDED)
def reworded(item: ItemAt, wordings: Sequence[Reworded], by: Sequence[VariationAt]) -> Description:
    words = _("{labels} reworded{by}.").format(labels=_labels(wordings), by=_by(by))
    return _description(words, *_both(wordings), by=by)._replace(wordings=wordings)


@_change(Kind.MEASURED)
def measured(item: ItemAt, row: MeasureAt, corrections: Sequence[str]) -> Description:
    return _description(row.sentence)._replace(why=" ".join(corrections))


@_change(Kind.TEXTS)
def texts_changed(item: ItemAt, wordings: Sequence[Reworded]) -> Description:
    words = _("{labels} changed.").format(labels=_labels(wordings))
    return _description(words, *_both(wordings))._replace(wordings=wordings)


def _labels(wordings: Sequence[Reworded]) -> str:
    return capitalised(join_words(each.label.lower() for each in wordings))


def _both(wordings: Sequence[Reworded]) -> tuple[str, str]:
    """Return the texts before and after, each on a line."""
    was, now = ("\n".join(texts) for texts in zip(*(each[1:] for each in wordings), strict=True))
    return was, now


@_change(Kind.CONFIDENCE)
def confidence_moved(was: ItemAt, now: ItemAt, entered_by: str = "") -> Description:
    moved = [
        (pattern, str(CONFIDENCE[old]), str(CONFIDENCE[new]))
        for pattern, old, new in (
            (
                _("confidence, as {agency} entered it, moved from {before} to {after}")
                if entered_by
                else _("agency’s confidence moved from {before} to {after}"),
                was.confidence,
                now.confidence,
            ),
            (
                _("reviewer’s confidence moved from {before} to {after}"),
                was.reviewer_confidence,
                now.reviewer_confidence,
            ),
        )
        if old != new
    ]
    words = "; ".join(
        pattern.format(before=old.lower(), after=new.lower(), agency=entered_by)
        for pattern, old, new in moved
    )
    before, after = ("; ".join(row[place] for row in moved) for place in (1, 2))
    return _description(f"{capitalised(words)}.", before, after)


@_change(Kind.MOVED)
def lead_moved(
    was: ItemAt, now: ItemAt, agencies: dict[int, str], by: Sequence[VariationAt]
) -> Description:
    words = _("Lead moved from {before} to {after}{by}.")
    return _moved(words, agencies[was.lead], agencies[now.lead], by)


@_change(Kind.MOVED)
def pillar_moved(
    was: ItemAt, now: ItemAt, pillars: dict[int, str], by: Sequence[VariationAt]
) -> Description:
    words = _("Moved from {before} to {after}{by}.")
    return _moved(words, pillars[was.pillar], pillars[now.pillar], by)


@_change(Kind.SUPPORT)
def support_changed(item: ItemAt, by: VariationAt) -> Description:
    return _decided(by)


@_change(Kind.SUPPORT)
def support_moved(item: ItemAt, before: str, after: str) -> Description:
    words = _("Support moved from {before} to {after}.").format(before=before, after=after)
    return _description(words, before, after)


@_change(Kind.SUPPORT)
def support_ended(item: ItemAt, agency: str) -> Description:
    return _description(_("{agency} no longer supports it.").format(agency=agency), was=agency)


@_change(Kind.SUPPORT)
def support_began(item: ItemAt, agency: str) -> Description:
    return _description(_("{agency} supports it.").format(agency=agency), now=agency)


@_change(Kind.REWORDED)
def detail_changed(item: ItemAt, by: VariationAt) -> Description:
    return _decided(by)


@_change(Kind.PLAN)
def plan_changed(plan: ItemAt, by: VariationAt) -> Description:
    """`plan` stands for the plan."""
    return _decided(by)


@_change(Kind.PLAN)
def joined(plan: ItemAt, agency: str) -> Description:
    return _description(_("{agency} joined the working group.").format(agency=agency))


@_change(Kind.PLAN)
def left(plan: ItemAt, agency: str) -> Description:
    return _description(_("{agency} left the working group.").format(agency=agency))


@_change(Kind.PLAN)
def ended(plan: ItemAt, agency: Agency, handed: HandedOver) -> Description:
    assert agency.valid_to is not None
    day = long_date(agency.valid_to)
    words = _("{agency} ended on {day}.").format(agency=agency, day=day)
    if agency.successor is not None:
        words = _("{agency} ended on {day}, and its work went to {successor}.").format(
            agency=agency, day=day, successor=agency.successor
        )
    parts = []
    if handed.led:
        parts.append(
            ngettext(
                "the lead of item {numbers}", "the lead of items {numbers}", len(handed.led)
            ).format(numbers=join_words(list(handed.led)))
        )
    if handed.supported:
        parts.append(
            ngettext(
                "its part in {count} item", "its part in {count} items", handed.supported
            ).format(count=handed.supported)
        )
    if parts:
        words = f"{words[:-1]}: {join_words(parts)}."
    return _description(words)


def _decided(row: VariationAt) -> Description:
    """Return what an approved variation changed, in its own words."""
    label = str(Variation.Wording(row.wording).label) if row.wording else ""
    pattern = {
        Variation.Kind.WORDING: _("{label} reworded{by}."),
        Variation.Kind.DETAIL: _("{label} changed{by}."),
        Variation.Kind.MEMBER: _("{before} left the working group{by}."),
        Variation.Kind.END: _("The plan’s end moved from {before} to {after}{by}.")
        if row.text_before and row.text_after
        else _("The plan’s end is now {after}{by}."),
        Variation.Kind.SUPPORTER: (
            _("The part of {after} changed{by}.")
            if row.text_before
            else _("{after} supports it{by}.")
        )
        if row.text_after
        else _("{before} no longer supports it{by}."),
    }[Variation.Kind(row.kind)]
    before, after = row.text_before, row.text_after
    words = pattern.format(label=label, before=before, after=after or _("open"), by=_by([row]))
    described = _description(words, before, after, by=[row])
    is_text = row.kind in (Variation.Kind.WORDING, Variation.Kind.DETAIL)
    return described._replace(wordings=[Reworded(label, before, after)]) if is_text else described


@_change(Kind.MOVED)
def renumbered(was: ItemAt, now: ItemAt) -> Description:
    return _moved(_("Renumbered from {before} to {after}."), was.number, now.number)


def _moved(words: str, was: str, now: str, by: Sequence[VariationAt] = ()) -> Description:
    return _description(words.format(before=was, after=now, by=_by(by)), was, now, by=by)


# --- milestones -----------------------------------------------------------------------------


@_change(Kind.SLIPPED)
def slipped(item: ItemAt, was: MilestoneAt, now: MilestoneAt, delay: DelayAt | None) -> Description:
    waits = lateness.is_waiting(now, now.delays)
    later = lateness.length_in_words(was.forecast, now.forecast, is_least=waits)
    moved = from_to(was.forecast, now.forecast)
    words = _("{milestone} slipped {dates} ({span}){because}.").format(
        milestone=_named(now), dates=moved, span=later, because=_because(delay)
    )
    return _description(words, was.forecast, now.forecast, delay=delay)


@_change(Kind.SLIPPED)
def done_later(
    item: ItemAt, was: MilestoneAt, now: MilestoneAt, delay: DelayAt | None
) -> Description:
    assert now.completed_on is not None
    late = span_in_words(was.forecast, now.completed_on)
    words = _("{milestone} was done {on}, {late} later than expected{because}.").format(
        milestone=_named(now), on=_on(now), late=late, because=_because(delay)
    )
    return _description(words, was.forecast, _("Done {on}").format(on=_on(now)), delay=delay)


@_change(Kind.OVERDUE)
def fell_overdue(item: ItemAt, now: MilestoneAt, delay: DelayAt | None) -> Description:
    words = _("{milestone} passed its agreed date, {day} (overdue by {span}){because}.").format(
        milestone=_named(now),
        day=now.agreed,
        span=span_in_words(now.agreed, now.on),
        because=_because(delay),
    )
    return _description(words, now.agreed, _("Overdue"), delay=delay)


@_change(Kind.CANNOT_BE_MET)
def cannot_be_met(item: ItemAt, words: str, known_on: date | None = None) -> Description:
    """`known_on`: the day on which the wait was confirmed, if nothing but that is new."""
    if known_on is None:
        return _description(words)
    return _description(
        _("{words} That it waits was confirmed on {day}.").format(
            words=words, day=long_date(known_on)
        )
    )


@_change(Kind.RECOVERED)
def nearer(item: ItemAt, was: MilestoneAt, now: MilestoneAt) -> Description:
    sooner = span_in_words(now.forecast, was.forecast)
    late = now.late
    still = (
        _(", and is still {late}").format(late=f"{late.words[:1].lower()}{late.words[1:]}")
        if late.is_late
        else ""
    )
    moved = from_to(was.forecast, now.forecast)
    words = _("{milestone} came nearer, {dates} ({span}){still}.").format(
        milestone=_named(now), dates=moved, span=sooner, still=still
    )
    return _description(words, was.forecast, now.forecast)


@_change(Kind.RESTATED)
def restated(item: ItemAt, was: MilestoneAt, now: MilestoneAt) -> Description:
    words = _("{milestone} was expected {before} and is now expected {after}.").format(
        milestone=_named(now), before=was.forecast.on, after=now.forecast.on
    )
    return _description(words, was.forecast, now.forecast)


@_change(Kind.RECOVERED)
def done_at_last(item: ItemAt, was: MilestoneAt, now: MilestoneAt) -> Description:
    words = _("{milestone} was done {on}{late}; it was overdue by {span} before.").format(
        milestone=_named(now),
        on=_on(now),
        late=_late(now),
        span=span_in_words(was.agreed, was.on),
    )
    return _description(words, _("Overdue"), _("Done {on}").format(on=_on(now)))


@_change(Kind.RECOVERED)
def done_sooner(item: ItemAt, was: MilestoneAt, now: MilestoneAt) -> Description:
    assert now.completed_on is not None
    sooner = span_in_words(now.completed_on, was.forecast)
    words = _("{milestone} was done {on}, {sooner} sooner than expected.").format(
        milestone=_named(now), on=_on(now), sooner=sooner
    )
    return _description(words, was.forecast, _("Done {on}").format(on=_on(now)))


@_change(Kind.DONE)
def done(item: ItemAt, now: MilestoneAt) -> Description:
    words = _("{milestone} was done {on}{late}.").format(
        milestone=_named(now), on=_on(now), late=_late(now)
    )
    return _description(words, now.agreed, _("Done {on}").format(on=_on(now)))


def _on(milestone: MilestoneAt) -> str:
    assert milestone.completed_on is not None
    return _("on {day}").format(day=long_date(milestone.completed_on))


def _late(milestone: MilestoneAt) -> str:
    assert milestone.completed_on is not None
    if milestone.completed_on <= milestone.agreed_due:
        return ""
    late = span_in_words(milestone.agreed, milestone.completed_on)
    return _(", {span} after its agreed date").format(span=late)


@_change(Kind.AGREED)
def agreed_moved(
    item: ItemAt, was: MilestoneAt, now: MilestoneAt, by: Sequence[VariationAt]
) -> Description:
    later = (now.agreed_due - was.agreed_due).days
    if later > 0:
        words = _("Agreed date of {milestone} moved {dates} ({span} later){by}.")
    elif later < 0:
        words = _("Agreed date of {milestone} moved {dates} ({span} earlier){by}.")
    else:
        words = _("Agreed date of {milestone} changed {dates}{by}.")
    words = words.format(
        milestone=_named(now),
        dates=from_to(was.agreed, now.agreed),
        span=span_in_words(*sorted([was.agreed, now.agreed])) if later else "",
        by=_by(by),
    )
    return _description(words, was.agreed, now.agreed, by=by)


@_change(Kind.NEW_MILESTONE)
def new_milestone(item: ItemAt, now: MilestoneAt, by: Sequence[VariationAt]) -> Description:
    what = _("New milestone {milestone}{by}").format(milestone=_named(now), by=_by(by))
    if now.is_done:
        words = _("{new_milestone}, done {on}.").format(new_milestone=what, on=_on(now))
    elif now.forecast_due > now.agreed_due:
        words = _("{new_milestone}, due {due} and expected {expected}.").format(
            new_milestone=what, due=now.agreed.on, expected=now.forecast.on
        )
    else:
        words = _("{new_milestone}, due {due}.").format(new_milestone=what, due=now.agreed.on)
    return _description(words, now=now.agreed, by=by)


@_change(Kind.MILESTONE_WITHDRAWN)
def milestone_withdrawn(item: ItemAt, now: MilestoneAt, by: Sequence[VariationAt]) -> Description:
    assert now.withdrawn_on is not None
    words = _("Milestone {milestone} cancelled on {day}{by}.").format(
        milestone=_named(now), day=long_date(now.withdrawn_on), by=_by(by)
    )
    return _description(words, now.agreed, _("Cancelled"), by=by)


@_change(Kind.REWORDED)
def milestone_reworded(
    item: ItemAt, now: MilestoneAt, wordings: Sequence[Reworded], by: Sequence[VariationAt]
) -> Description:
    words = _("{labels} of {milestone} reworded{by}.").format(
        labels=_labels(wordings), milestone=_named(now), by=_by(by)
    )
    return _description(words, *_both(wordings), by=by)._replace(wordings=wordings)


@_change(Kind.MOVED)
def responsible_moved(
    item: ItemAt,
    was: MilestoneAt,
    now: MilestoneAt,
    agencies: dict[int, str],
    by: Sequence[VariationAt],
) -> Description:
    before, after = agencies[was.responsible], agencies[now.responsible]
    words = _("{milestone} moved from {before} to {after}{by}.").format(
        milestone=_named(now), before=before, after=after, by=_by(by)
    )
    return _description(words, before, after, by=by)


@_change(Kind.REOPENED)
def milestone_reopened(item: ItemAt, now: MilestoneAt) -> Description:
    words = _("Milestone {milestone} is open again, expected {on}.").format(
        milestone=_named(now), on=now.forecast.on
    )
    return _description(words, _("Closed"), now.forecast)


# --- delays ---------------------------------------------------------------------------------


@_change(Kind.DELAY_FOUND)
def delay_found(item: ItemAt, milestone: MilestoneAt, now: DelayAt) -> Description:
    words = _("A delay of {milestone} because of {cause} was recorded.").format(
        milestone=_named(milestone), cause=because_of(now.cause)
    )
    return _description(words, now=_("Open"), delay=now)


@_change(Kind.DELAY_ENDED)
def delay_ended(item: ItemAt, milestone: MilestoneAt, now: DelayAt) -> Description:
    if now.ended_on:
        words = _("The delay of {milestone} because of {cause} ended on {day}.")
        ended = _("Ended on {day}").format(day=long_date(now.ended_on))
    else:
        words, ended = _("The delay of {milestone} because of {cause} ended."), _("Ended")
    words = words.format(
        milestone=_named(milestone),
        cause=because_of(now.cause),
        day=long_date(now.ended_on) if now.ended_on else "",
    )
    description = _description(words, _("Open"), ended, delay=now)
    # The explanation is no news any more.
    return description._replace(why="")
