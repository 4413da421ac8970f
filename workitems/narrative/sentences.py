"""Turn a change of a row into sentences.

`was` is the row before the change (None for a creation) and `now` the row after it, both as text
by column or name (see record_kinds.py).
"""

import json
from collections.abc import Callable, Iterator
from datetime import date, time
from typing import Any, NamedTuple

from workitems.additions import addition_of, asks_to_add
from workitems.known_dates import Known, KnownDate, from_to
from workitems.models import (
    Delay,
    Milestone,
    OutOfSession,
    OutOfSessionAnswer,
    Return,
    Risk,
    Update,
    Variation,
)
from workitems.models.item import WORDINGS, Confidence, Stage
from workitems.models.meeting import time_in_words
from workitems.narrative.blocks import IMPORTED, Change, Field
from workitems.standing import settlement_in_words
from workitems.word_diff import Strand, short_diff


class Sentence(NamedTuple):
    """What was done. Its subject is that of a creation, unless `field` names another."""

    what: str
    changes: tuple[Change, ...] = ()
    field: Field | None = None


# A boolean column as text, on SQLite and on PostgreSQL.
TRUE = ("1", "true")

Now = dict[str, str]
Was = Now | None
Sentences = Iterator[Sentence]
CONFIDENCE = {value: str(label).lower() for value, label in Confidence.choices} | {"": "not given"}
TAKE_NOTES = ("item", "risk")
# What history calls the noun phrase of an item or a milestone.
AS_TOLD = "wording in sentences"
KEY = {value: str(label).lower() for value, label in Update.KeyAchievement.choices}


def sentences(
    kind: str, was: Was, now: Now, reason: str, *, is_removed: bool = False
) -> list[Sentence]:
    """Return the sentences about a change; none if no reported column changed.

    A person's reason without any change is a note. `is_removed`: `now` is the row as it was when it
    was removed from a plan that was not adopted.
    """
    if is_removed:
        return [Sentence(REMOVED[kind](now))] if kind in REMOVED else []
    found = list(BY_KIND[kind](was, now))
    is_note = reason and now == was and not reason.startswith(IMPORTED)
    if kind in TAKE_NOTES and is_note and not found:
        return [Sentence("wrote a note.")]
    return found


def _day(text: str) -> str:
    return f"{date.fromisoformat(text[:10]):%-d %B %Y}" if text else "no date"


def _due(row: Now, joined: Known[Any]) -> KnownDate:
    """Return the due date that two columns join."""
    day, known_to = (row[column] for column in joined.columns)
    return KnownDate(date.fromisoformat(day[:10]), known_to)


def _differs(was: Was, now: Now, column: str) -> bool:
    return was is None or was[column] != now[column]


def _change(was: Was, now: Now, column: str, label: str) -> tuple[Change, ...]:
    """Return the diff of a column's text, or () if it did not change."""
    if was is None:
        return (Change(label, [Strand(now[column])]),) if now[column] else ()
    if was[column] == now[column]:
        return ()
    return (Change(label, short_diff(was[column], now[column])),)


def _wordings(
    was: Now, now: Now, of: str, field: Field | None = None, /, **labels: str
) -> Sentences:
    for column, label in labels.items():
        if changes := _change(was, now, column, label.capitalize()):
            yield Sentence(f"changed the {label}{of}.", changes, field)


def _moved(was: Now, now: Now, column: str, name: str, field: Field | None = None) -> Sentences:
    if was[column] != now[column]:
        days = f"from {_day(was[column])} to {_day(now[column])}"
        yield Sentence(f"moved {name} {days}.", field=field)


