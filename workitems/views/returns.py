"""One agency's return: answering, submitting, and the coordinator's accepting or sending back.

The page is one form, so that it works without a script: every button saves what was changed
anywhere on it. With the script (static/js/return.js) each section saves alone, through `save`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.timezone import localdate, localtime
from django.views.decorators.http import require_http_methods, require_POST

from agencies.models import Agency
from workitems import services
from workitems.forms.returns import MilestoneAnswerForm, SendBackForm, UpdateForm
from workitems.models import Milestone, Return, Update, WorkItem
from workitems.returns import MilestoneLine, Page, Section, one_section, return_page
from workitems.services import items as item_services
from workitems.services import rounds as round_services
from workitems.views.requests import require, signed_in, visible_plan


@dataclass
class MilestoneEntry:
    line: MilestoneLine
    form: MilestoneAnswerForm


@dataclass
class Entry:
    """A section with its forms. `theirs` is the other person's answer after a conflict."""

    section: Section
    form: UpdateForm
    milestones: list[MilestoneEntry]
    theirs: Update | None = None
    saved: bool = False
    refusals: list[str] = field(default_factory=list)

    @property
    def forms(self) -> Iterator[Any]:
        yield self.form
        yield from (entry.form for entry in self.milestones)

    @property
    def is_wrong(self) -> bool:
        return bool(self.refusals) or any(form.errors for form in self.forms)


def visible_return(request: HttpRequest, slug: str, round: int, agency: int) -> Return:
    """The return, or 404 for a stranger to the plan; 403 while it is another agency's draft."""
    plan = visible_plan(request, slug)
    rows = Return.objects.select_related("round", "agency", "submitted_by", "accepted_by")
    of_return = get_object_or_404(rows, round=round, round__plan=plan, agency=agency)
    of_return.round.plan = plan
    require(request, "workitems.read_return", of_return)
    return of_return


def may_answer(request: HttpRequest, of_return: Return) -> bool:
    return (
        of_return.round.is_open
        and of_return.state in (Return.State.DUE, Return.State.SENT_BACK)
        and request.user.has_perm("workitems.write_update", of_return)
    )


def build(of_return: Return, page: Page, data: QueryDict | None = None) -> list[Entry]:
    agencies: dict[int, Agency] = {}
    if any(section.milestones for section in page.sections):
        members = Agency.objects.filter(memberships__plan=of_return.round.plan_id).in_order()
        agencies = {agency.pk: agency for agency in members}
    return [
        Entry(
            section=section,
            form=UpdateForm(data, item=section.item, update=section.update),
            milestones=[
                MilestoneEntry(
                    line,
                    MilestoneAnswerForm(
                        data if _is_answered(data, line.milestone) else None,
                        milestone=line.milestone,
                        agencies=agencies,
                    ),
                )
                for line in section.milestones
            ],
        )
        for section in page.sections
    ]


def _is_answered(data: QueryDict | None, milestone: Milestone) -> bool:
    """Whether anything was said of the milestone; a choice of owner alone says nothing."""
    prefix = f"m{milestone.pk}-"
    return data is not None and any(
        value
        for name, value in data.items()
        if name.startswith(prefix) and not name.endswith(("-version", "-owner_agency"))
    )


@require_http_methods(["GET", "POST"])
def detail(request: HttpRequest, slug: str, round: int, agency: int) -> HttpResponse:
    """Read a return, or answer it; a post saves every section that was changed."""
    of_return = visible_return(request, slug, round, agency)
    if request.method == "POST":
        require(request, "workitems.write_update", of_return)
        return answer(request, of_return)
    page = return_page(of_return, localdate())
    return show(request, of_return, page, build(of_return, page))


