"""Form to release the papers of a decided request."""

from django.utils.translation import gettext_lazy

from agencies.typed.fields import Form, PastDayField


class ReleaseForm(Form):
    released_on = PastDayField(label=gettext_lazy("Released on"))
