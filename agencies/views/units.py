"""Keep an agency's units, and say in which of them a person works."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.forms import AddUnitForm, ChangeUnitForm, SeatUnitForm
from agencies.models import Seat, Unit
from agencies.services import units as unit_services
from agencies.views.form_pages import NOTHING_CHANGED, form_page, say_saved, saying_refusals
from agencies.views.once import once
from agencies.views.permissions import agency_for, posted, signed_in


@require_http_methods(["GET", "HEAD", "POST"])
@once
def add(request: HttpRequest, agency: int) -> HttpResponse:
    of = agency_for(request, "agencies.manage_units", agency)
    form = AddUnitForm(posted(request), today=localdate())
    if form.is_valid():
        with saying_refusals(form):
            unit = unit_services.add_unit(agency=of, by=signed_in(request), **form.cleaned_data)
            messages.success(
                request, _("{unit} is added. Items can be given to it.").format(unit=unit)
            )
            return redirect("agencies:seats", of)
    return form_page(request, "agencies/units/add.html", form, place=of)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, agency: int, unit: int) -> HttpResponse:
    of = agency_for(request, "agencies.manage_units", agency)
    row = get_object_or_404(Unit.objects.select_related("agency"), agency=of, pk=unit)
    form = ChangeUnitForm(posted(request), row=row)
    if form.is_valid():
        with saying_refusals(form):
            saved = unit_services.change_unit(unit=row, by=signed_in(request), **form.cleaned_data)
            say_saved(request, form, saved, _("{unit} is saved.").format(unit=saved))
            return redirect("agencies:seats", of)
    return form_page(request, "agencies/units/change.html", form, place=of, unit=row)


@require_http_methods(["GET", "HEAD", "POST"])
def of_seat(request: HttpRequest, agency: int, seat: int) -> HttpResponse:
    of = agency_for(request, "agencies.manage_units", agency)
    held = get_object_or_404(Seat.objects.select_related("user", "agency"), agency=of, pk=seat)
    today = localdate()
    form = SeatUnitForm(posted(request), seat=held, today=today)
    if form.is_valid():
        with saying_refusals(form):
            saved = unit_services.set_unit(
                seat=held, on=today, by=signed_in(request), **form.cleaned_data
            )
            if saved.unit_id == held.unit_id:
                messages.info(request, NOTHING_CHANGED)
            else:
                says = (
                    _("{person} works in {unit}.") if saved.unit else _("{person} is in no unit.")
                )
                messages.success(request, says.format(person=held.user, unit=saved.unit))
            return redirect("agencies:seats", of)
    return form_page(request, "agencies/units/of_seat.html", form, place=of, seat=held)
