"""Work out what a tracker does not say, after all its sheets are read, or ask it. No Django."""

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from agencies.wording.translation import gettext, ngettext
from workitems.intake.tracker import words
from workitems.intake.tracker.colour_names import GREEN, filled_in_words
from workitems.intake.tracker.doubts import NOTE, TICKED, Choice, place_of
from workitems.intake.tracker.headings import plain
from workitems.intake.tracker.plan_so_far import PlanSoFar
from workitems.intake.tracker.status_reading import STAGES
from workitems.intake.tracker.understood import (
    TITLE_MOST,
    Item,
    Milestone,
    Note,
    Pillar,
    Understood,
    shortened,
)
from workitems.terms.known_dates import DUE_AND_DONE, KnownDate, KnownTo, NotADate, read_known_date

# Ratings that do not go with what is done.
DOUBTFUL = {"at_risk", "off_track"}


def fill_gaps(plan: PlanSoFar) -> Understood:
    """Return the whole plan, with what the tracker does not say worked out or asked."""
    found = plan.found
    for item in found.items:
        if item.causes or item.mitigations:
            item.progress_in()
    _leads(plan)
    _statuses(plan)
    _undated(plan)
    _pillars(plan)
    _numbers(plan)
    _timeframes(plan)
    _wording(plan)
    _passed(plan)
    if plan.shortened_titles:
        found.assumed.append(
            ngettext(
                "A title has more than {most} characters. It is shortened, and the whole text is "
                "the action.",
                "{count} titles have more than {most} characters. They are shortened, and the "
                "whole text is the action.",
                plan.shortened_titles,
            ).format(count=plan.shortened_titles, most=TITLE_MOST)
        )
    if plan.early_updates:
        found.assumed.append(
            ngettext(
                "The day of a last update is before the plan’s release or in the future. What its row "
                "reports counts from the day of the tracker.",
                "The days of {count} last updates are before the plan’s release or in the future. What "
                "their rows report counts from the day of the tracker.",
                plan.early_updates,
            ).format(count=plan.early_updates)
        )
    if plan.without_year:
        found.assumed.append(
            gettext("A last update without a year has the latest that has come: {updates}.").format(
                updates="; ".join(
                    gettext("{cell}, “{text}”, is {day}").format(cell=cell, text=text, day=day)
                    for cell, text, day in plan.without_year
                )
            )
        )
    _footnotes(plan)
    for doubt in plan.doubts.by_key.values():
        if doubt.new_agency and doubt.settled and doubt.places:
            found.named_agencies.setdefault(doubt.settled, []).append(doubt.quoted)
    plan.name_items()
    found.doubts = plan.doubts.in_order
    found.words = plan.status_words.in_order
    return found


def _footnotes(plan: PlanSoFar) -> None:
    """Put beside an agency in doubt what texts below the items say of it: "* Police has not signed the plan"."""
    last: dict[str, int] = defaultdict(int)
    for item, place in plan.places.items():
        last[place.sheet] = max(last[place.sheet], item.row)
    below = [
        note
        for note in plan.found.notes
        if note.item is None
        and note.sheet in last
        and int("".join(filter(str.isdigit, note.address)) or 0) > last[note.sheet]
    ]
    for doubt in plan.doubts.by_key.values():
        if doubt.new_agency:
            names = {doubt.quoted, *doubt.new_agency}
            doubt.footnotes = [
                f"{note.address}: {shortened(note.text, 200)}"
                for note in below
                if any(re.search(rf"\b{re.escape(name)}\b", note.text) for name in names)
            ]


def _leads(plan: PlanSoFar) -> None:
    for item in plan.found.items:
        if item.lead or item in plan.lead_is_open:
            continue
        said = plan.said_leads.get(item, "")
        item.lead = plan.doubts.ask(
            f"no-lead:{plain(said)[:100]}" if said else "no-lead",
            plan.places[item],
            quoted=said,
            problem=gettext("This names no agency that can lead.")
            if said
            else gettext("These items have no lead agency."),
            choices=plan.agency_choices(),
            suggested=plan.about.coordinating,
        )
    for item in plan.found.items:
        item.supporting.pop(item.lead, None)


