"""Each kind of change as a sentence. Pure: what was and what is go in, a `Change` comes out."""

from collections.abc import Sequence

from reports.document.dates import days, long_date
from reports.document.wording import capitalised, closed, join_words
from reports.progress.changes.change import Change, Kind, Reworded
from workitems.models import Delay
from workitems.models.item import Confidence, Stage
from workitems.plan_at import DelayAt, ItemAt, MilestoneAt, VariationAt

STAGES = {value: str(label) for value, label in Stage.choices}
CONFIDENCE = {value: str(label) for value, label in Confidence.choices} | {"": "None given"}
CAUSES = {value: str(label) for value, label in Delay.Cause.choices}
# After "because of".
BECAUSE_OF = {value: label.lower() for value, label in CAUSES.items()} | {
    Delay.Cause.OUTSIDE_EVENT: "an outside event",
    Delay.Cause.OTHER: "something else",
}


def _named(milestone: MilestoneAt) -> str:
    return f"“{milestone.description}”"


def _because(delay: DelayAt | None) -> str:
    return f", because of {BECAUSE_OF[delay.cause]}" if delay else ""


def _cause(delay: DelayAt | None) -> str:
    return CAUSES[delay.cause] if delay else ""


def _explained(delay: DelayAt | None) -> str:
    return closed(capitalised(delay.explanation)) if delay else ""


def _by(variations: Sequence[VariationAt]) -> str:
    return f" by {join_words(row.reference for row in variations)}" if variations else ""


def _reasons(variations: Sequence[VariationAt]) -> str:
    return " ".join(closed(capitalised(row.reason)) for row in variations)


# --- items ----------------------------------------------------------------------------------


def new(item: ItemAt, lead: str, pillar: str) -> Change:
    due = [row.agreed_due for row in item.milestones if not row.is_withdrawn]
    promised = ""
    if len(due) == 1:
        promised = f", with a milestone due on {long_date(due[0])}"
    elif due:
        promised = f", with {len(due)} milestones, the first due on {long_date(min(due))}"
    return Change(
        kind=Kind.NEW,
        item=item,
        words=f"Added under {pillar}, led by {lead}{promised}.",
        now=STAGES[item.stage],
    )


def completed(was: ItemAt | None, now: ItemAt) -> Change:
    on = f" on {long_date(now.completed_on)}" if now.completed_on else ""
    return _staged(Kind.COMPLETED, was, now, f"Completed{on}.")


def withdrawn(was: ItemAt | None, now: ItemAt, by: Sequence[VariationAt]) -> Change:
    return _staged(Kind.WITHDRAWN, was, now, f"Withdrawn from the plan{_by(by)}.", why=_reasons(by))


def reopened(was: ItemAt, now: ItemAt) -> Change:
    words = (
        f"Reopened: it was {STAGES[was.stage].lower()} and is {STAGES[now.stage].lower()} again."
    )
    return _staged(Kind.REOPENED, was, now, words)


def stage_moved(was: ItemAt, now: ItemAt) -> Change:
    words = f"Moved from {STAGES[was.stage].lower()} to {STAGES[now.stage].lower()}."
    return _staged(Kind.STAGE, was, now, words)


def _staged(kind: Kind, was: ItemAt | None, now: ItemAt, words: str, why: str = "") -> Change:
    before = STAGES[was.stage] if was else ""
    return Change(kind=kind, item=now, words=words, was=before, now=STAGES[now.stage], why=why)


def reworded(item: ItemAt, wordings: Sequence[Reworded], by: Sequence[VariationAt]) -> Change:
    labels = capitalised(join_words(each.label.lower() for each in wordings))
    return Change(
        kind=Kind.REWORDED,
        item=item,
        words=f"{labels} reworded{_by(by)}.",
        was="\n".join(each.before for each in wordings),
        now="\n".join(each.after for each in wordings),
        why=_reasons(by),
        wordings=wordings,
    )


def confidence_moved(was: ItemAt, now: ItemAt) -> Change:
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
    return Change(
        kind=Kind.CONFIDENCE,
        item=now,
        words=f"{capitalised(told)}.",
        was="; ".join(old for _, old, _ in moved),
        now="; ".join(new for _, _, new in moved),
    )


def lead_moved(was: ItemAt, now: ItemAt, agencies: dict[int, str]) -> Change:
    return _moved(now, "Lead moved", agencies[was.lead], agencies[now.lead])


def pillar_moved(was: ItemAt, now: ItemAt, pillars: dict[int, str]) -> Change:
    return _moved(now, "Moved", pillars[was.pillar], pillars[now.pillar])


def renumbered(was: ItemAt, now: ItemAt) -> Change:
    return _moved(now, "Renumbered", was.number, now.number)


def _moved(item: ItemAt, verb: str, was: str, now: str) -> Change:
    return Change(
        kind=Kind.MOVED, item=item, words=f"{verb} from {was} to {now}.", was=was, now=now
    )


# --- milestones -----------------------------------------------------------------------------


def slipped(item: ItemAt, was: MilestoneAt, now: MilestoneAt, delay: DelayAt | None) -> Change:
    old, new = was.forecast_due, now.forecast_due
    words = (
        f"{_named(now)} slipped from {long_date(old)} to {long_date(new)} ({days((new - old).days)})"
        f"{_because(delay)}."
    )
    return Change(
        kind=Kind.SLIPPED,
        item=item,
        words=words,
        was=long_date(old),
        now=long_date(new),
        cause=_cause(delay),
        why=_explained(delay),
    )


