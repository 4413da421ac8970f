"""The return as a workbook: download it, upload it, see what would change, and take it in."""

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.pages.form_pages import form_page, refusals_in_messages
from agencies.pages.once import once
from agencies.pages.transactions import writes_on_get
from agencies.records import history
from agencies.typed.fields import say_refusal
from workitems.intake.forms.workbook import WorkbookForm
from workitems.intake.workbook.faults import Fault, WorkbookRefused
from workitems.models import Return, ReturnSheet
from workitems.plan import services
from workitems.plan.attachments import clean_name, content_type
from workitems.plan.views.lookups import posted, require, signed_in
from workitems.returns.forms.return_sheet import TakeForm
from workitems.returns.services import return_sheet as sheet_services
from workitems.returns.services.milestone_answers import open_return
from workitems.returns.sheet import workbook_name, write_workbook
from workitems.returns.views.return_access import visible_return, writing_for
from workitems.returns.views.sheet_comparison import Comparison, Shown, compare_sheet, take

CHANGED = gettext_lazy(
    "The return has changed since you looked, so nothing was taken from the workbook. Below is what "
    "would change now."
)


def writable_return(request: HttpRequest, slug: str, round: int, agency: int) -> Return:
    of_return = visible_return(request, slug, round, agency)
    require(request, "workitems.write_update", of_return)
    return of_return


@writes_on_get  # what was being typed becomes a history row of its own, to be compared with
@require_safe
def download(request: HttpRequest, slug: str, round: int, agency: int) -> HttpResponse:
    """Download the return to answer it in a spreadsheet program."""
    of_return = writable_return(request, slug, round, agency)
    with refusals_in_messages(request):
        sheet_services.take_out(of_return)
        content = write_workbook(of_return, localdate())
        name = workbook_name(of_return)
        response = HttpResponse(content, content_type=content_type(name))
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
    return redirect(of_return)


@require_http_methods(["GET", "HEAD", "POST"])
@once
def index(request: HttpRequest, slug: str, round: int, agency: int) -> HttpResponse:
    """List the workbooks that came back, and read another."""
    of_return = writable_return(request, slug, round, agency)
    form = WorkbookForm(posted(request), request.FILES or None)
    if form.is_valid():
        file = form.cleaned_data["workbook"]
        name = clean_name(file.name)
        try:
            sheet = sheet_services.receive_file(
                of_return=of_return, file=file, name=name, by=signed_in(request), at=timezone.now()
            )
        except WorkbookRefused as refused:
            for fault in refused.faults:
                form.add_error("workbook", str(fault))
        except services.Refused as refusal:
            say_refusal(form, refusal)
        else:
            return redirect(sheet)
    return form_page(
        request,
        "workitems/returns/workbook/list.html",
        form,
        plan=of_return.round.plan,
        of_return=of_return,
        sheets=of_return.sheets.select_related("received_mail").order_by("-uploaded_at", "-pk"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def comparison(
    request: HttpRequest, slug: str, round: int, agency: int, sheet: int
) -> HttpResponse:
    """Show what a workbook would change, and take it in; or what became of one that was."""
    of_return = writable_return(request, slug, round, agency)
    row = _sheet_of(of_return, sheet)
    if row.discarded_at is not None:
        messages.info(
            request,
            _("{person} discarded “{file}”. Nothing was taken from it.").format(
                person=row.discarded_as, file=row.name
            ),
        )
        return redirect("returns:workbook", slug, round, agency)
    if row.taken_at is not None:
        shown = [Shown(**each) for each in row.taken["shown"]]
        return _show(request, row, shown, [Fault(**each) for each in row.taken["faults"]])
    if request.method == "POST":
        with refusals_in_messages(request):
            return _take(request, row)
        return redirect(row)
    found = compare_sheet(of_return, row, localdate())
    return _show(request, row, found.shown, found.faults, form=_form(found))


@require_POST
def discard(request: HttpRequest, slug: str, round: int, agency: int, sheet: int) -> HttpResponse:
    """Discard a workbook that waits. Its comparison can no longer be opened."""
    row = _sheet_of(writable_return(request, slug, round, agency), sheet)
    with refusals_in_messages(request):
        sheet_services.discard(sheet=row, by=signed_in(request), at=timezone.now())
        messages.success(
            request,
            _(
                "“{file}” is discarded. The return is unchanged, and you still have your file."
            ).format(file=row.name),
        )
    return redirect("returns:workbook", slug, round, agency)


def _sheet_of(of_return: Return, pk: int) -> ReturnSheet:
    row = get_object_or_404(of_return.sheets, pk=pk)
    row.of_return = of_return
    return row


def _form(found: Comparison, data: Any = None) -> TakeForm:
    return TakeForm(data, choices=found.choices, initial={"fingerprint": found.fingerprint})


def _take(request: HttpRequest, row: ReturnSheet) -> HttpResponse:
    """Take the workbook in as it was shown. Raise `Refused` if the return is locked."""
    # Whoever writes an answer locks the return first, so it stays as it is compared.
    locked = open_return(row.of_return)
    sheet_services.waiting(row)
    locked.round.plan = row.of_return.round.plan
    found = compare_sheet(locked, row, localdate())
    form = _form(found, request.POST)
    if request.POST.get("fingerprint") != found.fingerprint:
        messages.warning(request, CHANGED)
        return _show(request, row, found.shown, found.faults, form=_form(found), status=409)
    if not form.is_valid():
        return _show(request, row, found.shown, found.faults, form=form, status=422)
    by = signed_in(request)
    with (
        writing_for(request, locked),
        history.because(f"it was in the workbook “{row.name}”"),
    ):
        taken = take(request, locked, found, form.chosen)
    sheet_services.finish(sheet=row, taken=taken, by=by, at=timezone.now())
    count = sum(each["is_taken"] for each in taken["shown"])
    messages.success(
        request,
        ngettext(
            "{count:,} change taken into the return as a draft. An approver submits it.",
            "{count:,} changes taken into the return as a draft. An approver submits it.",
            count,
        ).format(count=count),
    )
    if any(each["refused"] for each in taken["shown"]):
        messages.warning(request, "Some changes were refused. See why below.")
    return redirect(row)


def _show(
    request: HttpRequest,
    row: ReturnSheet,
    shown: list[Shown],
    faults: list[Fault],
    *,
    form: TakeForm | None = None,
    status: int = 200,
) -> HttpResponse:
    of_return = row.of_return
    parts = [
        (title, [(form[choice] if form and choice in form.fields else None, list(those)) for choice, those in groupby(each, key=lambda one: one.choice)])
        for title, each in groupby(shown, key=lambda one: one.title)
    ]  # fmt: skip
    return render(
        request,
        "workitems/returns/workbook/comparison.html",
        {
            "plan": of_return.round.plan,
            "of_return": of_return,
            "sheet": row,
            "parts": parts,
            "faults": faults,
            "form": form,
            "may_take": of_return.round.is_open and of_return.is_with_agency,
        },
        status=status,
    )