def _statuses(plan: PlanSoFar) -> None:
    undated = {id(step) for _, step in plan.undated}
    for item in plan.found.items:
        if item in plan.status_is_open:
            continue
        statuses = [status for status, _, _ in item.statuses]
        stages = {status.stage for status in statuses if status.stage}
        done = [step for step in item.milestones if step.completed or id(step) in undated]
        is_done = item in plan.said_done or (item.milestones and len(done) == len(item.milestones))
        if len(stages) == 1 and len([s for s in statuses if s.stage]) == len(statuses):
            item.stage = stages.pop()
        elif stages:
            item.stage = "under_way" if len(stages) > 1 or len(statuses) > 1 else stages.pop()
        elif is_done:
            confidences = {status.confidence for status in statuses}
            item.stage = _done(plan, item, confidences)
            item.is_stage_answered = bool(confidences & DOUBTFUL)
        elif statuses:
            item.stage = _of_rag_alone(plan, item)
            item.is_stage_answered = bool(item.stage)
        elif done or item.progress:
            item.stage = _unsaid(plan, item)
            item.is_stage_answered = bool(item.stage)
        open_ones = [
            s for s, steps, _ in item.statuses if not all(m.completed for m in steps) or not steps
        ]
        ratings = [s.confidence for s in open_ones if s.confidence]
        if item.stage not in ("complete", "withdrawn") and ratings:
            item.confidence = ratings[0]
        else:
            # A rating that the plan has no place for, as of what is complete.
            for sheet, cell, heading, text in plan.ratings[item]:
                plan.note(sheet, cell, heading, text, item)
        if item.stage and not item.progress:
            # A status alone is an update too: it has the day of its row.
            item.progress_in()
        if item.stage == "complete":
            plan.undated += [(item, step) for step in item.milestones if not step.completed]


def _done(plan: PlanSoFar, item: Item, confidences: set[str]) -> str:
    """Return the stage of an item that is said to be done. If its RAG says otherwise, a person must say."""
    if not confidences & DOUBTFUL:
        return "complete"
    return plan.doubts.ask(
        "done-and-rag",
        plan.places[item],
        item=(item.number, item.title),
        quoted="",
        problem=gettext("These items are said to be done, and their RAG is amber or red."),
        choices=_stages("complete", "under_way"),
    )


def _of_rag_alone(plan: PlanSoFar, item: Item) -> str:
    """Return the stage of an item with a RAG alone, or "" if it is not known. A person must say: none is guessed."""
    answer = plan.doubts.ask(
        "rag-alone",
        plan.places[item],
        item=(item.number, item.title),
        quoted="",
        problem=gettext("These items have a RAG and no stage."),
        choices=[
            *_stages("under_way", "ongoing", "not_started"),
            Choice(
                NOTE, gettext("Not known: import as not started, and keep what they say as notes")
            ),
        ],
    )
    if answer != NOTE:
        return answer
    item.statuses = []
    _not_reported(plan, item)
    return ""


def _not_reported(plan: PlanSoFar, item: Item) -> None:
    """Keep what an item's cells say as notes: it is no update."""
    for said in (item.progress, item.causes, item.mitigations):
        said.clear()
    plan.as_notes(item, plan.progress_cells[item])


def _stages(*stages: str) -> list[Choice]:
    return [Choice(stage, str(STAGES[stage]).capitalize()) for stage in stages]


def _unsaid(plan: PlanSoFar, item: Item) -> str:
    """Return the stage of an item with progress and without a status, or "" if it is not reported.

    A person must say. If it is not reported, what its cells say is kept as notes, and is no update.
    """
    answer = plan.doubts.ask(
        "no-status",
        plan.places[item],
        item=(item.number, item.title),
        quoted="",
        problem=gettext(
            "The tracker says something of these items, but its status cell is empty or says no status."
        ),
        choices=[
            Choice(
                NOTE,
                gettext("Not reported: import as not started, and keep what they say as notes"),
            ),
            *_stages("under_way", "not_started", "ongoing"),
        ],
        suggested=NOTE,
    )
    if blank := plan.blank_statuses.get(item):
        doubt = plan.doubts.by_key["no-status"]
        doubt.quoted = ", ".join(dict.fromkeys([*filter(None, doubt.quoted.split(", ")), blank]))
    if answer != NOTE:
        return answer
    _not_reported(plan, item)
    return ""


