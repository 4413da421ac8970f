"""Form to release the papers of a decided request."""

from agencies.fields import DayField, Form


class ReleaseForm(Form):
    released_on = DayField(label="Released on")
