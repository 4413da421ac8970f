"""List, add and change agencies. Only administrators."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.models import Agency
from agencies.pages.form_pages import carry_out, done, form_page, saved
from agencies.pages.once import once
from agencies.pages.permissions import posted, require_administrator
from agencies.people.forms import AgencyForm, ChangeAgencyForm
from agencies.people.record_history import history_of_agency
from agencies.people.services import agencies as services


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    require_administrator(request)
    on = localdate()
    rows = Agency.objects.select_related("successor").in_order().with_people(on)
    return render(request, "agencies/people/agencies/list.html", {"rows": rows, "today": on})


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
        return saved(
            request, form, kept, _("{agency} is saved."), "agencies:list", agency=kept.name
        )
    return form_page(
        request,
        "agencies/people/agencies/change.html",
        form,
        agency=row,
        history=history_of_agency(row),
    )
