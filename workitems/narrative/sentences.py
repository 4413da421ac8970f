"""Turn a change of a row into sentences.

`was` is the row before the change (None for a creation) and `now` the row after it, both as text
by column or name (see record_kinds.py).
"""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from agencies.wording.translation import StrOrPromise, day_words
from workitems.models import (
    Delay,
    Measure,
    Milestone,
    OutOfSession,
    OutOfSessionAnswer,
    Return,
    Risk,
    Target,
    Update,
    Variation,
    Wait,
    WorkItem,
)
from workitems.models.item import Confidence, Stage
from workitems.models.meeting import time_in_words
from workitems.models.plan import IMPORTED
from workitems.models.tracker import STAGE_ANSWERED
from workitems.narrative.blocks import Change, Field
from workitems.terms.additions import addition_of
from workitems.terms.asked_changes import name_of_change
from workitems.terms.item_texts import ITEM_TEXTS, MILESTONE_TEXTS, Text
from workitems.terms.known_dates import Known, KnownDate, from_to
from workitems.terms.lateness import settlement_in_words
from workitems.terms.measure_sentence import figure
from workitems.terms.word_diff import Strand, short_diff


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
TAKE_NOTES = ("item", "risk")
# The reason that an act gave each row that it saved, also one of which it changed nothing that is reported.
OF_ANOTHER_ACT = re.compile(rf"{IMPORTED}|Variation V\d+: |Return of .+ accepted$")


def sentences(
    kind: str,
    was: Was,
    now: Now,
    reason: str,
    *,
    is_removed: bool = False,
    is_told: bool = False,
) -> list[Sentence]:
    """Return the sentences about a change; none if no reported column changed.

    A person's reason without any change is a note. `is_removed`: `now` is the row as it was when it
    was removed from a plan that was not adopted. `is_told`: a spreadsheet says it, and nobody did it.
    """
    if is_removed:
        return [Sentence(REMOVED[kind](now))] if kind in REMOVED else []
    if is_told and kind in TOLD:
        return list(TOLD[kind](was, now, reason))
    found = list(BY_KIND[kind](was, now))
    is_note = reason and now == was and not OF_ANOTHER_ACT.match(reason)
    if kind in TAKE_NOTES and is_note and not found:
        return [Sentence(_("wrote a note."))]
    return found


def _confidence(code: str) -> str:
    return Confidence(code).label.lower() if code else _("not given")


def _day(text: str) -> str:
    return day_words(date.fromisoformat(text[:10])) if text else _("no date")


def _local_day(text: str) -> date:
    """Return the New Zealand day of an instant. The text of a column has no time zone on SQLite."""
    at = datetime.fromisoformat(text)
    return localdate(at if at.tzinfo else at.replace(tzinfo=UTC))


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
    was: Now, now: Now, what: str, field: Field | None = None, /, **labels: StrOrPromise
) -> Sentences:
    """Yield which texts of `what` changed; it is empty for the item itself."""
    says = _("changed the {label} of {what}.") if what else _("changed the {label}.")
    for column, label in labels.items():
        if changes := _change(was, now, column, label.capitalize()):
            yield Sentence(says.format(label=label, what=what), changes, field)


def _names(texts: dict[str, Text]) -> dict[str, str]:
    return {column: text.name for column, text in texts.items()}


def _moved(was: Now, now: Now, column: str, name: str, field: Field | None = None) -> Sentences:
    if was[column] != now[column]:
        says = _("moved {name} from {old_day} to {new_day}.").format(
            name=name, old_day=_day(was[column]), new_day=_day(now[column])
        )
        yield Sentence(says, field=field)


def _given(was: Now, now: Now, agency: str, name: str) -> Sentences:
    if was[agency] != now[agency]:
        says = _("gave {name} from {old} to {new}.")
        yield Sentence(says.format(name=name, old=was[agency], new=now[agency]))


