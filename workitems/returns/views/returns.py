"""Answer, submit, accept and send back one agency's return.

The page is one form, so that it works without JavaScript: every button saves all changes on the
page. With JavaScript (static/js/return.js) each section is saved separately, through `save`.
"""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.timezone import localdate
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from agencies.models import WRITING_ROLES, Seat, User
from agencies.pages.form_pages import carry_out, done, refusals_in_messages
from agencies.people.submitting import Submitters, single_coordinator
from agencies.records import history
from workitems.desk.to_dos import days_until
from workitems.intake.forms.workbook import WorkbookForm
from workitems.intake.services.trackers import named_beside_each
from workitems.measures.asked import measures_asked
from workitems.models import Evidence, Notice, Return, WorkItem
from workitems.models.plan import READING_ROLES
from workitems.notes.read_conversations import open_talk
from workitems.plan import services
from workitems.plan.asat import Moment
from workitems.plan.assigned import given_in
from workitems.plan.services.assignments import takers
from workitems.plan.views.lookups import require, signed_in, visible_plan
from workitems.returns.forms.returns import ReplyForm, SendBackForm, WritersNoteForm
from workitems.returns.news import notify_at_once
from workitems.returns.page_sections import Section
from workitems.returns.return_page import Page, moved_to, one_section, return_page, takes_answers
from workitems.returns.services import handover as handover_services
from workitems.returns.services import rounds as round_services
from workitems.returns.views.answer_replies import (
    newest_note,
    reply_json,
    section_json,
    target_of,
)
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
    Entry,
    NoteEntry,
    entries_of,
    items_to_open,
    items_with_fields,
    keep_notes,
    milestones_read,
    note_entries,
    refuse_gone_milestones,
    saves_by_itself,
)
from workitems.returns.views.measure_answers import (
    CLEAR,
    SAME,
    MeasureEntry,
    keep_measures,
    measure_entries,
    save_measure,
    save_one,
)
from workitems.returns.what_stays import recalled, what_stays
from workitems.returns.who_submits import who_submits

SUBMIT, SUBMIT_UNMENDED, READY, NOT_READY = "submit", "submit-unmended", "ready", "not-ready"
TO_WRITERS = "to-writers"  # from an approver, with a note
READ = "workitems.read_return"
MINE = "mine"  # `only` in the address: the items given to the reader
NOTES_ARE_LEFT = gettext_lazy(
    "You have written what should change. Send the return back, or clear your notes to accept it."
)
SUBMITTED = gettext_lazy("Submitted. We’ll email a receipt to you and the agency’s contributors.")
Reason = Notice.Reason


def visible_return(request: HttpRequest, slug: str, round: int, agency: int) -> Return:
    """Return the return; 404 if the user may not read the plan, 403 if not (yet) this return."""
    return require(request, READ, _found(request, slug, round, agency))


def _found(request: HttpRequest, slug: str, round: int, agency: int) -> Return:
    plan = visible_plan(request, slug)
    rows = Return.objects.for_page()
    of_return = get_object_or_404(rows, round=round, round__plan=plan, agency=agency)
    of_return.round.plan = plan
    return of_return


@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest, slug: str, round: int, agency: int) -> HttpResponse:
    """Show a return, or lead from one that moved to the successor's. A POST saves every changed section."""
    of_return = _found(request, slug, round, agency)
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


def is_own(request: HttpRequest, of_return: Return) -> bool:
    """Return whether the user is of the return's agency, and so reads the notes to its own writers."""
    return of_return.agency_id in signed_in(request).agencies_as(*READING_ROLES)


def writing_for(request: HttpRequest, of_return: Return) -> AbstractContextManager[None]:
    """Let the history say for which agency the coordinator writes, if they do."""
    is_for = round_services.is_for_agency(of_return, signed_in(request))
    return history.written_for(str(of_return.agency) if is_for else "")


