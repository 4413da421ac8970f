"""The sentences that an answer in a return will print in the briefing."""

from dataclasses import replace
from datetime import date
from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext

from agencies.models import Agency
from workitems.models import MilestoneAnswer
from workitems.plan.forms.due_dates import asks_about_order
from workitems.plan.forms.stems import PLAIN, Dates, reading_of
from workitems.plan.known_acronyms import known_to
from workitems.plan.plan_at import DelayAt, MilestoneAt
from workitems.plan.plan_at.of_records import delay_row, item_row, milestone_row
from workitems.returns.page_milestones import MilestoneLine
from workitems.returns.page_sections import Section
from workitems.terms.empty_texts import says_little
from workitems.terms.stems import in_box, remarks

register = template.Library()


@register.inclusion_tag("workitems/returns/in_briefing.html")
def answer_in_briefing(section: Section, agency: Agency) -> dict[str, Any]:
    """Show how the saved answer on an item will print."""
    update, on = section.update, section.on
    if update is None or update.no_change_on is not None:
        return {"sentences": [], "remarks": section.asks}
    # Here, because Django loads all tags with the first page, and few pages compose a paper.
    from reports.compose.as_printed import Answer, of_answer

    steps = [_step(line) for line in section.milestones]
    answered = {"stage": update.stage, "confidence": update.confidence} if update.stage else {}
    answer = Answer(update.achieved, update.key_achievement, update.challenges)
    # The boxes have these below them already.
    names = (agency.short_name, agency.name)
    below = remarks("achieved", update.achieved, agency.short_name, names)
    printed = of_answer(item_row(section.item, on, steps, **answered), agency, answer)
    return {
        "sentences": [
            replace(each, advice=tuple(says for says in each.advice if says not in below))
            for each in printed
        ],
        "remarks": section.asks,
    }


@register.inclusion_tag("workitems/returns/in_briefing.html")
def milestone_in_briefing(line: MilestoneLine) -> dict[str, Any]:
    """Show how a milestone will print when what the return says of it takes effect."""
    from reports.compose.as_printed import of_milestone

    step = _step(line)
    item = item_row(line.milestone.item, line.on, [step])
    printed = of_milestone(item, step, line.milestone.responsible_agency)
    return {
        "remarks": _remarks_on(line, line.answer) if line.answer else [],
        "sentences": [printed] if printed and line.answer else [],
        "name_url": reverse(
            "workitems:set-milestone-text",
            args=[
                line.milestone.item.plan.slug,
                line.milestone.item.number,
                line.milestone.number,
                "as_told",
            ],
        ),
    }


def _remarks_on(line: MilestoneLine, answer: MilestoneAnswer) -> list[str]:
    """Return what the boxes of the answer would remark on, but for its delay, which `of_milestone` reads."""
    if answer.outcome == MilestoneAnswer.Outcome.DONE:
        return [str(PLAIN["evidence"])] if answer.reason and says_little(answer.reason) else []
    if answer.when is None:
        return []
    record, action = line.milestone, answer.new_mitigation
    dates = Dates(
        expected=answer.when,
        due=answer.mitigation_due_on,
        asks_due=True,
        others=tuple(row.due_on for row in line.open_actions),
        meanwhile=answer.meanwhile,
    )
    owner = str(answer.owner_agency or record.responsible_agency)
    found = asks_about_order(record, answer.when, line.steps)
    if answer.reason and not answer.cause and line.delays:
        found.append(
            gettext(
                "The sentence gives the cause that is recorded, and the history gets your new reason. If the "
                "reason is a new cause, choose it under “Cause”."
            )
        )
    if answer.meanwhile:
        found += in_box("meanwhile", dates.remarks("meanwhile", answer.meanwhile))
    if action:
        reading = reading_of("mitigation", action, owner, (owner,), dates=dates)
        found += in_box("mitigation", reading.remarks if reading else [])
    texts = (
        *(answer.reason, answer.effect, answer.meanwhile, answer.needs),
        *(answer.money_from, answer.if_declined, action),
    )
    return found + known_to(record.item.plan).remarks(*texts)


def _step(line: MilestoneLine) -> MilestoneAt:
    """Return the milestone as it will be when what the return says of it takes effect."""
    on, answer, record = line.on, line.answer, line.milestone
    # Newest last, as they are numbered.
    delays = [delay_row(delay, on) for delay in reversed(line.delays)]
    if answer is None or answer.outcome == MilestoneAnswer.Outcome.REOPENED:
        return milestone_row(record, on, delays)
    if answer.outcome == MilestoneAnswer.Outcome.DONE:
        return milestone_row(record, on, delays, completed_on=answer.day)
    if answer.cause:
        number = delays[-1].number + 1 if delays else 1
        delays.append(_new_delay(answer, number, on=on))
    if answer.when is None:
        return milestone_row(record, on, delays)
    return milestone_row(
        record,
        on,
        delays,
        forecast_due=answer.when.last_day,
        forecast_known_to=answer.when.known_to,
    )


def _new_delay(answer: MilestoneAnswer, number: int, *, on: date) -> DelayAt:
    step = answer.milestone
    new = answer.when or step.forecast
    return DelayAt(
        pk=0,
        milestone=step.pk,
        item=step.item_id,
        of=step.description,
        number=number,
        cause=answer.cause,
        explanation=answer.reason,
        effect=answer.effect,
        meanwhile=answer.meanwhile,
        needs=answer.needs,
        money_from=answer.money_from,
        if_declined=answer.if_declined,
        settlement=answer.settlement,
        settling_agency=answer.settling_agency_id,
        settling_other=answer.settling_other,
        settling_by=answer.settling_by,
        found_on=on,
        ended_on=None,
        due_before=step.forecast_due,
        before_known_to=step.forecast_known_to,
        due_after=new.last_day,
        after_known_to=new.known_to,
        times_moved=int(answer.when is not None or step.forecast != step.agreed),
        version=None,
        on=on,
    )