def _plan(was: Was, now: Now) -> Sentences:
    if was is None:
        yield Sentence(_("entered the plan."))
        return
    yield from _wordings(
        was,
        now,
        _("the plan"),
        title=_("title"),
        background=_("background"),
        portfolio=_("portfolio"),
        short_title=_("short title"),
        copied_to=_("recipients of copies"),
    )
    yield from _moved(was, now, "released_on", _("the plan’s release"), Field.DATES)
    yield from _moved(was, now, "ends_on", _("the plan’s end"), Field.DATES)
    if _differs(was, now, "adopted_on") and now["adopted_on"]:
        adopted = _("adopted the plan as of {day}.").format(day=_day(now["adopted_on"]))
        yield Sentence(adopted, field=Field.DATES)
    if _differs(was, now, "coordinating_agency_id"):
        yield Sentence(
            _("gave the coordination from {old} to {new}.").format(
                old=was["coordinating"], new=now["coordinating"]
            ),
            field=Field.AGENCIES,
        )
    if _differs(was, now, "quorum"):
        old, new = was["quorum"] or _("the majority"), now["quorum"] or _("the majority")
        yield Sentence(
            _("changed the quorum from {old} to {new}.").format(old=old, new=new),
            field=Field.MEETINGS,
        )
    if _differs(was, now, "quotes_notes"):
        says = (
            _("let emails quote notes.")
            if now["quotes_notes"] in TRUE
            else _("chose that emails do not quote notes.")
        )
        yield Sentence(says, field=Field.NOTES)


def _member(was: Was, now: Now) -> Sentences:
    if was is None:
        yield Sentence(_("took {agency} into the working group.").format(agency=now["agency"]))
    elif _differs(was, now, "left_on"):
        says = (
            _("recorded that {agency} left the working group.")
            if now["left_on"]
            else _("took {agency} into the working group again.")
        )
        yield Sentence(says.format(agency=now["agency"]))


def _pillar(was: Was, now: Now) -> Sentences:
    name = _("pillar {number}").format(number=now["number"])
    if was is None:
        yield Sentence(_("entered {name}, “{title}”.").format(name=name, title=now["title"]))
        return
    yield from _wordings(was, now, name, title=_("title"), description=_("description"))


def _glossary_entry(was: Was, now: Now) -> Sentences:
    if was is None:
        says = (
            _("entered {acronym} in the glossary: {words}.")
            if now["words"]
            else _("entered {acronym} in the glossary: readers know it.")
        )
        yield Sentence(says.format(acronym=now["acronym"], words=now["words"]))
        return
    name = _("{acronym} in the glossary").format(acronym=now["acronym"])
    yield from _wordings(was, now, name, words=_("words"))


def _item(was: Was, now: Now) -> Sentences:
    if was is None:
        yield Sentence(_("entered the item."))
        return
    if _differs(was, now, "stage"):
        old, new = Stage(was["stage"]).label.lower(), Stage(now["stage"]).label.lower()
        yield Sentence(
            _("moved the stage from {old} to {new}.").format(old=old, new=new), field=Field.STAGE
        )
    elif was["completed_on"] and now["completed_on"]:
        yield from _moved(was, now, "completed_on", _("the completion"), Field.STAGE)
    if _differs(was, now, "confidence"):
        old, new = _confidence(was["confidence"]), _confidence(now["confidence"])
        yield Sentence(
            _("changed the agency’s confidence from {old} to {new}.").format(old=old, new=new),
            field=Field.CONFIDENCE,
        )
    if _differs(was, now, "reviewer_confidence"):
        view = _confidence(now["reviewer_confidence"])
        yield Sentence(
            _("recorded the reviewer’s rating: {rating}.").format(rating=view),
            field=Field.CONFIDENCE,
        )
    if _differs(was, now, "lead_agency_id"):
        yield Sentence(
            _("gave the lead from {old} to {new}.").format(old=was["lead"], new=now["lead"]),
            field=Field.AGENCIES,
        )
    yield from _wordings(was, now, "", **_names(ITEM_TEXTS))
    yield from _details(was, now)


