"""allauth's forms, with our words at a field that is empty or too long, and that of the colours."""

from typing import Any

from allauth.account import forms
from allauth.mfa.base import forms as code_forms
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms as django_forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.typed.asking import AskingForm
from agencies.typed.fields import Form


class ColoursForm(Form):
    """Choose the colours of all pages in this browser."""

    colours = django_forms.ChoiceField(
        label=gettext_lazy("Colours"),
        choices=[
            ("device", gettext_lazy("As on this device")),
            ("light", gettext_lazy("Light")),
            ("dark", gettext_lazy("Dark")),
        ],
        widget=django_forms.RadioSelect,
        help_text=gettext_lazy("For this browser only. Papers and printed pages stay light."),
        error_messages={"required": gettext_lazy("Choose the colours.")},
    )
    back = django_forms.CharField(required=False, widget=django_forms.HiddenInput)


def name_new_password(form: django_forms.BaseForm) -> None:
    form.fields["password1"].label = _("New password")
    form.fields["password2"].label = _("New password again")


class SignInForm(AskingForm, forms.LoginForm):
    pass


class ReauthenticateForm(AskingForm, forms.ReauthenticateForm):
    pass


class ChangePasswordForm(AskingForm, forms.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("Current password")
        name_new_password(self)


class ResetPasswordForm(AskingForm, forms.ResetPasswordForm):
    pass


class ResetPasswordKeyForm(AskingForm, forms.ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name_new_password(self)


def ask_for_code(form: django_forms.BaseForm, label: str) -> None:
    field = form.fields["code"]
    field.label = label
    del field.widget.attrs["placeholder"]
    field.widget.attrs["inputmode"] = "numeric"


class CodeForm(AskingForm, code_forms.AuthenticateForm):
    """The second step at sign-in: a code from an app, or a recovery code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_for_code(self, _("Code"))


class CodeAgainForm(AskingForm, code_forms.ReauthenticateForm):
    """The same within a session, before something that needs it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_for_code(self, _("Code"))


class SetUpAppForm(AskingForm, ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_for_code(self, _("Code that the app shows"))


class AddPasskeyForm(AskingForm, AddWebAuthnForm):
    # Every passkey signs in without a password.
    passwordless = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name")
        self.fields["name"].help_text = _("So that you know it again: work laptop, telephone.")
        self.fields["name"].widget.attrs["maxlength"] = 60