def read_by_coordinator(request: HttpRequest, of_return: Return) -> Return:
    """Record that a coordinator opened what was submitted: from now on it cannot be recalled."""
    if (
        request.method != "GET"
        or of_return.state != Return.State.SUBMITTED
        or of_return.first_read_at is not None
        or not request.user.has_perm("workitems.accept_return", of_return)
    ):
        return of_return
    plan = of_return.round.plan
    handover_services.mark_read(of_return=of_return, by=signed_in(request), at=timezone.now())
    of_return = Return.objects.for_page().get(pk=of_return.pk)
    of_return.round.plan = plan
    return of_return


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
        plan = of_return.round.plan
        of_return = Return.objects.for_page().get(pk=of_return.pk)
        of_return.round.plan = plan
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


def back(request: HttpRequest, place: str = "", **asked: str) -> HttpResponse:
    """Redirect to a place on the return's page, which goes on to show only what is the reader's, if it did."""
    asked = {**({"only": MINE} if request.GET.get("only") == MINE else {}), **asked}
    query = f"?{urlencode(asked)}" if asked else ""
    return redirect(f"{request.path}{query}{place and f'#{place}'}")


def submit(
    request: HttpRequest,
    of_return: Return,
    read: dict[int, int],
    steps_read: dict[int, int],
    numbers: dict[int, int],
    *,
    with_unmended: bool,
) -> HttpResponse:
    """Submit what was read. If notes of the coordinator are left, or answers say nothing, ask once more."""
    page = return_page(of_return, localdate(), with_own_notes=is_own(request, of_return))
    response, left = attempt_to_submit(
        *(request, of_return, page),
        read=read,
        read_answers=steps_read,
        read_measures=numbers,
        with_unmended=with_unmended,
    )
    if response is not None:
        return response
    entries = entries_of(of_return, page.sections)
    return show(request, of_return, page, entries, left=left, status=422)


@dataclass(frozen=True)
class Left:
    """What to ask about once more before a return is submitted."""

    unmended: round_services.Unmended | None = None
    empty: tuple[Section, ...] = ()


def attempt_to_submit(
    request: HttpRequest,
    of_return: Return,
    page: Page,
    *,
    read: dict[int, int],
    read_answers: dict[int, int],
    read_measures: dict[int, int],
    with_unmended: bool,
) -> tuple[HttpResponse | None, Left]:
    """Submit a return and email the receipt. Return where to go next, or nothing and what to ask about."""
    asks = not with_unmended and page.is_complete and page.empty
    # What was changed meanwhile is refused below.
    if asks and page.is_as_read(read, read_answers):
        notes = [each.note for each in page.mendings if not each.is_mended]
        return None, Left(round_services.Unmended(notes) if notes else None, tuple(page.empty))
    now = timezone.now()
    try:
        of_return = round_services.submit(
            of_return=of_return,
            by=signed_in(request),
            on=localdate(),
            at=now,
            read=read,
            read_answers=read_answers,
            read_measures=read_measures,
            with_unmended=with_unmended,
        )
    except round_services.Unmended as unmended:
        return None, Left(unmended)
    except services.Refused as refusal:
        messages.error(request, str(refusal))
        return back(request, "missing"), Left()
    notify_at_once([of_return], Reason.SUBMITTED, on=localdate(), at=now)
    messages.success(request, SUBMITTED)
    return redirect(of_return), Left()


def ready(request: HttpRequest, of_return: Return) -> HttpResponse:
    """Mark the return as ready and email its approvers at once."""
    now = timezone.now()
    try:
        handover_services.mark_ready(
            of_return=of_return, by=signed_in(request), on=localdate(), at=now
        )
    except services.Refused as refusal:
        messages.error(request, str(refusal))
        return back(request, "missing")
    notify_at_once([of_return], Reason.READY, on=localdate(), at=now)
    people = who_submits([of_return], localdate())[of_return.pk]
    says = (
        gettext(
            "The coordinator is asked: the return is on their desk. They can let you submit it alone, with a "
            "reason. You can still change the return."
        )
        if people.may_be_let_alone
        else gettext(
            "Ready for approval. {agency} has no other approver to email. You can still change the "
            "return."
        )
        if people.without_anyone_to_email(signed_in(request).pk)
        else gettext(
            "Ready for approval. We’ll email the approvers of {agency} now; it is also on their "
            "desk. You can still change the return."
        )
    )
    messages.success(request, says.format(agency=of_return.agency))
    return back(request)