def _details(was: Now, now: Now) -> Sentences:
    """Yield what else of the item changed: its pillar, kind, timeframe and so on."""
    if _differs(was, now, "pillar_id"):
        says = _("moved the item from the pillar “{old}” to “{new}”.")
        yield Sentence(says.format(old=was["pillar"], new=now["pillar"]), field=Field.WORDING)
    if _differs(was, now, "is_key"):
        is_key = now["is_key"] in TRUE
        says = _("made it a key item.") if is_key else _("made it an item that is not key.")
        yield Sentence(says, field=Field.WORDING)
    for column, name, words in (
        ("kind", _("kind"), lambda code: WorkItem.Kind(code).label.lower()),
        ("timeframe", _("timeframe"), lambda code: WorkItem.Timeframe(code).label.lower()),
        ("months", _("months"), lambda months: months or _("none")),
        ("starts_on", _("start"), _day),
    ):
        if _differs(was, now, column):
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
    elif _differs(was, now, "agency_id"):
        yield Sentence(
            _("gave the support from {old} to {new}.").format(old=was["agency"], new=now["agency"])
        )
    elif _differs(was, now, "ended_on"):
        says = (
            _("ended the support by {agency}.")
            if now["ended_on"]
            else _("named {agency} as supporting again{role}.")
        )
        yield Sentence(says.format(agency=now["agency"], role=role))
    elif _differs(was, now, "role"):
        yield Sentence(
            _("changed the part of {agency}{role}.").format(agency=now["agency"], role=role)
        )


def _measure(was: Was, now: Now) -> Sentences:
    name = f"“{now['description']}”"
    if was is None:
        yield Sentence(_("entered the measure {name}.").format(name=name))
        return
    yield from _wordings(was, now, "", description=_("measure"))
    if was["kind"] == Measure.Kind.WORDS != now["kind"]:
        yield Sentence(_("set up the measure {name}.").format(name=name), field=Field.MEASURES)
    elif any(was[column] != now[column] for column in now if column not in ("description", "item")):
        says = _("changed how the measure {name} is set up.")
        yield Sentence(says.format(name=name), field=Field.MEASURES)


def _target(was: Was, now: Now) -> Sentences:
    says = (
        _("changed a target for {measure} to {number} by {day}.")
        if now["replaces_id"]
        else _("set a target for {measure}: {number} by {day}.")
    )
    yield Sentence(
        says.format(
            measure=now["measure"],
            number=_number(now["number"]),
            day=_due(now, Target.by),
        )
    )


def _value(was: Was, now: Now) -> Sentences:
    if was == now:
        return
    if was is not None and _differs(was, now, "agency"):
        says = _("moved the number of {old} for {measure} to {new}.")
        yield Sentence(says.format(measure=now["measure"], old=was["agency"], new=now["agency"]))
        return
    number, day = _number(now["number"]), _day(now["day"])
    if now["of"]:
        number = _("{number} of {of}").format(number=number, of=_number(now["of"]))
    if was is not None and _differs(was, now, "accepted_on"):
        says = (
            _("accepted {number} as at {day} for {measure}.")
            if now["number"]
            else _("accepted that there is no number yet for {measure}.")
        )
    elif not now["number"]:
        says = _("said that there is no number yet for {measure}.")
    elif now["corrects_id"]:
        says = _("corrected the number for {measure} as at {day}: {number}.")
    elif was is None:
        says = _("gave {number} as at {day} for {measure}.")
    else:
        says = _("changed the number for {measure} to {number} as at {day}.")
    yield Sentence(says.format(measure=now["measure"], number=number, day=day))


def _number(text: str) -> str:
    return figure(Decimal(text)) if text else ""


