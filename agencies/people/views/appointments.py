"""Ministers' portfolios and who holds them: list, appoint, end, correct."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.models import Appointment, Office
from agencies.pages.form_pages import carry_out, done, form_page, saved
from agencies.pages.once import once
from agencies.pages.permissions import posted, signed_in
from agencies.people.forms import AppointForm, CorrectAppointmentForm, EndAppointmentForm
from agencies.people.record_history import history_of_portfolio
from agencies.people.services import appointments as services
from agencies.rules import is_administrator
from agencies.wording.translation import day_words


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List the portfolios with who holds them today."""
    _require_coordinator(request)
    on = localdate()
    held: dict[str, Appointment | None] = {}
    for each in Appointment.objects.order_by("portfolio", "from_on"):
        held.setdefault(each.portfolio, None)
        if each.from_on <= on and (each.to_on is None or each.to_on >= on):
            held[each.portfolio] = each
    rows = [(Office(portfolio), appointment) for portfolio, appointment in held.items()]
    return render(request, "agencies/people/ministers/list.html", {"rows": rows})


@require_safe
def detail(request: HttpRequest, office: int | Office) -> HttpResponse:
    """Show who held a portfolio when."""
    _require_coordinator(request)
    rows = (
        list(Appointment.objects.filter(portfolio=office.portfolio).order_by("-from_on"))
        if isinstance(office, Office)
        else []
    )
    if not rows or not isinstance(office, Office):
        raise Http404
    return render(
        request,
        "agencies/people/ministers/detail.html",
        {
            "office": office,
            "rows": rows,
            "may_keep": signed_in(request).has_perm("agencies.keep_portfolio", office),
            "history": history_of_portfolio(office.portfolio),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@once
def appoint(request: HttpRequest) -> HttpResponse:
    _require_coordinator(request)
    by = signed_in(request)
    portfolio = request.GET.get("portfolio", "")[:150]
    # The page that asked for the Minister, such as that of a plan.
    asked_by = request.GET.get("next", "")
    form = AppointForm(posted(request), by=by, initial={"portfolio": portfolio})
    if made := carry_out(request, form, services.appoint):
        back = url_has_allowed_host_and_scheme(asked_by, None)
        return done(
            request,
            _("{minister} holds the portfolio {portfolio} from {day}."),
            asked_by if back else reverse("agencies:portfolio", args=[made.place]),
            minister=made.minister,
            portfolio=made.portfolio,
            day=day_words(made.from_on),
        )
    return form_page(request, "agencies/people/ministers/appoint.html", form)


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, appointment: int) -> HttpResponse:
    row = _kept(request, appointment)
    form = EndAppointmentForm(posted(request), row=row)
    if kept := carry_out(request, form, services.end_appointment, appointment=row):
        message = _("The appointment ends on {day}.")
        return done(request, message, "agencies:portfolio", kept.place, day=day_words(kept.to_on))
    return form_page(request, "agencies/people/ministers/end.html", form, appointment=row)


@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, appointment: int) -> HttpResponse:
    row = _kept(request, appointment)
    by = signed_in(request)
    form = CorrectAppointmentForm(posted(request), row=row, by=by)
    if kept := carry_out(request, form, services.correct_appointment, appointment=row):
        message = _("The appointment is corrected.")
        return saved(request, form, kept, message, "agencies:portfolio", kept.place)
    return form_page(request, "agencies/people/ministers/correct.html", form, appointment=row)


def _require_coordinator(request: HttpRequest) -> None:
    if not signed_in(request).has_perm("agencies.see_ministers"):
        raise PermissionDenied(
            _(
                "Ministers are recorded by the coordinators of plans. Invite a coordinator under People, or ask "
                "the one whose plan reports to the Minister."
            )
            if is_administrator.test(request.user)
            else ""
        )


def _kept(request: HttpRequest, pk: int) -> Appointment:
    """Return the appointment if the user keeps its portfolio, else refuse."""
    row = get_object_or_404(Appointment, pk=pk)
    if not signed_in(request).has_perm("agencies.keep_portfolio", row.place):
        raise PermissionDenied
    return row
