"""The form for a plan's quorum."""

from typing import Any

from django import forms

from agencies.fields import ReasonField, VersionedForm


class QuorumForm(VersionedForm):
    BEGINS_WITH = ("quorum",)

    quorum = forms.IntegerField(
        label="Quorum",
        required=False,
        min_value=2,
        error_messages={
            "min_value": "One agency cannot decide alone. Enter 2 or more.",
            "invalid": "Enter a number, such as 7.",
        },
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4}),
    )
    reason = ReasonField(label="Why it changes")

    def __init__(self, *args: Any, members: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = members
        self.fields["quorum"].help_text = (
            f"Of {members} member agencies. If you leave it blank, it is the majority: "
            f"{members // 2 + 1}."
        )

    def clean_quorum(self) -> int | None:
        quorum: int | None = self.cleaned_data["quorum"]
        if quorum is not None and quorum > self.members:
            raise forms.ValidationError(
                f"The plan has {self.members} member agencies. Enter {self.members} or less."
            )
        return quorum
