"""Import a plan from a workbook (upload, preview, confirm), and export it."""

from dataclasses import dataclass
from typing import Any, BinaryIO

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from agencies.models import Agency, Seat
from agencies.pages.once import once
from agencies.wording.translation import list_in_words
from workitems.intake.cell_kinds import one_line
from workitems.intake.forms.workbook import ConfirmForm, ProposeForm, WorkbookForm
from workitems.intake.workbook import (
    ExportRefused,
    Fault,
    Outcome,
    WorkbookRefused,
    empty_workbook,
    export_workbook,
    held,
    import_workbook,
    preview_import,
    propose_from_workbook,
)
from workitems.intake.workbook.columns import SHEETS
from workitems.models import Plan
from workitems.plan.asat import Moment
from workitems.plan.services.refusals import Refused
from workitems.plan.views.lookups import plan_at_any_stage, require, signed_in

# The preview shows this many rows and the number of the others.
ROWS_SHOWN = 300
SESSION_KEY = "held_workbook"
# In the address of a page that previews the kept workbook once more.
AGAIN = "again"


@require_http_methods(["GET", "HEAD", "POST"])
@once
def import_plan(request: HttpRequest, slug: str) -> HttpResponse:
    plan = require(request, "workitems.manage_plan", plan_at_any_stage(request, slug))
    return _Import(request, plan).answer()


@require_http_methods(["GET", "HEAD", "POST"])
@once
def import_new(request: HttpRequest) -> HttpResponse:
    require(request, "workitems.create_plan", None)
    return _Import(request, None).answer()


@require_safe
def export_plan(request: HttpRequest, slug: str) -> HttpResponse:
    plan = require(request, "workitems.manage_plan", plan_at_any_stage(request, slug))
    try:
        content = export_workbook(plan)
    except ExportRefused as refused:
        messages.error(request, str(refused))
        return redirect(plan)
    return _download(content, f"{plan.slug}.xlsx")


@require_safe
def blank(request: HttpRequest) -> HttpResponse:
    """Download a workbook to fill in for a new plan, with the agencies of today."""
    require(request, "workitems.create_plan", None)
    agencies = Agency.objects.valid_on(localdate()).select_related("successor").in_order()
    return _download(empty_workbook(agencies), "new-plan.xlsx")


