"""Manage an agency's calendar feeds, and serve a feed."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, quote_etag
from django.utils.text import slugify
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.models import Agency, Seat
from agencies.pages.form_pages import carry_out, done, form_page, saying_refusals
from agencies.pages.once import once
from agencies.pages.permissions import agency_for
from agencies.pages.transactions import writes_on_get
from workitems.calendar import due_calendar, services
from workitems.calendar.forms import MakeFeedForm, RevokeFeedForm
from workitems.calendar.limits import address_of, is_within
from workitems.models import CalendarFeed, Plan
from workitems.plan.views.lookups import posted, require, signed_in

# Per feed. Calendar programs ask at most every 15 minutes, but several people may share a feed.
READINGS_AN_HOUR = 120
GUESSES_AN_HOUR = 60
# Shared caches must not store a feed, clients must revalidate, search engines must not index it.
UNSHARED = {"Cache-Control": "private, no-cache", "X-Robots-Tag": "noindex"}
# Key in the session: the feed that was just made, with its address.
NEW_ADDRESS = "new_calendar_address"


def feeds_seen(request: HttpRequest, agency: Agency) -> QuerySet[CalendarFeed]:
    """Return all feeds for the agency's own users, and those of their plans for coordinators."""
    found = agency.calendar_feeds.for_list()
    if request.user.has_perm("workitems.make_feed", agency):
        return found
    coordinating = signed_in(request).agencies_as(Seat.Role.COORDINATOR)
    return found.filter(plan__coordinating_agency__in=coordinating)


@require_http_methods(["GET", "HEAD", "POST"])
@once
def index(request: HttpRequest, agency: int) -> HttpResponse:
    """List the feeds and create new ones. A new address is shown once, on the page after."""
    of = agency_for(request, "workitems.see_feeds", agency)
    if request.method == "GET" and NEW_ADDRESS in request.session:
        pk, address = request.session.pop(NEW_ADDRESS)
        feed = get_object_or_404(feeds_seen(request, of), pk=pk)
        return render(request, "workitems/calendar/made.html", {"feed": feed, "address": address})
    may_make = request.user.has_perm("workitems.make_feed", of)
    form = None
    if may_make:
        plans = Plan.objects.adopted().filter(members__agency=of, members__left_on=None).in_order()
        form = MakeFeedForm(posted(request), plans=plans)
    elif request.method == "POST":
        raise PermissionDenied
    if form is not None and form.is_valid():
        with saying_refusals(form):
            feed, token = services.make_feed(
                agency=of,
                plan=form.chosen_plan,
                label=form.cleaned_data["label"],
                by=signed_in(request),
                at=timezone.now(),
            )
            address = due_calendar.address_of(token, settings.SITE_URL)
            request.session[NEW_ADDRESS] = [feed.pk, address]
            return redirect("feeds:list", of.pk)
    return render(
        request,
        "workitems/calendar/list.html",
        {
            "agency": of,
            "form": form,
            "feeds": [
                {"feed": feed, "may_revoke": request.user.has_perm("workitems.revoke_feed", feed)}
                for feed in feeds_seen(request, of)
            ],
            "manages_seats": request.user.has_perm("agencies.manage_seats", of),
            "exists": of.exists_on(localdate()),
        },
        status=422 if form is not None and form.errors else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: HttpRequest, agency: int, feed: int) -> HttpResponse:
    of = agency_for(request, "workitems.see_feeds", agency)
    found = get_object_or_404(feeds_seen(request, of), pk=feed)
    require(request, "workitems.revoke_feed", found)
    form = RevokeFeedForm(posted(request))
    if carry_out(request, form, services.revoke_feed, feed=found, at=timezone.now()):
        return done(
            request, _("The address “{name}” is revoked."), "feeds:list", of.pk, name=found.label
        )
    return form_page(request, "workitems/calendar/revoke.html", form, agency=of, feed=found)


def is_within_rate_limit(request: HttpRequest, feed: CalendarFeed | None) -> bool:
    """Return whether the request is within its rate limit.

    Requests with an unknown token count by IP address, not against a real feed's limit.
    """
    if feed is not None:
        return is_within(READINGS_AN_HOUR, seconds=3600, what="calendar", of=str(feed.pk))
    return is_within(GUESSES_AN_HOUR, seconds=3600, what="guess", of=address_of(request))


@writes_on_get  # that it was read, and how often
@login_not_required
@require_safe
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """Serve a feed, without sign-in or cookies. Unknown and revoked tokens get the same 404.

    There is no Last-Modified header: when something is done, its event and its modification date
    disappear, so only the text itself (the ETag) shows the change.
    """
    on = localdate()
    feed = services.find_by_token(token, on)
    if not is_within_rate_limit(request, feed):
        return plain(_("Too many requests. Try again in an hour."), 429, {"Retry-After": "3600"})
    if feed is None:
        return plain(_("There is no calendar at this address."), 404)
    services.note_reading(feed, on)
    owing = due_calendar.Owing.of_feed(feed)
    text = due_calendar.calendar_of(feed, due_calendar.entries_of(owing, on), settings.SITE_URL)
    name = slugify(f"{feed.agency} due dates")
    response = HttpResponse(
        text,
        content_type="text/calendar; charset=utf-8",
        headers={
            # Without a file name, a browser would save the file under its secret token.
            "Content-Disposition": content_disposition_header(True, f"{name}.ics") or "",
            **UNSHARED,
        },
    )
    etag = quote_etag(due_calendar.fingerprint(text))
    response["ETag"] = etag
    answer = get_conditional_response(request, etag=etag, response=response)
    assert isinstance(answer, HttpResponse)
    return answer


def plain(text: str, status: int, headers: dict[str, str] | None = None) -> HttpResponse:
    return HttpResponse(
        f"{text}\n",
        content_type="text/plain; charset=utf-8",
        status=status,
        headers={**UNSHARED, **(headers or {})},
    )
