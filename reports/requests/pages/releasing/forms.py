"""Form to release the papers of a decided request."""

from django.utils.translation import gettext_lazy

from agencies.typed.fields import DayField, Form


class ReleaseForm(Form):
    released_on = DayField(label=gettext_lazy("Released on"))
