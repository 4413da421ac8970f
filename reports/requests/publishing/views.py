"""Publish what was released, take it back, open a plan's public page, and start a proactive release."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.models import Agency, Seat
from agencies.pages.form_pages import carry_out, done, form_page, saved, saying_refusals
from agencies.pages.once import once
from reports.models import PublicProgress
from reports.requests.letters import Requester, without_requester
from reports.requests.models import InformationRequest, PublicPage, Release
from reports.requests.models.request import NOTE_LENGTH, REQUEST_ROLES
from reports.requests.pages.register.agency_choices import offer_agencies
from reports.requests.pages.register.doers import own_agencies, require
from reports.requests.publishing.forms import (
    ProactiveForm,
    PublicPageForm,
    PublishForm,
    UnpublishForm,
)
from reports.requests.services import releases, requests
from workitems.models import Plan
from workitems.plan.views.lookups import posted, signed_in


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List what the user's agencies released, and the public pages of the plans they coordinate."""
    own = own_agencies(request, *REQUEST_ROLES)
    user = signed_in(request)
    rows = (
        Release.objects.visible_to(user)
        .with_publication()
        .with_correction()
        .select_related("request__agency", "request__plan")
        .newest_first()
    )
    plans = Plan.objects.adopted().filter(coordinating_agency__in=own).select_related("public_page")
    published = set(
        PublicProgress.objects.up().filter(plan__in=plans).values_list("plan", flat=True)
    )
    return render(
        request,
        "reports/requests/publishing/releases.html",
        {
            "rows": [
                (
                    row,
                    _state(row),
                    # Added by `with_correction`.
                    not row.is_corrected  # type: ignore[attr-defined]
                    and user.has_perm("requests.publish_release", row),
                )
                for row in rows
            ],
            "plans": [
                (
                    plan,
                    getattr(plan, "public_page", None),
                    user.has_perm("requests.change_public_page", plan),
                    plan.pk in published,
                    user.has_perm("reports.publish_progress", plan),
                )
                for plan in plans.in_order()
            ],
            "may_publish": bool(user.agencies_as(Seat.Role.OIA_DECISION_MAKER)),
            "may_start": bool(user.agencies_as(Seat.Role.OIA_ADVISER)),
        },
    )


def _state(row: Any) -> str:
    if row.published_id is None:
        return "not_published"
    is_back = row.unpublished_id is not None and row.unpublished_id > row.published_id
    return "taken_back" if is_back else "published"


def _release(request: HttpRequest, pk: int) -> Release:
    rows = Release.objects.visible_to(signed_in(request))
    row = get_object_or_404(rows.select_related("request__agency", "request__plan"), pk=pk)
    require(request, "requests.publish_release", row)
    return row


@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    row = _release(request, pk)
    warnings = [warned for _line, warned in releases.differences(row.request)]
    letters = [letter for _row, letter in releases.public_letters(row)]
    form = PublishForm(
        posted(request),
        warnings=warnings,
        has_letters=bool(letters),
        initial={"note": _what_was_asked(row)},
    )
    if form.is_valid():
        now = timezone.now()
        with saying_refusals(form):
            releases.publish(
                release=row,
                on=timezone.localdate(now),
                by=signed_in(request),
                at=now,
                note=form.cleaned_data["note"],
                with_letters=form.cleaned_data.get("with_letters", False),
                warnings_left=form.warnings_left,
            )
            words = _("{reference} is published.")
            if not PublicPage.objects.open().filter(plan=row.request.plan_id).exists():
                words = _(
                    "{reference} is ready to be read, but nobody can read it until the public page of its plan is open."
                )
            messages.success(request, words.format(reference=row.request.reference))
            return redirect("requests:releases")
    page = PublicPage.objects.open().filter(plan=row.request.plan_id).first()
    papers = row.papers.with_keeper()
    return form_page(
        request,
        "reports/requests/publishing/publish.html",
        form,
        release=row,
        papers=papers,
        letters=letters,
        page=page,
    )