def answer(request: HttpRequest, of_return: Return) -> HttpResponse:
    """`act` is the button: "save", "no-change:1.2", or "submit". All of them save first."""
    act, _, number = request.POST.get("act", "save").partition(":")
    page = return_page(of_return, localdate())
    entries = build(of_return, page, request.POST)
    for entry in entries:
        if act == "no-change" and entry.section.item.number == number:
            say_no_change(request, of_return, entry)
        else:
            save_entry(request, of_return, entry)
    wrong = [entry for entry in entries if entry.is_wrong]
    if not wrong and act == "submit":
        refusal = try_submit(request, of_return)
        if refusal is None:
            return redirect(request.path)
        wrong = [entries[0]] if entries else []
        messages.error(request, refusal)
        return redirect(f"{request.path}#missing")
    if not wrong:
        messages.success(request, "Saved.")
        return redirect(f"{request.path}#item-{number}" if number else request.path)
    fresh = return_page(of_return, localdate())
    # What is saved is shown as it is now; what is not stays as it was typed.
    entries = [
        entry if entry.is_wrong else now
        for entry, now in zip(entries, build(of_return, fresh), strict=True)
    ]
    return show(request, of_return, fresh, entries, status=422)


def show(
    request: HttpRequest,
    of_return: Return,
    page: Page,
    entries: list[Entry],
    *,
    send_back: SendBackForm | None = None,
    status: int = 200,
) -> HttpResponse:
    writes = may_answer(request, of_return)
    reviews = (
        of_return.state == Return.State.SUBMITTED
        and of_return.round.is_open
        and request.user.has_perm("workitems.accept_return", of_return)
    )
    items = WorkItem.objects.filter(
        pk__in=[section.item.pk for section in page.sections]
    ).in_order()
    return render(
        request,
        "workitems/returns/detail.html",
        {
            "plan": of_return.round.plan,
            "return": of_return,
            "round": of_return.round,
            "page": page,
            "entries": entries,
            "today": localdate(),
            "forms": [form for entry in entries for form in entry.forms if form.is_bound],
            "refusals": [(entry.section, said) for entry in entries for said in entry.refusals],
            "may_write": writes,
            "may_submit": writes and request.user.has_perm("workitems.submit_return", of_return),
            "wrote_it_all": page.authors == {signed_in(request).pk},
            "may_review": reviews,
            "send_back_form": (send_back or SendBackForm(None, items=items)) if reviews else None,
        },
        status=status,
    )


def save_entry(request: HttpRequest, of_return: Return, entry: Entry) -> None:
    """Save what was changed in a section; what is refused is noted on its form."""
    for milestone in entry.milestones:
        if milestone.form.is_bound:
            save_milestone(request, entry, milestone)
    if not entry.form.is_touched():
        entry.form.is_bound = entry.form.is_bound and bool(entry.theirs)
        return
    if not entry.form.is_valid():
        return
    try:
        entry.section.update = round_services.write_update(
            of_return=of_return,
            item=entry.section.item,
            by=signed_in(request),
            at=timezone.now(),
            **entry.form.cleaned_data,
        )
        entry.saved = True
    except services.Conflict as conflict:
        entry.theirs = conflict.current
        entry.form.add_error(None, str(conflict))
        entry.form.take_version(conflict.current.version if conflict.current else 0)
    except services.Refused as refusal:
        entry.form.add_error(refusal.field, str(refusal))


def save_milestone(request: HttpRequest, entry: Entry, milestone: MilestoneEntry) -> None:
    form = milestone.form
    if not form.is_valid():
        return
    said = form.cleaned_data
    row = milestone.line.milestone
    common: dict[str, Any] = {
        "milestone": row,
        "version": said["version"],
        "by": signed_in(request),
        "on": localdate(),
    }
    try:
        if said["outcome"] == form.DONE:
            item_services.close_milestone(
                **common, completed_on=said["completed_on"], reason=said["shown_by"]
            )
        else:
            item_services.move_forecast(
                **common,
                forecast_due=said["forecast_due"],
                reason=said["reason"],
                cause=said["cause"],
                effect=said["effect"],
                mitigation=said["mitigation"],
                owner_agency=said["owner_agency"],
                mitigation_due_on=said["mitigation_due_on"],
            )
        entry.saved = True
    except services.Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))


def say_no_change(request: HttpRequest, of_return: Return, entry: Entry) -> None:
    entry.form.is_bound = False
    try:
        entry.section.update = round_services.say_no_change(
            of_return=of_return,
            item=entry.section.item,
            on=localdate(),
            version=int(request.POST.get(f"i{entry.section.item.pk}-version") or 0),
            by=signed_in(request),
            at=timezone.now(),
        )
        entry.saved = True
    except services.Conflict as conflict:
        entry.theirs = conflict.current
        entry.refusals.append(str(conflict))
    except (services.Refused, ValueError) as refusal:
        entry.refusals.append(str(refusal))


