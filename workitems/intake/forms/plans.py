"""The form for a plan's quorum."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.typed.fields import ReasonField, VersionedForm


class QuorumForm(VersionedForm):
    BEGINS_WITH = ("quorum",)

    quorum = forms.IntegerField(
        label=gettext_lazy("Quorum"),
        required=False,
        min_value=2,
        error_messages={
            "min_value": gettext_lazy("One agency cannot decide alone. Enter 2 or more."),
            "invalid": gettext_lazy("Enter a number, such as 7."),
        },
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4}),
    )
    reason = ReasonField(label=gettext_lazy("Why it changes"))

    def __init__(self, *args: Any, members: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = members
        self.fields["quorum"].help_text = _(
            "Of {members} member agencies. If you leave it blank, it is the majority: {majority}."
        ).format(members=members, majority=members // 2 + 1)

    def clean_quorum(self) -> int | None:
        quorum: int | None = self.cleaned_data["quorum"]
        if quorum is not None and quorum > self.members:
            raise forms.ValidationError(
                _("The plan has {members} member agencies. Enter {members} or less.").format(
                    members=self.members
                )
            )
        return quorum
