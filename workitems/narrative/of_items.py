"""Sentences about items, milestones, delays, waits, risks and audits."""

from collections.abc import Callable
from datetime import date

from django.utils.translation import gettext as _

from workitems.models import Delay, Milestone, Risk, Wait, WorkItem
from workitems.models.item import Stage
from workitems.models.tracker import STAGE_ANSWERED
from workitems.narrative.blocks import Field
from workitems.narrative.sentence_parts import (
    TRUE,
    Now,
    Sentence,
    Sentences,
    Was,
    change_of,
    changed_wordings,
    confidence_of,
    day_moved,
    day_of,
    differs,
    due_of,
    given_to,
    names_of,
)
from workitems.terms.item_texts import ITEM_TEXTS, MILESTONE_TEXTS
from workitems.terms.known_dates import from_to
from workitems.terms.lateness import settlement_in_words


def _item(was: Was, now: Now) -> Sentences:
    if was is None:
        yield Sentence(_("entered the item."))
        return
    if differs(was, now, "stage"):
        old, new = Stage(was["stage"]).label.lower(), Stage(now["stage"]).label.lower()
        yield Sentence(
            _("moved the stage from {old} to {new}.").format(old=old, new=new), field=Field.STAGE
        )
    elif was["completed_on"] and now["completed_on"]:
        yield from day_moved(was, now, "completed_on", _("the completion"), Field.STAGE)
    if differs(was, now, "confidence"):
        old, new = confidence_of(was["confidence"]), confidence_of(now["confidence"])
        yield Sentence(
            _("changed the agency’s confidence from {old} to {new}.").format(old=old, new=new),
            field=Field.CONFIDENCE,
        )
    if differs(was, now, "reviewer_confidence"):
        view = confidence_of(now["reviewer_confidence"])
        yield Sentence(
            _("recorded the reviewer’s rating: {rating}.").format(rating=view),
            field=Field.CONFIDENCE,
        )
    if differs(was, now, "lead_agency_id"):
        yield Sentence(
            _("gave the lead from {old} to {new}.").format(old=was["lead"], new=now["lead"]),
            field=Field.AGENCIES,
        )
    yield from changed_wordings(was, now, "", **names_of(ITEM_TEXTS))
    yield from _details(was, now)


def _details(was: Now, now: Now) -> Sentences:
    """Yield what else of the item changed: its pillar, kind, timeframe and so on."""
    if differs(was, now, "pillar_id"):
        says = _("moved the item from the pillar “{old}” to “{new}”.")
        yield Sentence(says.format(old=was["pillar"], new=now["pillar"]), field=Field.WORDING)
    if differs(was, now, "is_key"):
        is_key = now["is_key"] in TRUE
        says = _("made it a key item.") if is_key else _("made it an item that is not key.")
        yield Sentence(says, field=Field.WORDING)
    for column, name, words in (
        ("kind", _("kind"), lambda code: WorkItem.Kind(code).label.lower()),
        ("timeframe", _("timeframe"), lambda code: WorkItem.Timeframe(code).label.lower()),
        ("months", _("months"), lambda months: months or _("none")),
        ("starts_on", _("start"), day_of),
    ):
        if differs(was, now, column):
            says = _("changed the {label} from {old} to {new}.")
            yield Sentence(
                says.format(label=name, old=words(was[column]), new=words(now[column])),
                field=Field.WORDING,
            )


def _support(was: Was, now: Now) -> Sentences:
    role = f" ({now['role']})" if now["role"] else ""
    if was is None:
        yield Sentence(
            _("named {agency} as supporting{role}.").format(agency=now["agency"], role=role)
        )
    elif differs(was, now, "agency_id"):
        yield Sentence(
            _("gave the support from {old} to {new}.").format(old=was["agency"], new=now["agency"])
        )
    elif differs(was, now, "ended_on"):
        says = (
            _("ended the support by {agency}.")
            if now["ended_on"]
            else _("named {agency} as supporting again{role}.")
        )
        yield Sentence(says.format(agency=now["agency"], role=role))
    elif differs(was, now, "role"):
        yield Sentence(
            _("changed the part of {agency}{role}.").format(agency=now["agency"], role=role)
        )


