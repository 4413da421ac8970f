"""The JSON that the script of a return's page gets after it saved."""

from typing import Any

from django.db.models import Max
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.formats import time_format
from django.utils.timezone import localdate, localtime

from workitems.models import Return
from workitems.models.round import answer_counts
from workitems.returns.empty_answers import empty_boxes
from workitems.returns.forms.returns import answer_of
from workitems.returns.page_milestones import pending_answers
from workitems.returns.page_sections import Section
from workitems.returns.return_page import one_section
from workitems.returns.services import handover as handover_services
from workitems.returns.services.answers import Fault, faults_of_item
from workitems.returns.services.handover import mended_words
from workitems.returns.views.answers import Entry, NoteEntry, entries_of


def section_json(
    request: HttpRequest, of_return: Return, entry: Entry, milestone: str
) -> dict[str, Any]:
    """Return the JSON with which the script updates a section and the count at the top.

    `milestone` is the id of the posted milestone, if any; it is returned as HTML with its errors.
    """
    on, item = localdate(), entry.section.item
    ((_, answered, total),) = answer_counts(returns=[of_return.pk])
    update = entry.section.update
    shown = entry.theirs or update
    pending = pending_answers(of_return, item)
    answer: dict[str, Any] = {
        "version": shown.version if shown else 0,
        "answer": None,
        "saved_at": time_format(localtime(), "g:i a"),
        "is_answered": entry.section.says_something or entry.section.earlier is not None,
        "no_change": bool(update and update.no_change_on),
        "progress": {"answered": answered, "total": total},
        "mended": mended_now(of_return),
        "missing": [
            {"says": fault.says, "target": target_of(fault)}
            for fault in faults_of_item(of_return, item, update, on, pending)
        ],
        "empty": ", ".join(empty_boxes(update, pending)),
        "errors": {},
        "refusals": entry.refusals,
        "theirs": None,
        "milestone": None,
        # How it prints in the briefing, if it was saved.
        "in_briefing": None,
    }
    if entry.form and entry.is_answer_wrong:
        answer["errors"] = {
            "" if name == "__all__" else f"i{item.pk}-{name}": [str(each) for each in messages]
            for name, messages in entry.form.errors.items()
        }
    if shown:
        answer["answer"] = {f"i{item.pk}-{name}": value for name, value in answer_of(shown).items()}
    if entry.is_written:
        context = {"section": entry.section, "agency": of_return.agency}
        answer["in_briefing"] = render_to_string(
            "workitems/returns/answer_in_briefing.html", context
        )
    if entry.theirs is not None:
        context = {
            "theirs": entry.theirs,
            "held": entry.held,
            "began": entry.began,
            "number": item.number,
            "form": entry.form,
        }
        answer["theirs"] = render_to_string("workitems/returns/theirs.html", context, request)
    step = next((each for each in entry.milestones if each.kept is not None), None)
    if step is not None and step.kept is not None:
        answer["kept"] = {
            name if "-" in name else f"m{milestone}-{name}": text
            for name, text in step.kept.items()
        }
        answer["is_unfinished"], answer["newer"] = step.is_unfinished, step.newer
    is_only_kept = step is not None and step.is_left
    if milestone and not entry.lost and not is_only_kept:  # else the page keeps what was typed
        now = one_section(of_return, item, on, with_milestones=True)
        answer["may_say_no_change"] = now.may_say_no_change
        answer["is_overdue"] = now.is_overdue
        answer["milestone"] = milestone_html(request, of_return, entry, now, milestone)
        # The dates of milestones belong to what is asked about the answer.
        if now.update is not None and not entry.is_written:
            now.last = entry.section.last
            context = {"section": now, "agency": of_return.agency}
            answer["in_briefing"] = render_to_string(
                "workitems/returns/answer_in_briefing.html", context
            )
    return answer


def newest_note(of_return: Return, *, with_own_notes: bool) -> int:
    """Return the id of the newest note that the user may read, 0 if there is none: an open page compares it."""
    notes = of_return.notes if with_own_notes else of_return.notes.of_coordinators()
    return notes.aggregate(newest=Max("pk"))["newest"] or 0


def mended_now(of_return: Return) -> str:
    if of_return.state != Return.State.SENT_BACK:
        return ""
    return mended_words(handover_services.mendings_of(of_return))


def reply_json(request: HttpRequest, of_return: Return, entry: NoteEntry) -> dict[str, Any]:
    """Return the JSON with which the script updates a note after saving its reply."""
    now, form = entry.theirs or entry.note, entry.form
    name = f"n{entry.note.pk}-reply"
    errors: Any = form.errors if form and entry.is_wrong else {}
    answer: dict[str, Any] = {
        "version": now.version,
        "answer": {name: now.reply},
        "saved_at": time_format(localtime(), "g:i a"),
        "mended": mended_now(of_return),
        "errors": [str(each) for messages in errors.values() for each in messages],
        "theirs": None,
    }
    if entry.theirs is not None:
        context = {"theirs": entry.theirs}
        answer["theirs"] = render_to_string("workitems/returns/their_reply.html", context, request)
    return answer


def milestone_html(
    request: HttpRequest, of_return: Return, entry: Entry, now: Section, milestone: str
) -> str:
    fresh = entries_of(of_return, [now])[0]
    fresh.keep_from(entry)
    for each in fresh.milestones:
        if str(each.line.milestone.pk) == milestone:
            return render_to_string("workitems/returns/milestone.html", {"entry": each}, request)
    return ""


def target_of(fault: Fault) -> str:
    """Return the HTML id of the place on the page where the fault can be fixed."""
    if fault.milestone is not None:
        return f"milestone-{fault.milestone.pk}"
    if fault.measure is not None:
        return f"measure-{fault.measure.pk}"
    assert fault.item is not None
    suffix = "_0" if fault.field == "stage" else ""
    return f"id_i{fault.item.pk}-{fault.field}{suffix}"
