"""Show and answer one agency's return.

The page is one form, so that it works without JavaScript: every button saves all changes on the
page. With JavaScript (static/js/return.js) each section is saved separately, through `save`.
"""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from agencies.pages.form_pages import refusals_in_messages
from workitems.measures.asked import measures_asked
from workitems.models import Return, WorkItem
from workitems.plan.views.lookups import require, signed_in
from workitems.returns.forms.returns import ReplyForm, WritersNoteForm
from workitems.returns.return_page import moved_to, one_section, return_page, takes_answers
from workitems.returns.services import handover as handover_services
from workitems.returns.services import rounds as round_services
from workitems.returns.views.answer_replies import newest_note, reply_json, section_json
from workitems.returns.views.answer_saving import (
    choose,
    copied_words,
    copy_last,
    save_entry,
    save_reply,
    say_rest,
)
from workitems.returns.views.answers import (
    CHOICES,
    COPY,
    DISCARD,
    NO_CHANGE,
    NO_CHANGE_TO_THE_REST,
    OPEN,
    SAVE,
    TAKE_THEIRS,
    NoteEntry,
    entries_of,
    items_to_open,
    items_with_fields,
    keep_notes,
    milestones_read,
    refuse_gone_milestones,
    saves_by_itself,
)
from workitems.returns.views.measure_answers import (
    CLEAR,
    SAME,
    keep_measures,
    measure_entries,
    save_measure,
    save_one,
)
from workitems.returns.views.return_access import (
    READ,
    back,
    found_again,
    found_return,
    is_own,
    read_by_coordinator,
    visible_return,
    writing_for,
)
from workitems.returns.views.return_handover import (
    NOT_READY,
    READY,
    SUBMIT,
    SUBMIT_UNMENDED,
    TO_WRITERS,
    ready,
    submit,
    to_writers,
)
from workitems.returns.views.return_showing import notes_on_the_whole, show


@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest, slug: str, round: int, agency: int) -> HttpResponse:
    """Show a return, or lead from one that moved to the successor's. A POST saves every changed section."""
    of_return = found_return(request, slug, round, agency)
    there = moved_to(of_return, localdate())
    may = request.user.has_perm
    if there is not None and may(READ, there) and not may(READ, of_return):
        says = gettext("The return of {agency} for {round} moved to {successor}.")
        says = says.format(agency=of_return.agency, round=of_return.round, successor=there.agency)
        messages.info(request, says)
        return redirect(there)
    require(request, READ, of_return)
    if request.method == "POST":
        require(request, "workitems.write_update", of_return)
        with writing_for(request, of_return):
            return answer(request, of_return)
    of_return = read_by_coordinator(request, of_return)
    opened = request.GET.get("open", "")
    is_writer = request.user.has_perm("workitems.write_update", of_return)
    page = return_page(
        of_return,
        localdate(),
        opened=items_to_open(of_return, opened),
        is_for_reading=not is_writer,
        as_handed_in=not is_writer,
        with_own_notes=is_own(request, of_return),
    )
    entries = entries_of(of_return, page.sections, opened=opened)
    copy_last(entries, request.GET.get("copy", ""))
    return show(request, of_return, page, entries)


