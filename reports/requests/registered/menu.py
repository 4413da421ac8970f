"""The entry of the menu, for everybody who has a part in answering requests."""

from django.utils.translation import gettext as _

from agencies.models import User
from reports.extensions.registry import MenuEntry
from reports.requests.models.request import REQUEST_ROLES


def menu_entry(user: User) -> MenuEntry | None:
    if not user.agencies_as(*REQUEST_ROLES):
        return None
    return MenuEntry(_("Requests"), "requests:requests", "requests")
