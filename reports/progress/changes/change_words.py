"""Each kind of change as a sentence. Takes plain data and returns a `Change`."""

from collections.abc import Callable, Sequence
from functools import partial, wraps
from typing import ParamSpec

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reports.document.dates import long_date
from reports.document.wording import capitalised, closed, join_words
from reports.progress.changes.change import Change, Kind, Reworded, Told
from workitems.known_dates import KnownDate, from_to
from workitems.models import Delay
from workitems.models.item import Confidence, Stage
from workitems.plan_at import DelayAt, ItemAt, MilestoneAt, VariationAt
from workitems.spans import span_in_words

P = ParamSpec("P")

STAGES = {value: str(label) for value, label in Stage.choices}
CONFIDENCE = {value: str(label) for value, label in Confidence.choices} | {
    "": gettext_lazy("None given")
}
CAUSES = {value: str(label) for value, label in Delay.Cause.choices}
# For use after "because of".
BECAUSE_OF = {value: label.lower() for value, label in CAUSES.items()} | {
    Delay.Cause.OUTSIDE_EVENT: gettext_lazy("an outside event"),
    Delay.Cause.OTHER: gettext_lazy("something else"),
}


def _change(kind: Kind) -> Callable[[Callable[P, Told]], Callable[P, Change]]:
    """Let a function that tells a change return the change instead, which is told when asked for:
    the changes of a large plan are mostly counted.

    The last item among the function's arguments is the item as at the later moment.
    """

    def of_kind(tell: Callable[P, Told]) -> Callable[P, Change]:
        @wraps(tell)
        def change(*args: P.args, **kwargs: P.kwargs) -> Change:
            item = next(row for row in reversed(args) if isinstance(row, ItemAt))
            return Change(kind, item, partial(tell, *args, **kwargs), _days(kind, args))

        return change

    return of_kind


def _days(kind: Kind, args: Sequence[object]) -> int:
    """Return by how many days the milestone among the arguments is later than it was expected."""
    if kind not in (Kind.SLIPPED, Kind.RECOVERED, Kind.OVERDUE):
        return 0
    *before, now = (row for row in args if isinstance(row, MilestoneAt))
    if before:
        return ((now.completed_on or now.forecast_due) - before[0].forecast_due).days
    return (now.on - now.agreed_due).days if kind == Kind.OVERDUE else 0


def _told(
    words: str,
    was: str | KnownDate = "",
    now: str | KnownDate = "",
    *,
    delay: DelayAt | None = None,
    by: Sequence[VariationAt] = (),
) -> Told:
    """Return the words, with the cause and explanation of the delay or the variations' reasons."""
    explanations = [delay.explanation] if delay else [row.reason for row in by]
    return Told(
        words=words,
        was=str(was),
        now=str(now),
        cause=CAUSES[delay.cause] if delay else "",
        why=" ".join(closed(capitalised(text)) for text in explanations),
    )


def _named(milestone: MilestoneAt) -> str:
    return f"“{milestone.description}”"


def _because(delay: DelayAt | None) -> str:
    return (
        _(", because of {BECAUSE_OF}").format(BECAUSE_OF=BECAUSE_OF[delay.cause]) if delay else ""
    )


def _by(variations: Sequence[VariationAt]) -> str:
    return (
        _(" by {join_words}").format(join_words=join_words(row.reference for row in variations))
        if variations
        else ""
    )


# --- items ----------------------------------------------------------------------------------


@_change(Kind.NEW)
def new(item: ItemAt, lead: str, pillar: str, by: Sequence[VariationAt]) -> Told:
    due = [row.agreed for row in item.milestones if not row.is_withdrawn]
    promised = ""
    if len(due) == 1:
        promised = _(", with a milestone due {on}").format(on=due[0].on)
    elif due:
        promised = _(", with {due} milestones, the first due {on}").format(
            due=len(due), on=min(due).on
        )
    words = _("Added{by} under {pillar}, led by {lead}{promised}.").format(
        by=_by(by), pillar=pillar, lead=lead, promised=promised
    )
    return _told(words, now=STAGES[item.stage], by=by)


@_change(Kind.COMPLETED)
def completed(was: ItemAt | None, now: ItemAt) -> Told:
    on = (
        _(" on {completed_on}").format(completed_on=long_date(now.completed_on))
        if now.completed_on
        else ""
    )
    return _staged(was, now, f"Completed{on}.")


@_change(Kind.WITHDRAWN)
def withdrawn(was: ItemAt | None, now: ItemAt, by: Sequence[VariationAt]) -> Told:
    return _staged(was, now, _("Withdrawn from the plan{by}.").format(by=_by(by)), by)


@_change(Kind.REOPENED)
def reopened(was: ItemAt, now: ItemAt) -> Told:
    words = _("Reopened: it was {STAGES} and is {stages_now_stage_lower} again.").format(
        STAGES=STAGES[was.stage].lower(), stages_now_stage_lower=STAGES[now.stage].lower()
    )
    return _staged(was, now, words)


