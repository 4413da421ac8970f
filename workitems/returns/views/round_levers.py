"""The coordinator's levers of a round: remind, extend the due date, enter for an agency."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from agencies.models import WRITING_ROLES, by_short_name
from agencies.pages.form_pages import carry_out, done, form_page, saying_refusals
from agencies.pages.once import once
from agencies.people.submitting import invited_to
from agencies.wording.translation import day_words, list_in_words
from workitems.models import Notice, Return, Round
from workitems.notices.news import Seats
from workitems.plan.views.lookups import posted, require, signed_in, visible_plan, visible_plans
from workitems.returns.forms.returns import EnterForm
from workitems.returns.forms.rounds import AllowAloneForm, ExtendReturnsForm, RemindForm
from workitems.returns.news import notify_at_once
from workitems.returns.services import round_levers as lever_services
from workitems.returns.views.rounds import visible_round

Reason = Notice.Reason


def managed_round(request: HttpRequest, slug: str, pk: int) -> Round:
    plan = require(request, "workitems.open_round", visible_plan(request, slug))
    return visible_round(plan, pk)


def seated(round: Round, returns: list[Return]) -> Seats:
    """Return the people of the agencies of these returns today."""
    return Seats([round.plan], [each.agency_id for each in returns], localdate())


@require_http_methods(["GET", "HEAD", "POST"])
@once
def remind(request: HttpRequest, slug: str, round: int) -> HttpResponse:
    """Send a reminder in the coordinator's own words to those who have not submitted."""
    row = managed_round(request, slug, round)
    form = RemindForm(posted(request))
    missing = list(
        row.returns.waiting_for_agency().select_related("agency").order_by(by_short_name())
    )
    now = timezone.now()
    if carry_out(request, form, lever_services.remind, round=row, at=now):
        notify_at_once(missing, Reason.REMINDED, on=localdate(), at=now)
        return done(
            request, gettext("The reminder is sent. “Who was emailed” lists each person."), row
        )
    people = seated(row, missing)
    reached = {
        each.agency_id: people.sitting(row.plan, each.agency_id, *WRITING_ROLES) for each in missing
    }
    invited = invited_to([each.agency_id for each in missing], localdate(now))
    return form_page(
        request,
        "workitems/returns/rounds/remind.html",
        form,
        plan=row.plan,
        round=row,
        receivers=[
            (
                each.agency,
                sorted({user.name for user, *_ in reached[each.agency_id]}),
                [person.words for person in invited[each.agency_id]],
            )
            for each in missing
        ],
        reaches=any(reached.values()),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def extend(request: HttpRequest, slug: str, round: int) -> HttpResponse:
    """Give one agency, or all, a later due date."""
    row = managed_round(request, slug, round)
    returns = row.returns.exclude(state__in=Return.FINISHED).select_related("agency")
    agencies = [each.agency for each in returns.order_by("agency__name")]
    on = localdate()
    form = ExtendReturnsForm(
        posted(request),
        plan=row.plan,
        readable=visible_plans(request),
        agencies=agencies,
        on=on,
        initial={"agency": request.GET.get("agency", "")},
    )
    if form.is_valid():
        with saying_refusals(form):
            later = lever_services.extend(
                round=row, on=on, by=signed_in(request), **form.cleaned_data
            )
            notify_at_once(later, Reason.EXTENDED, on=on, at=timezone.now())
            names = ", ".join(each.agency.short_name for each in later)
            due = day_words(form.cleaned_data["to"])
            message = gettext("The return is now due on {due}: {names}.")
            return done(request, message, row, due=due, names=names)
    return form_page(
        request, "workitems/returns/rounds/extend.html", form, plan=row.plan, round=row
    )


@require_http_methods(["GET", "HEAD", "POST"])
def allow_alone(request: HttpRequest, slug: str, round: int, agency: int) -> HttpResponse:
    """Let one person write and submit a return, with a reason."""
    row = managed_round(request, slug, round)
    of_return = get_object_or_404(row.returns.select_related("agency"), agency=agency)
    of_return.round = row
    require(request, "workitems.enter_return", of_return)
    form = AllowAloneForm(posted(request))
    on, now = localdate(), timezone.now()
    people = Seats([row.plan], [agency], on).sitting(row.plan, agency, *WRITING_ROLES)
    service = lever_services.allow_alone
    if allowed := carry_out(request, form, service, of_return=of_return, on=on, at=now):
        notify_at_once([allowed], Reason.ALONE, on=on, at=now)
        message = gettext("One person may write and submit the return of {agency}.")
        return done(request, message, row, agency=allowed.agency)
    return form_page(
        request,
        "workitems/returns/rounds/allow_alone.html",
        form,
        plan=row.plan,
        round=row,
        of_return=of_return,
        people=list_in_words(sorted({user.name for user, *_ in people})),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@once
def enter(request: HttpRequest, slug: str, round: int, agency: int) -> HttpResponse:
    """Attach the email that an agency sent, and go on to enter its return."""
    row = managed_round(request, slug, round)
    of_return = get_object_or_404(row.returns.select_related("agency"), agency=agency)
    of_return.round = row
    require(request, "workitems.enter_return", of_return)
    form = EnterForm(posted(request), request.FILES if request.method == "POST" else None)
    now = timezone.now()
    service = lever_services.enter_for_agency
    if entered := carry_out(request, form, service, of_return=of_return, at=now):
        notify_at_once([entered], Reason.ENTERED, on=localdate(), at=now)
        message = gettext("The email is attached. Enter what {agency} wrote, then submit it.")
        return done(request, message, entered, agency=entered.agency)
    return form_page(
        request,
        "workitems/returns/rounds/enter.html",
        form,
        plan=row.plan,
        round=row,
        of_return=of_return,
    )