def _milestone(was: Was, now: Now) -> Sentences:
    name = f"“{now['description']}”"
    if was is None:
        yield Sentence(
            _("entered the milestone {name}, due {date}.").format(
                name=name, date=due_of(now, Milestone.agreed).on
            )
        )
        return
    old, new = due_of(was, Milestone.agreed), due_of(now, Milestone.agreed)
    agreed = new if old != new else None
    if agreed:
        says = (
            _("moved the agreed date of {name} {from_to}.")
            if old.last_day != new.last_day
            else _("changed the agreed date of {name} {from_to}.")
        )
        yield Sentence(says.format(name=name, from_to=from_to(old, new)))
    old, new = due_of(was, Milestone.forecast), due_of(now, Milestone.forecast)
    # A forecast for an earlier day ends with the new agreed date, in the same act.
    if old != new and not (new == agreed and old.last_day < new.last_day):
        says = (
            _("moved the forecast of {name} {from_to}.")
            if old.last_day != new.last_day
            else _("changed the forecast of {name} {from_to}.")
        )
        yield Sentence(says.format(name=name, from_to=from_to(old, new)))
    if differs(was, now, "responsible_agency_id"):
        yield Sentence(
            _("gave {name} from {old} to {new}.").format(
                name=name, old=was["responsible"], new=now["responsible"]
            ),
            field=Field.AGENCIES,
        )
    if differs(was, now, "completed_on"):
        if now["completed_on"]:
            yield Sentence(
                _("marked {name} as done on {day}.").format(
                    name=name, day=day_of(now["completed_on"])
                )
            )
        else:
            yield Sentence(_("reopened {name}.").format(name=name))
    if differs(was, now, "withdrawn_on") and now["withdrawn_on"]:
        yield Sentence(
            _("cancelled {name} on {day}.").format(name=name, day=day_of(now["withdrawn_on"]))
        )
    yield from changed_wordings(was, now, name, Field.WORDING, **names_of(MILESTONE_TEXTS))
    if differs(was, now, "no_evidence"):
        if now["no_evidence"]:
            yield Sentence(
                _("found that nothing shows {name} to be done.").format(name=name),
                field=Field.EVIDENCE,
            )
        elif now["completed_on"]:
            yield Sentence(
                _("found {name} shown to be done.").format(name=name), field=Field.EVIDENCE
            )


def _delay(was: Was, now: Now) -> Sentences:
    name = f"“{now['milestone']}”"
    cause = Delay.Cause(now["cause"]).within
    if was is None:
        yield Sentence(
            _("recorded a delay to {name} ({cause}): {dates}.").format(
                name=name,
                cause=cause,
                dates=from_to(
                    due_of(now, Delay.before),
                    due_of(now, Delay.after),
                    is_known=str(now["times_moved"]) != "0",
                ),
            )
        )
        if now["settlement"]:
            yield Sentence(
                _("recorded that the cause of the delay to {name} {is_settled}.").format(
                    name=name, is_settled=_settlement(now)
                )
            )
        return
    if differs(was, now, "cause"):
        yield Sentence(
            _("changed the cause of the delay to {name} to {cause}.").format(name=name, cause=cause)
        )
    old, new = due_of(was, Delay.after), due_of(now, Delay.after)
    if new.last_day > old.last_day:
        yield Sentence(
            _("recorded that {name} slipped again, {dates}.").format(
                name=name, dates=from_to(old, new)
            )
        )
    elif new != old:
        says = (
            _("recorded that {name} comes sooner, {on_day}.")
            if new.last_day < old.last_day
            else _("recorded that {name} is now expected {on_day}.")
        )
        yield Sentence(says.format(name=name, on_day=new.on))
    if differs(was, now, "ended_on") and now["ended_on"]:
        yield Sentence(
            _("ended the delay to {name} on {day}.").format(name=name, day=day_of(now["ended_on"]))
        )
    delay = _("the delay to {name}").format(name=name)
    yield from changed_wordings(
        *(was, now, delay),
        explanation=_("explanation"),
        effect=_("effect"),
        meanwhile=_("interim measure"),
        needs=_("requirement"),
        money_from=_("source of the money"),
        if_declined=_("effect of a refusal"),
    )
    if any(
        differs(was, now, name)
        for name in ("settlement", "settling_agency_id", "settling_other", "settling_by")
    ):
        yield Sentence(
            _("recorded that the cause of the delay to {name} {is_settled}.").format(
                name=name, is_settled=_settlement(now)
            )
        )