def answer(request: HttpRequest, of_return: Return) -> HttpResponse:
    """Save the posted page and do what its button says.

    The button's value `act` is "save", "no-change:1.2", "no-change-rest", "copy:1.2", "theirs:1.2", "open:3.1", "open:m77",
    "theirs:m77", "keep-answer:1.2", "take-item:1.2", "confirm:5", "remove:5", "discard:77", "ready", "not-ready",
    "to-writers", "submit" or "submit-unmended". The numbers are of items; "m77" and 77 are the milestone
    with id 77, and 5 an answer on a milestone. All of them save first.
    """
    act, _, number = request.POST.get("act", SAVE).partition(":")
    if act in (SUBMIT, SUBMIT_UNMENDED):
        require(request, "workitems.submit_return", of_return)
    own = is_own(request, of_return)
    fields = items_with_fields(request.POST)
    page = return_page(of_return, localdate(), opened=fields, with_own_notes=own)
    entries = entries_of(of_return, page.sections, request.POST)
    for entry in entries:
        for each in entry.milestones:
            each.is_left = act == DISCARD and str(each.line.milestone.pk) == number
            each.takes_theirs = act == TAKE_THEIRS and f"m{each.line.milestone.pk}" == number
            if each.form and act == SAVE:
                # What is kept as not finished is meant too.
                each.form.is_meant = True
        meant = act in (NO_CHANGE, TAKE_THEIRS) and entry.section.item.number == number
        save_entry(request, of_return, entry, act if meant else SAVE)
    refuse_gone_milestones(of_return, entries, request.POST)
    measures = measure_entries(of_return, page.measures, request.POST)
    for measure in measures:
        save_measure(request, of_return, measure, act if number == str(measure.pk) else "")
    notes = notes_on_the_whole(of_return, page, request.POST)
    notes_saved = [save_reply(request, each) for each in notes]
    wrong = {entry.section.item.pk: entry for entry in entries if entry.is_wrong}
    is_wrong = any(each.is_wrong for each in notes) or any(each.is_wrong for each in measures)
    if wrong or is_wrong:
        # Show saved sections from the database and the others as they were typed.
        of_return = found_again(of_return)
        page = return_page(of_return, localdate(), opened=wrong, with_own_notes=own)
        shown = entries_of(of_return, page.sections)
        for entry in shown:
            if typed := wrong.get(entry.section.item.pk):
                entry.keep_from(typed)
        notes = keep_notes(notes_on_the_whole(of_return, page), notes)
        measures = keep_measures(measure_entries(of_return, page.measures), measures)
        return show(request, of_return, page, shown, notes=notes, measures=measures, status=422)
    if act in (SUBMIT, SUBMIT_UNMENDED):
        read = {entry.section.item.pk: entry.version_read for entry in entries}
        steps_read = milestones_read(request.POST)
        for entry in entries:
            steps_read |= entry.milestones_written
        numbers = {each.pk: each.version_read for each in measures}
        return submit(
            request, of_return, read, steps_read, numbers, with_unmended=act == SUBMIT_UNMENDED
        )
    if act in CHOICES:
        with refusals_in_messages(request):
            done, number = choose(request, of_return, entries, act, number)
            messages.success(request, done)
            return back(request, f"item-{number}", open=number)
        return back(request, "missing")
    if act == READY:
        return ready(request, of_return)
    if act == TO_WRITERS:
        form = WritersNoteForm(request.POST)
        if sent := to_writers(request, of_return, form):
            return sent
        page = return_page(of_return, localdate(), with_own_notes=own)
        entries = entries_of(of_return, page.sections)
        return show(request, of_return, page, entries, writers_form=form, status=422)
    if act == NOT_READY:
        with refusals_in_messages(request):
            handover_services.withdraw_ready(of_return=of_return, by=signed_in(request))
            messages.success(
                request, gettext("The return is no longer marked as ready for approval.")
            )
        return back(request)
    if act == NO_CHANGE_TO_THE_REST:
        with refusals_in_messages(request):
            rest = round_services.say_no_change_to_the_rest(
                of_return=of_return, by=signed_in(request), on=localdate(), at=timezone.now()
            )
            say_rest(request, of_return, rest)
        return back(request)
    if act == COPY:
        messages.info(request, copied_words(entries, number))
        return back(request, f"item-{number}", open=number, copy=number)
    place = number.replace("m", "milestone-", 1) if number[:1] == "m" else f"item-{number}"
    if act in (SAME, CLEAR):
        place = f"measure-{number}"
    if act == OPEN:
        return back(request, place, open=number)
    if act == TAKE_THEIRS:
        says = gettext("Item {number} keeps the other version.").format(number=number)
        if number[:1] == "m":
            says = gettext("The milestone keeps the other version.")
        messages.success(request, says)
    elif any(
        [*(each.is_saved for each in entries), *(each.is_saved for each in measures), *notes_saved]
    ):
        messages.success(request, gettext("Saved."))
    else:
        messages.info(request, "There was nothing new to save.")
    return back(request, place if number else "")


