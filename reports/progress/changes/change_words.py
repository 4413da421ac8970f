"""Each kind of change as a sentence. Takes plain data and returns a `Change`."""

from collections.abc import Callable, Sequence
from functools import partial, wraps
from typing import ParamSpec

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
CONFIDENCE = {value: str(label) for value, label in Confidence.choices} | {"": "None given"}
CAUSES = {value: str(label) for value, label in Delay.Cause.choices}
# For use after "because of".
BECAUSE_OF = {value: label.lower() for value, label in CAUSES.items()} | {
    Delay.Cause.OUTSIDE_EVENT: "an outside event",
    Delay.Cause.OTHER: "something else",
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
    return f", because of {BECAUSE_OF[delay.cause]}" if delay else ""


def _by(variations: Sequence[VariationAt]) -> str:
    return f" by {join_words(row.reference for row in variations)}" if variations else ""


# --- items ----------------------------------------------------------------------------------


@_change(Kind.NEW)
def new(item: ItemAt, lead: str, pillar: str, by: Sequence[VariationAt]) -> Told:
    due = [row.agreed for row in item.milestones if not row.is_withdrawn]
    promised = ""
    if len(due) == 1:
        promised = f", with a milestone due {due[0].on}"
    elif due:
        promised = f", with {len(due)} milestones, the first due {min(due).on}"
    words = f"Added{_by(by)} under {pillar}, led by {lead}{promised}."
    return _told(words, now=STAGES[item.stage], by=by)


@_change(Kind.COMPLETED)
def completed(was: ItemAt | None, now: ItemAt) -> Told:
    on = f" on {long_date(now.completed_on)}" if now.completed_on else ""
    return _staged(was, now, f"Completed{on}.")


@_change(Kind.WITHDRAWN)
def withdrawn(was: ItemAt | None, now: ItemAt, by: Sequence[VariationAt]) -> Told:
    return _staged(was, now, f"Withdrawn from the plan{_by(by)}.", by)


@_change(Kind.REOPENED)
def reopened(was: ItemAt, now: ItemAt) -> Told:
    words = (
        f"Reopened: it was {STAGES[was.stage].lower()} and is {STAGES[now.stage].lower()} again."
    )
    return _staged(was, now, words)


@_change(Kind.STAGE)
def stage_moved(was: ItemAt, now: ItemAt) -> Told:
    words = f"Moved from {STAGES[was.stage].lower()} to {STAGES[now.stage].lower()}."
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
            ("agency’s confidence", was.confidence, now.confidence),
            ("reviewer’s confidence", was.reviewer_confidence, now.reviewer_confidence),
        )
        if old != new
    ]
    told = "; ".join(
        f"{whose} moved from {old.lower()} to {new.lower()}" for whose, old, new in moved
    )
    before, after = ("; ".join(row[place] for row in moved) for place in (1, 2))
    return _told(f"{capitalised(told)}.", before, after)


@_change(Kind.MOVED)
def lead_moved(was: ItemAt, now: ItemAt, agencies: dict[int, str]) -> Told:
    return _moved("Lead moved", agencies[was.lead], agencies[now.lead])


@_change(Kind.MOVED)
def pillar_moved(was: ItemAt, now: ItemAt, pillars: dict[int, str]) -> Told:
    return _moved("Moved", pillars[was.pillar], pillars[now.pillar])


@_change(Kind.MOVED)
def renumbered(was: ItemAt, now: ItemAt) -> Told:
    return _moved("Renumbered", was.number, now.number)


def _moved(verb: str, was: str, now: str) -> Told:
    return _told(f"{verb} from {was} to {now}.", was, now)


# --- milestones -----------------------------------------------------------------------------


@_change(Kind.SLIPPED)
def slipped(item: ItemAt, was: MilestoneAt, now: MilestoneAt, delay: DelayAt | None) -> Told:
    later = span_in_words((now.forecast_due - was.forecast_due).days)
    moved = from_to(was.forecast, now.forecast)
    words = f"{_named(now)} slipped {moved} ({later}){_because(delay)}."
    return _told(words, was.forecast, now.forecast, delay=delay)


@_change(Kind.SLIPPED)
def done_later(item: ItemAt, was: MilestoneAt, now: MilestoneAt, delay: DelayAt | None) -> Told:
    assert now.completed_on is not None
    late = span_in_words((now.completed_on - was.forecast_due).days)
    words = f"{_named(now)} was done {_on(now)}, {late} later than expected{_because(delay)}."
    return _told(words, was.forecast, f"Done {_on(now)}", delay=delay)


@_change(Kind.OVERDUE)
def fell_overdue(item: ItemAt, now: MilestoneAt, delay: DelayAt | None) -> Told:
    words = (
        f"{_named(now)} passed its agreed date, {now.agreed} (overdue by "
        f"{span_in_words((now.on - now.agreed_due).days)}){_because(delay)}."
    )
    return _told(words, now.agreed, "Overdue", delay=delay)