def to_writers(
    request: HttpRequest, of_return: Return, form: WritersNoteForm
) -> HttpResponse | None:
    """Send the return back to its agency's writers and email them at once. Return where to go next, or
    nothing if the note is refused."""
    require(request, "workitems.return_to_writers", of_return)
    now = timezone.now()
    send = handover_services.return_to_writers
    if not carry_out(request, form, send, of_return=of_return, at=now):
        return None
    notify_at_once([of_return], Reason.SENT_BACK, on=localdate(), at=now)
    says = gettext(
        "Sent back to the writers of {agency}. We’ll email them your note; nobody else reads it. The return "
        "is not marked as ready."
    ).format(agency=of_return.agency)
    messages.success(request, says)
    return redirect(of_return)


def writers_form_for(person: User, of_return: Return) -> WritersNoteForm | None:
    """Return the form with which the person may send the return back to its writers, if they may."""
    may = takes_answers(of_return) and person.has_perm("workitems.return_to_writers", of_return)
    return WritersNoteForm() if may else None


def notes_on_the_whole(
    of_return: Return, page: Page, data: QueryDict | None = None
) -> list[NoteEntry]:
    may_reply = takes_answers(of_return)
    return note_entries(page.notes, page.mendings, data, may_reply=may_reply)


def show(
    request: HttpRequest,
    of_return: Return,
    page: Page,
    entries: list[Entry],
    *,
    notes: list[NoteEntry] | None = None,
    measures: list[MeasureEntry] | None = None,
    send_back: SendBackForm | None = None,
    writers_form: WritersNoteForm | None = None,
    left: Left | None = None,
    status: int = 200,
) -> HttpResponse:
    person, on, round = signed_in(request), localdate(), of_return.round
    mine = show_given(person, of_return, [entry.section for entry in entries], on)
    only_mine = bool(mine) and request.GET.get("only") == MINE
    if only_mine:
        entries = [entry for entry in entries if entry.section.is_mine or entry.is_wrong]
    writes = takes_answers(of_return) and person.has_perm("workitems.write_update", of_return)
    if measures is None:
        measures = (
            measure_entries(of_return, page.measures)
            if writes
            else [MeasureEntry(each) for each in page.measures]
        )
    by_item = {entry.section.item.pk: entry for entry in entries}
    for each in measures:
        if (entry := by_item.get(each.asked.measure.item_id or 0)) is not None:
            entry.measures.append(each)
    reviews = (
        of_return.state == Return.State.SUBMITTED
        and round.is_open
        and person.has_perm("workitems.accept_return", of_return)
    )
    if reviews and send_back is None:
        send_back = SendBackForm(None, items=items_on(page))
    if send_back is not None:
        asked = {item.pk for item in send_back.items}
        for entry in entries:
            if entry.section.item.pk in asked:
                entry.send_back = send_back.note_on(entry.section.item)
    is_submitted = of_return.state == Return.State.SUBMITTED and round.is_open
    may_recall = is_submitted and person.has_perm("workitems.recall_return", of_return)
    was_recalled = recalled(of_return)
    for_agency = round_services.is_for_agency(of_return, person)
    people = who_submits([of_return], on)[of_return.pk] if writes else None
    plan_agency = of_return.round.plan.coordinating_agency_id
    coordinates = plan_agency in person.agencies_as(Seat.Role.COORDINATOR)
    may_invite = (writes or reviews) and person.has_perm("agencies.manage_seats", of_return.agency)
    review_refused = of_return.submitted_by_id == person.pk or page.authors == {person.pk}
    return render(
        request,
        "workitems/returns/detail.html",
        {
            "plan": round.plan,
            "items_url": f"{of_return.get_absolute_url()}items/",
            "return": of_return,
            "round": round,
            "page": page,
            # Once every item is answered, what is left is what the coordinator asks to change.
            "is_only_mending": of_return.state == Return.State.SENT_BACK
            and page.answered == page.total
            and bool(page.to_mend),
            "led": [entry for entry in entries if entry.section.is_led],
            "supported": [
                entry
                for entry in entries
                if not entry.section.is_led
                and not entry.section.is_former
                and (writes or entry.section.is_answered)
                and not (writes and entry.section.is_brief)
            ],
            "former": [
                entry for entry in entries if entry.section.is_former and not entry.section.is_led
            ],
            "named": [entry for entry in entries if writes and entry.section.is_brief],
            "missing": [
                (
                    section,
                    [{"says": fault.says, "target": target_of(fault)} for fault in section.missing],
                )
                for section in page.sections
            ],
            "other_measures": [
                each for each in measures if each.asked.measure.item_id not in by_item
            ],
            "missing_numbers": [
                {"says": fault.says, "target": target_of(fault)} for fault in page.measures_missing
            ],
            "unsaved": [entry.section for entry in entries if entry.is_wrong],
            "forms": [
                *(form for entry in entries for form in entry.forms if form.is_touched()),
                *(each.form for each in measures if each.is_wrong),
            ],
            "refusals": [
                (entry.section, refusal) for entry in entries for refusal in entry.refusals
            ],
            "notes": notes if notes is not None else notes_on_the_whole(of_return, page),
            "newest_note": max(
                (
                    note.pk
                    for notes in (page.notes, *(each.notes for each in page.sections))
                    for note in notes
                ),
                default=0,
            ),
            "mails": mails_of(of_return),
            "workbook_form": WorkbookForm() if writes else None,
            "is_for_agency": for_agency,
            "mine": mine,
            "only_mine": only_mine,
            "may_recall": may_recall,
            "recall_obstacle": handover_services.recall_obstacle(of_return) if may_recall else "",
            "what_stays": what_stays(of_return) if may_recall or was_recalled else (),
            "recalled": was_recalled,
            "writers_form": writers_form or writers_form_for(person, of_return),
            "unmended": left and left.unmended,
            "asks_about_empty": left and left.empty,
            "moved_to": moved_to(of_return, on),
            "due_in": days_until(of_return.due_on, on),
            "is_overdue": of_return.is_overdue(on),
            "is_unasked": of_return.is_with_agency and not page.sections and _is_unasked(of_return),
            "is_sent_back": of_return.state == Return.State.SENT_BACK,
            "may_write": writes,
            "may_submit": writes and person.has_perm("workitems.submit_return", of_return),
            "wrote_it_all": page.authors == {person.pk}
            and not for_agency
            and of_return.alone_allowed_at is None,
            "may_review": reviews,
            "review_refused": review_refused,
            "short_of": short_of(
                of_return,
                people,
                # One coordinator is no obstacle to what the others write and submit.
                is_coordinators=coordinates and may_invite,
                cannot_accept=bool(reviews and review_refused),
                on=on,
            ),
            "may_invite": may_invite,
            "people": people,
            "nobody_to_email": people is not None and people.without_anyone_to_email(person.pk),
            # Passed even if the user may no longer review, so that a refused note is not lost.
            "send_back_form": send_back,
            "talk": open_talk(
                request,
                of_return.round.plan,
                "of_return",
                of_return,
                Moment.today(on),
                at=timezone.now(),
            ),
        },
        status=status,
    )


