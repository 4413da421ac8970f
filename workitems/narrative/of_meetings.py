"""Sentences about meetings, decisions, variations, conversations and feeds of the calendar."""

import json
from collections.abc import Callable
from datetime import date, time

from django.utils.translation import gettext as _

from workitems.models import OutOfSession, OutOfSessionAnswer, Variation
from workitems.models.meeting import time_in_words
from workitems.narrative.blocks import Change
from workitems.narrative.sentence_parts import (
    TRUE,
    Now,
    Sentence,
    Sentences,
    Was,
    change_of,
    changed_wordings,
    day_moved,
    day_of,
    differs,
    due_of,
    local_day_of,
)
from workitems.terms.additions import addition_of
from workitems.terms.asked_changes import name_of_change
from workitems.terms.known_dates import from_to
from workitems.terms.word_diff import short_diff


def _meeting(was: Was, now: Now) -> Sentences:
    name = _("the meeting of {day}").format(day=day_of(now["held_on"]))
    if was is None:
        says = _("called {name} at {place}.") if now["place"] else _("called {name}.")
        yield Sentence(says.format(name=name, place=now["place"]))
        return
    if differs(was, now, "held_on"):
        yield Sentence(
            _("moved the meeting of {old_day} to {new_day}.").format(
                old_day=day_of(was["held_on"]), new_day=day_of(now["held_on"])
            )
        )
    if differs(was, now, "place"):
        says = (
            _("changed the place of {name} at {place}.")
            if now["place"]
            else _("changed the place of {name}.")
        )
        yield Sentence(says.format(name=name, place=now["place"]))
    if differs(was, now, "starts_at"):
        if now["starts_at"]:
            says = _("changed the time of {name} to {time}.").format(
                name=name, time=time_in_words(time.fromisoformat(now["starts_at"]))
            )
        else:
            says = _("changed the time of {name}.").format(name=name)
        yield Sentence(says)
    yield from changed_wordings(
        was,
        now,
        name,
        notes=_("notes"),
        link=_("link"),
        people=_("people present"),
    )
    if differs(was, now, "closed_at"):
        says = (
            _("closed the record of {name}.")
            if now["closed_at"]
            else _("opened the record again of {name}.")
        )
        yield Sentence(says.format(name=name))


def _attendance(was: Was, now: Now) -> Sentences:
    if was is None or (was["withdrawn_on"] and not now["withdrawn_on"]):
        says = _("recorded that {agency} came to the meeting of {day}.")
    elif differs(was, now, "withdrawn_on"):
        says = _("took back that {agency} came to the meeting of {day}.")
    else:
        return
    yield Sentence(says.format(agency=now["agency"], day=day_of(now["held_on"])))


def _matter(was: Was, now: Now) -> Sentences:
    name, of = (
        f"“{now['title']}”",
        _("the agenda of the meeting of {day}").format(day=day_of(now["held_on"])),
    )
    if was is None:
        yield Sentence(_("put {name} on {agenda}.").format(name=name, agenda=of))
        return
    if differs(was, now, "withdrawn_on"):
        says = (
            _("took {name} off {agenda}.")
            if now["withdrawn_on"]
            else _("put {name} back on {agenda}.")
        )
        yield Sentence(says.format(name=name, agenda=of))
    if differs(was, now, "considered_on"):
        says = (
            _("recorded that the meeting of {day} considered {name}.")
            if now["considered_on"]
            else _("took back that the meeting of {day} considered {name}.")
        )
        yield Sentence(says.format(day=day_of(now["held_on"]), name=name))
    yield from changed_wordings(
        was,
        now,
        _("a matter on {agenda}").format(agenda=of),
        title=_("title"),
        note=_("note"),
        discussion=_("notes of the discussion"),
    )


