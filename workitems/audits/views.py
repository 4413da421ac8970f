"""The audits of a plan and what they found; set up and end one, give a finding, reply to it."""

from collections import Counter

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from agencies.models import Agency, Seat
from agencies.pages.form_pages import carry_out, done, form_page
from agencies.pages.once import once
from agencies.wording.translation import list_in_words
from workitems.audits import services
from workitems.audits.forms import EndForm, FindingForm, ReplyForm, SetUpForm
from workitems.models import Audit, Evidence, Finding, Plan
from workitems.models.item import Stage
from workitems.plan.views.lookups import posted, require, signed_in, visible_plan

FORM_METHODS = ["GET", "HEAD", "POST"]


def visible_audit(plan: Plan, pk: int) -> Audit:
    audit: Audit = get_object_or_404(plan.audits.select_related("agency"), pk=pk)
    audit.plan = plan
    return audit


def own_audit(request: HttpRequest, plan: Plan) -> Audit | None:
    """Return the audit for which the reader may give findings today, if any. No query for others than auditors."""
    if not signed_in(request).agencies_as(Seat.Role.AUDITOR):
        return None
    audits = plan.audits.on(localdate()).select_related("agency").order_by("-from_on", "pk")
    return next(
        (row for row in audits if request.user.has_perm("workitems.give_finding", row)), None
    )


def evidence_in_words(plan: Plan) -> str:
    """Return what the archive of evidence has: "no files, 9 links and 2 notes". One query."""
    pieces = Evidence.objects.of_plan(plan).not_withdrawn().values_list("file", "link")
    counts = Counter("file" if file else "link" if link else "note" for file, link in pieces)
    files, links, notes = counts["file"], counts["link"], counts["note"]
    parts = (
        (files, ngettext("{count} file", "{count} files", files)),
        (links, ngettext("{count} link", "{count} links", links)),
        (notes, ngettext("{count} note", "{count} notes", notes)),
    )
    return list_in_words([says.format(count=count or _("no")) for count, says in parts])


@require_safe
def index(request: HttpRequest, slug: str) -> HttpResponse:
    plan, on = visible_plan(request, slug), localdate()
    user = signed_in(request)
    findings = list(Finding.objects.readable_by(user, [plan], on).for_list())
    may = user.has_perm
    return render(
        request,
        "workitems/audits/list.html",
        {
            "plan": plan,
            "audits": [
                (row, row.is_on(on), row.from_on > on)
                for row in plan.audits.select_related("agency").order_by("-from_on", "pk")
            ],
            "findings": [(row, row.is_shown(on)) for row in findings],
            "own": own_audit(request, plan),
            "may_manage": may("workitems.manage_audit", plan),
            "evidence": evidence_in_words(plan) if may("workitems.take_evidence", plan) else "",
        },
    )


@require_http_methods(FORM_METHODS)
@once
def set_up(request: HttpRequest, slug: str) -> HttpResponse:
    plan, on = require(request, "workitems.manage_audit", visible_plan(request, slug)), localdate()
    agencies = Agency.objects.valid_on(on).exclude(pk__in=plan.agencies.values("pk")).in_order()
    form = SetUpForm(posted(request), agencies=agencies)
    if audit := carry_out(request, form, services.set_up, plan=plan, on=on, at=timezone.now()):
        return done(
            request,
            _("The audit is set up. Invite its auditors to {agency}."),
            "agencies:seats",
            audit.agency,
            agency=audit.agency,
        )
    return form_page(request, "workitems/audits/set_up.html", form, plan=plan)


@require_http_methods(FORM_METHODS)
def end(request: HttpRequest, slug: str, audit: int) -> HttpResponse:
    plan = require(request, "workitems.manage_audit", visible_plan(request, slug))
    row = visible_audit(plan, audit)
    form = EndForm(posted(request), row=row)
    if carry_out(request, form, services.end, audit=row, on=localdate()):
        return done(request, _("The audit ends today."), "audits:list", slug)
    return form_page(request, "workitems/audits/end.html", form, plan=plan, audit=row)


@require_http_methods(FORM_METHODS)
@once
def find(request: HttpRequest, slug: str, audit: int) -> HttpResponse:
    plan = visible_plan(request, slug)
    row = require(request, "workitems.give_finding", visible_audit(plan, audit))
    items = plan.items.exclude(stage=Stage.WITHDRAWN).in_order()
    asked = items.filter(number=request.GET.get("item", "")).first()
    form = FindingForm(
        posted(request), items=items, on=localdate(), initial={"item": asked.pk if asked else None}
    )
    found = carry_out(
        request, form, services.give_finding, audit=row, on=localdate(), at=timezone.now()
    )
    if found:
        return done(
            request, _("The finding is given. {agency} may reply now."), found, agency=found.replies
        )
    given = row.findings.not_shown(localdate()).for_list()
    return form_page(
        request, "workitems/audits/find.html", form, plan=plan, audit=row, not_shown=given
    )


@require_http_methods(FORM_METHODS)
def finding(request: HttpRequest, slug: str, finding: int) -> HttpResponse:
    """A finding, with the form to reply for those who may."""
    plan, on = visible_plan(request, slug), localdate()
    readable = Finding.objects.readable_by(signed_in(request), [plan], on).for_list()
    row = get_object_or_404(readable, pk=finding)
    row.audit.plan = plan
    if row.item:
        row.item.plan = plan
    if request.method == "POST":
        require(request, "workitems.reply_to_finding", row)
    form = ReplyForm(posted(request), row=row)
    if carry_out(request, form, services.reply, finding=row, on=on):
        return done(request, _("The reply is saved, and everyone in the plan sees it."), row)
    may_reply = not row.reply and request.user.has_perm("workitems.reply_to_finding", row)
    return form_page(
        request,
        "workitems/audits/finding.html",
        form,
        plan=plan,
        finding=row,
        is_shown=row.is_shown(on),
        may_reply=may_reply,
    )