def _undated(plan: PlanSoFar) -> None:
    """Ask for the dates of milestones and items that are complete without a date."""
    by_item: dict[Item, list[Milestone]] = defaultdict(list)
    for item, step in plan.undated:
        if not step.completed and step not in by_item[item]:
            by_item[item].append(step)
    for item in plan.found.items:
        if item.stage == "complete" and not item.milestones:
            by_item.setdefault(item, [])
    for item, steps in by_item.items():
        day = item.updated_on or plan.about.as_at
        said, words_said = item.done_on or (None, "")
        is_missed = said and any(said > (step.agreed or step.original).last_day for step in steps)
        answer = plan.doubts.ask(
            f"complete-undated:{item.number}:{item.row}",
            plan.places[item],
            quoted=words_said or plan.said_statuses.get(item) or gettext("Complete"),
            problem=gettext("It is complete, and its text names a day. Was it completed then?")
            if said
            else ngettext(
                "It is complete, and the tracker does not say since when.",
                "It is complete, and the tracker does not say since when. A day would be that of each of its "
                "{count} milestones.",
                max(1, len(steps)),
            ).format(count=len(steps)),
            # A guess makes nothing late.
            suggested=said.isoformat() if said and not is_missed else NOTE,
            takes_date=True,
            is_date=_is_day,
            choices=[
                *([Choice(said.isoformat(), str(KnownDate(said)))] if said else ()),
                Choice(
                    NOTE,
                    gettext("The day is not known: its due date is neither met nor missed")
                    if steps
                    else gettext("The day is not known"),
                ),
                *_on_known_days(plan, item, steps, day),
                Choice("open", gettext("Not complete: under way")),
            ],
        )
        if not answer:
            continue
        if answer == "open":
            if item.stage == "complete":
                item.stage, item.is_stage_answered = "under_way", True
            continue
        typed = None if answer in ("as_at", "due", NOTE) else read_known_date(answer)
        if answer == NOTE or (typed and typed.known_to != KnownTo.DAY):
            _complete_on_no_day(plan, item, steps, typed)
            continue
        for step in steps:
            step.completed = day
            if answer == "due":
                step.completed = _when_due(plan, item, step) or day
            elif typed:
                step.completed = min(typed.last_day, plan.about.today)


def _when_due(plan: PlanSoFar, item: Item, step: Milestone) -> date | None:
    """Return the day on which a milestone that is done was due, or None if that is before its item's start."""
    due = min(step.original.last_day, plan.about.as_at)
    return None if item.starts_on and due < item.starts_on else due


