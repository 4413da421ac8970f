"""The form to withdraw what waits for release."""

from django import forms

from agencies.fields import ReasonField


class WithdrawHeldForm(forms.Form):
    note = ReasonField(
        label="Why it is withdrawn", help_text="For contributors and approvers of your agency."
    )
