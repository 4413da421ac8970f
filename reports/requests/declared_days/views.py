"""Pages of days that differ from the Act's calendar: the list, recording one and withdrawing one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.pages.form_pages import carry_out, done, form_page
from agencies.pages.once import once
from reports.requests.declared_days import services
from reports.requests.declared_days.forms import RecordDayForm, WithdrawDayForm
from reports.requests.models import NonWorkingDay
from reports.requests.pages.register.doers import require
from reports.requests.pages.register.views import require_reader
from workitems.plan.views.lookups import posted

PERMISSION = "requests.manage_working_days"


@require_http_methods(["GET", "HEAD", "POST"])
@once
def days(request: HttpRequest) -> HttpResponse:
    """List the days, and record another."""
    user = require_reader(request)
    if request.method == "POST":
        require(request, PERMISSION, None)
    form = RecordDayForm(posted(request))
    if row := carry_out(request, form, services.enter_day):
        message = (
            _("{day} is recorded as a working day. All clocks now count it.")
            if row.is_working
            else _("{day} is recorded as not a working day. All clocks now count it.")
        )
        return done(request, message.format(day=row), "requests:request-days")
    rows = list(NonWorkingDay.objects.with_last_change().in_order().reverse())
    return form_page(
        request,
        "reports/requests/declared_days/days.html",
        form,
        rows=[row for row in rows if not row.is_withdrawn],
        withdrawn=[row for row in rows if row.is_withdrawn],
        may_record=user.has_perm(PERMISSION),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw a day, so that it counts by the Act again."""
    require_reader(request)
    require(request, PERMISSION, None)
    row = get_object_or_404(NonWorkingDay.objects.with_last_change(), pk=pk)
    form = WithdrawDayForm(posted(request), row=row)
    if carry_out(request, form, services.withdraw_day, row=row):
        message = _("{day} is withdrawn. It now counts as the Act says.")
        return done(request, message, "requests:request-days", day=row)
    return form_page(request, "reports/requests/declared_days/withdraw_day.html", form, row=row)