@require_http_methods(["GET", "HEAD", "POST"])
def save(request: HttpRequest, slug: str, round: int, agency: int, number: str) -> HttpResponse:
    """Show or save one section, for the script.

    GET returns the fields of the section, or of one `milestone`, as HTML. POST returns JSON with
    status 200 if saved, 409 with `theirs` if another user saved first, or 422 with the errors.
    """
    of_return = visible_return(request, slug, round, agency)
    require(request, "workitems.write_update", of_return)
    items = of_return.round.plan.items.answered_by(of_return.agency_id)
    item = get_object_or_404(items, number=number)
    if request.method != "POST":
        return fields(request, of_return, item)
    milestone = request.POST.get("milestone", "")
    section = one_section(
        of_return, item, localdate(), with_milestones=bool(milestone) or item.is_key
    )
    entry = entries_of(of_return, [section], request.POST)[0]
    with writing_for(request, of_return):
        act = request.POST.get("act", SAVE)
        for each in entry.milestones:
            if each.form and str(each.line.milestone.pk) == milestone:
                each.form.is_meant = act == SAVE
        save_entry(request, of_return, entry, act, is_pause=saves_by_itself(request))
        refuse_gone_milestones(of_return, [entry], request.POST)
    status = 409 if entry.theirs else 422 if entry.is_wrong else 200
    found = section_json(request, of_return, entry, milestone)
    found["newest_note"] = newest_note(of_return, with_own_notes=is_own(request, of_return))
    return JsonResponse(found, status=status)


def fields(request: HttpRequest, of_return: Return, item: WorkItem) -> HttpResponse:
    """Return the fields that the page leaves out until the user asks for them."""
    if not takes_answers(of_return):
        raise Http404
    milestone = request.GET.get("milestone", "")
    page = return_page(of_return, localdate(), only=item)
    entries = entries_of(of_return, page.sections, opened=f"m{milestone}")
    asked = [] if milestone else measures_asked(of_return, localdate())
    of_item = [each for each in asked if each.measure.item_id == item.pk]
    for entry in entries:
        entry.measures = measure_entries(of_return, of_item)
        for step in entry.milestones:
            if str(step.line.milestone.pk) == milestone:
                return render(request, "workitems/returns/milestone.html", {"entry": step})
        if not milestone:
            context = {"entry": entry, "may_write": True, "of_return": of_return}
            return render(request, "workitems/returns/section.html", context)
    raise Http404


@require_POST
def measure(request: HttpRequest, slug: str, round: int, agency: int, measure: int) -> JsonResponse:
    """Save what is said of a measure, for the script."""
    of_return = visible_return(request, slug, round, agency)
    require(request, "workitems.write_update", of_return)
    with writing_for(request, of_return):
        return save_one(request, of_return, measure)


@require_POST
def reply(request: HttpRequest, slug: str, round: int, agency: int, note: int) -> JsonResponse:
    """Save the reply to a note, for the script. See `save` for the statuses."""
    of_return = visible_return(request, slug, round, agency)
    require(request, "workitems.write_update", of_return)
    notes = of_return.notes if is_own(request, of_return) else of_return.notes.of_coordinators()
    row = get_object_or_404(notes.select_related("by", "item", "replied_by"), pk=note)
    entry = NoteEntry(row, form=ReplyForm(request.POST, note=row))
    with writing_for(request, of_return):
        save_reply(request, entry, is_pause=saves_by_itself(request))
    status = 409 if entry.theirs else 422 if entry.is_wrong else 200
    return JsonResponse(reply_json(request, of_return, entry), status=status)
