"""allauth's forms, with our words at a field that is empty or too long, and that of the colours."""

from typing import Any

from allauth.account import forms
from django import forms as django_forms

from agencies.asking import AskingForm
from agencies.fields import Form


class ColoursForm(Form):
    """Choose the colours of all pages in this browser."""

    colours = django_forms.ChoiceField(
        label="Colours",
        choices=[
            ("device", "As on this device"),
            ("light", "Light"),
            ("dark", "Dark"),
        ],
        widget=django_forms.RadioSelect,
        help_text="For this browser only. Papers and printed pages stay light.",
        error_messages={"required": "Choose the colours."},
    )
    back = django_forms.CharField(required=False, widget=django_forms.HiddenInput)


def name_new_password(form: django_forms.BaseForm) -> None:
    form.fields["password1"].label = "New password"
    form.fields["password2"].label = "New password again"


class SignInForm(AskingForm, forms.LoginForm):
    pass


class ReauthenticateForm(AskingForm, forms.ReauthenticateForm):
    pass


class ChangePasswordForm(AskingForm, forms.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = "Current password"
        name_new_password(self)


class ResetPasswordForm(AskingForm, forms.ResetPasswordForm):
    pass


class ResetPasswordKeyForm(AskingForm, forms.ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name_new_password(self)