def _decision(was: Was, now: Now) -> Sentences:
    if now["held_on"]:
        decision = _("a decision of the meeting of {day}").format(day=day_of(now["held_on"]))
    else:
        decision = _("a decision out of session on {day}").format(day=day_of(now["closed_on"]))
    owner, text, due = now["owner"], now["text"], day_of(now["due_on"])
    if was is None:
        if now["due_on"]:
            says = (
                _("recorded {decision} on {item}, for {owner} to do by {day}: “{text}”")
                if now["about"]
                else _("recorded {decision}, for {owner} to do by {day}: “{text}”")
            )
        else:
            says = (
                _("recorded {decision} on {item}: “{text}”")
                if now["about"]
                else _("recorded {decision}: “{text}”")
            )
        yield Sentence(
            says.format(decision=decision, item=now["about"], owner=owner, day=due, text=text)
        )
        return
    if changes := change_of(was, now, "text", _("Decision")):
        yield Sentence(_("changed the words of {decision}.").format(decision=decision), changes)
    if differs(was, now, "owner_agency_id"):
        says = (
            _("gave {decision} to {owner}, for {owner} to do by {day}: “{text}”")
            if owner
            else _("no longer follows up {decision}: “{text}”")
        )
        yield Sentence(says.format(decision=decision, owner=owner, day=due, text=text))
    elif differs(was, now, "due_on"):
        yield Sentence(
            _("moved {decision} from {old_day} to {new_day}: “{text}”").format(
                decision=decision, old_day=day_of(was["due_on"]), new_day=due, text=text
            )
        )
    if differs(was, now, "done_on"):
        says = (
            _("marked {decision} as done on {day}: “{text}”")
            if now["done_on"]
            else _("reopened {decision}: “{text}”")
        )
        yield Sentence(says.format(decision=decision, day=day_of(now["done_on"]), text=text))
    elif differs(was, now, "awaits_confirmation"):
        yield Sentence(
            _("confirmed {decision} as done: “{text}”").format(decision=decision, text=text)
        )


def _variation(was: Was, now: Now) -> Sentences:
    reference = _("variation V{number}").format(number=now["number"])
    if was is None:
        adds = addition_of(now["kind"], json.loads(now["adds"])) if now["adds"] else None
        if now["kind"] == Variation.Kind.DATE:
            moved = from_to(due_of(now, Variation.before), due_of(now, Variation.after))
            asked = _("to move a date {from_to}").format(from_to=moved)
        elif now["kind"] == Variation.Kind.MEMBER:
            asked = _("that {agency} leaves the working group").format(agency=now["text_before"])
        else:
            asks = name_of_change(
                now["kind"],
                code=now["wording"],
                label=str(Variation.Wording(now["wording"]).label) if now["wording"] else "",
                before=now["text_before"],
                after=now["text_after"],
                milestone=now["milestone"] or "",
                adds=adds,
            )
            asked = _("to {add}").format(add=asks[:1].lower() + asks[1:])
        changes: tuple[Change, ...] = ()
        if now["wording"]:
            words = short_diff(now["text_before"], now["text_after"])
            changes = (Change(str(Variation.Wording(now["wording"]).label), words),)
        yield Sentence(
            _("requested {reference}, {asked}.").format(reference=reference, asked=asked), changes
        )
    elif differs(was, now, "state"):
        says = {
            Variation.State.RECOMMENDED: _("sent {reference} to the working group."),
            Variation.State.APPROVED: _("recorded the approval of {reference}."),
            Variation.State.DECLINED: _("recorded that {reference} was declined."),
            Variation.State.TAKEN_BACK: _("withdrew {reference}."),
            Variation.State.REQUESTED: _("requested {reference}."),
        }[Variation.State(now["state"])]
        yield Sentence(says.format(reference=reference))