def _milestone(was: Was, now: Now) -> Sentences:
    name = f"“{now['description']}”"
    if was is None:
        yield Sentence(
            _("entered the milestone {name}, due {date}.").format(
                name=name, date=_due(now, Milestone.agreed).on
            )
        )
        return
    old, new = _due(was, Milestone.agreed), _due(now, Milestone.agreed)
    agreed = new if old != new else None
    if agreed:
        says = (
            _("moved the agreed date of {name} {from_to}.")
            if old.last_day != new.last_day
            else _("changed the agreed date of {name} {from_to}.")
        )
        yield Sentence(says.format(name=name, from_to=from_to(old, new)))
    old, new = _due(was, Milestone.forecast), _due(now, Milestone.forecast)
    # A forecast for an earlier day ends with the new agreed date, in the same act.
    if old != new and not (new == agreed and old.last_day < new.last_day):
        says = (
            _("moved the forecast of {name} {from_to}.")
            if old.last_day != new.last_day
            else _("changed the forecast of {name} {from_to}.")
        )
        yield Sentence(says.format(name=name, from_to=from_to(old, new)))
    if _differs(was, now, "responsible_agency_id"):
        yield Sentence(
            _("gave {name} from {old} to {new}.").format(
                name=name, old=was["responsible"], new=now["responsible"]
            ),
            field=Field.AGENCIES,
        )
    if _differs(was, now, "completed_on"):
        if now["completed_on"]:
            yield Sentence(
                _("marked {name} as done on {day}.").format(
                    name=name, day=_day(now["completed_on"])
                )
            )
        else:
            yield Sentence(_("reopened {name}.").format(name=name))
    if _differs(was, now, "withdrawn_on") and now["withdrawn_on"]:
        yield Sentence(
            _("cancelled {name} on {day}.").format(name=name, day=_day(now["withdrawn_on"]))
        )
    yield from _wordings(was, now, name, Field.WORDING, **_names(MILESTONE_TEXTS))
    if _differs(was, now, "no_evidence"):
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
    cause = Delay.Cause(now["cause"]).label.lower()
    if was is None:
        yield Sentence(
            _("recorded a delay to {name} ({cause}): {dates}.").format(
                name=name,
                cause=cause,
                dates=from_to(_due(now, Delay.before), _due(now, Delay.after)),
            )
        )
        if now["settlement"]:
            yield Sentence(
                _("recorded that the cause of the delay to {name} {is_settled}.").format(
                    name=name, is_settled=_settlement(now)
                )
            )
        return
    if _differs(was, now, "cause"):
        yield Sentence(
            _("changed the cause of the delay to {name} to {cause}.").format(name=name, cause=cause)
        )
    old, new = _due(was, Delay.after), _due(now, Delay.after)
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
    if _differs(was, now, "ended_on") and now["ended_on"]:
        yield Sentence(
            _("ended the delay to {name} on {day}.").format(name=name, day=_day(now["ended_on"]))
        )
    delay = _("the delay to {name}").format(name=name)
    yield from _wordings(
        *(was, now, delay),
        explanation=_("explanation"),
        effect=_("effect"),
        meanwhile=_("interim measure"),
        needs=_("requirement"),
        money_from=_("source of the money"),
        if_declined=_("effect of a refusal"),
    )
    if any(
        _differs(was, now, name)
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
        yield Sentence(says.format(name=name, day=_day(now["due_on"])))
        return
    if _differs(was, now, "done_on") and now["done_on"]:
        yield Sentence(
            _("finished the mitigation {name} on {day}.").format(
                name=name, day=_day(now["done_on"])
            )
        )
    yield from _given(was, now, "owner", _("the mitigation {name}").format(name=name))
    yield from _moved(was, now, "due_on", _("the mitigation {name}").format(name=name))
    if changes := _change(was, now, "description", _("Mitigation")):
        yield Sentence(_("changed the words of a mitigation."), changes)


def _wait(was: Was, now: Now) -> Sentences:
    names = {
        "own": f"{now['item']}.{now['step']}",
        "other": f"{now['other_item']}.{now['other_step']}",
        "agency": now["agency"],
        "words": f"“{now['answer_words']}”",
    }
    if was is None:
        yield Sentence(_("said that {own} waits for {other} of {agency}.").format(**names))
        return
    if _differs(was, now, "ended_on"):
        yield Sentence(_("said that {own} no longer waits for {other}.").format(**names))
    elif _differs(was, now, "answer") or _differs(was, now, "answer_words"):
        says = (
            _("disputed for {agency} that {own} waits for {other}: {words}")
            if now["answer"] == Wait.Answer.DISPUTED
            else _("confirmed for {agency} that {own} waits for {other}.")
        )
        yield Sentence(says.format(**names))


def _round(was: Was, now: Now) -> Sentences:
    name = _("the round “{name}”").format(name=now["name"])
    if was is None:
        yield Sentence(_("opened {name}, due {day}.").format(name=name, day=_day(now["due_on"])))
        return
    if _differs(was, now, "closed_at"):
        if not now["closed_at"]:
            yield Sentence(_("reopened {name}.").format(name=name))
        elif not was["closed_at"]:
            yield Sentence(_("closed {name}.").format(name=name))
    yield from _moved(was, now, "due_on", _("the due date of {name}").format(name=name))
    yield from _wordings(was, now, name, name=_("name"), message=_("message"))


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
    if _differs(was, now, "agency_id"):
        yield Sentence(
            _("moved the return of {old} for {round} to {new}.").format(
                old=was["agency"], round=now["round"], new=now["agency"]
            )
        )
    if _differs(was, now, "alone_reason"):
        yield Sentence(_("let one person write and submit {name}.").format(name=name))
    if now["is_by_one_person"] in TRUE and was["is_by_one_person"] not in TRUE:
        yield Sentence(_("wrote and submitted {name} as one person.").format(name=name))
    if _differs(was, now, "extended_to"):
        yield Sentence(
            _("extended the due date of {name} to {day}.").format(
                name=name, day=_day(now["extended_to"])
            )
        )
    if _differs(was, now, "ready_at") and was["state"] == state:
        says = (
            _("marked {name} as ready for approval.")
            if now["ready_at"]
            else _("marked {name} as no longer ready for approval.")
        )
        yield Sentence(says.format(name=name))
    if _differs(was, now, "first_read_at") and now["first_read_at"]:
        yield Sentence(_("opened {name} for the first time.").format(name=name))
    if _differs(was, now, "entered_at") and now["entered_at"]:
        yield Sentence(_("began to enter {name}, which came by email.").format(name=name))


def _reminder(was: Was, now: Now) -> Sentences:
    if was is None:
        what = _("reminded the agencies whose return for {round} was missing.").format(
            round=now["round"]
        )
        yield Sentence(what, _change(was, now, "body", _("Reminder")))


def _note(was: Was, now: Now) -> Sentences:
    if was is not None and _differs(was, now, "of_return_id"):
        says = _("moved a note to {old} into the return of {new}.")
        yield Sentence(says.format(old=was["agency"], new=now["agency"]))
        return
    if changes := _change(was, now, "body", _("Note")):
        yield Sentence(_("wrote a note to {agency}.").format(agency=now["agency"]), changes)
    if was is not None and (changes := _change(was, now, "reply", _("Reply"))):
        yield Sentence(_("replied to the note."), changes)


def _words_of_answer(was: Was, now: Now) -> tuple[Change, ...]:
    labels = {
        "achieved": _("Achieved"),
        "planned_next": _("Planned next"),
        "challenges": _("Challenges"),
    }
    return tuple(
        change for column, label in labels.items() for change in _change(was, now, column, label)
    )


def _update(was: Was, now: Now) -> Sentences:
    if was == now:
        return
    if was is not None and _differs(was, now, "of_return_id"):
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
    if now["stage"] and _differs(was, now, "stage"):
        parts.append(_("stage {stage}").format(stage=Stage(now["stage"]).label.lower()))
    if now["stage"] and _differs(was, now, "confidence"):
        parts.append(_("confidence {confidence}").format(confidence=_confidence(now["confidence"])))
    if was is not None and _differs(was, now, "key_achievement"):
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
    elif _differs(was, now, "withdrawn_at") and now["withdrawn_at"]:
        yield Sentence(withdrawn.format(piece=piece, of=of))


def _meeting(was: Was, now: Now) -> Sentences:
    name = _("the meeting of {day}").format(day=_day(now["held_on"]))
    if was is None:
        says = _("called {name} at {place}.") if now["place"] else _("called {name}.")
        yield Sentence(says.format(name=name, place=now["place"]))
        return
    if _differs(was, now, "held_on"):
        yield Sentence(
            _("moved the meeting of {old_day} to {new_day}.").format(
                old_day=_day(was["held_on"]), new_day=_day(now["held_on"])
            )
        )
    if _differs(was, now, "place"):
        says = (
            _("changed the place of {name} at {place}.")
            if now["place"]
            else _("changed the place of {name}.")
        )
        yield Sentence(says.format(name=name, place=now["place"]))
    if _differs(was, now, "starts_at"):
        if now["starts_at"]:
            says = _("changed the time of {name} to {time}.").format(
                name=name, time=time_in_words(time.fromisoformat(now["starts_at"]))
            )
        else:
            says = _("changed the time of {name}.").format(name=name)
        yield Sentence(says)
    yield from _wordings(
        was,
        now,
        name,
        notes=_("notes"),
        link=_("link"),
        people=_("people present"),
    )
    if _differs(was, now, "closed_at"):
        says = (
            _("closed the record of {name}.")
            if now["closed_at"]
            else _("opened the record again of {name}.")
        )
        yield Sentence(says.format(name=name))


def _attendance(was: Was, now: Now) -> Sentences:
    if was is None or (was["withdrawn_on"] and not now["withdrawn_on"]):
        says = _("recorded that {agency} came to the meeting of {day}.")
    elif _differs(was, now, "withdrawn_on"):
        says = _("took back that {agency} came to the meeting of {day}.")
    else:
        return
    yield Sentence(says.format(agency=now["agency"], day=_day(now["held_on"])))


def _matter(was: Was, now: Now) -> Sentences:
    name, of = (
        f"“{now['title']}”",
        _("the agenda of the meeting of {day}").format(day=_day(now["held_on"])),
    )
    if was is None:
        yield Sentence(_("put {name} on {agenda}.").format(name=name, agenda=of))
        return
    if _differs(was, now, "withdrawn_on"):
        says = (
            _("took {name} off {agenda}.")
            if now["withdrawn_on"]
            else _("put {name} back on {agenda}.")
        )
        yield Sentence(says.format(name=name, agenda=of))
    if _differs(was, now, "considered_on"):
        says = (
            _("recorded that the meeting of {day} considered {name}.")
            if now["considered_on"]
            else _("took back that the meeting of {day} considered {name}.")
        )
        yield Sentence(says.format(day=_day(now["held_on"]), name=name))
    yield from _wordings(
        was,
        now,
        _("a matter on {agenda}").format(agenda=of),
        title=_("title"),
        note=_("note"),
        discussion=_("notes of the discussion"),
    )


def _decision(was: Was, now: Now) -> Sentences:
    if now["held_on"]:
        decision = _("a decision of the meeting of {day}").format(day=_day(now["held_on"]))
    else:
        decision = _("a decision out of session on {day}").format(day=_day(now["closed_on"]))
    owner, text, due = now["owner"], now["text"], _day(now["due_on"])
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
    if changes := _change(was, now, "text", _("Decision")):
        yield Sentence(_("changed the words of {decision}.").format(decision=decision), changes)
    if _differs(was, now, "owner_agency_id"):
        says = (
            _("gave {decision} to {owner}, for {owner} to do by {day}: “{text}”")
            if owner
            else _("no longer follows up {decision}: “{text}”")
        )
        yield Sentence(says.format(decision=decision, owner=owner, day=due, text=text))
    elif _differs(was, now, "due_on"):
        yield Sentence(
            _("moved {decision} from {old_day} to {new_day}: “{text}”").format(
                decision=decision, old_day=_day(was["due_on"]), new_day=due, text=text
            )
        )
    if _differs(was, now, "done_on"):
        says = (
            _("marked {decision} as done on {day}: “{text}”")
            if now["done_on"]
            else _("reopened {decision}: “{text}”")
        )
        yield Sentence(says.format(decision=decision, day=_day(now["done_on"]), text=text))
    elif _differs(was, now, "awaits_confirmation"):
        yield Sentence(
            _("confirmed {decision} as done: “{text}”").format(decision=decision, text=text)
        )


def _variation(was: Was, now: Now) -> Sentences:
    reference = _("variation V{number}").format(number=now["number"])
    if was is None:
        adds = addition_of(now["kind"], json.loads(now["adds"])) if now["adds"] else None
        if now["kind"] == Variation.Kind.DATE:
            moved = from_to(_due(now, Variation.before), _due(now, Variation.after))
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
    elif _differs(was, now, "state"):
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
                reference=reference, day=_day(now["due_on"])
            )
        )
        return
    yield from _moved(
        was, now, "due_on", _("the date to answer on {reference}").format(reference=reference)
    )
    if _differs(was, now, "state"):
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
    return _local_day(now["at"]) > date.fromisoformat(now["ended_on"][:10])


