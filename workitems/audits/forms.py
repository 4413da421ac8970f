"""Forms of audits: set one up, end it, give a finding, reply to one."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from agencies.models import Agency
from agencies.typed.fields import (
    DayField,
    Form,
    LinesField,
    PastDayField,
    ReasonField,
    VersionedForm,
)
from workitems.models import Finding, WorkItem


class SetUpForm(Form):
    agency = forms.ModelChoiceField(
        label=gettext_lazy("Agency that audits"),
        queryset=Agency.objects.none(),
        empty_label=gettext_lazy("Choose an agency"),
        help_text=gettext_lazy(
            "It is no member of the working group. If it is not in the list, an administrator adds it."
        ),
        error_messages={"required": gettext_lazy("Choose the agency that audits the plan.")},
    )
    scope = LinesField(
        label=gettext_lazy("What is audited"),
        required=True,
        help_text=gettext_lazy("Such as “Items of pillar 2, from July 2026 to June 2027”."),
        error_messages={"required": gettext_lazy("Write what is audited.")},
    )
    from_on = DayField(label=gettext_lazy("First day of the audit"))
    to_on = DayField(
        label=gettext_lazy("Last day of the audit"),
        help_text=gettext_lazy(
            "A year later at most. After it, its auditors can open nothing here."
        ),
    )
    reason = ReasonField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy(
            "All agencies of the working group are emailed that the plan is audited."
        ),
    )

    def __init__(self, *args: Any, agencies: "QuerySet[Agency]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = agencies  # type: ignore[attr-defined]


class EndForm(VersionedForm):
    reason = ReasonField(label=gettext_lazy("Why it ends sooner"))


class FindingForm(Form):
    item = forms.ModelChoiceField(
        label=gettext_lazy("Item"),
        queryset=WorkItem.objects.none(),
        required=False,
        empty_label=gettext_lazy("The whole plan"),
    )
    as_at = PastDayField(
        label=gettext_lazy("As at"), help_text=gettext_lazy("The day that you looked at.")
    )
    verdict = forms.ChoiceField(
        label=gettext_lazy("Does the evidence support what was reported?"),
        choices=Finding.Verdict.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose whether it does.")},
    )
    note = LinesField(
        label=gettext_lazy("Finding"),
        required=True,
        help_text=gettext_lazy(
            "What you looked at, and what it shows. Papers print it. It cannot be changed; a later finding on the same item replaces it."
        ),
        error_messages={"required": gettext_lazy("Write what you found.")},
    )

    def __init__(self, *args: Any, items: "QuerySet[WorkItem]", on: date, **kwargs: Any) -> None:
        kwargs["initial"] = {"as_at": on, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.fields["item"].queryset = items  # type: ignore[attr-defined]


class ReplyForm(VersionedForm):
    text = LinesField(
        label=gettext_lazy("Reply"),
        required=True,
        help_text=gettext_lazy(
            "Everyone in the plan sees the finding with your reply at once. Neither can be changed."
        ),
        error_messages={"required": gettext_lazy("Write the reply.")},
    )