def _settlement(now: Now) -> str:
    by = now["settling_by"]
    day = date.fromisoformat(by[:10]) if by else None
    words = settlement_in_words(now["settlement"], now["settler"] or now["settling_other"], day)
    return words or _("has not been said to be settled")


def _mitigation(was: Was, now: Now) -> Sentences:
    name = f"“{now['description']}”"
    if was is None:
        says = (
            _("recorded a mitigation: {name}, due {day}.")
            if now["due_on"]
            else _("recorded a mitigation: {name}.")
        )
        yield Sentence(says.format(name=name, day=day_of(now["due_on"])))
        return
    if differs(was, now, "done_on") and now["done_on"]:
        yield Sentence(
            _("finished the mitigation {name} on {day}.").format(
                name=name, day=day_of(now["done_on"])
            )
        )
    yield from given_to(was, now, "owner", _("the mitigation {name}").format(name=name))
    yield from day_moved(was, now, "due_on", _("the mitigation {name}").format(name=name))
    if changes := change_of(was, now, "description", _("Mitigation")):
        yield Sentence(_("changed the words of a mitigation."), changes)


def _wait(was: Was, now: Now) -> Sentences:
    names = {
        "own": f"{now['item']}.{now['step']}",
        "other": f"{now['other_item']}.{now['other_step']}",
        "agency": now["agency"],
        "plan": now["other_plan"],
        "words": f"“{now['answer_words']}”",
    }
    is_elsewhere = now["other_plan"] != now["plan"]
    if is_elsewhere:
        names["other"] = _("{other} in “{plan}”").format(**names)
    if was is None:
        says = (
            _("said that {own} waits for {other}, of {agency}.")
            if is_elsewhere
            else _("said that {own} waits for {other} of {agency}.")
        )
        yield Sentence(says.format(**names))
        return
    if differs(was, now, "ended_on"):
        yield Sentence(_("said that {own} no longer waits for {other}.").format(**names))
    elif differs(was, now, "answer") or differs(was, now, "answer_words"):
        says = (
            _("disputed for {agency} that {own} waits for {other}: {words}")
            if now["answer"] == Wait.Answer.DISPUTED
            else _("confirmed for {agency} that {own} waits for {other}.")
        )
        yield Sentence(says.format(**names))


def _risk(was: Was, now: Now) -> Sentences:
    name = f"R{now['number']}"
    levels = _("likelihood {likelihood}, impact {impact}").format(
        likelihood=Risk.Level(now["likelihood"]).label.lower(),
        impact=Risk.Level(now["impact"]).label.lower(),
    )
    if was is None:
        what = _("raised the risk {name} ({levels}): “{description}”").format(
            name=name, levels=levels, description=now["description"]
        )
        yield Sentence(what, change_of(was, now, "response", _("Response")))
        return
    if differs(was, now, "likelihood") or differs(was, now, "impact"):
        yield Sentence(_("re-rated {name}: {levels}.").format(name=name, levels=levels))
    if differs(was, now, "escalated_to"):
        to = now["escalated_to"]
        is_up = Risk.STEPS.index(to) > Risk.STEPS.index(was["escalated_to"])
        label = Risk.EscalatedTo(to).label.replace("The", "the", 1) if to else _("its owner")
        what = (
            _("escalated {name} to {holder}.").format(name=name, holder=label)
            if is_up
            else _("de-escalated {name} to {holder}.").format(name=name, holder=label)
        )
        yield Sentence(what)
    if differs(was, now, "closed_on"):
        done = (
            _("closed {name} on {day}.").format(name=name, day=day_of(now["closed_on"]))
            if now["closed_on"]
            else ""
        )
        yield Sentence(done or _("reopened {name}.").format(name=name))
    yield from given_to(was, now, "owner", name)
    yield from changed_wordings(was, now, name, description=_("words"), response=_("response"))