def _is_unasked(of_return: Return) -> bool:
    return Return.objects.filter(pk=of_return.pk).with_nothing_to_answer().exists()


def show_given(person: User, of_return: Return, sections: list[Section], on: date) -> int:
    """Put into the sections who looks after each item, and where to give it, for the agency's own people.
    Return how many are the reader's. One query, two more of a plan that came from a spreadsheet, which
    names people beside items; none for others."""
    if of_return.agency_id not in person.agencies_as(*READING_ROLES):
        return 0
    items = [section.item.pk for section in sections]
    given = given_in([of_return.agency_id], items, on)
    may_give = takes_answers(of_return) and of_return.agency_id in person.agencies_as(
        *WRITING_ROLES
    )
    named: dict[int, User] = {}
    if of_return.round.plan.record_begins:
        named = named_beside_each(set(items) - set(given), takers(of_return.agency, on))
    # Not by `reverse` for each, which would take as long as the rest of the section's head.
    items_url = reverse("workitems:list", args=[of_return.round.plan.slug])
    units = {seat.unit_id for seat in person.current_seats if seat.agency_id == of_return.agency_id}
    for section in sections:
        if may_give:
            number = quote(section.item.number)
            section.give_url = f"{items_url}{number}/given/{of_return.agency_id}/?from=return"
        section.named = named.get(section.item.pk)
        if (row := given.get(section.item.pk)) is not None:
            section.given = row
            section.is_mine = row.user_id == person.pk or row.unit_id in units - {None}
    return sum(section.is_mine for section in sections)