def _answer(was: Was, now: Now) -> Sentences:
    if was is None:
        return
    if _differs(was, now, "choice") or _differs(was, now, "words"):
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
        yield Sentence(what, _change(was, now, "words", _("Answer")))


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
        yield Sentence(what, _change(was, now, "response", _("Response")))
        return
    if _differs(was, now, "likelihood") or _differs(was, now, "impact"):
        yield Sentence(_("re-rated {name}: {levels}.").format(name=name, levels=levels))
    if _differs(was, now, "escalated_to"):
        to = now["escalated_to"]
        is_up = Risk.STEPS.index(to) > Risk.STEPS.index(was["escalated_to"])
        label = Risk.EscalatedTo(to).label.replace("The", "the", 1) if to else _("its owner")
        what = (
            _("escalated {name} to {holder}.").format(name=name, holder=label)
            if is_up
            else _("de-escalated {name} to {holder}.").format(name=name, holder=label)
        )
        yield Sentence(what)
    if _differs(was, now, "closed_on"):
        done = (
            _("closed {name} on {day}.").format(name=name, day=_day(now["closed_on"]))
            if now["closed_on"]
            else ""
        )
        yield Sentence(done or _("reopened {name}.").format(name=name))
    yield from _given(was, now, "owner", name)
    yield from _wordings(was, now, name, description=_("words"), response=_("response"))


