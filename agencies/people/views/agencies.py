"""List, add and change agencies. Only administrators."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.models import Agency
from agencies.pages.form_pages import carry_out, done, form_page, saved
from agencies.pages.once import once
from agencies.pages.permissions import agency_for, posted, require_administrator
from agencies.people.forms import AgencyForm, ChangeAgencyForm, HandOverForm
from agencies.people.record_history import history_of_agency
from agencies.people.services import agencies as services
from agencies.people.services.handing_over import hand_over as hand_over_work
from agencies.people.services.handing_over import handing_over_faults
from agencies.people.succession import agency_on, held_by
from agencies.rules import is_administrator


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    require_administrator(request)
    rows = Agency.objects.select_related("successor").in_order().with_people(localdate())
    return render(request, "agencies/people/agencies/list.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@once
def add(request: HttpRequest) -> HttpResponse:
    require_administrator(request)
    form = AgencyForm(posted(request))
    if agency := carry_out(request, form, services.add_agency):
        return done(request, _("{agency} is added."), "agencies:list", agency=agency.name)
    return form_page(request, "agencies/people/agencies/add.html", form)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, agency: int) -> HttpResponse:
    require_administrator(request)
    row = get_object_or_404(Agency.objects.select_related("successor"), pk=agency)
    form = ChangeAgencyForm(posted(request), row=row)
    if kept := carry_out(request, form, services.change_agency, agency=row):
        # What an agency with a last day holds is shown next, with the way to hand it over.
        is_ending = kept.valid_to and held_by(kept, localdate())
        to = ("agencies:hand-over", kept.pk) if is_ending else ("agencies:list",)
        return saved(request, form, kept, _("{agency} is saved."), *to, agency=kept.name)
    return form_page(
        request,
        "agencies/people/agencies/change.html",
        form,
        agency=row,
        history=history_of_agency(row),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: HttpRequest, agency: int) -> HttpResponse:
    """Show what an agency holds, and hand it over once it has ended."""
    row = agency_for(request, "agencies.hand_over", agency)
    on = localdate()
    form = HandOverForm(posted(request), row=row, on=on)
    if carry_out(request, form, hand_over_work, agency=row, on=on, at=timezone.now()):
        message = _("The work of {agency} is handed over.")
        return done(request, message, "agencies:hand-over", row.pk, agency=row.name)
    return form_page(
        request,
        "agencies/people/agencies/hand_over.html",
        form,
        agency=row,
        to=agency_on(row.successor, on) if row.successor else None,
        held=held_by(row, on),
        obstacles=[says for says, _field in handing_over_faults(row, on)],
        history=history_of_agency(row),
        is_administrator=is_administrator.test(request.user),
    )