def short_of(
    of_return: Return,
    people: Submitters | None,
    *,
    is_coordinators: bool,
    cannot_accept: bool,
    on: date,
) -> list[str]:
    """Say who is missing before the return can be submitted, or accepted. `people` are its agency's,
    while the reader writes it; `is_coordinators` if a coordinator of the plan writes it, who may invite a second one.
    At most one query."""
    plan = of_return.round.plan
    is_own = people is not None and of_return.agency_id == plan.coordinating_agency_id
    found = [people.words] if people else []
    if (is_own and is_coordinators) or cannot_accept:
        found.append(single_coordinator(plan.coordinating_agency, on))
    return [says for says in found if says]


def mails_of(of_return: Return) -> list[Evidence]:
    """Return the emails from which the coordinator entered the return."""
    return list(of_return.evidence.for_list()) if of_return.is_entered else []


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
            address = f"{of_return.get_absolute_url()}items/"
            context = {
                "entry": entry,
                "may_write": True,
                "of_return": of_return,
                "items_url": address,
            }
            return render(request, "workitems/returns/section.html", context)
    raise Http404


@require_POST
def accept(request: HttpRequest, slug: str, round: int, agency: int) -> HttpResponse:
    of_return = visible_return(request, slug, round, agency)
    require(request, "workitems.accept_return", of_return)
    page = return_page(of_return, localdate(), is_for_reading=True)
    form = SendBackForm(request.POST, items=items_on(page))
    if of_return.round.is_open and form.holds_notes():
        form.full_clean()
        form.add_error("note", NOTES_ARE_LEFT)
        return show(
            request,
            of_return,
            page,
            entries_of(of_return, page.sections),
            send_back=form,
            status=422,
        )
    with refusals_in_messages(request):
        round_services.accept(of_return=of_return, by=signed_in(request), on=localdate())
        says = gettext("The return of {agency} is accepted.").format(agency=of_return.agency)
        others = of_return.round.returns.exclude(pk=of_return.pk)
        if not others.exclude(state__in=Return.FINISHED).exists():
            says += " " + gettext("It was the last one: you can close the round.")
        messages.success(request, says)
    return redirect(of_return)


@require_POST
def send_back(request: HttpRequest, slug: str, round: int, agency: int) -> HttpResponse:
    of_return = visible_return(request, slug, round, agency)
    require(request, "workitems.accept_return", of_return)
    page = return_page(of_return, localdate(), is_for_reading=True)
    form = SendBackForm(request.POST, items=items_on(page))
    if carry_out(request, form, round_services.send_back, of_return=of_return, at=timezone.now()):
        message = gettext("The return went back to {agency}.")
        return done(request, message, of_return, agency=of_return.agency)
    entries = entries_of(of_return, page.sections)
    return show(request, of_return, page, entries, send_back=form, status=422)


@require_POST
def recall(request: HttpRequest, slug: str, round: int, agency: int) -> HttpResponse:
    of_return = visible_return(request, slug, round, agency)
    require(request, "workitems.recall_return", of_return)
    with refusals_in_messages(request):
        handover_services.recall(of_return=of_return, by=signed_in(request))
        messages.success(
            request,
            gettext(
                "The return is recalled. Only {agency} sees its text until it is submitted again."
            ).format(agency=of_return.agency),
        )
    return redirect(of_return)


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


def items_on(page: Page) -> list[WorkItem]:
    """Return the items that were answered: the coordinator may ask for a change of each."""
    return [each.item for each in page.sections if each.is_led or each.is_answered]
