"""Sentences about rounds, returns, their answers and evidence."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from agencies.wording.translation import day_words
from workitems.models import Delay, MilestoneAnswer, Return, Update
from workitems.models.item import Stage
from workitems.narrative.blocks import Change
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
    local_day_of,
)


def _round(was: Was, now: Now) -> Sentences:
    name = _("the round “{name}”").format(name=now["name"])
    if was is None:
        yield Sentence(_("opened {name}, due {day}.").format(name=name, day=day_of(now["due_on"])))
        return
    if differs(was, now, "closed_at"):
        if not now["closed_at"]:
            yield Sentence(_("reopened {name}.").format(name=name))
        elif not was["closed_at"]:
            yield Sentence(_("closed {name}.").format(name=name))
    yield from day_moved(was, now, "due_on", _("the due date of {name}").format(name=name))
    yield from changed_wordings(was, now, name, name=_("name"), message=_("message"))


def _return(was: Was, now: Now) -> Sentences:
    name = _("the return of {agency} for {round}").format(agency=now["agency"], round=now["round"])
    state = Return.State(now["state"])
    if was is None and state == Return.State.DUE:
        yield Sentence(_("asked for {name}.").format(name=name))
    elif was is None or was["state"] != state:
        says = {
            Return.State.DUE: _("recalled {name}."),
            Return.State.SUBMITTED: _("submitted {name}."),
            # A recalled return has no time of submission, and may have been sent back before.
            Return.State.SENT_BACK: _("sent {name} back.")
            if now["submitted_at"]
            else _("recalled {name}."),
            Return.State.ACCEPTED: _("accepted {name}."),
            Return.State.MOVED: _("moved the answers of {name} into its successor’s."),
        }[state]
        yield Sentence(says.format(name=name))
    if was is None:
        return
    if differs(was, now, "agency_id"):
        yield Sentence(
            _("moved the return of {old} for {round} to {new}.").format(
                old=was["agency"], round=now["round"], new=now["agency"]
            )
        )
    if differs(was, now, "alone_reason"):
        yield Sentence(_("let one person write and submit {name}.").format(name=name))
    if now["is_by_one_person"] in TRUE and was["is_by_one_person"] not in TRUE:
        yield Sentence(_("wrote and submitted {name} as one person.").format(name=name))
    if differs(was, now, "extended_to"):
        yield Sentence(
            _("extended the due date of {name} to {day}.").format(
                name=name, day=day_of(now["extended_to"])
            )
        )
    if differs(was, now, "ready_at") and was["state"] == state:
        says = (
            _("marked {name} as ready for approval.")
            if now["ready_at"]
            else _("marked {name} as no longer ready for approval.")
        )
        yield Sentence(says.format(name=name))
    if differs(was, now, "first_read_at") and now["first_read_at"]:
        yield Sentence(_("opened {name} for the first time.").format(name=name))
    if differs(was, now, "entered_at") and now["entered_at"]:
        yield Sentence(_("began to enter {name}, which came by email.").format(name=name))


def _reminder(was: Was, now: Now) -> Sentences:
    if was is None:
        what = _("reminded the agencies whose return for {round} was missing.").format(
            round=now["round"]
        )
        yield Sentence(what, change_of(was, now, "body", _("Reminder")))


def _note(was: Was, now: Now) -> Sentences:
    if was is not None and differs(was, now, "of_return_id"):
        says = _("moved a note to {old} into the return of {new}.")
        yield Sentence(says.format(old=was["agency"], new=now["agency"]))
        return
    if changes := change_of(was, now, "body", _("Note")):
        yield Sentence(_("wrote a note to {agency}.").format(agency=now["agency"]), changes)
    if was is not None and (changes := change_of(was, now, "reply", _("Reply"))):
        yield Sentence(_("replied to the note."), changes)


def _words_of_answer(was: Was, now: Now) -> tuple[Change, ...]:
    labels = {
        "achieved": _("Achieved"),
        "planned_next": _("Planned next"),
        "challenges": _("Challenges"),
    }
    return tuple(
        change for column, label in labels.items() for change in change_of(was, now, column, label)
    )


def _update(was: Was, now: Now) -> Sentences:
    if was == now:
        return
    if was is not None and differs(was, now, "of_return_id"):
        says = _("moved {old}’s answer on {item} to {new}.")
        yield Sentence(says.format(old=was["agency"], item=now["item"], new=now["agency"]))
        return
    if now["no_change_on"] and (was is None or not was["no_change_on"]):
        removed = _words_of_answer(was, now) if was is not None else ()
        yield Sentence(_("reported no change for {agency}.").format(agency=now["agency"]), removed)
        return
    changes = _words_of_answer(was, now)
    parts = []
    # An agency that supports the item gives neither.
    if now["stage"] and differs(was, now, "stage"):
        parts.append(_("stage {stage}").format(stage=Stage(now["stage"]).label.lower()))
    if now["stage"] and differs(was, now, "confidence"):
        parts.append(
            _("confidence {confidence}").format(confidence=confidence_of(now["confidence"]))
        )
    if was is not None and differs(was, now, "key_achievement"):
        parts.append(
            _("key achievement {answer}").format(
                answer=Update.KeyAchievement(now["key_achievement"]).label.lower()
            )
        )
    if was is None:
        says = (
            _("wrote an update for {agency}: {what}.")
            if parts
            else _("wrote an update for {agency}.")
        )
    else:
        says = (
            _("changed an update for {agency}: {what}.")
            if parts
            else _("changed an update for {agency}.")
        )
    yield Sentence(says.format(agency=now["agency"], what=", ".join(parts)), changes)


def _milestone_answer(was: Was, now: Now) -> Sentences:
    said = ("outcome", "day", "day_known_to", "cause")
    texts = {
        "reason": _("Note") if now["outcome"] == MilestoneAnswer.Outcome.DONE else _("Explanation"),
        "effect": _("Effect"),
        "meanwhile": _("Meanwhile"),
        "needs": _("What is needed"),
        "new_mitigation": _("What is being done about it"),
    }
    changes = tuple(
        change for column, label in texts.items() for change in change_of(was, now, column, label)
    )
    if now["removed_at"]:
        if differs(was, now, "removed_at"):
            says = _("took back the answer on “{milestone}”.")
            yield Sentence(says.format(milestone=now["milestone"]))
        return
    if not changes and not any(differs(was, now, column) for column in said):
        return  # it took effect
    # Of another agency's answers only what took effect is read, and the approver caused that.
    is_of_another = was is None and now["applied_at"]
    says = _("submitted {author}’s answer: {what}.") if is_of_another else _("answered: {what}.")
    yield Sentence(says.format(author=now["author"], what=_answer_in_words(now)), changes)


def _answer_in_words(now: Now) -> str:
    outcome = MilestoneAnswer.Outcome(now["outcome"])
    says = {
        outcome.DONE: _("“{milestone}” was done on {day}"),
        outcome.NOT_YET: _("“{milestone}” is now expected {when_on}"),
        outcome.NO_DATE: _("“{milestone}” has no new date yet"),
        outcome.REOPENED: _("“{milestone}” is not done"),
        outcome.DELAY_OVER: _("the delay to “{milestone}” ended on {day}"),
        outcome.STEP_DONE: _("“{action}” was done on {day}"),
        outcome.SETTLEMENT: _("whether the cause of the delay to “{milestone}” is settled"),
    }[outcome]
    words = says.format(
        milestone=now["milestone"],
        action=now["action"],
        day=day_of(now["day"]),
        when_on=due_of(now, MilestoneAnswer.when).on if now["day"] else "",
    )
    if not now["cause"]:
        return words
    return _("{what} ({cause})").format(what=words, cause=Delay.Cause(now["cause"]).within)


def _evidence(was: Was, now: Now) -> Sentences:
    if now["file_name"]:
        piece = _("the file “{file_name}”").format(file_name=now["file_name"])
    else:
        piece = _("the link {link}").format(link=now["link"]) if now["link"] else _("a note")
    if "milestone" in now:
        of = now["milestone"]
        added = _("added {piece} as evidence that “{of}” is done.")
        withdrawn = _("withdrew {piece}, given as evidence that “{of}” is done.")
    elif "answered" in now:
        of = now["answered"]
        added = _("added {piece} as evidence of the answer of {of}.")
        withdrawn = _("withdrew {piece}, given as evidence of the answer of {of}.")
    elif "item" in now:
        of = ""
        added = _("added {piece} as evidence for an update.")
        withdrawn = _("withdrew {piece}, given as evidence for an update.")
    else:
        of = now["agency"]
        added = _("added {piece} as evidence of the return of {of}.")
        withdrawn = _("withdrew {piece}, given as evidence of the return of {of}.")
    if was is None:
        yield Sentence(added.format(piece=piece, of=of))
    elif differs(was, now, "withdrawn_at") and now["withdrawn_at"]:
        yield Sentence(withdrawn.format(piece=piece, of=of))


def _told_round(was: Was, now: Now, reason: str) -> Sentences:
    """Yield what the updates came with. Nobody opened or closed it, and no agency was asked."""
    if was is None:
        yield Sentence(_("gave the updates of “{name}”.").format(name=now["name"]))


def _told_update(was: Was, now: Now, reason: str) -> Sentences:
    if was is not None:
        return
    day = day_words(local_day_of(now["written_at"]))
    says = _("gave {agency}’s update, last changed on {day}.").format(agency=now["agency"], day=day)
    yield Sentence(says, _words_of_answer(was, now))


BY_KIND: dict[str, Callable[[Was, Now], Sentences]] = {
    "round": _round,
    "reminder": _reminder,
    "return": _return,
    "note": _note,
    "update": _update,
    "milestone answer": _milestone_answer,
    "evidence of an update": _evidence,
    "evidence of a milestone": _evidence,
    "evidence of a return": _evidence,
    "evidence of an answer": _evidence,
}
TOLD: dict[str, Callable[[Was, Now, str], Sentences]] = {
    "round": _told_round,
    "return": lambda was, now, reason: iter(()),
    "update": _told_update,
}
