"""The form to withdraw what waits for release."""

from django.utils.translation import gettext_lazy

from agencies.typed.fields import Form, ReasonField


class WithdrawHeldForm(Form):
    note = ReasonField(
        label=gettext_lazy("Why it is withdrawn"),
        help_text=gettext_lazy("For contributors and approvers of your agency."),
    )