def _audit(was: Was, now: Now) -> Sentences:
    if was is None:
        says = _("set up the audit by {agency}, from {first} to {last}.")
    elif _differs(was, now, "to_on"):
        says = _("ended the audit by {agency}: its last day is {last}.")
    else:
        return
    first, last = _day(now["from_on"]), _day(now["to_on"])
    yield Sentence(says.format(agency=now["agency"], first=first, last=last))


def _finding(was: Was, now: Now) -> Sentences:
    if was is None:
        yield Sentence(_("gave finding F{number} of the audit.").format(number=now["number"]))
    elif _differs(was, now, "replied_on"):
        says = _("replied to finding F{number} of the audit for {agency}.")
        yield Sentence(says.format(number=now["number"], agency=now["agency"]))


def _talk(was: Was, now: Now) -> Sentences:
    changes = _change(was, now, "text", _("Note"))
    if was is None:
        about = now.get("milestone")
        says = _("began a conversation on “{milestone}”.") if about else _("began a conversation.")
        yield Sentence(says.format(milestone=about), changes)
        return
    yield from _later(was, now, changes)
    if _differs(was, now, "settled_words"):
        if now["settled_words"]:
            yield Sentence(
                _("settled the conversation: {words}").format(words=now["settled_words"])
            )
        else:
            yield Sentence(_("opened the conversation again."))


