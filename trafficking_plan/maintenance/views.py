"""The administrators' page of planned maintenance."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from agencies.models import Maintenance
from agencies.pages.form_pages import NOTHING_CHANGED, carry_out, done, form_page
from agencies.pages.once import once
from agencies.pages.permissions import posted, require_administrator
from trafficking_plan.maintenance import announced, services
from trafficking_plan.maintenance.forms import MaintenanceForm


@require_http_methods(["GET", "HEAD", "POST"])
@once
def index(request: HttpRequest) -> HttpResponse:
    """Show what is announced, and announce maintenance in its place."""
    require_administrator(request)
    at = timezone.now()
    today = timezone.localdate(at)
    form = MaintenanceForm(posted(request), initial={"begin_day": today, "end_day": today})
    if row := carry_out(request, form, services.announce, at=at):
        return done(request, announced.banner_of(row, at), "maintenance")
    rows = Maintenance.objects.select_related("announced_by")
    current = rows.announced(at).first()
    return form_page(
        request,
        "maintenance/index.html",
        form,
        current=current,
        says=announced.banner_of(current, at) if current else "",
    )


@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """End what is announced, so that people can save again."""
    by = require_administrator(request)
    if services.end_announced(by=by, at=timezone.now()):
        return done(request, _("The maintenance is over. People can save again."), "maintenance")
    return done(request, NOTHING_CHANGED, "maintenance")
