"""The entry of the menu, for everybody who has a part in answering requests, and the addresses of the pages."""

from django.urls import get_script_prefix
from django.utils.translation import gettext as _

from agencies.models import User
from reports.extensions.registry import Addresses, MenuEntry
from reports.requests.models.request import REQUEST_ROLES

ADDRESSES = Addresses(
    module="reports.requests.urls",
    namespace="requests",
    folders=("requests/", "releases/", "released/", "verify/", "earlier-papers/"),
)


def menu_entry(user: User) -> MenuEntry | None:
    if not user.agencies_as(*REQUEST_ROLES):
        return None
    # Not by `reverse`, which would load the pages of requests into every web process.
    return MenuEntry(_("Requests"), f"{get_script_prefix()}requests/", "requests")
