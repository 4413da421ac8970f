"""A person's own pages: what they follow, and what they are emailed about."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.pages.form_pages import done, form_page
from workitems.following import services
from workitems.following.followers import followers
from workitems.following.forms import EmailsForm, FollowItemForm, FollowPlanForm
from workitems.models import EmailChoice, Follow
from workitems.plan.views.lookups import (
    posted,
    signed_in,
    visible_item,
    visible_plan,
    visible_plans,
)


@require_http_methods(["GET", "HEAD", "POST"])
def item(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    of, person = visible_item(request, slug, number), signed_in(request)
    chosen = Follow.objects.filter(person=person, item=of).first()
    derived = followers([of], localdate(), only=person, with_choices=False).get(of.pk, [])
    form = FollowItemForm(
        posted(request),
        why=derived[0].why if derived else "",
        chosen=chosen.is_on if chosen else None,
    )
    if form.is_valid():
        services.follow_item(item=of, by=person, at=timezone.now(), **form.arguments())
        return done(request, _("Your choice about item {number} is saved."), of, number=of.number)
    return form_page(request, "workitems/following/item.html", form, plan=of.plan, item=of)


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest, slug: str) -> HttpResponse:
    of, person = visible_plan(request, slug), signed_in(request)
    rows = list(Follow.objects.filter(person=person, plan=of, item=None, is_on=True))
    initial = {
        "whole": any(row.agency_id is None for row in rows),
        "agencies": [row.agency_id for row in rows if row.agency_id is not None],
    }
    form = FollowPlanForm(posted(request), plan=of, initial=initial)
    if form.is_valid():
        services.follow_plan(plan=of, by=person, at=timezone.now(), **form.arguments())
        return done(request, _("What you follow is saved."), "following:emails")
    return form_page(request, "workitems/following/plan.html", form, plan=of)


@require_http_methods(["GET", "HEAD", "POST"])
def emails(request: HttpRequest) -> HttpResponse:
    person = signed_in(request)
    row = EmailChoice.objects.filter(person=person).first()
    wants = row.wants if row else EmailChoice.Wants.FOLLOWED
    form = EmailsForm(posted(request), initial={"wants": wants})
    if form.is_valid():
        services.choose_emails(by=person, at=timezone.now(), **form.arguments())
        return done(request, _("Your choice is saved."), "following:emails")
    chosen = Follow.objects.filter(person=person, plan__in=visible_plans(request))
    rows = chosen.select_related("plan", "item__plan", "agency").order_by("item__number_key", "pk")
    return form_page(
        request, "workitems/following/emails.html", form, plans=visible_plans(request), chosen=rows
    )