def _passed(plan: PlanSoFar) -> None:
    """Ask which milestones are done whose date has passed, where the tracker has no word of it."""
    passed = [
        (item, step)
        for item in plan.found.items
        for step in item.milestones
        if _is_unsaid(plan, item, step)
    ]
    colours = {
        id(step): next(
            (cell.colour for _, cell, _ in plan.milestone_cells[id(step)] if cell.colour), ""
        )
        for _, step in passed
    }
    green = sum(colour == GREEN for colour in colours.values())
    is_done: dict[Item, list[Milestone]] = defaultdict(list)
    for item, step in passed:
        cells = plan.milestone_cells[id(step)]
        answer = plan.doubts.ask(
            "passed",
            place_of(*cells[0][:2]) if cells else plan.places[item],
            quoted="",
            problem=ngettext(
                "{count} milestone has a date that has passed and no word whether it is done. Tick it if it is "
                "done; otherwise it will show as overdue.",
                "{count} milestones have a date that has passed and no word whether they are done. Tick those "
                "that are done; the others will show as overdue.",
                len(passed),
            ).format(count=len(passed)),
            choices=[
                Choice(TICKED, gettext("Those that are ticked are done; the others are overdue")),
                *(
                    [
                        Choice(
                            GREEN, gettext("Those in green cells are done; the others are overdue")
                        )
                    ]
                    if green
                    else ()
                ),
                Choice("all", gettext("All are done")),
                Choice("none", gettext("None is done: all are overdue")),
            ],
        )
        colour = colours[id(step)]
        due = _due_in_words(step)
        ticked = plan.doubts.tick(
            "passed",
            f"passed:{item.number}:{item.row}:{item.milestones.index(step)}",
            f"{item.number} {due} ({filled_in_words(colour).lower()})"
            if colour
            else f"{item.number} {due}",
        )
        if answer == "all" or (answer == TICKED and ticked) or (answer == GREEN == colour):
            is_done[item].append(step)
    if not passed:
        return
    day = plan.doubts.ask(
        "passed-day",
        plan.places[passed[0][0]],
        quoted=gettext("Those that are done"),
        problem=gettext("The tracker does not say when they were done."),
        choices=[
            Choice(
                NOTE,
                gettext(
                    "The day is not known: their due dates are neither met nor missed, and they are notes of their items"
                ),
            ),
            Choice("due", gettext("Each when it was due, so that its date was met")),
        ],
        suggested=NOTE,
    )
    for item, steps in is_done.items():
        if day == NOTE:
            _complete_on_no_day(plan, item, steps, None)
            continue
        for step in steps:
            step.completed = _when_due(plan, item, step) or plan.about.as_at


def _is_unsaid(plan: PlanSoFar, item: Item, step: Milestone) -> bool:
    """Whether a milestone's date has passed, and the tracker does not say of it that it is done or not done."""
    due = step.forecast or step.agreed or step.original
    is_said = step.completed or id(step) in plan.with_done_column
    # Of a row with its own status that status is a word; of an item with several milestones it is the item's.
    is_rated = any(
        status.stage and steps == [step] and (len(item.statuses) > 1 or len(item.milestones) == 1)
        for status, steps, _ in item.statuses
    )
    return (
        item.stage not in ("complete", "withdrawn", "not_started")
        and due.last_day < plan.about.today
        and not (is_said or is_rated)
    )


def _on_known_days(
    plan: PlanSoFar, item: Item, steps: list[Milestone], day: date
) -> Iterator[Choice]:
    """Yield the days that a person may choose for a completion: that of the tracker, and when it was due."""
    missed = [step for step in steps if day > (step.agreed or step.original).last_day]
    of_tracker = (
        gettext("When its row was last updated, {day}")
        if item.updated_on
        else gettext("On the day of the tracker, {day}")
    )
    says = gettext("{day}: its due date was missed") if missed else "{day}"
    yield Choice("as_at", says.format(day=of_tracker.format(day=KnownDate(day))))
    if steps:
        yield Choice("due", gettext("When it was due, so that the date was met"))


def _complete_on_no_day(
    plan: PlanSoFar, item: Item, steps: list[Milestone], known: KnownDate | None
) -> None:
    """Leave the completion of an item without a day, and these milestones as notes. A month is a note as well.

    Their due dates are one text of their own, which the page of the item shows to all its readers.
    """
    for step in steps:
        plan.as_notes(item, plan.milestone_cells[id(step)])
    item.milestones = [each for each in item.milestones if each not in steps]
    item.is_undated = item.stage == "complete" and not item.milestones
    place = plan.places[item]
    if steps:
        due = "; ".join(map(_due_in_words, steps))
        plan.found.notes.append(Note(place.sheet, place.address, DUE_AND_DONE, due, item))
    if known:
        plan.found.notes.append(
            Note(place.sheet, place.address, gettext("Completed"), str(known), item)
        )


def _due_in_words(step: Milestone) -> str:
    """Return "Code of practice, due in December 2025, then in March 2026"."""
    later = step.agreed or step.forecast
    if later and later != step.original:
        says = gettext("{what}, due {first}, then {later}")
        return says.format(what=step.description, first=step.original.on, later=later.on)
    return gettext("{what}, due {first}").format(what=step.description, first=step.original.on)


def _is_day(answer: str) -> bool:
    try:
        read_known_date(answer)
    except NotADate:
        return False
    return True


