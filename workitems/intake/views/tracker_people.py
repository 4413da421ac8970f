"""Invite the people whom a plan's tracker names, all in one press."""

from collections.abc import Sequence
from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from agencies.models import Agency, Invitation, Seat, User
from agencies.pages.form_pages import done, form_page, saying_refusals
from agencies.pages.once import once
from agencies.people.services import invitations
from agencies.people.submitting import Invited, Submitters, submitters_of
from workitems.intake.forms.tracker_people import TrackerPeopleForm
from workitems.intake.tracker.contacts import Contact, Text, contacts_in
from workitems.intake.tracker.known_agencies import known_agencies
from workitems.intake.tracker.words import Agencies
from workitems.models import Plan
from workitems.plan.answering import asked_in
from workitems.plan.views.lookups import plan_at_any_stage, posted, require, signed_in


@require_http_methods(["GET", "HEAD", "POST"])
@once
def invite(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the people with their agencies and roles, and invite those that are ticked."""
    plan = require(request, "workitems.manage_plan", plan_at_any_stage(request, slug))
    by, today = signed_in(request), localdate()
    members = list(plan.agencies_on(today))
    people = not_invited(plan)
    form = TrackerPeopleForm(posted(request), people=people, agencies=members, by=by)
    if form.is_valid():
        with saying_refusals(form):
            sent = invitations.invite_many(offers=form.offers, by=by, on=today, at=timezone.now())
            count = len({each.email for each in sent})
            says = ngettext(
                "{count} person is invited.",
                "{count} people are invited.",
                count,
            )
            return done(request, says, plan, count=count)
    return form_page(
        request,
        "workitems/intake/tracker/invite.html",
        form,
        plan=plan,
        short=_short_with(form.ticked, asked_in(plan, members)),
    )


def _short_with(people: Sequence[Contact], asked: list[Agency]) -> list[Submitters]:
    """Return the agencies that still need somebody once these people are invited. Two queries."""
    found = []
    for each in submitters_of(asked, localdate()).values():
        own = [person for person in people if person.agency == each.agency.short_name]
        offered = [Invited(person.name, Seat.Role(person.role)) for person in own]
        found.append(replace(each, invited=[*each.invited, *offered]))
    return [each for each in found if each.still_needs]


def still_to_invite(plan: Plan) -> int:
    """Return how many people the plan's tracker names who are not invited yet. One query if it names nobody."""
    if not plan.names_people():
        return 0
    return len({each.email.casefold() for each in not_invited(plan)})


def not_invited(plan: Plan) -> list[Contact]:
    """Return the people of the plan's tracker who have no account and no invitation. Six queries."""
    cells = plan.tracker_notes.order_by("position").values_list(
        "sheet", "address", "text", "item__lead_agency__short_name"
    )
    texts = [Text(sheet, address, text, lead or "") for sheet, address, text, lead in cells]
    answers: dict[str, str] = {}
    for mapping in plan.coordinating_agency.tracker_mappings.order_by("saved_on", "pk"):
        answers |= mapping.answers
    return new_people(texts, known_agencies(localdate(), answers))


def new_people(texts: list[Text], agencies: Agencies) -> list[Contact]:
    """Return the people of these texts who have no account and no invitation. Two queries."""
    known = {
        email.casefold()
        for rows in (User.objects.all(), Invitation.objects.waiting())
        for email in rows.values_list("email", flat=True)
    }
    people = contacts_in(texts, agencies)
    return [each for each in people if each.email.casefold() not in known]