def _what_was_asked(row: Release) -> str:
    """Return the request in its own words, without who asked, as the note that is published with its answer."""
    of = row.request
    if of.is_own_initiative or of.purged_on is not None:
        return ""
    lines = tuple(line.strip() for line in of.requester_address.splitlines())
    who = Requester(name=of.requester_name, address=lines)
    asked = without_requester(of.text.strip(), who, "[…]")
    return _("We were asked: {request}").format(request=asked)[:NOTE_LENGTH]


@require_http_methods(["GET", "HEAD", "POST"])
def unpublish(request: HttpRequest, pk: int) -> HttpResponse:
    row = _release(request, pk)
    form = UnpublishForm(posted(request))
    now, words = timezone.now(), _("{reference} is withdrawn.")
    if carry_out(
        request, form, releases.unpublish, release=row, on=timezone.localdate(now), at=now
    ):
        return done(request, words, "requests:releases", reference=row.request.reference)
    return form_page(
        request,
        "reports/requests/publishing/unpublish.html",
        form,
        release=row,
        # Frozen, so it lists the papers until the coordinator replaces it.
        progress=_up_with_papers(row),
    )


def _up_with_papers(row: Release) -> PublicProgress | None:
    """Return the public page of progress, if it lists papers of the release."""
    page = PublicProgress.objects.up().filter(plan=row.request.plan_id).first()
    digests = set(row.papers.values_list("pdf_sha256", flat=True)) if page else set()
    listed = page.content.get(PublicProgress.Part.RELEASED_PAPERS, ()) if page else ()
    return page if any(each["sha256"] in digests for each in listed) else None


@require_http_methods(["GET", "HEAD", "POST"])
def change_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Open or close the public page of a plan, and say whether search engines may list it."""
    own = own_agencies(request, *REQUEST_ROLES)
    plan = get_object_or_404(Plan, slug=slug, coordinating_agency__in=own)
    require(request, "requests.change_public_page", plan)
    row = PublicPage.objects.filter(plan=plan).first() or PublicPage(plan=plan)
    form = PublicPageForm(posted(request), row=row)
    if kept := carry_out(request, form, releases.change_public_page, plan=plan):
        return saved(request, form, kept, _("Saved."), "requests:releases")
    return form_page(
        request, "reports/requests/publishing/change_page.html", form, plan=plan, row=row
    )


@require_http_methods(["GET", "HEAD", "POST"])
@once
def start_proactive(request: HttpRequest) -> HttpResponse:
    """Record that an agency releases papers of its own accord. They are prepared like a request's."""
    own_agencies(request, *REQUEST_ROLES)
    user = signed_in(request)
    agencies = Agency.objects.filter(pk__in=user.agencies_as(Seat.Role.OIA_ADVISER)).in_order()
    if not agencies:
        require(request, "requests.prepare_request", None)
    plans = Plan.objects.adopted().filter(coordinating_agency__in=agencies).in_order()
    form = ProactiveForm(posted(request))
    offer_agencies(form.fields["agency"], list(agencies), timezone.localdate())
    of_plan = form.fields["plan"]
    assert isinstance(of_plan, forms.ChoiceField)
    of_plan.choices = [(str(row.pk), str(row)) for row in plans]
    if form.is_valid():
        today = timezone.localdate()
        typed = form.cleaned_data
        with saying_refusals(form):
            made = requests.record_request(
                agency=agencies.get(pk=typed["agency"]),
                plan=plans.get(pk=typed["plan"]),
                reference=typed["reference"],
                channel=InformationRequest.Channel.OWN_INITIATIVE,
                dated=today,
                received_on=today,
                text=typed["text"],
                by=user,
                at=timezone.now(),
            )
            messages.success(request, _("The proactive release is started. List its papers next."))
            return redirect("requests:request", made.pk)
    return form_page(request, "reports/requests/publishing/proactive.html", form)
