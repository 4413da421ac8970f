"""Sentences about a plan, its working group, its pillars, its glossary and its measures."""

from collections.abc import Callable
from decimal import Decimal

from django.utils.translation import gettext as _

from workitems.models import Measure, Target
from workitems.narrative.blocks import Field
from workitems.narrative.sentence_parts import (
    TRUE,
    Now,
    Sentence,
    Sentences,
    Was,
    changed_wordings,
    day_moved,
    day_of,
    differs,
    due_of,
)
from workitems.terms.measure_sentence import figure


def _plan(was: Was, now: Now) -> Sentences:
    if was is None:
        yield Sentence(_("entered the plan."))
        return
    yield from changed_wordings(
        was,
        now,
        _("the plan"),
        title=_("title"),
        background=_("background"),
        portfolio=_("portfolio"),
        short_title=_("short title"),
        copied_to=_("recipients of copies"),
    )
    yield from day_moved(was, now, "released_on", _("the plan’s release"), Field.DATES)
    yield from day_moved(was, now, "ends_on", _("the plan’s end"), Field.DATES)
    if differs(was, now, "adopted_on") and now["adopted_on"]:
        adopted = _("adopted the plan as of {day}.").format(day=day_of(now["adopted_on"]))
        yield Sentence(adopted, field=Field.DATES)
    if differs(was, now, "coordinating_agency_id"):
        yield Sentence(
            _("gave the coordination from {old} to {new}.").format(
                old=was["coordinating"], new=now["coordinating"]
            ),
            field=Field.AGENCIES,
        )
    if differs(was, now, "quorum"):
        old, new = was["quorum"] or _("the majority"), now["quorum"] or _("the majority")
        yield Sentence(
            _("changed the quorum from {old} to {new}.").format(old=old, new=new),
            field=Field.MEETINGS,
        )
    if differs(was, now, "quotes_notes"):
        says = (
            _("let emails quote notes.")
            if now["quotes_notes"] in TRUE
            else _("chose that emails do not quote notes.")
        )
        yield Sentence(says, field=Field.NOTES)


def _member(was: Was, now: Now) -> Sentences:
    if was is None:
        yield Sentence(_("took {agency} into the working group.").format(agency=now["agency"]))
    elif differs(was, now, "left_on"):
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
    yield from changed_wordings(was, now, name, title=_("title"), description=_("description"))


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
    yield from changed_wordings(was, now, name, words=_("words"))


BASELINE = {"baseline", "baseline_on", "baseline_unknown"}


def _measure(was: Was, now: Now) -> Sentences:
    name = f"“{now['description']}”"
    if was is None:
        yield Sentence(_("entered the measure {name}.").format(name=name))
        return
    yield from changed_wordings(was, now, "", description=_("measure"))
    changed = {column for column in now if was[column] != now[column]} - {"description", "item"}
    if not changed:
        return
    if was["kind"] == Measure.Kind.WORDS != now["kind"]:
        says = _("set up the measure {name}.")
    elif not was["baseline"] and {"baseline"} <= changed <= BASELINE:
        says = _("entered the number before the plan of the measure {name}: {number}.")
    else:
        says = _("changed how the measure {name} is set up.")
    number = _number(now["baseline"])
    yield Sentence(says.format(name=name, number=number), field=Field.MEASURES)


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
            day=due_of(now, Target.by),
        )
    )


def _value(was: Was, now: Now) -> Sentences:
    if was == now:
        return
    if was is not None and differs(was, now, "agency"):
        says = _("moved the number of {old} for {measure} to {new}.")
        yield Sentence(says.format(measure=now["measure"], old=was["agency"], new=now["agency"]))
        return
    number, day = _number(now["number"]), day_of(now["day"])
    if now["of"]:
        number = _("{number} of {of}").format(number=number, of=_number(now["of"]))
    if was is not None and differs(was, now, "accepted_on"):
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


BY_KIND: dict[str, Callable[[Was, Now], Sentences]] = {
    "plan": _plan,
    "member": _member,
    "pillar": _pillar,
    "glossary entry": _glossary_entry,
    "measure": _measure,
    "target": _target,
    "measurevalue": _value,
}