def _out_of_session(was: Was, now: Now) -> Sentences:
    reference = _("variation V{number}").format(number=now["number"])
    if was is None:
        yield Sentence(
            _("asked the agencies to decide {reference} out of session by {day}.").format(
                reference=reference, day=day_of(now["due_on"])
            )
        )
        return
    yield from day_moved(
        was, now, "due_on", _("the date to answer on {reference}").format(reference=reference)
    )
    if differs(was, now, "state"):
        if now["state"] == OutOfSession.State.ENDED:
            yield Sentence(
                _("ended the decision on {reference} out of session without an outcome.").format(
                    reference=reference
                )
            )
        else:
            yield Sentence(
                _("closed {reference} out of session: {state}.").format(
                    reference=reference, state=OutOfSession.State(now["state"]).label.lower()
                )
            )


def _ended_unanswered(now: Now) -> bool:
    """Whether the hand-over of an agency that ended closed its answer, as `OutOfSessionAnswerQuerySet.asked` knows it."""
    if now["choice"] != OutOfSessionAnswer.Choice.NO_VIEW or now["is_recorded"] in TRUE:
        return False
    if not (now["ended_on"] and now["at"]):
        return False
    return local_day_of(now["at"]) > date.fromisoformat(now["ended_on"][:10])


def _answer(was: Was, now: Now) -> Sentences:
    if was is None:
        return
    if differs(was, now, "choice") or differs(was, now, "words"):
        if _ended_unanswered(now):
            yield Sentence(
                _(
                    "closed the answer of {agency} on variation V{number}: it ended without answering."
                ).format(agency=now["agency"], number=now["number"])
            )
            return
        choice = OutOfSessionAnswer.Choice(now["choice"]).label.lower()
        says = (
            _("recorded from an email that {agency} {agrees} on variation V{number}.")
            if now["is_recorded"] in TRUE
            else _("answered out of session that {agency} {agrees} on variation V{number}.")
        )
        what = says.format(agency=now["agency"], agrees=choice, number=now["number"])
        yield Sentence(what, change_of(was, now, "words", _("Answer")))


def _talk(was: Was, now: Now) -> Sentences:
    changes = change_of(was, now, "text", _("Note"))
    if was is None:
        about = now.get("milestone")
        says = _("began a conversation on “{milestone}”.") if about else _("began a conversation.")
        yield Sentence(says.format(milestone=about), changes)
        return
    yield from _later(was, now, changes)
    if differs(was, now, "settled_words"):
        if now["settled_words"]:
            yield Sentence(
                _("settled the conversation: {words}").format(words=now["settled_words"])
            )
        else:
            yield Sentence(_("opened the conversation again."))


def _answer_in_talk(was: Was, now: Now) -> Sentences:
    changes = change_of(was, now, "text", _("Note"))
    if was is None:
        about = now.get("milestone")
        says = (
            _("wrote in a conversation on “{milestone}”.")
            if about
            else _("wrote in a conversation.")
        )
        yield Sentence(says.format(milestone=about), changes)
    else:
        yield from _later(was, now, changes)


def _later(was: Now, now: Now, changes: tuple[Change, ...]) -> Sentences:
    """Yield that a note was edited or withdrawn."""
    if changes:
        yield Sentence(_("edited their note."), changes)
    if differs(was, now, "withdrawn_at"):
        yield Sentence(_("withdrew their note."))


def _feed(was: Was, now: Now) -> Sentences:
    if was is None:
        says = _("made an address of the calendar of {agency}, “{label}”.")
    elif differs(was, now, "revoked_at"):
        says = _("revoked the address of the calendar of {agency}, “{label}”.")
    else:
        return
    yield Sentence(says.format(agency=now["agency"], label=now["label"]))


BY_KIND: dict[str, Callable[[Was, Now], Sentences]] = {
    "meeting": _meeting,
    "attendance": _attendance,
    "matter": _matter,
    "decision": _decision,
    "variation": _variation,
    "out of session": _out_of_session,
    "answer": _answer,
    "talk": _talk,
    "answer in a talk": _answer_in_talk,
    "talk on a milestone": _talk,
    "answer on a milestone": _answer_in_talk,
    "feed": _feed,
}
