"""The agencies that a user acts for, and who may take a step of a request, instead of "ask your coordinator"."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Agency, Seat
from reports.document.wording import join_words
from reports.requests.models import Consultation
from reports.requests.models.request import OIA_ROLES, REQUEST_ROLES
from reports.requests.rules import agency_of
from workitems.models import Plan
from workitems.plan.views import lookups
from workitems.plan.views.lookups import Row, signed_in
from workitems.rules import WRITERS

Role = Seat.Role
DOERS: dict[str, tuple[str, ...]] = {
    "requests.read_requester": OIA_ROLES,
    "requests.read_redactions": OIA_ROLES,
    "requests.prepare_request": (Role.OIA_ADVISER,),
    "requests.agree_redactions": (Role.OIA_REVIEWER,),
    "requests.sign_decision": (Role.OIA_DECISION_MAKER,),
    "requests.publish_release": (Role.OIA_DECISION_MAKER,),
    "requests.change_public_page": (Role.OIA_DECISION_MAKER,),
    "requests.manage_earlier_papers": (Role.OIA_ADVISER,),
    "requests.manage_working_days": (Role.OIA_ADVISER, Role.OIA_DECISION_MAKER),
    "requests.answer_consultation": WRITERS,
}


def own_agencies(request: HttpRequest, *roles: str) -> set[int]:
    """Return the user's agencies in which they have one of the roles. Raise 404 if there are none."""
    found = signed_in(request).agencies_as(*roles)
    if not found:
        raise Http404
    return found


def require(request: HttpRequest, permission: str, row: Row) -> Row:
    """Return the row. Raise `PermissionDenied`, with who may, unless the user has the permission."""
    if permission in DOERS and not request.user.has_perm(permission, row):
        raise PermissionDenied(who_does(request, permission, row))
    return lookups.require(request, permission, row)


def who_does(request: HttpRequest, permission: str, row: Any) -> str:
    """Name the roles, the agency, and the people who have them. Two queries, three of one that ended."""
    roles = DOERS[permission]
    answering = row.agency_id if isinstance(row, Consultation) else agency_of(row)
    if isinstance(row, Plan):
        answering = row.coordinating_agency_id
    # Without a row it is about no request: then it is one of the user's own agencies.
    of = [answering] if answering else signed_in(request).agencies_as(*REQUEST_ROLES)
    today = timezone.localdate()
    every = Agency.objects.filter(pk__in=of).in_order()
    agencies = list(every.valid_on(today)) or list(every)
    seats = Seat.objects.on(today).filter(agency__in=of, role__in=roles)
    people = seats.order_by("user__name").values_list("user__name", flat=True)
    names = join_words(dict.fromkeys(people))
    or_ = _(" or ")
    what = or_.join(Role(role).in_sentence for role in roles)
    where = or_.join(agency.short_name for agency in agencies)
    if not names:
        return _(
            "The {role} of {agency} does this, and nobody has that role yet. The agency’s approver "
            "gives it."
        ).format(role=what, agency=where)
    return _("The {role} of {agency} does this: {names}.").format(
        role=what, agency=where, names=names
    )