def _pillars(plan: PlanSoFar) -> None:
    """Number the pillars, leave out those without items, and give one to items without."""
    found = plan.found
    if any(item.pillar is None for item in found.items):
        general = Pillar("Actions") if not found.pillars else Pillar("Other actions")
        found.pillars.append(general)
        found.assumed.append(
            gettext(
                "The tracker does not say the pillar of some items. They are in “{pillar}”."
            ).format(pillar=general.title)
            if len(found.pillars) > 1
            else gettext("The tracker has no pillars. All items are in one, “{pillar}”.").format(
                pillar=general.title
            )
        )
        for item in found.items:
            item.pillar = item.pillar or general
    used = {id(item.pillar) for item in found.items}
    for key, cells in plan.pillar_cells.items():
        if id(plan.pillars.get(key)) not in used:
            for sheet, cell in cells:
                found.fates.pop((sheet.name, cell.at), None)
                plan.keep(sheet, cell, None)
    found.pillars = [pillar for pillar in found.pillars if id(pillar) in used]
    taken: set[int] = set()
    for pillar in found.pillars:
        if pillar.number in taken or not pillar.number:
            pillar.number = None
        else:
            taken.add(pillar.number)
    for pillar in found.pillars:
        if pillar.number is None:
            pillar.number = next(n for n in range(1, 40_000) if n not in taken)
            taken.add(pillar.number)
        pillar.title = pillar.title or f"Pillar {pillar.number}"
    found.pillars.sort(key=lambda pillar: pillar.number or 0)


def _numbers(plan: PlanSoFar) -> None:
    """Give a number to items that have none."""
    taken = {item.number for item in plan.found.items if item.number}
    last: dict[int, int] = defaultdict(int)
    made = _between(plan, taken)
    for item in plan.found.items:
        if item.number:
            continue
        pillar = (item.pillar and item.pillar.number) or 1
        while not item.number or item.number in taken:
            last[pillar] += 1
            item.number = f"{pillar}.{last[pillar]}"
        taken.add(item.number)
        made += 1
    if made:
        plan.found.assumed.append(
            ngettext(
                "An item has no number of its own in the tracker. It gets the next one of its pillar.",
                "{count:,} items have no number of their own in the tracker. They get the next ones "
                "of their pillar.",
                made,
            ).format(count=made)
        )


def _between(plan: PlanSoFar, taken: set[str]) -> int:
    """Give an item without a number the one that is missing between its neighbours: 4.5 after 4.4 and before 4.6.

    Not one that has the number of another: it does not say where it belongs. Return how many got one.
    """
    made, before = 0, ""
    for item in plan.found.items:
        stem, _dot, last = before.rpartition(".")
        if not item.number and item not in plan.repeated and stem and last.isdecimal():
            follows = f"{stem}.{int(last) + 1}"
            after = f"{stem}.{int(last) + 2}"
            if follows not in taken and after in taken:
                item.number = follows
                taken.add(follows)
                made += 1
        before = item.number or before
    return made


def _wording(plan: PlanSoFar) -> None:
    """Let the title be the action where the tracker has neither action nor objective."""
    bare = [item for item in plan.found.items if not item.action and not item.objective]
    for item in bare:
        item.action = item.title
    if bare:
        plan.found.assumed.append(
            gettext(
                "Where the tracker has neither an action nor an objective, the title is the official "
                "wording of the action as well."
            )
        )


def _timeframes(plan: PlanSoFar) -> None:
    assumed = False
    for item in plan.found.items:
        if item.timeframe:
            continue
        assumed = True
        ends = [step.original.last_day for step in item.milestones]
        if item.stage == "ongoing" and not ends:
            item.timeframe = "ongoing"
        elif ends:
            days = (max(ends) - plan.about.released_on).days
            item.timeframe = words.timeframe_of(max(0, days) // 30)
        else:
            item.timeframe = "medium"
    if assumed:
        plan.found.assumed.append(
            gettext(
                "Where the tracker has no timeframe, it is worked out from the last due date: short up "
                "to a year after the release, medium up to three years, then long; medium without a date."
            )
        )
