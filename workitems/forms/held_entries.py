"""The form to withdraw what waits for release."""

from agencies.fields import Form, ReasonField


class WithdrawHeldForm(Form):
    note = ReasonField(
        label="Why it is withdrawn", help_text="For contributors and approvers of your agency."
    )