@_change(Kind.RECOVERED)
def nearer(item: ItemAt, was: MilestoneAt, now: MilestoneAt) -> Told:
    sooner = span_in_words((was.forecast_due - now.forecast_due).days)
    late = now.late
    still = f", and is still {late.words[:1].lower()}{late.words[1:]}" if late.is_late else ""
    moved = from_to(was.forecast, now.forecast)
    words = f"{_named(now)} came nearer, {moved} ({sooner}){still}."
    return _told(words, was.forecast, now.forecast)


@_change(Kind.RESTATED)
def restated(item: ItemAt, was: MilestoneAt, now: MilestoneAt) -> Told:
    words = f"{_named(now)} was expected {was.forecast.on} and is now expected {now.forecast.on}."
    return _told(words, was.forecast, now.forecast)


@_change(Kind.RECOVERED)
def done_at_last(item: ItemAt, was: MilestoneAt, now: MilestoneAt) -> Told:
    words = (
        f"{_named(now)} was done {_on(now)}{_late(now)}; it was overdue by "
        f"{span_in_words((was.on - was.agreed_due).days)} before."
    )
    return _told(words, "Overdue", f"Done {_on(now)}")


@_change(Kind.RECOVERED)
def done_sooner(item: ItemAt, was: MilestoneAt, now: MilestoneAt) -> Told:
    assert now.completed_on is not None
    sooner = span_in_words((was.forecast_due - now.completed_on).days)
    words = f"{_named(now)} was done {_on(now)}, {sooner} sooner than expected."
    return _told(words, was.forecast, f"Done {_on(now)}")


@_change(Kind.DONE)
def done(item: ItemAt, now: MilestoneAt) -> Told:
    words = f"{_named(now)} was done {_on(now)}{_late(now)}."
    return _told(words, now.agreed, f"Done {_on(now)}")


def _on(milestone: MilestoneAt) -> str:
    assert milestone.completed_on is not None
    return f"on {long_date(milestone.completed_on)}"


def _late(milestone: MilestoneAt) -> str:
    assert milestone.completed_on is not None
    late = (milestone.completed_on - milestone.agreed_due).days
    return f", {span_in_words(late)} after its agreed date" if late > 0 else ""


@_change(Kind.AGREED)
def agreed_moved(
    item: ItemAt, was: MilestoneAt, now: MilestoneAt, by: Sequence[VariationAt]
) -> Told:
    later = (now.agreed_due - was.agreed_due).days
    how = f" ({span_in_words(abs(later))} {'later' if later > 0 else 'earlier'})" if later else ""
    moved = f"{'moved' if later else 'changed'} {from_to(was.agreed, now.agreed)}"
    words = f"Agreed date of {_named(now)} {moved}{how}{_by(by)}."
    return _told(words, was.agreed, now.agreed, by=by)


@_change(Kind.NEW_MILESTONE)
def new_milestone(item: ItemAt, now: MilestoneAt, by: Sequence[VariationAt]) -> Told:
    what = f"New milestone {_named(now)}{_by(by)}"
    if now.is_done:
        words = f"{what}, done {_on(now)}."
    elif now.forecast_due > now.agreed_due:
        words = f"{what}, due {now.agreed.on} and expected {now.forecast.on}."
    else:
        words = f"{what}, due {now.agreed.on}."
    return _told(words, now=now.agreed, by=by)


@_change(Kind.MILESTONE_WITHDRAWN)
def milestone_withdrawn(item: ItemAt, now: MilestoneAt) -> Told:
    assert now.withdrawn_on is not None
    words = f"Milestone {_named(now)} withdrawn on {long_date(now.withdrawn_on)}."
    return _told(words, now.agreed, "Withdrawn")


@_change(Kind.REOPENED)
def milestone_reopened(item: ItemAt, now: MilestoneAt) -> Told:
    words = f"Milestone {_named(now)} is open again, expected {now.forecast.on}."
    return _told(words, "Closed", now.forecast)


# --- delays ---------------------------------------------------------------------------------


@_change(Kind.DELAY_FOUND)
def delay_found(item: ItemAt, milestone: MilestoneAt, now: DelayAt) -> Told:
    words = f"A delay of {_named(milestone)} because of {BECAUSE_OF[now.cause]} was recorded."
    return _told(words, now="Open", delay=now)


@_change(Kind.DELAY_ENDED)
def delay_ended(item: ItemAt, milestone: MilestoneAt, now: DelayAt) -> Told:
    on = f" on {long_date(now.ended_on)}" if now.ended_on else ""
    words = f"The delay of {_named(milestone)} because of {BECAUSE_OF[now.cause]} ended{on}."
    told = _told(words, "Open", f"Ended{on}", delay=now)
    # The explanation is no news any more.
    return told._replace(why="")
