"""Form to release the papers of a decided request."""

from django.utils.translation import gettext_lazy

from agencies.typed.fields import PastDayField
from reports.requests.pages.register.warnings import LeavesWarnings


class ReleaseForm(LeavesWarnings):
    released_on = PastDayField(label=gettext_lazy("Released on"))
