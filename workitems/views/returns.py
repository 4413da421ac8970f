"""Answer, submit, accept and send back one agency's return.

The page is one form, so that it works without JavaScript: every button saves all changes on the
page. With JavaScript (static/js/return.js) each section is saved separately, through `save`.
"""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods, require_POST

from agencies.views.form_pages import refusals_in_messages, saying_refusals
from workitems import services
from workitems.desk import days_until
from workitems.forms.returns import SendBackForm
from workitems.models import Return, WorkItem
from workitems.returns import Page, one_section, return_page, takes_answers
from workitems.services import rounds as round_services
from workitems.views.answers import (
    NO_CHANGE,
    OPEN,
    SAVE,
    TAKE_THEIRS,
    Entry,
    entries_of,
    items_to_open,
    items_with_fields,
    save_entry,
    section_json,
    target_of,
)
from workitems.views.lookups import require, signed_in, visible_plan

SUBMIT = "submit"


def visible_return(request: HttpRequest, slug: str, round: int, agency: int) -> Return:
    """Return the return; 404 if the user may not read the plan, 403 if not (yet) this return."""
    plan = visible_plan(request, slug)
    rows = Return.objects.for_page()
    of_return = get_object_or_404(rows, round=round, round__plan=plan, agency=agency)
    of_return.round.plan = plan
    require(request, "workitems.read_return", of_return)
    return of_return


@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest, slug: str, round: int, agency: int) -> HttpResponse:
    """Show a return. A POST saves every changed section."""
    of_return = visible_return(request, slug, round, agency)
    if request.method == "POST":
        require(request, "workitems.write_update", of_return)
        return answer(request, of_return)
    opened = request.GET.get("open", "")
    page = return_page(
        of_return,
        localdate(),
        opened=items_to_open(of_return, opened),
        is_for_reading=not request.user.has_perm("workitems.write_update", of_return),
    )
    return show(request, of_return, page, entries_of(of_return, page.sections, opened=opened))


def answer(request: HttpRequest, of_return: Return) -> HttpResponse:
    """Save the posted page and do what its button says.

    The button's value `act` is "save", "no-change:1.2", "theirs:1.2", "open:3.1", "open:m77" or
    "submit". The numbers are of items; "m77" is the milestone with id 77. All of them save first.
    """
    act, _, number = request.POST.get("act", SAVE).partition(":")
    if act == SUBMIT:
        require(request, "workitems.submit_return", of_return)
    page = return_page(of_return, localdate(), opened=items_with_fields(request.POST))
    entries = entries_of(of_return, page.sections, request.POST)
    for entry in entries:
        meant = act in (NO_CHANGE, TAKE_THEIRS) and entry.section.item.number == number
        save_entry(request, of_return, entry, act if meant else SAVE)
    wrong = {entry.section.item.pk: entry for entry in entries if entry.is_wrong}
    if wrong:
        # Show saved sections from the database and the others as they were typed.
        plan = of_return.round.plan
        of_return = Return.objects.for_page().get(pk=of_return.pk)
        of_return.round.plan = plan
        page = return_page(of_return, localdate(), opened=wrong)
        shown = entries_of(of_return, page.sections)
        for entry in shown:
            if typed := wrong.get(entry.section.item.pk):
                entry.keep_from(typed)
        return show(request, of_return, page, shown, status=422)
    if act == SUBMIT:
        read = {entry.section.item.pk: entry.version_read for entry in entries}
        return submit(request, of_return, read)
    if act == OPEN:
        place = number.replace("m", "milestone-", 1) if number[:1] == "m" else f"item-{number}"
        return redirect(f"{request.path}?{urlencode({'open': number})}#{place}")
    if act == TAKE_THEIRS:
        messages.success(request, f"Item {number} stays as the other person wrote it.")
    elif any(entry.is_saved for entry in entries):
        messages.success(request, "Saved.")
    else:
        messages.info(request, "Nothing new was written, so nothing was saved.")
    return redirect(f"{request.path}#item-{number}" if number else request.path)


def submit(request: HttpRequest, of_return: Return, read: dict[int, int]) -> HttpResponse:
    try:
        round_services.submit(
            of_return=of_return,
            by=signed_in(request),
            on=localdate(),
            at=timezone.now(),
            read=read,
        )
    except services.Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(f"{request.path}#missing")
    messages.success(request, "Submitted. The coordinator reads it now.")
    return redirect(request.path)