def _plan(was: Was, now: Now) -> Sentences:
    if was is None:
        yield Sentence("entered the plan.")
        return
    yield from _wordings(
        was,
        now,
        " of the plan",
        title="title",
        background="background",
        portfolio="portfolio",
        copied_to="recipients of copies",
    )
    for column, name in (("released_on", "release"), ("ends_on", "end")):
        yield from _moved(was, now, column, f"the plan’s {name}", Field.DATES)
    if _differs(was, now, "adopted_on") and now["adopted_on"]:
        adopted = f"adopted the plan as of {_day(now['adopted_on'])}."
        yield Sentence(adopted, field=Field.DATES)
    if _differs(was, now, "quorum"):
        old, new = was["quorum"] or "the majority", now["quorum"] or "the majority"
        yield Sentence(f"changed the quorum from {old} to {new}.", field=Field.MEETINGS)


def _member(was: Was, now: Now) -> Sentences:
    if was is None:
        yield Sentence(f"took {now['agency']} into the working group.")


def _pillar(was: Was, now: Now) -> Sentences:
    name = f"pillar {now['number']}"
    if was is None:
        yield Sentence(f"entered {name}, “{now['title']}”.")
        return
    yield from _wordings(was, now, f" of {name}", title="title", description="description")


def _item(was: Was, now: Now) -> Sentences:
    if was is None:
        yield Sentence("entered the item.")
        return
    if _differs(was, now, "stage"):
        old, new = Stage(was["stage"]).label.lower(), Stage(now["stage"]).label.lower()
        yield Sentence(f"moved the stage from {old} to {new}.", field=Field.STAGE)
    elif was["completed_on"] and now["completed_on"]:
        yield from _moved(was, now, "completed_on", "the completion", Field.STAGE)
    if _differs(was, now, "confidence"):
        old, new = CONFIDENCE[was["confidence"]], CONFIDENCE[now["confidence"]]
        yield Sentence(
            f"changed the agency’s confidence from {old} to {new}.", field=Field.CONFIDENCE
        )
    if _differs(was, now, "reviewer_confidence"):
        view = CONFIDENCE[now["reviewer_confidence"]]
        yield Sentence(f"recorded the reviewer’s rating: {view}.", field=Field.CONFIDENCE)
    if _differs(was, now, "lead_agency_id"):
        yield Sentence(f"gave the lead from {was['lead']} to {now['lead']}.", field=Field.AGENCIES)
    yield from _wordings(was, now, "", **WORDINGS)
    yield from _wordings(was, now, "", as_told=AS_TOLD)


def _support(was: Was, now: Now) -> Sentences:
    role = f" ({now['role']})" if now["role"] else ""
    if was is None:
        yield Sentence(f"named {now['agency']} as supporting{role}.")
    elif _differs(was, now, "role"):
        yield Sentence(f"changed the part of {now['agency']}{role}.")


def _measure(was: Was, now: Now) -> Sentences:
    if was is None:
        yield Sentence(f"entered the measure “{now['description']}”.")
    else:
        yield from _wordings(was, now, "", description="measure")


def _milestone(was: Was, now: Now) -> Sentences:
    name = f"“{now['description']}”"
    if was is None:
        yield Sentence(f"entered the milestone {name}, due {_due(now, Milestone.agreed).on}.")
        return
    for joined, label in ((Milestone.agreed, "agreed date"), (Milestone.forecast, "forecast")):
        old, new = _due(was, joined), _due(now, joined)
        if old != new:
            verb = "moved" if old.last_day != new.last_day else "changed"
            yield Sentence(f"{verb} the {label} of {name} {from_to(old, new)}.")
    if _differs(was, now, "completed_on"):
        if now["completed_on"]:
            yield Sentence(f"marked {name} as done on {_day(now['completed_on'])}.")
        else:
            yield Sentence(f"reopened {name}.")
    if _differs(was, now, "withdrawn_on") and now["withdrawn_on"]:
        yield Sentence(f"withdrew {name} on {_day(now['withdrawn_on'])}.")
    yield from _wordings(
        was,
        now,
        f" of {name}",
        Field.WORDING,
        description="description",
        as_told=AS_TOLD,
        done_means="words on when it is done",
    )
    if _differs(was, now, "no_evidence"):
        if now["no_evidence"]:
            yield Sentence(f"found that nothing shows {name} to be done.", field=Field.EVIDENCE)
        elif now["completed_on"]:
            yield Sentence(f"found {name} shown to be done.", field=Field.EVIDENCE)