@_change(Kind.STAGE)
def stage_moved(was: ItemAt, now: ItemAt) -> Told:
    words = _("Moved from {STAGES} to {stages_now_stage_lower}.").format(
        STAGES=STAGES[was.stage].lower(), stages_now_stage_lower=STAGES[now.stage].lower()
    )
    return _staged(was, now, words)


def _staged(was: ItemAt | None, now: ItemAt, words: str, by: Sequence[VariationAt] = ()) -> Told:
    return _told(words, STAGES[was.stage] if was else "", STAGES[now.stage], by=by)


@_change(Kind.REWORDED)
def reworded(item: ItemAt, wordings: Sequence[Reworded], by: Sequence[VariationAt]) -> Told:
    labels = capitalised(join_words(each.label.lower() for each in wordings))
    was, now = ("\n".join(texts) for texts in zip(*(each[1:] for each in wordings), strict=True))
    told = _told(f"{labels} reworded{_by(by)}.", was, now, by=by)
    return told._replace(wordings=wordings)


@_change(Kind.CONFIDENCE)
def confidence_moved(was: ItemAt, now: ItemAt) -> Told:
    moved = [
        (whose, CONFIDENCE[old], CONFIDENCE[new])
        for whose, old, new in (
            (_("agency’s confidence"), was.confidence, now.confidence),
            (_("reviewer’s confidence"), was.reviewer_confidence, now.reviewer_confidence),
        )
        if old != new
    ]
    told = "; ".join(
        _("{whose} moved from {old} to {new}").format(whose=whose, old=old.lower(), new=new.lower())
        for whose, old, new in moved
    )
    before, after = ("; ".join(row[place] for row in moved) for place in (1, 2))
    return _told(f"{capitalised(told)}.", before, after)


@_change(Kind.MOVED)
def lead_moved(was: ItemAt, now: ItemAt, agencies: dict[int, str]) -> Told:
    return _moved(_("Lead moved"), agencies[was.lead], agencies[now.lead])


@_change(Kind.MOVED)
def pillar_moved(was: ItemAt, now: ItemAt, pillars: dict[int, str]) -> Told:
    return _moved(_("Moved"), pillars[was.pillar], pillars[now.pillar])


@_change(Kind.MOVED)
def renumbered(was: ItemAt, now: ItemAt) -> Told:
    return _moved(_("Renumbered"), was.number, now.number)


def _moved(verb: str, was: str, now: str) -> Told:
    return _told(_("{verb} from {was} to {now}.").format(verb=verb, was=was, now=now), was, now)


# --- milestones -----------------------------------------------------------------------------


@_change(Kind.SLIPPED)
def slipped(item: ItemAt, was: MilestoneAt, now: MilestoneAt, delay: DelayAt | None) -> Told:
    later = span_in_words((now.forecast_due - was.forecast_due).days)
    moved = from_to(was.forecast, now.forecast)
    words = _("{now} slipped {moved} ({later}){delay}.").format(
        now=_named(now), moved=moved, later=later, delay=_because(delay)
    )
    return _told(words, was.forecast, now.forecast, delay=delay)


@_change(Kind.SLIPPED)
def done_later(item: ItemAt, was: MilestoneAt, now: MilestoneAt, delay: DelayAt | None) -> Told:
    assert now.completed_on is not None
    late = span_in_words((now.completed_on - was.forecast_due).days)
    words = _("{now} was done {on_now}, {late} later than expected{delay}.").format(
        now=_named(now), on_now=_on(now), late=late, delay=_because(delay)
    )
    return _told(words, was.forecast, _("Done {now}").format(now=_on(now)), delay=delay)


@_change(Kind.OVERDUE)
def fell_overdue(item: ItemAt, now: MilestoneAt, delay: DelayAt | None) -> Told:
    words = _("{now} passed its agreed date, {agreed} (overdue by {days}){delay}.").format(
        now=_named(now),
        agreed=now.agreed,
        days=span_in_words((now.on - now.agreed_due).days),
        delay=_because(delay),
    )
    return _told(words, now.agreed, _("Overdue"), delay=delay)


@_change(Kind.RECOVERED)
def nearer(item: ItemAt, was: MilestoneAt, now: MilestoneAt) -> Told:
    sooner = span_in_words((was.forecast_due - now.forecast_due).days)
    late = now.late
    still = (
        _(", and is still {late}{late_words_1}").format(
            late=late.words[:1].lower(), late_words_1=late.words[1:]
        )
        if late.is_late
        else ""
    )
    moved = from_to(was.forecast, now.forecast)
    words = _("{now} came nearer, {moved} ({sooner}){still}.").format(
        now=_named(now), moved=moved, sooner=sooner, still=still
    )
    return _told(words, was.forecast, now.forecast)


@_change(Kind.RESTATED)
def restated(item: ItemAt, was: MilestoneAt, now: MilestoneAt) -> Told:
    words = _("{now} was expected {on} and is now expected {now_forecast_on}.").format(
        now=_named(now), on=was.forecast.on, now_forecast_on=now.forecast.on
    )
    return _told(words, was.forecast, now.forecast)