def _download(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(
        content,
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@dataclass
class _Import:
    """An import by a user, into `plan` or (None) as a new plan.

    Between preview and confirmation the uploaded file is kept on the server, and its key in the
    session (held.py). The preview page carries a fingerprint of the changes that it shows.
    """

    request: HttpRequest
    plan: Plan | None

    def answer(self) -> HttpResponse:
        if self.request.method != "POST":
            return self.again() if AGAIN in self.request.GET else self.upload_page(WorkbookForm())
        if "reason" in self.request.POST:
            return self.propose()
        if "fingerprint" in self.request.POST:
            return self.confirm()
        form = WorkbookForm(self.request.POST, self.request.FILES)
        if not form.is_valid():
            return self.upload_page(form)
        file = form.cleaned_data["workbook"]
        try:
            outcome = self.preview(file)
        except WorkbookRefused as refused:
            return self.upload_page(WorkbookForm(), refused.faults)
        name = one_line(file.name)[:100]
        self.request.session[SESSION_KEY] = {
            "key": held.keep(file, owner=signed_in(self.request), at=timezone.now()),
            "name": name,
            "into": self.address,
        }
        return self.preview_page(outcome, name)

    def confirm(self) -> HttpResponse:
        form = ConfirmForm(self.request.POST)
        kept = self.request.session.get(SESSION_KEY, {})
        file = self.take(kept) if form.is_valid() else None
        if file is None:
            messages.error(self.request, _("The workbook is no longer here. Choose it again."))
            return redirect(self.request.path)
        try:
            with file:
                outcome = import_workbook(
                    file,
                    name=kept["name"],
                    at=timezone.now(),
                    by=signed_in(self.request),
                    expected=form.cleaned_data["fingerprint"],
                    **self.into,
                )
        except WorkbookRefused as refused:
            return self.upload_page(WorkbookForm(), refused.faults)
        if outcome.fingerprint != form.cleaned_data["fingerprint"]:
            return self.preview_page(outcome, kept["name"], is_other=True)
        messages.success(
            self.request,
            _("{file} is imported. {results}").format(
                file=kept["name"], results=" ".join(outcome.sentences)
            ),
        )
        return self.rest(kept, outcome.plan)

    def propose(self) -> HttpResponse:
        """Request what only a decision changes, and show what is left of the workbook."""
        form = ProposeForm(self.request.POST)
        kept = self.request.session.get(SESSION_KEY, {})
        file = self.take(kept) if self.plan else None
        if file is None or self.plan is None:
            messages.error(self.request, _("The workbook is no longer here. Choose it again."))
            return redirect(self.request.path)
        by = signed_in(self.request)
        rows = {int(each) for each in self.request.POST.getlist("rows") if each.isdecimal()}
        if not rows:
            form.add_error(None, _("Tick at least one change."))
        with file:
            try:
                if not form.is_valid():
                    return self.preview_page(self.preview(file), kept["name"], propose=form)
                outcome, made = propose_from_workbook(
                    file,
                    at=timezone.now(),
                    by=by,
                    plan=self.plan,
                    reason=form.cleaned_data["reason"],
                    expected=form.cleaned_data["fingerprint"],
                    rows=rows,
                )
            except WorkbookRefused as refused:
                return self.upload_page(WorkbookForm(), refused.faults)
            except Refused as refused:
                # A change that only goes with another one, which was not ticked.
                form.add_error(None, str(refused))
                file.seek(0)
                return self.preview_page(self.preview(file), kept["name"], propose=form)
        if not made:
            return self.preview_page(outcome, kept["name"], is_other=True)
        messages.success(
            self.request,
            ngettext(
                "{references} is with the coordinator. Nothing changes until the working group approves it.",
                "{references} are with the coordinator. Nothing changes until the working group approves them.",
                len(made),
            ).format(references=list_in_words([each.reference for each in made])),
        )
        return self.rest(kept, outcome.plan)

    def rest(self, kept: dict[str, str], plan: Plan) -> HttpResponse:
        """Lead to what can still be done with the workbook; if nothing can, drop it and go to the plan."""
        file = self.take(kept) if self.plan else None
        if file is not None:
            with file:
                outcome = self.preview(file)
            if not outcome.is_empty or outcome.proposable:
                return redirect(f"{self.request.path}?{AGAIN}=yes")
        del self.request.session[SESSION_KEY]
        held.drop(owner=signed_in(self.request), at=timezone.now())
        return redirect(plan)

    def again(self) -> HttpResponse:
        """Show what the kept workbook would still do."""
        kept = self.request.session.get(SESSION_KEY, {})
        file = self.take(kept)
        if file is None:
            return redirect(self.request.path)
        with file:
            try:
                return self.preview_page(self.preview(file), kept["name"])
            except WorkbookRefused as refused:
                return self.upload_page(WorkbookForm(), refused.faults)

    def preview(self, file: BinaryIO) -> Outcome:
        by = signed_in(self.request) if self.plan else None
        return preview_import(file, at=timezone.now(), by=by, **self.into)

    def take(self, kept: dict[str, str]) -> BinaryIO | None:
        if kept.get("into") != self.address:
            return None
        return held.take(kept["key"], owner=signed_in(self.request))

    @property
    def address(self) -> str:
        return self.plan.slug if self.plan else ""

    @property
    def into(self) -> dict[str, Any]:
        if self.plan:
            return {"plan": self.plan}
        return {"new_for": signed_in(self.request).agencies_as(Seat.Role.COORDINATOR)}

    def upload_page(self, form: WorkbookForm, faults: tuple[Fault, ...] = ()) -> HttpResponse:
        user = signed_in(self.request)
        return render(
            self.request,
            "workitems/intake/workbook/upload.html",
            {
                "plan": self.plan,
                "form": form,
                "faults": faults,
                "sheets": SHEETS,
                "may_propose_item": self.plan is not None
                and not Moment.present(self.plan, localdate()).is_end_of_plan
                and user.has_perm("workitems.request_addition", self.plan),
            },
            status=422 if faults or form.errors else 200,
        )

    def preview_page(
        self,
        outcome: Outcome,
        name: str,
        *,
        is_other: bool = False,
        propose: ProposeForm | None = None,
    ) -> HttpResponse:
        changed = [
            (change, field)
            for change in outcome.changes
            if not change.is_new
            for field in change.fields
        ]
        new = [change for change in outcome.changes if change.is_new]
        return render(
            self.request,
            "workitems/intake/workbook/preview.html",
            {
                "plan": self.plan,
                "outcome": outcome,
                "name": name,
                "is_other": is_other,
                "confirm": ConfirmForm(initial={"fingerprint": outcome.fingerprint}),
                "propose": propose
                or ProposeForm(
                    initial={"fingerprint": outcome.fingerprint}, auto_id="id_propose_%s"
                ),
                "propose_label": _propose_label(len(outcome.proposable)),
                "ticked": self.request.POST.getlist("rows") if propose else None,
                "changed": changed[:ROWS_SHOWN],
                "changed_more": max(0, len(changed) - ROWS_SHOWN),
                "new": new[:ROWS_SHOWN],
                "new_more": max(0, len(new) - ROWS_SHOWN),
                "back_url": self.request.path,
            },
            status=422 if propose else 200,
        )


def _propose_label(count: int) -> str:
    return ngettext("Propose this change", "Propose the ticked changes", count)