@require_POST
def save(request: HttpRequest, slug: str, round: int, agency: int, number: str) -> JsonResponse:
    """One section, for the script: JSON with the new version, or what is wrong.

    200 saved; 409 somebody else saved first (`theirs` is their answer as HTML); 422 refused.
    """
    of_return = visible_return(request, slug, round, agency)
    require(request, "workitems.write_update", of_return)
    items = of_return.round.plan.items.of_agency({of_return.agency_id})
    item = get_object_or_404(items.prefetch_related("supports"), number=number)
    asks_milestones = any(name.endswith("-outcome") for name in request.POST)
    section = one_section(of_return, item, localdate(), with_milestones=asks_milestones)
    entry = build(of_return, Page([section], []), request.POST)[0]
    if request.POST.get("act") == "no-change":
        say_no_change(request, of_return, entry)
    else:
        save_entry(request, of_return, entry)
    status = 409 if entry.theirs else 422 if entry.is_wrong else 200
    return JsonResponse(told(request, of_return, entry), status=status)


def told(request: HttpRequest, of_return: Return, entry: Entry) -> dict[str, Any]:
    """What the script needs to bring a section, and the count at the top, up to date."""
    answers = round_services.answers_of(of_return, localdate())
    section, update = entry.section, entry.section.update
    theirs = milestones = None
    if entry.theirs is not None:
        theirs = render_to_string(
            "workitems/returns/theirs.html", {"theirs": entry.theirs}, request
        )
    if entry.saved and entry.milestones:
        now = one_section(of_return, section.item, localdate(), with_milestones=True)
        milestones = render_to_string(
            "workitems/returns/milestones.html",
            {"milestones": build(of_return, Page([now], []))[0].milestones},
            request,
        )
    latest = entry.theirs or update
    return {
        "version": latest.version if latest else 0,
        "saved_at": time_format(localtime(), "g:i a"),
        "answered": answers.answered,
        "total": answers.total,
        "is_answered": update is not None,
        "no_change": bool(update and update.no_change_on),
        "missing": [{"item": item.number, "says": sentence} for item, sentence in answers.missing],
        "errors": {
            "" if name == "__all__" else form.add_prefix(name): [str(error) for error in errors]
            for form in entry.forms
            for name, errors in form.errors.items()
        },
        "refusals": entry.refusals,
        "theirs": theirs,
        "milestones": milestones,
    }


def try_submit(request: HttpRequest, of_return: Return) -> str | None:
    """Submit, or say why not."""
    require(request, "workitems.submit_return", of_return)
    try:
        round_services.submit(
            of_return=of_return, by=signed_in(request), on=localdate(), at=timezone.now()
        )
    except services.Refused as refusal:
        return str(refusal)
    messages.success(request, "Submitted. The coordinator reads it now.")
    return None


@require_POST
def accept(request: HttpRequest, slug: str, round: int, agency: int) -> HttpResponse:
    of_return = visible_return(request, slug, round, agency)
    require(request, "workitems.accept_return", of_return)
    try:
        round_services.accept(of_return=of_return, by=signed_in(request), on=localdate())
    except services.Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"The return of {of_return.agency} is accepted.")
    return redirect(of_return)


@require_POST
def send_back(request: HttpRequest, slug: str, round: int, agency: int) -> HttpResponse:
    of_return = visible_return(request, slug, round, agency)
    require(request, "workitems.accept_return", of_return)
    page = return_page(of_return, localdate())
    items = WorkItem.objects.filter(pk__in=[each.item.pk for each in page.sections]).in_order()
    form = SendBackForm(request.POST, items=items)
    if form.is_valid():
        try:
            round_services.send_back(
                of_return=of_return,
                by=signed_in(request),
                at=timezone.now(),
                **form.cleaned_data,
            )
        except services.Refused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, f"The return went back to {of_return.agency}.")
            return redirect(of_return)
    return show(request, of_return, page, build(of_return, page), send_back=form, status=422)
