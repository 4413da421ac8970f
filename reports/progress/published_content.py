"""What a public page of a plan's progress says: plain data of the chosen parts at a chosen moment.

A part that is not chosen is not read, so nothing of it can get out. No person is named here.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from agencies.people.succession import agency_on
from agencies.wording.translation import in_english
from reports.document import markup
from reports.document.dates import long_date
from reports.document.text import words
from reports.extensions import registry
from reports.models import AgencyCover, PublicProgress
from reports.progress.dashboard import in_one_sentence
from reports.progress.timeline import TimelineItem, TimelineMilestone, read_timeline
from workitems.measures.completion import Completion, Completions, completions_of
from workitems.models import Plan, Update
from workitems.models.item import Stage
from workitems.plan.asat import Moment
from workitems.plan.plan_at import pillar_titles, plan_at
from workitems.plan.plan_at.measures_at import measures_of

Part = PublicProgress.Part

FORMAT = 1
LICENCE = {
    "name": "Creative Commons Attribution 4.0 International (CC BY 4.0)",
    "url": "https://creativecommons.org/licenses/by/4.0/",
}
STAGES = (Stage.COMPLETE, Stage.ONGOING, Stage.UNDER_WAY, Stage.NOT_STARTED, Stage.WITHDRAWN)


@in_english
def content_of(
    plan: Plan, moment: Moment, parts: Collection[str], measures: Collection[int] = ()
) -> dict[str, Any]:
    """Return the page's content, with the chosen measures (their ids). At most ten queries, whatever the plan's size, three
    with measures, and one for each successor of an agency that ended."""
    agency = agency_on(plan.coordinating_agency, moment.on)
    cover = AgencyCover.objects.filter(agency=agency).first()
    found: dict[str, Any] = {
        "format": FORMAT,
        "plan": plan.title,
        "agency": agency.name,
        # "" for an agency whose cover has no name in te reo Māori.
        "agency_mi": cover.ministry_mi if cover else "",
        "as_at": moment.on.isoformat(),
        "licence": LICENCE,
    }
    at = plan_at(plan, moment, texts=False, dates=Part.WORK_ITEMS in parts)
    if Part.WORK_ITEMS in parts:
        pillars = pillar_titles(plan, moment)
        found["headline"] = in_one_sentence(Counter(item.status for item in at.items), 0, moment)
        found[Part.WORK_ITEMS] = [
            {
                "pillar": pillars[item.pillar],
                "number": item.number,
                "title": item.title,
                "status": str(item.status),
            }
            for item in at.items
        ]
    if Part.FIGURES in parts or Part.TIMELINE in parts:
        groups = read_timeline(plan, moment).groups
        grouped = [(group.title, group.items) for group in groups]
        if Part.FIGURES in parts:
            found[Part.FIGURES] = _figures(grouped, moment.on, completions_of(at))
            found["stages"] = [_stages(title, items) for title, items in grouped]
        if Part.TIMELINE in parts:
            found[Part.TIMELINE] = [
                _milestone(item, step, moment.on)
                for _title, items in grouped
                for item in items
                for step in item.milestones
                if step.withdrawn_on is None
            ]
    if measures:
        chosen = [row for row in measures_of(at).set_up if row.pk in measures]
        found["measures"] = [
            {
                "item": row.item.number if row.item else "",
                "number": row.row.number,
                "agency": row.responsible.name,
                "text": row.sentence,
                "state": row.state.label,
            }
            for row in chosen
        ]
    if Part.ACHIEVEMENTS in parts:
        found[Part.ACHIEVEMENTS] = _achievements(plan, moment.on)
    if Part.RELEASED_PAPERS in parts:
        found[Part.RELEASED_PAPERS] = [
            row for released in registry.RELEASED for row in released.on_progress(plan, moment.on)
        ]
    return found


def digest_of(content: dict[str, Any]) -> str:
    """Return the SHA-256 of the content, the same on every machine and after any database."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _is_overdue(item: TimelineItem, step: TimelineMilestone, on: date) -> bool:
    return (
        item.is_live
        and step.completed_on is None
        and step.withdrawn_on is None
        and step.agreed_due < on
    )


