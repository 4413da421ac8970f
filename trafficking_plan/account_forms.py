"""allauth's forms, with our words at a field that is empty or too long."""

from allauth.account import forms

from agencies.asking import AskingForm


class SignInForm(AskingForm, forms.LoginForm):
    pass


class ReauthenticateForm(AskingForm, forms.ReauthenticateForm):
    pass


class ChangePasswordForm(AskingForm, forms.ChangePasswordForm):
    pass


class ResetPasswordForm(AskingForm, forms.ResetPasswordForm):
    pass


class ResetPasswordKeyForm(AskingForm, forms.ResetPasswordKeyForm):
    pass
