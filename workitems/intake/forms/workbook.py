"""Forms to import a workbook: upload the file, and confirm the previewed changes."""

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from agencies.typed.fields import Form, ReasonField, UploadField

MAX_MEGABYTES = 10


class WorkbookForm(Form):
    workbook = UploadField(
        label=gettext_lazy("Workbook"),
        max_length=255,
        help_text=format_lazy(
            gettext_lazy(
                "A spreadsheet saved as .xlsx, at most {megabytes} MB. You see what would change "
                "before anything is saved."
            ),
            megabytes=MAX_MEGABYTES,
        ),
        megabytes=MAX_MEGABYTES,
        accept=".xlsx",
        error_messages={
            "required": gettext_lazy("Choose the workbook."),
            "empty": gettext_lazy("The file is empty. Choose another."),
        },
    )


class ProposeForm(Form):
    """Propose what a preview leaves for a decision, identified by the preview's fingerprint."""

    fingerprint = forms.RegexField("^[0-9a-f]{64}$", widget=forms.HiddenInput)
    reason = ReasonField(
        label=gettext_lazy("Why the changes are needed"),
        help_text=gettext_lazy("The working group decides on these words. Each change has them."),
    )


class ConfirmForm(Form):
    """Confirm the changes of a preview, identified by their fingerprint."""

    fingerprint = forms.RegexField("^[0-9a-f]{64}$", widget=forms.HiddenInput)