def _answer_in_talk(was: Was, now: Now) -> Sentences:
    changes = _change(was, now, "text", _("Note"))
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
    if _differs(was, now, "withdrawn_at"):
        yield Sentence(_("withdrew their note."))


def _feed(was: Was, now: Now) -> Sentences:
    if was is None:
        says = _("made an address of the calendar of {agency}, “{label}”.")
    elif _differs(was, now, "revoked_at"):
        says = _("revoked the address of the calendar of {agency}, “{label}”.")
    else:
        return
    yield Sentence(says.format(agency=now["agency"], label=now["label"]))


BY_KIND: dict[str, Callable[[Was, Now], Sentences]] = {
    "plan": _plan,
    "member": _member,
    "pillar": _pillar,
    "glossary entry": _glossary_entry,
    "item": _item,
    "support": _support,
    "measure": _measure,
    "target": _target,
    "measurevalue": _value,
    "milestone": _milestone,
    "delay": _delay,
    "mitigation": _mitigation,
    "wait": _wait,
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
    "audit": _audit,
    "finding": _finding,
    "talk": _talk,
    "answer in a talk": _answer_in_talk,
    "talk on a milestone": _talk,
    "answer on a milestone": _answer_in_talk,
    "feed": _feed,
}


def _told_item(was: Was, now: Now, reason: str) -> Sentences:
    """Yield what a spreadsheet gave. What an item was before is not known: its stage is only the first that is stored.

    It did not give a stage of which the reason says so.
    """
    if was is None:
        yield from _item(was, now)
        return
    if _differs(was, now, "stage") and not reason.endswith(STAGE_ANSWERED):
        is_undated = now["stage"] == Stage.COMPLETE and not now["completed_on"]
        says = (
            _("gave its stage as {stage}, on a day that is not known.")
            if is_undated
            else _("gave its stage as {stage}.")
        )
        stage = Stage(now["stage"]).label.lower()
        yield Sentence(says.format(stage=stage), field=Field.STAGE)
    if _differs(was, now, "confidence") and now["confidence"]:
        says = _("gave the agency’s confidence as {confidence}.")
        yield Sentence(
            says.format(confidence=_confidence(now["confidence"])), field=Field.CONFIDENCE
        )


