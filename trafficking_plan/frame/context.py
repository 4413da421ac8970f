"""Context of the frame of every page: plans, navigation and the user's seats."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import get_language, gettext, gettext_lazy

from agencies.models import Seat, User
from reports.briefings.views.readers import office_plans
from reports.document.wording import join_words
from reports.extensions import registry
from trafficking_plan.help.tasks import slug_for
from trafficking_plan.maintenance import announced
from trafficking_plan.running.environment import IS_CHECKOUT
from trafficking_plan.sign_in import second_step, unsent
from workitems.models import Plan
from workitems.plan.views.lookups import plans_being_made, visible_plans

# What the person chose instead of the colours of their device.
COLOURS_COOKIE = "colours"
CHOSEN_COLOURS = ("light", "dark")
# In which their words stand in static/js.
LANGUAGE_OF_SCRIPTS = "en"
SECTIONS = (
    (gettext_lazy("Dashboard"), "dashboard:overview", "dashboard"),
    (gettext_lazy("Work items"), "workitems:list", "workitems"),
    (gettext_lazy("Returns"), "returns:list", "returns"),
    (gettext_lazy("Variations"), "variations:list", "variations"),
    (gettext_lazy("Risks"), "risks:list", "risks"),
    (gettext_lazy("Meetings"), "meetings:list", "meetings"),
    (gettext_lazy("Briefings"), "briefings:list", "briefings"),
    (gettext_lazy("Plan"), "plans:detail", "plans"),
)
# URL namespaces whose pages belong to another section.
WITHIN = {"workshop": "briefings", "reports": "plans", "measures": "workitems"}
# A Minister's office sees only issued papers.
OFFICE_SECTIONS = ((gettext_lazy("Briefings"), "briefings:list", "briefings"),)
# Pages that start a plan, which must not look like those of another.
OF_NO_PLAN = (
    "plans:start",
    "plans:import-new",
    "plans:import-tracker",
    "plans:tracker-columns",
    "plans:tracker-preview",
)
# URL names of the administrators' pages under "People".
PEOPLE_PAGES = (
    "people",
    "person",
    "choose-place",
    "change-account",
    "close-account",
    "reopen-account",
    "reset-second-step",
)


def _place_of(user: User) -> str:
    """Return the person's roles, each once, with its places: "Coordinator, DoL and MBIE". Leave out
    what their name has already, as the name of an office's account may."""
    name = f" {user.name.casefold()} "
    places: dict[str, list[str]] = {}
    for seat in user.current_seats:
        of_role = places.setdefault(seat.get_role_display(), [])
        of_role.append(str(seat.portfolio or seat.place.short_name))
    parts = []
    for role, at in places.items():
        words = [role, join_words(each for each in at if f" {each.casefold()} " not in name)]
        parts.append(
            ", ".join(each for each in words if each and f" {each.casefold()} " not in name)
        )
    return "; ".join(filter(None, parts))


def _maintenance() -> dict[str, str]:
    """Return what is announced, for whoever is signed in or signs in. Public pages are kept by others for longer."""
    row = announced.current()
    return (
        {} if row is None else {"maintenance": f"{announced.banner_of(row, now())} {row.message}"}
    )


def _help_for(request: HttpRequest) -> str:
    """Return the address of Help on the task that the page belongs to, or of all tasks."""
    match = request.resolver_match
    slug = slug_for(match.view_name) if match else ""
    return reverse("help:task", args=[slug]) if slug else reverse("help:index")


def _places_of(user: User, plans: Sequence[Plan]) -> list[tuple[str, str]]:
    """Return what a person keeps besides plans: the people and the calendars of their agencies, and all plans. No query."""
    agencies = {seat.agency_id: seat.agency for seat in user.current_seats if seat.agency}
    managed = {seat.agency_id for seat in user.current_seats if seat.role == Seat.Role.APPROVER}
    found = [
        (
            gettext("People of {agency}").format(agency=agency.short_name),
            reverse("agencies:seats", args=[pk]),
        )
        for pk, agency in agencies.items()
        if pk in managed
    ]
    found += [
        (
            gettext("Calendar of {agency}").format(agency=agency.short_name),
            reverse("feeds:list", args=[pk]),
        )
        for pk, agency in agencies.items()
        if plans and user.has_perm("workitems.make_feed", agency)
    ]
    if plans:
        found.append((gettext("All plans, and what is due"), reverse("portfolio:plans")))
    if user.has_perm("workitems.create_plan"):
        found.append((gettext("Start a plan"), reverse("plans:list")))
    return found