def _delay(was: Was, now: Now) -> Sentences:
    name = f"“{now['milestone']}”"
    cause = Delay.Cause(now["cause"]).label.lower()
    if was is None:
        yield Sentence(
            f"recorded a delay to {name} ({cause}): "
            f"{from_to(_due(now, Delay.before), _due(now, Delay.after))}."
        )
        if now["settlement"]:
            yield Sentence(f"recorded that the cause of the delay to {name} {_settlement(now)}.")
        return
    if _differs(was, now, "cause"):
        yield Sentence(f"changed the cause of the delay to {name} to {cause}.")
    old, new = _due(was, Delay.after), _due(now, Delay.after)
    if new.last_day > old.last_day:
        yield Sentence(f"recorded that {name} slipped again, {from_to(old, new)}.")
    elif new != old:
        how = "comes sooner," if new.last_day < old.last_day else "is now expected"
        yield Sentence(f"recorded that {name} {how} {new.on}.")
    if _differs(was, now, "ended_on") and now["ended_on"]:
        yield Sentence(f"ended the delay to {name} on {_day(now['ended_on'])}.")
    of = f" of the delay to {name}"
    yield from _wordings(was, now, of, explanation="explanation", effect="effect")
    if any(
        _differs(was, now, name) for name in ("settlement", "settling_agency_id", "settling_by")
    ):
        yield Sentence(f"recorded that the cause of the delay to {name} {_settlement(now)}.")


def _settlement(now: Now) -> str:
    by = now["settling_by"]
    day = date.fromisoformat(by[:10]) if by else None
    words = settlement_in_words(now["settlement"], now["settler"], day)
    return words or "has not been said to be settled"


def _mitigation(was: Was, now: Now) -> Sentences:
    name = f"“{now['description']}”"
    if was is None:
        due = f", due {_day(now['due_on'])}" if now["due_on"] else ""
        yield Sentence(f"recorded a mitigation: {name}{due}.")
        return
    if _differs(was, now, "done_on") and now["done_on"]:
        yield Sentence(f"finished the mitigation {name} on {_day(now['done_on'])}.")
    yield from _moved(was, now, "due_on", f"the mitigation {name}")
    if changes := _change(was, now, "description", "Mitigation"):
        yield Sentence("changed the words of a mitigation.", changes)


def _round(was: Was, now: Now) -> Sentences:
    name = f"the round “{now['name']}”"
    if was is None:
        yield Sentence(f"opened {name}, due {_day(now['due_on'])}.")
        return
    if _differs(was, now, "closed_at"):
        if not now["closed_at"]:
            yield Sentence(f"reopened {name}.")
        elif not was["closed_at"]:
            yield Sentence(f"closed {name}.")
    yield from _moved(was, now, "due_on", f"the due date of {name}")
    yield from _wordings(was, now, f" of {name}", name="name", message="message")


def _return(was: Was, now: Now) -> Sentences:
    name = f"the return of {now['agency']} for {now['round']}"
    state = Return.State(now["state"])
    if was is None and state == Return.State.DUE:
        yield Sentence(f"asked for {name}.")
    elif was is None or was["state"] != state:
        verb = {
            Return.State.DUE: f"recalled {name}",
            Return.State.SUBMITTED: f"submitted {name}",
            # A recalled return has no time of submission, and may have been sent back before.
            Return.State.SENT_BACK: f"sent {name} back"
            if now["submitted_at"]
            else f"recalled {name}",
            Return.State.ACCEPTED: f"accepted {name}",
        }[state]
        yield Sentence(f"{verb}.")
    if was is None:
        return
    if _differs(was, now, "extended_to"):
        yield Sentence(f"extended the due date of {name} to {_day(now['extended_to'])}.")
    if _differs(was, now, "ready_at") and was["state"] == state:
        said = "ready for approval" if now["ready_at"] else "no longer ready for approval"
        yield Sentence(f"marked {name} as {said}.")
    if _differs(was, now, "first_read_at") and now["first_read_at"]:
        yield Sentence(f"opened {name} for the first time.")
    if _differs(was, now, "entered_at") and now["entered_at"]:
        yield Sentence(f"began to enter {name}, which came by email.")