@_change(Kind.RECOVERED)
def done_at_last(item: ItemAt, was: MilestoneAt, now: MilestoneAt) -> Told:
    words = _("{now} was done {on_now}{late_now}; it was overdue by {days} before.").format(
        now=_named(now),
        on_now=_on(now),
        late_now=_late(now),
        days=span_in_words((was.on - was.agreed_due).days),
    )
    return _told(words, _("Overdue"), _("Done {now}").format(now=_on(now)))


@_change(Kind.RECOVERED)
def done_sooner(item: ItemAt, was: MilestoneAt, now: MilestoneAt) -> Told:
    assert now.completed_on is not None
    sooner = span_in_words((was.forecast_due - now.completed_on).days)
    words = _("{now} was done {on_now}, {sooner} sooner than expected.").format(
        now=_named(now), on_now=_on(now), sooner=sooner
    )
    return _told(words, was.forecast, _("Done {now}").format(now=_on(now)))


@_change(Kind.DONE)
def done(item: ItemAt, now: MilestoneAt) -> Told:
    words = _("{now} was done {on_now}{late_now}.").format(
        now=_named(now), on_now=_on(now), late_now=_late(now)
    )
    return _told(words, now.agreed, _("Done {now}").format(now=_on(now)))


def _on(milestone: MilestoneAt) -> str:
    assert milestone.completed_on is not None
    return _("on {completed_on}").format(completed_on=long_date(milestone.completed_on))


def _late(milestone: MilestoneAt) -> str:
    assert milestone.completed_on is not None
    late = (milestone.completed_on - milestone.agreed_due).days
    return _(", {late} after its agreed date").format(late=span_in_words(late)) if late > 0 else ""


@_change(Kind.AGREED)
def agreed_moved(
    item: ItemAt, was: MilestoneAt, now: MilestoneAt, by: Sequence[VariationAt]
) -> Told:
    later = (now.agreed_due - was.agreed_due).days
    how = f" ({span_in_words(abs(later))} {'later' if later > 0 else 'earlier'})" if later else ""
    moved = f"{'moved' if later else 'changed'} {from_to(was.agreed, now.agreed)}"
    words = _("Agreed date of {now} {moved}{how}{by}.").format(
        now=_named(now), moved=moved, how=how, by=_by(by)
    )
    return _told(words, was.agreed, now.agreed, by=by)


@_change(Kind.NEW_MILESTONE)
def new_milestone(item: ItemAt, now: MilestoneAt, by: Sequence[VariationAt]) -> Told:
    what = _("New milestone {now}{by}").format(now=_named(now), by=_by(by))
    if now.is_done:
        words = _("{what}, done {now}.").format(what=what, now=_on(now))
    elif now.forecast_due > now.agreed_due:
        words = _("{what}, due {on} and expected {now_forecast_on}.").format(
            what=what, on=now.agreed.on, now_forecast_on=now.forecast.on
        )
    else:
        words = _("{what}, due {on}.").format(what=what, on=now.agreed.on)
    return _told(words, now=now.agreed, by=by)


@_change(Kind.MILESTONE_WITHDRAWN)
def milestone_withdrawn(item: ItemAt, now: MilestoneAt) -> Told:
    assert now.withdrawn_on is not None
    words = _("Milestone {now} withdrawn on {withdrawn_on}.").format(
        now=_named(now), withdrawn_on=long_date(now.withdrawn_on)
    )
    return _told(words, now.agreed, _("Withdrawn"))


@_change(Kind.REOPENED)
def milestone_reopened(item: ItemAt, now: MilestoneAt) -> Told:
    words = _("Milestone {now} is open again, expected {on}.").format(
        now=_named(now), on=now.forecast.on
    )
    return _told(words, _("Closed"), now.forecast)


# --- delays ---------------------------------------------------------------------------------


@_change(Kind.DELAY_FOUND)
def delay_found(item: ItemAt, milestone: MilestoneAt, now: DelayAt) -> Told:
    words = _("A delay of {milestone} because of {BECAUSE_OF} was recorded.").format(
        milestone=_named(milestone), BECAUSE_OF=BECAUSE_OF[now.cause]
    )
    return _told(words, now=_("Open"), delay=now)


@_change(Kind.DELAY_ENDED)
def delay_ended(item: ItemAt, milestone: MilestoneAt, now: DelayAt) -> Told:
    on = _(" on {ended_on}").format(ended_on=long_date(now.ended_on)) if now.ended_on else ""
    words = _("The delay of {milestone} because of {BECAUSE_OF} ended{on}.").format(
        milestone=_named(milestone), BECAUSE_OF=BECAUSE_OF[now.cause], on=on
    )
    told = _told(words, _("Open"), f"Ended{on}", delay=now)
    # The explanation is no news any more.
    return told._replace(why="")