def _figures(
    grouped: Sequence[tuple[str, Sequence[TimelineItem]]], on: date, completions: Completions
) -> list[dict[str, Any]]:
    items = [item for _title, each in grouped for item in each]
    steps = [(item, step) for item in items for step in item.milestones if not step.withdrawn_on]
    stages = Counter(item.stage for item in items)
    day = long_date(on)
    of_items = f"Counted from the plan’s work items as at {day}"
    of_steps = f"Counted from the milestones of the plan’s work items as at {day}"
    overdue = sum(_is_overdue(item, step, on) for item, step in steps)
    rows: list[tuple[str, str, int, str]] = [
        ("items", "Work items", len(items), f"{of_items}."),
        *(
            (
                f"items_{stage.value}",
                f"Work items: {stage.label.lower()}",
                stages[stage],
                f"{of_items}, by the stage that the lead agency reported.",
            )
            for stage in STAGES
        ),
        ("milestones", "Milestones", len(steps), f"{of_steps}, without those withdrawn."),
        (
            "milestones_done",
            "Milestones: done",
            sum(step.completed_on is not None for _item, step in steps),
            f"{of_steps}, with a date of completion.",
        ),
        *(
            (
                f"milestones_done_{each.value}",
                f"Milestones done: {each.label.lower()}",
                completions.counts[each],
                f"{of_steps}, without those of withdrawn work items, by what shows that they are done.",
            )
            for each in Completion
        ),
        (
            "milestones_overdue",
            "Milestones: overdue",
            overdue,
            f"{of_steps}, open after the date that the working group agreed.",
        ),
    ]
    return [
        {"key": key, "label": label, "value": value, "source": source}
        for key, label, value, source in rows
    ]


def _stages(title: str, items: Sequence[TimelineItem]) -> dict[str, Any]:
    stages = Counter(item.stage for item in items)
    return {"pillar": title, **{stage.value: stages[stage] for stage in STAGES}}


def _milestone(item: TimelineItem, step: TimelineMilestone, on: date) -> dict[str, Any]:
    """Return the dates of a milestone as codes: "2027-06-30", "2027-06", "2027-Q2"."""
    status = "Open"
    if step.completed_on:
        status = "Done"
    elif not item.is_live:
        status = "Closed with its work item"
    elif _is_overdue(item, step, on):
        status = "Overdue"
    return {
        "item": item.number,
        "title": item.title,
        "milestone": step.description,
        "promised": step.original.code,
        "agreed": step.agreed.code,
        "expected": None if step.completed_on else step.forecast.code,
        "done": step.completed_on.isoformat() if step.completed_on else None,
        "status": status,
    }


def _achievements(plan: Plan, on: date) -> list[dict[str, Any]]:
    """Return what agencies marked as key achievements, in their words, of returns accepted by then."""
    rows = (
        Update.objects.accepted(until=on)
        .filter(
            item__plan=plan,
            key_achievement__in=(Update.KeyAchievement.YES, Update.KeyAchievement.HEADLINE),
        )
        .exclude(achieved="")
        .select_related("item", "of_return__agency", "of_return__round")
        .newest_first()
        .order_by("-of_return__round__period_end", "item__number", "pk")
    )
    return [
        {
            "item": row.item.number,
            "title": row.item.title,
            "agency": row.of_return.agency.name,
            "period": f"{long_date(row.of_return.round.period_start)} to "
            f"{long_date(row.of_return.round.period_end)}",
            "text": plain_text(row.achieved),
        }
        for row in rows
    ]


def plain_text(source: str) -> str:
    """Return typed text without its marks, one line for each paragraph and bullet."""
    lines = []
    for block in markup.parse(source):
        lines.append(words(block.text))
        lines += [f"• {words(bullet.text)}" for bullet in block.bullets]
    return "\n".join(line for line in lines if line.strip())


def moment_of(plan: Plan, on: date, today: date) -> Moment:
    """Return the present, if the day is that of the present, else the end of the day."""
    present = Moment.present(plan, today)
    return present if present.on == on else Moment.end_of(on)