def _reminder(was: Was, now: Now) -> Sentences:
    if was is None:
        what = f"reminded the agencies whose return for {now['round']} was missing."
        yield Sentence(what, _change(was, now, "body", "Reminder"))


def _note(was: Was, now: Now) -> Sentences:
    if changes := _change(was, now, "body", "Note"):
        yield Sentence(f"wrote a note to {now['agency']}.", changes)
    if was is not None and (changes := _change(was, now, "reply", "Reply")):
        yield Sentence("replied to the coordinator’s note.", changes)


def _words_of_answer(was: Was, now: Now) -> tuple[Change, ...]:
    labels = {"achieved": "Achieved", "planned_next": "Planned next", "challenges": "Challenges"}
    return tuple(
        change for column, label in labels.items() for change in _change(was, now, column, label)
    )


def _update(was: Was, now: Now) -> Sentences:
    of = f" for {now['agency']}"
    if was == now:
        return
    if now["no_change_on"] and (was is None or not was["no_change_on"]):
        removed = _words_of_answer(was, now) if was is not None else ()
        yield Sentence(f"reported no change{of}.", removed)
        return
    changes = _words_of_answer(was, now)
    parts = []
    # An agency that supports the item gives neither.
    if now["stage"] and _differs(was, now, "stage"):
        parts.append(f"stage {Stage(now['stage']).label.lower()}")
    if now["stage"] and _differs(was, now, "confidence"):
        parts.append(f"confidence {CONFIDENCE[now['confidence']]}")
    if was is not None and _differs(was, now, "key_achievement"):
        parts.append(f"key achievement {KEY[now['key_achievement']]}")
    verb = "wrote an update" if was is None else "changed an update"
    said = f": {', '.join(parts)}" if parts else ""
    yield Sentence(f"{verb}{of}{said}.", changes)


def _evidence(was: Was, now: Now) -> Sentences:
    if "milestone" in now:
        shows = f" that “{now['milestone']}” is done"
    elif "answered" in now:
        shows = f" of the answer of {now['answered']}"
    else:
        shows = " for an update" if "item" in now else f" of the return of {now['agency']}"
    if now["file_name"]:
        piece = f"the file “{now['file_name']}”"
    else:
        piece = f"the link {now['link']}" if now["link"] else "a note"
    if was is None:
        yield Sentence(f"added {piece} as evidence{shows}.")
    elif _differs(was, now, "withdrawn_at") and now["withdrawn_at"]:
        yield Sentence(f"withdrew {piece}, given as evidence{shows}.")


def _meeting(was: Was, now: Now) -> Sentences:
    name = f"the meeting of {_day(now['held_on'])}"
    place = f" at {now['place']}" if now["place"] else ""
    if was is None:
        yield Sentence(f"called {name}{place}.")
        return
    if _differs(was, now, "held_on"):
        yield Sentence(f"moved the meeting of {_day(was['held_on'])} to {_day(now['held_on'])}.")
    if _differs(was, now, "place"):
        yield Sentence(f"changed the place of {name}{place}.")
    if _differs(was, now, "starts_at"):
        at = (
            f" to {time_in_words(time.fromisoformat(now['starts_at']))}" if now["starts_at"] else ""
        )
        yield Sentence(f"changed the time of {name}{at}.")
    yield from _wordings(
        was, now, f" of {name}", notes="notes", link="link", people="people present"
    )
    if _differs(was, now, "closed_at"):
        done = "closed the record" if now["closed_at"] else "opened the record again"
        yield Sentence(f"{done} of {name}.")