def _told_milestone(was: Was, now: Now, reason: str) -> Sentences:
    """Yield which dates a spreadsheet gave: it seldom says when they were moved."""
    if was is None:
        yield from _milestone(was, now)
        return
    name = f"“{now['description']}”"
    agreed, forecast = _due(now, Milestone.agreed), _due(now, Milestone.forecast)
    is_moved = _due(was, Milestone.agreed) != agreed
    if is_moved:
        yield Sentence(
            _("gave {date} as the agreed date of {name}.").format(date=agreed, name=name)
        )
    # Nobody gave a forecast that is the new agreed date itself.
    if _due(was, Milestone.forecast) != forecast and not (is_moved and forecast == agreed):
        yield Sentence(_("gave {date} as the forecast of {name}.").format(date=forecast, name=name))
    if _differs(was, now, "completed_on") and now["completed_on"]:
        says = _("gave {day} as the day on which {name} was done.")
        yield Sentence(says.format(day=_day(now["completed_on"]), name=name))


def _told_round(was: Was, now: Now, reason: str) -> Sentences:
    """Yield what the updates came with. Nobody opened or closed it, and no agency was asked."""
    if was is None:
        yield Sentence(_("gave the updates of “{name}”.").format(name=now["name"]))


def _told_update(was: Was, now: Now, reason: str) -> Sentences:
    if was is not None:
        return
    day = day_words(_local_day(now["written_at"]))
    says = _("gave {agency}’s update, last changed on {day}.").format(agency=now["agency"], day=day)
    yield Sentence(says, _words_of_answer(was, now))


# Of these, a spreadsheet says only what is so: it did nothing, and nobody else did.
TOLD: dict[str, Callable[[Was, Now, str], Sentences]] = {
    "item": _told_item,
    "milestone": _told_milestone,
    "round": _told_round,
    "return": lambda was, now, reason: iter(()),
    "update": _told_update,
}

REMOVED: dict[str, Callable[[Now], str]] = {
    "member": lambda was: _("took {agency} out of the working group.").format(agency=was["agency"]),
    "pillar": lambda was: _("removed pillar {number}, “{title}”.").format(
        number=was["number"], title=was["title"]
    ),
    "item": lambda was: _("removed item {item}, “{title}”.").format(
        item=was["item"], title=was["title"]
    ),
    "support": lambda was: _("no longer named {agency} as supporting.").format(
        agency=was["agency"]
    ),
    "measure": lambda was: _("removed the measure “{description}”.").format(
        description=was["description"]
    ),
    "target": lambda was: _("removed a target for {measure}.").format(measure=was["measure"]),
    "measurevalue": lambda was: _("took back a number for {measure}.").format(
        measure=was["measure"]
    ),
    "milestone": lambda was: _("removed the milestone “{description}”.").format(
        description=was["description"]
    ),
}
