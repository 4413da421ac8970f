"""The checks of a briefing: problems that block a step, warnings, and overrides."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from agencies.pages.form_pages import carry_out, done, refusals_in_messages
from agencies.pages.once import once
from reports import checks
from reports.briefings.services.gates import problems
from reports.briefings.views.next_steps import gate_of, home_of
from reports.briefings.views.readers import readable_briefing
from reports.checks import Check, Count, Gate
from reports.document.wording import capitalised, number
from reports.drafting import draft_rows
from reports.drafting.paper import read_drafted
from reports.models import Briefing
from reports.workshop.forms.overrides import OverrideForm
from reports.workshop.services import overrides as acts
from workitems.plan.views.lookups import require, signed_in

OVERRIDE = "override"


@dataclass(frozen=True)
class Line:
    """A check with the link for this user, and with a form if the user may override it."""

    check: Check
    url: str
    form: OverrideForm | None


@require_http_methods(["GET", "HEAD", "POST"])
@once
def check_list(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Show the page, or do what `act` says: "override", "take-back" or "tell-missing"."""
    briefing = readable_briefing(request, slug, pk)
    if request.method == "POST":
        require(request, "reports.change_briefing", briefing)
        name = request.POST.get("act", OVERRIDE)
        if name == OVERRIDE:
            return override(request, briefing)
        if name not in ACTS:
            raise BadRequest
        with refusals_in_messages(request):
            messages.success(request, ACTS[name](request, briefing))
        return redirect(url_of(briefing, request.POST.get("key", "")))
    if briefing.is_issued:
        return redirect(home_of(briefing))
    return show(request, briefing)


def url_of(briefing: Briefing, key: str = "") -> str:
    """Return the URL of the page, at one of its checks if `key` is given."""
    address = reverse("briefings:checks", args=[briefing.plan.slug, briefing.pk])
    return f"{address}#check-{quote(key)}" if key else address


def show(
    request: HttpRequest, briefing: Briefing, typed: OverrideForm | None = None
) -> HttpResponse:
    """Render the list.

    A refused form is shown at its check or, if that check is gone, as `stray`.
    """
    found = checks.failed_checks(read_drafted(briefing, timezone.localdate()))
    may_change = briefing.is_open and request.user.has_perm("reports.change_briefing", briefing)
    lines = [line_of(check, typed, may_change) for check in found]
    is_stray = typed is not None and not any(line.form is typed for line in lines)
    return render(
        request,
        "reports/workshop/checks/list.html",
        {
            "plan": briefing.plan,
            "briefing": briefing,
            "lead": lead_of(checks.count(found), gate_of(briefing)),
            "stops": [line for line in lines if line.check.is_blocking],
            "warnings": [
                line for line in lines if not line.check.is_blocking and line.check.is_open
            ],
            "overridden": [line for line in lines if not line.check.is_open],
            "missing": sum(check.is_listable for check in found),
            "typed": typed,
            "stray": typed if is_stray else None,
            "may_change": may_change,
        },
        status=422 if typed else 200,
    )


def lead_of(count: Count, gate: Gate | None) -> str:
    """Return how many problems block the next step and how many warnings are not accepted."""
    stops = count.before(gate) if gate else 0
    words = _("No problem must be fixed.")
    if gate and stops < count.blocking:
        words = _("{problems} before {step}, and {count} more before {later_step}.").format(
            problems=problems(stops),
            step=gate.before,
            count=number(count.blocking - stops),
            later_step=Gate.AUTHORISATION.before,
        )
    elif gate:
        words = _("{problems} before {step}.").format(problems=problems(stops), step=gate.before)
    if count.warnings:
        warnings = ngettext(
            "{count} warning is not accepted yet.",
            "{count} warnings are not accepted yet.",
            count.warnings,
        ).format(count=capitalised(number(count.warnings)))
        return f"{words} {warnings}"
    return words


def line_of(check: Check, typed: OverrideForm | None, may_change: bool) -> Line:
    url = str((may_change and check.mend_url) or check.url)
    if not may_change or check.is_blocking or not check.is_open:
        return Line(check, url, None)
    if typed is not None and typed.data.get("key") == check.key:
        typed.show_again(check)
        return Line(check, url, typed)
    return Line(check, url, OverrideForm.of(check))


# --- actions ---------------------------------------------------------------------------


def override(request: HttpRequest, briefing: Briefing) -> HttpResponse:
    form = OverrideForm(request.POST, key=request.POST.get("key", ""))
    if carry_out(request, form, acts.override, briefing=briefing, at=timezone.now()):
        message = _("The warning is accepted. Your reason is shown beside it.")
        return done(request, message, url_of(briefing, form.cleaned_data["key"]))
    briefing.refresh_from_db(fields=["state"])
    return show(request, briefing, form)


def take_back(request: HttpRequest, briefing: Briefing) -> str:
    key = request.POST.get("key", "")
    acts.withdraw_override(briefing=briefing, key=key, by=signed_in(request))
    return _("The warning is reopened.")


def add_missing_returns_paragraph(request: HttpRequest, briefing: Briefing) -> str:
    row = acts.add_missing_returns_paragraph(briefing=briefing, by=signed_in(request))
    return _("Paragraph {number} now says so.").format(
        number=draft_rows.read_draft(briefing).draft.numbers[row.key]
    )


ACTS: dict[str, Callable[[HttpRequest, Briefing], str]] = {
    "take-back": take_back,
    "tell-missing": add_missing_returns_paragraph,
}
