"""The form that keeps a checked file."""

from django import forms
from django.utils.translation import gettext_lazy

from agencies.typed.fields import Form


class KeepCopyForm(Form):
    has_looked = forms.BooleanField(
        label=gettext_lazy("I have looked at every page of this file"),
        error_messages={"required": gettext_lazy("Look at every page first, then say so here.")},
    )