def _attendance(was: Was, now: Now) -> Sentences:
    came = f"{now['agency']} came to the meeting of {_day(now['held_on'])}"
    if was is None or (was["withdrawn_on"] and not now["withdrawn_on"]):
        yield Sentence(f"recorded that {came}.")
    elif _differs(was, now, "withdrawn_on"):
        yield Sentence(f"took back that {came}.")


def _matter(was: Was, now: Now) -> Sentences:
    name, of = f"“{now['title']}”", f"the agenda of the meeting of {_day(now['held_on'])}"
    if was is None:
        yield Sentence(f"put {name} on {of}.")
        return
    if _differs(was, now, "withdrawn_on"):
        done = f"took {name} off {of}" if now["withdrawn_on"] else f"put {name} back on {of}"
        yield Sentence(f"{done}.")
    if _differs(was, now, "considered_on"):
        verb = "recorded" if now["considered_on"] else "took back"
        yield Sentence(f"{verb} that the meeting of {_day(now['held_on'])} considered {name}.")
    yield from _wordings(
        was,
        now,
        f" of a matter on {of}",
        title="title",
        note="note",
        discussion="notes of the discussion",
    )


def _owner(now: Now) -> str:
    """Return ", for Police to do by 30 June 2010", or "" without an owner."""
    return f", for {now['owner']} to do by {_day(now['due_on'])}" if now["due_on"] else ""


def _decision(was: Was, now: Now) -> Sentences:
    if now["held_on"]:
        of = f" of the meeting of {_day(now['held_on'])}"
    else:
        of = f" out of session on {_day(now['closed_on'])}"
    if was is None:
        on = f" on {now['about']}" if now["about"] else ""
        yield Sentence(f"recorded a decision{of}{on}{_owner(now)}: “{now['text']}”")
        return
    if changes := _change(was, now, "text", "Decision"):
        yield Sentence(f"changed the words of a decision{of}.", changes)
    if _differs(was, now, "owner_agency_id"):
        to = (
            f"gave a decision{of} to {now['owner']}"
            if now["owner"]
            else (f"no longer follows up a decision{of}")
        )
        yield Sentence(f"{to}{_owner(now)}: “{now['text']}”")
    elif _differs(was, now, "due_on"):
        yield Sentence(
            f"moved a decision{of} from {_day(was['due_on'])} to {_day(now['due_on'])}: "
            f"“{now['text']}”"
        )
    if _differs(was, now, "done_on"):
        if now["done_on"]:
            yield Sentence(
                f"marked a decision{of} as done on {_day(now['done_on'])}: “{now['text']}”"
            )
        else:
            yield Sentence(f"reopened a decision{of}: “{now['text']}”")
    elif _differs(was, now, "awaits_confirmation"):
        yield Sentence(f"confirmed a decision{of} as done: “{now['text']}”")


def _variation(was: Was, now: Now) -> Sentences:
    reference = f"variation V{now['number']}"
    if was is None:
        asked = "to withdraw the item"
        if now["kind"] == Variation.Kind.DATE:
            moved = from_to(_due(now, Variation.before), _due(now, Variation.after))
            asked = f"to move a date {moved}"
        elif now["kind"] == Variation.Kind.WORDING:
            asked = f"to change the {now['wording']}"
        elif now["adds"]:
            adds = asks_to_add(addition_of(now["kind"], json.loads(now["adds"])))
            asked = f"to {adds[:1].lower()}{adds[1:]}"
        changes: tuple[Change, ...] = ()
        if now["wording"]:
            words = short_diff(now["text_before"], now["text_after"])
            changes = (Change(now["wording"].capitalize(), words),)
        yield Sentence(f"requested {reference}, {asked}.", changes)
    elif _differs(was, now, "state"):
        verb = {
            Variation.State.RECOMMENDED: "sent {} to the working group",
            Variation.State.APPROVED: "recorded the approval of {}",
            Variation.State.DECLINED: "recorded the declining of {}",
            Variation.State.TAKEN_BACK: "withdrew {}",
            Variation.State.REQUESTED: "requested {}",
        }[Variation.State(now["state"])]
        yield Sentence(f"{verb.format(reference)}.")