def page_frame(request: HttpRequest) -> dict[str, Any]:
    """Return the frame's context: `support_email`, `chosen_colours` ("light", "dark"), `catalogue_url` unless
    the screens are in English, and for a signed-in user `person_place`, `signed_in_for` (seconds), `help_url`,
    `plans`, `places` (links), `office_plans`, `plan_name`, `navigation`, `search_url` and `other_plans` (links to
    the same section of the other plans, and the day on which those that have ended did).

    One query for the plans; the seats are already loaded for permissions.
    """
    frame: dict[str, Any] = {"support_email": settings.SUPPORT_EMAIL}
    if get_language() != LANGUAGE_OF_SCRIPTS:
        frame["catalogue_url"] = reverse("catalogue")
    if settings.OIDC:
        frame["organisation"] = settings.OIDC.name
    if (colours := request.COOKIES.get(COLOURS_COOKIE)) in CHOSEN_COLOURS:
        frame["chosen_colours"] = colours
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        match = request.resolver_match
        if match and match.url_name == "account_login":
            frame |= _maintenance()
        if match and match.url_name == "account_login" and not User.objects.exists():
            # What to run on the server; there is nobody yet to whom it gives anything away.
            frame["first_account_command"] = (
                "python3 manage.py createsuperuser"
                if IS_CHECKOUT
                else "plan-register createsuperuser"
            )
        return frame
    frame |= _maintenance()
    frame["person_place"] = _place_of(user)
    frame["signed_in_for"] = unsent.seconds_from_now(request)
    frame["help_url"] = _help_for(request)
    plans = frame["plans"] = visible_plans(request)
    frame["places"] = _places_of(user, plans)
    match = request.resolver_match
    if match and match.url_name == "mfa_index":
        frame["second_step_is_required"] = second_step.must_use(request)
    slug = match.kwargs.get("slug") if match else None
    office = frame["office_plans"] = office_plans(request)
    every = [*plans, *office]
    current = next((plan for plan in every if plan.slug == slug), every[0] if every else None)
    here = match.namespace if match else ""
    here = WITHIN.get(here, here)
    added = [entry for of in registry.MENU if (entry := of(user))]
    beside = [(words, url, here == namespace) for words, url, namespace in added]
    if user.has_perm("agencies.administer"):
        frame["is_administrator"] = True
        page = match.url_name if match and here == "agencies" else ""
        beside.append(
            (gettext("Agencies"), reverse("agencies:list"), page in ("list", "add", "change"))
        )
        beside.append((gettext("People"), reverse("agencies:people"), page in PEOPLE_PAGES))
        is_here = match is not None and match.view_name == "maintenance"
        beside.append((gettext("Maintenance"), reverse("maintenance"), is_here))
    if plans or office or added:
        frame["search_url"] = reverse("search:search")
    if beside:
        frame["navigation"] = beside
    is_of_none = match is not None and match.view_name in OF_NO_PLAN
    for plan in plans_being_made(request):
        if plan.slug == slug or (slug is None and current is None and not is_of_none):
            address = reverse("plans:detail", args=[plan.slug])
            navigation = [(gettext("Plan"), address, here == "plans"), *beside]
            return frame | {"plan_name": plan.name_on_screen, "navigation": navigation}
    if current is None or is_of_none:
        return frame
    if current in office:
        return frame | {
            "plan_name": current.name_on_screen,
            "navigation": [
                (label, reverse(name, args=[current.slug]), namespace == here)
                for label, name, namespace in OFFICE_SECTIONS
            ]
            + beside,
        }
    today = localdate()
    section = next((name for _, name, namespace in SECTIONS if namespace == here), "plans:detail")
    return frame | {
        "other_plans": [
            (
                plan.title,
                reverse(section, args=[plan.slug]),
                plan.ends_on if plan.has_ended(today) else None,
            )
            for plan in plans
            if plan != current
        ]
        + [
            (
                gettext("{plan}, not adopted yet").format(plan=plan.title),
                reverse("plans:detail", args=[plan.slug]),
                None,
            )
            for plan in plans_being_made(request)
        ],
        "plan_name": current.name_on_screen,
        "navigation": [
            (label, reverse(name, args=[current.slug]), namespace == here)
            for label, name, namespace in SECTIONS
        ]
        + beside,
    }
