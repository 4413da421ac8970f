"""Keep an agency's units, and say in which of them a person works."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.models import Seat, Unit
from agencies.pages.form_pages import NOTHING_CHANGED, carry_out, done, form_page, saved
from agencies.pages.once import once
from agencies.pages.permissions import agency_for, posted
from agencies.people.forms import AddUnitForm, ChangeUnitForm, SeatUnitForm
from agencies.people.services import units as unit_services


@require_http_methods(["GET", "HEAD", "POST"])
@once
def add(request: HttpRequest, agency: int) -> HttpResponse:
    of = agency_for(request, "agencies.manage_units", agency)
    form = AddUnitForm(posted(request), today=localdate())
    if unit := carry_out(request, form, unit_services.add_unit, agency=of):
        message = _("{unit} is added. Items can be given to it.")
        return done(request, message, "agencies:seats", of, unit=unit)
    return form_page(request, "agencies/people/units/add.html", form, place=of)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, agency: int, unit: int) -> HttpResponse:
    of = agency_for(request, "agencies.manage_units", agency)
    row = get_object_or_404(Unit.objects.select_related("agency"), agency=of, pk=unit)
    form = ChangeUnitForm(posted(request), row=row)
    if kept := carry_out(request, form, unit_services.change_unit, unit=row):
        return saved(request, form, kept, _("{unit} is saved."), "agencies:seats", of, unit=kept)
    return form_page(request, "agencies/people/units/change.html", form, place=of, unit=row)


@require_http_methods(["GET", "HEAD", "POST"])
def of_seat(request: HttpRequest, agency: int, seat: int) -> HttpResponse:
    of = agency_for(request, "agencies.manage_units", agency)
    held = get_object_or_404(Seat.objects.select_related("user", "agency"), agency=of, pk=seat)
    today = localdate()
    form = SeatUnitForm(posted(request), seat=held, today=today)
    if kept := carry_out(request, form, unit_services.set_unit, seat=held, on=today):
        if kept.unit_id == held.unit_id:
            messages.info(request, NOTHING_CHANGED)
        else:
            says = _("{person} works in {unit}.") if kept.unit else _("{person} is in no unit.")
            messages.success(request, says.format(person=held.user, unit=kept.unit))
        return redirect("agencies:seats", of)
    return form_page(request, "agencies/people/units/of_seat.html", form, place=of, seat=held)