def show(
    request: HttpRequest,
    of_return: Return,
    page: Page,
    entries: list[Entry],
    *,
    send_back: SendBackForm | None = None,
    status: int = 200,
) -> HttpResponse:
    person, on, round = signed_in(request), localdate(), of_return.round
    writes = takes_answers(of_return) and person.has_perm("workitems.write_update", of_return)
    reviews = (
        of_return.state == Return.State.SUBMITTED
        and round.is_open
        and person.has_perm("workitems.accept_return", of_return)
    )
    if reviews and send_back is None:
        send_back = SendBackForm(None, items=items_on(page))
    return render(
        request,
        "workitems/returns/detail.html",
        {
            "plan": round.plan,
            "items_url": f"{of_return.get_absolute_url()}items/",
            "return": of_return,
            "round": round,
            "page": page,
            "led": [entry for entry in entries if entry.section.is_led],
            "supported": [
                entry
                for entry in entries
                if not entry.section.is_led and (writes or entry.section.is_answered)
            ],
            "missing": [
                (
                    section,
                    [{"says": fault.says, "target": target_of(fault)} for fault in section.missing],
                )
                for section in page.led
            ],
            "forms": [form for entry in entries for form in entry.forms if form.is_touched()],
            "refusals": [(entry.section, said) for entry in entries for said in entry.refusals],
            "due_in": days_until(round.due_on, on),
            "is_overdue": of_return.is_overdue(on),
            "may_write": writes,
            "may_submit": writes and person.has_perm("workitems.submit_return", of_return),
            "wrote_it_all": page.authors == {person.pk},
            "may_review": reviews,
            "review_refused": of_return.submitted_by_id == person.pk or page.authors == {person.pk},
            # Passed even if the user may no longer review, so that a refused note is not lost.
            "send_back_form": send_back,
        },
        status=status,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def save(request: HttpRequest, slug: str, round: int, agency: int, number: str) -> HttpResponse:
    """Show or save one section, for the script.

    GET returns the fields of the section, or of one `milestone`, as HTML. POST returns JSON with
    status 200 if saved, 409 with `theirs` if another user saved first, or 422 with the errors.
    """
    of_return = visible_return(request, slug, round, agency)
    require(request, "workitems.write_update", of_return)
    items = of_return.round.plan.items.of_agency({of_return.agency_id})
    item = get_object_or_404(items, number=number)
    if request.method != "POST":
        return fields(request, of_return, item)
    milestone = request.POST.get("milestone", "")
    section = one_section(of_return, item, localdate(), with_milestones=bool(milestone))
    entry = entries_of(of_return, [section], request.POST)[0]
    save_entry(request, of_return, entry, request.POST.get("act", SAVE), is_pause=True)
    status = 409 if entry.theirs else 422 if entry.is_wrong else 200
    return JsonResponse(section_json(request, of_return, entry, milestone), status=status)


def fields(request: HttpRequest, of_return: Return, item: WorkItem) -> HttpResponse:
    """Return the fields that the page leaves out until the user asks for them."""
    if not takes_answers(of_return):
        raise Http404
    milestone = request.GET.get("milestone", "")
    page = return_page(of_return, localdate(), only=item)
    entries = entries_of(of_return, page.sections, opened=f"m{milestone}")
    for entry in entries:
        for step in entry.milestones:
            if str(step.line.milestone.pk) == milestone:
                return render(request, "workitems/returns/milestone.html", {"entry": step})
        if not milestone:
            address = f"{of_return.get_absolute_url()}items/"
            context = {"entry": entry, "may_write": True, "items_url": address}
            return render(request, "workitems/returns/section.html", context)
    raise Http404


@require_POST
def accept(request: HttpRequest, slug: str, round: int, agency: int) -> HttpResponse:
    of_return = visible_return(request, slug, round, agency)
    require(request, "workitems.accept_return", of_return)
    with refusals_in_messages(request):
        round_services.accept(of_return=of_return, by=signed_in(request), on=localdate())
        messages.success(request, f"The return of {of_return.agency} is accepted.")
    return redirect(of_return)


@require_POST
def send_back(request: HttpRequest, slug: str, round: int, agency: int) -> HttpResponse:
    of_return = visible_return(request, slug, round, agency)
    require(request, "workitems.accept_return", of_return)
    page = return_page(of_return, localdate(), is_for_reading=True)
    form = SendBackForm(request.POST, items=items_on(page))
    if form.is_valid():
        with saying_refusals(form):
            round_services.send_back(
                of_return=of_return,
                by=signed_in(request),
                at=timezone.now(),
                **form.cleaned_data,
            )
            messages.success(request, f"The return went back to {of_return.agency}.")
            return redirect(of_return)
    entries = entries_of(of_return, page.sections)
    return show(request, of_return, page, entries, send_back=form, status=422)


def items_on(page: Page) -> QuerySet[WorkItem]:
    return WorkItem.objects.filter(pk__in=[each.item.pk for each in page.sections]).in_order()