def _audit(was: Was, now: Now) -> Sentences:
    if was is None:
        says = _("set up the audit by {agency}, from {first} to {last}.")
    elif differs(was, now, "to_on"):
        says = _("ended the audit by {agency}: its last day is {last}.")
    else:
        return
    first, last = day_of(now["from_on"]), day_of(now["to_on"])
    yield Sentence(says.format(agency=now["agency"], first=first, last=last))


def _finding(was: Was, now: Now) -> Sentences:
    if was is None:
        yield Sentence(_("gave finding F{number} of the audit.").format(number=now["number"]))
    elif differs(was, now, "replied_on"):
        says = _("replied to finding F{number} of the audit for {agency}.")
        yield Sentence(says.format(number=now["number"], agency=now["agency"]))


def _told_item(was: Was, now: Now, reason: str) -> Sentences:
    """Yield what a spreadsheet gave. What an item was before is not known: its stage is only the first that is stored.

    It did not give a stage of which the reason says so.
    """
    if was is None:
        yield from _item(was, now)
        return
    if differs(was, now, "stage") and not reason.endswith(STAGE_ANSWERED):
        is_undated = now["stage"] == Stage.COMPLETE and not now["completed_on"]
        says = (
            _("gave its stage as {stage}, on a day that is not known.")
            if is_undated
            else _("gave its stage as {stage}.")
        )
        stage = Stage(now["stage"]).label.lower()
        yield Sentence(says.format(stage=stage), field=Field.STAGE)
    if differs(was, now, "confidence") and now["confidence"]:
        says = _("gave the agency’s confidence as {confidence}.")
        yield Sentence(
            says.format(confidence=confidence_of(now["confidence"])), field=Field.CONFIDENCE
        )


def _told_milestone(was: Was, now: Now, reason: str) -> Sentences:
    """Yield which dates a spreadsheet gave: it seldom says when they were moved."""
    if was is None:
        yield from _milestone(was, now)
        return
    name = f"“{now['description']}”"
    agreed, forecast = due_of(now, Milestone.agreed), due_of(now, Milestone.forecast)
    is_moved = due_of(was, Milestone.agreed) != agreed
    if is_moved:
        yield Sentence(
            _("gave {date} as the agreed date of {name}.").format(date=agreed, name=name)
        )
    # Nobody gave a forecast that is the new agreed date itself.
    if due_of(was, Milestone.forecast) != forecast and not (is_moved and forecast == agreed):
        yield Sentence(_("gave {date} as the forecast of {name}.").format(date=forecast, name=name))
    if differs(was, now, "completed_on") and now["completed_on"]:
        says = _("gave {day} as the day on which {name} was done.")
        yield Sentence(says.format(day=day_of(now["completed_on"]), name=name))


BY_KIND: dict[str, Callable[[Was, Now], Sentences]] = {
    "item": _item,
    "support": _support,
    "milestone": _milestone,
    "delay": _delay,
    "mitigation": _mitigation,
    "wait": _wait,
    "risk": _risk,
    "audit": _audit,
    "finding": _finding,
}
TOLD: dict[str, Callable[[Was, Now, str], Sentences]] = {
    "item": _told_item,
    "milestone": _told_milestone,
}