def _out_of_session(was: Was, now: Now) -> Sentences:
    reference = f"variation V{now['number']}"
    if was is None:
        yield Sentence(
            f"asked the agencies to decide {reference} out of session by {_day(now['due_on'])}."
        )
        return
    yield from _moved(was, now, "due_on", f"the date to answer on {reference}")
    if _differs(was, now, "state"):
        if now["state"] == OutOfSession.State.ENDED:
            yield Sentence(f"ended the decision on {reference} out of session without an outcome.")
        else:
            yield Sentence(f"closed {reference} out of session: {now['state']}.")


def _answer(was: Was, now: Now) -> Sentences:
    if was is None:
        return
    if _differs(was, now, "choice") or _differs(was, now, "words"):
        choice = OutOfSessionAnswer.Choice(now["choice"]).label.lower()
        how = "recorded from an email" if now["is_recorded"] in TRUE else "answered out of session"
        what = f"{how} that {now['agency']} {choice} on variation V{now['number']}."
        yield Sentence(what, _change(was, now, "words", "Answer"))


def _risk(was: Was, now: Now) -> Sentences:
    name = f"R{now['number']}"
    levels = f"likelihood {now['likelihood']}, impact {now['impact']}"
    if was is None:
        what = f"raised the risk {name} ({levels}): “{now['description']}”"
        yield Sentence(what, _change(was, now, "response", "Response"))
        return
    if _differs(was, now, "likelihood") or _differs(was, now, "impact"):
        yield Sentence(f"re-rated {name}: {levels}.")
    if _differs(was, now, "escalated_to"):
        to = now["escalated_to"]
        is_up = Risk.STEPS.index(to) > Risk.STEPS.index(was["escalated_to"])
        label = Risk.EscalatedTo(to).label.replace("The", "the", 1) if to else "its owner"
        what = f"escalated {name} to {label}." if is_up else f"de-escalated {name} to {label}."
        yield Sentence(what)
    if _differs(was, now, "closed_on"):
        done = f"closed {name} on {_day(now['closed_on'])}." if now["closed_on"] else ""
        yield Sentence(done or f"reopened {name}.")
    yield from _wordings(was, now, f" of {name}", description="words", response="response")


def _feed(was: Was, now: Now) -> Sentences:
    name = f"address of the calendar of {now['agency']}, “{now['label']}”"
    if was is None:
        yield Sentence(f"made an {name}.")
    elif _differs(was, now, "revoked_at"):
        yield Sentence(f"revoked the {name}.")


BY_KIND: dict[str, Callable[[Was, Now], Sentences]] = {
    "plan": _plan,
    "member": _member,
    "pillar": _pillar,
    "item": _item,
    "support": _support,
    "measure": _measure,
    "milestone": _milestone,
    "delay": _delay,
    "mitigation": _mitigation,
    "round": _round,
    "reminder": _reminder,
    "return": _return,
    "note": _note,
    "update": _update,
    "evidence of an update": _evidence,
    "evidence of a milestone": _evidence,
    "evidence of a return": _evidence,
    "evidence of an answer": _evidence,
    "meeting": _meeting,
    "attendance": _attendance,
    "matter": _matter,
    "decision": _decision,
    "variation": _variation,
    "out of session": _out_of_session,
    "answer": _answer,
    "risk": _risk,
    "feed": _feed,
}

REMOVED: dict[str, Callable[[Now], str]] = {
    "member": lambda was: f"took {was['agency']} out of the working group.",
    "pillar": lambda was: f"removed pillar {was['number']}, “{was['title']}”.",
    "item": lambda was: f"removed item {was['item']}, “{was['title']}”.",
    "support": lambda was: f"no longer named {was['agency']} as supporting.",
    "measure": lambda was: f"removed the measure “{was['description']}”.",
    "milestone": lambda was: f"removed the milestone “{was['description']}”.",
}