def done_later(item: ItemAt, was: MilestoneAt, now: MilestoneAt, delay: DelayAt | None) -> Change:
    assert now.completed_on is not None
    late = days((now.completed_on - was.forecast_due).days)
    words = f"{_named(now)} was done {_on(now)}, {late} later than expected{_because(delay)}."
    return Change(
        kind=Kind.SLIPPED,
        item=item,
        words=words,
        was=long_date(was.forecast_due),
        now=f"Done {_on(now)}",
        cause=_cause(delay),
        why=_explained(delay),
    )


def fell_overdue(item: ItemAt, now: MilestoneAt, delay: DelayAt | None) -> Change:
    words = (
        f"{_named(now)} passed its agreed date, {long_date(now.agreed_due)}, and is overdue by "
        f"{days((now.on - now.agreed_due).days)}{_because(delay)}."
    )
    return Change(
        kind=Kind.OVERDUE,
        item=item,
        words=words,
        was=long_date(now.agreed_due),
        now="Overdue",
        cause=_cause(delay),
        why=_explained(delay),
    )


def nearer(item: ItemAt, was: MilestoneAt, now: MilestoneAt) -> Change:
    old, new = was.forecast_due, now.forecast_due
    late = now.late
    still = f", and is still {late.words[:1].lower()}{late.words[1:]}" if late.is_late else ""
    words = (
        f"{_named(now)} came nearer, from {long_date(old)} to {long_date(new)} ({days((old - new).days)})"
        f"{still}."
    )
    return Change(
        kind=Kind.RECOVERED, item=item, words=words, was=long_date(old), now=long_date(new)
    )


def done_at_last(item: ItemAt, was: MilestoneAt, now: MilestoneAt) -> Change:
    words = (
        f"{_named(now)} was done {_on(now)}{_late(now)}; it was overdue by "
        f"{days((was.on - was.agreed_due).days)} before."
    )
    return Change(
        kind=Kind.RECOVERED, item=item, words=words, was="Overdue", now=f"Done {_on(now)}"
    )


def done_sooner(item: ItemAt, was: MilestoneAt, now: MilestoneAt) -> Change:
    assert now.completed_on is not None
    sooner = days((was.forecast_due - now.completed_on).days)
    words = f"{_named(now)} was done {_on(now)}, {sooner} sooner than expected."
    return Change(
        kind=Kind.RECOVERED,
        item=item,
        words=words,
        was=long_date(was.forecast_due),
        now=f"Done {_on(now)}",
    )


def done(item: ItemAt, now: MilestoneAt) -> Change:
    words = f"{_named(now)} was done {_on(now)}{_late(now)}."
    return Change(
        kind=Kind.DONE,
        item=item,
        words=words,
        was=long_date(now.agreed_due),
        now=f"Done {_on(now)}",
    )


def _on(milestone: MilestoneAt) -> str:
    assert milestone.completed_on is not None
    return f"on {long_date(milestone.completed_on)}"


def _late(milestone: MilestoneAt) -> str:
    assert milestone.completed_on is not None
    late = (milestone.completed_on - milestone.agreed_due).days
    return f", {days(late)} after its agreed date" if late > 0 else ""


def agreed_moved(
    item: ItemAt, was: MilestoneAt, now: MilestoneAt, by: Sequence[VariationAt]
) -> Change:
    old, new = was.agreed_due, now.agreed_due
    length = days(abs((new - old).days))
    words = (
        f"Agreed date of {_named(now)} moved from {long_date(old)} to {long_date(new)} "
        f"({length} {'later' if new > old else 'earlier'}){_by(by)}."
    )
    return Change(
        kind=Kind.AGREED,
        item=item,
        words=words,
        was=long_date(old),
        now=long_date(new),
        why=_reasons(by),
    )


def new_milestone(item: ItemAt, now: MilestoneAt) -> Change:
    if now.is_done:
        words = f"New milestone {_named(now)}, done {_on(now)}."
    elif now.forecast_due > now.agreed_due:
        words = (
            f"New milestone {_named(now)}, due on {long_date(now.agreed_due)} and expected on "
            f"{long_date(now.forecast_due)}."
        )
    else:
        words = f"New milestone {_named(now)}, due on {long_date(now.agreed_due)}."
    return Change(kind=Kind.NEW_MILESTONE, item=item, words=words, now=long_date(now.agreed_due))


def milestone_withdrawn(item: ItemAt, now: MilestoneAt) -> Change:
    assert now.withdrawn_on is not None
    words = f"Milestone {_named(now)} withdrawn on {long_date(now.withdrawn_on)}."
    return Change(
        kind=Kind.MILESTONE_WITHDRAWN,
        item=item,
        words=words,
        was=long_date(now.agreed_due),
        now="Withdrawn",
    )


def milestone_reopened(item: ItemAt, now: MilestoneAt) -> Change:
    words = f"Milestone {_named(now)} is open again, expected on {long_date(now.forecast_due)}."
    return Change(
        kind=Kind.REOPENED, item=item, words=words, was="Closed", now=long_date(now.forecast_due)
    )


# --- delays ---------------------------------------------------------------------------------


def delay_found(item: ItemAt, milestone: MilestoneAt, now: DelayAt) -> Change:
    words = f"A delay of {_named(milestone)} because of {BECAUSE_OF[now.cause]} was recorded."
    return Change(
        kind=Kind.DELAY_FOUND,
        item=item,
        words=words,
        now="Open",
        cause=_cause(now),
        why=_explained(now),
    )


def delay_ended(item: ItemAt, milestone: MilestoneAt, now: DelayAt) -> Change:
    on = f" on {long_date(now.ended_on)}" if now.ended_on else ""
    words = f"The delay of {_named(milestone)} because of {BECAUSE_OF[now.cause]} ended{on}."
    return Change(
        kind=Kind.DELAY_ENDED,
        item=item,
        words=words,
        was="Open",
        now=f"Ended{on}",
        cause=CAUSES[now.cause],
    )
