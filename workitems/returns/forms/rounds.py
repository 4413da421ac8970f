"""Forms to open and reopen a round."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agencies.models import Agency
from agencies.typed.asking import Fault
from agencies.typed.fields import DayField, Form, LinesField, ReasonField, TextField
from agencies.wording.translation import list_in_words
from workitems.models import Plan
from workitems.plan.services.plan_days import later_faults
from workitems.returns.other_rounds import returns_near
from workitems.returns.services.rounds import round_faults
from workitems.terms.spans import in_words


class BesideOthersForm(Form):
    """A form that sets when returns are due. If agencies owe another return at nearly the same time, it says so and is
    asked once more, with a tick to keep the day."""

    # The field with the day.
    DAY = "due_on"

    def __init__(
        self, *args: Any, plan: Plan, readable: Sequence[Plan] = (), **kwargs: Any
    ) -> None:
        """`readable` are the plans that the user reads, which alone are named."""
        super().__init__(*args, **kwargs)
        self.plan, self.readable = plan, readable
        if self.is_bound:
            self.fields["together"] = forms.BooleanField(label=_("Keep this day"), required=False)

    def agencies_asked(self, cleaned: dict[str, Any]) -> Iterable[Agency]:
        """Return the agencies whose returns are due on the day."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        keeps, day = cleaned.pop("together", False), cleaned.get(self.DAY)
        asked = self.agencies_asked(cleaned)
        near = returns_near(self.plan, asked, day, readable=self.readable) if day else []
        if not near:
            del self.fields["together"]
        elif not keeps:
            asks = _("Choose another day, or tick to keep this one.")
            self.add_error("together", " ".join([*near, asks]))
        return cleaned


class OpenRoundForm(BesideOthersForm):
    FOLDED = ("message", "asks_supporters")
    FOLDS = gettext_lazy("Add a message, or ask more agencies")
    name = TextField(
        label=gettext_lazy("Name"),
        max_length=100,
        help_text=gettext_lazy("Such as January to June 2026"),
    )
    period_start = DayField(label=gettext_lazy("First day of the period"))
    period_end = DayField(label=gettext_lazy("Last day of the period"))
    due_on = DayField(label=gettext_lazy("Returns are due on"))
    message = LinesField(label=gettext_lazy("Message to the agencies"), rows=4)
    asks_supporters = forms.BooleanField(
        label=gettext_lazy("Also ask agencies that only support items"), required=False
    )
    lets_one_submit = forms.BooleanField(
        label=gettext_lazy("Let one person write and submit"), required=False
    )
    alone_reason = ReasonField(label=gettext_lazy("Why one person may do both"), required=False)

    def __init__(
        self,
        *args: Any,
        members: Sequence[Agency] = (),
        supporters: Sequence[Agency] = (),
        alone: Sequence[Agency] = (),
        **kwargs: Any,
    ) -> None:
        """Of the `members`, `supporters` only support items, and `alone` have one person, who could not submit."""
        self.members, self.supporters, self.alone = members, supporters, alone
        super().__init__(*args, **kwargs)
        fields = self.fields
        if supporters:
            fields["asks_supporters"].help_text = _(
                "{agencies} would get a return in which nothing has to be answered."
            ).format(agencies=list_in_words([each.short_name for each in supporters]))
        else:
            del fields["asks_supporters"]
        if alone:
            fields["lets_one_submit"].label = ngettext(
                "Let the one person of {agencies} write and submit",
                "Let the one person of each of these {count} agencies write and submit",
                len(alone),
            ).format(agencies=alone[0].short_name, count=in_words(len(alone)))
            fields["lets_one_submit"].help_text = _(
                "{agencies}: otherwise nobody there can submit. Another person still accepts it."
            ).format(agencies=list_in_words([each.short_name for each in alone]))
            fields["alone_reason"].initial = _("The agency has nobody else in the plan.")
            # Below the callout that says so.
            self.order_fields(["lets_one_submit", "alone_reason"])
        else:
            del fields["lets_one_submit"], fields["alone_reason"]

    def agencies_asked(self, cleaned: dict[str, Any]) -> list[Agency]:
        left_out = () if cleaned.get("asks_supporters") else self.supporters
        return [each for each in self.members if each not in left_out]

    def arguments(self) -> dict[str, Any]:
        found = dict(self.cleaned_data)
        found.setdefault("asks_supporters", False)
        if found.pop("lets_one_submit", False):
            found["may_submit_alone"] = self.alone
        else:
            found.pop("alone_reason", None)
        return found

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("lets_one_submit") and not cleaned.get("alone_reason"):
            self.add_error("alone_reason", _("Say why one person may write and submit it."))
        return cleaned

    def further_faults(self, cleaned: dict[str, Any]) -> Iterable[Fault]:
        days = (cleaned.get(name) for name in ("period_start", "period_end", "due_on"))
        return round_faults(self.plan, *days)


class CloseRoundForm(Form):
    # The returns that the page showed as still open.
    seen = TextField(required=False, widget=forms.HiddenInput)


class ReopenRoundForm(Form):
    reason = ReasonField(label=gettext_lazy("Why the round is reopened"))


class AllowAloneForm(Form):
    reason = ReasonField(
        label=gettext_lazy("Why one person may write and submit it"),
        help_text=gettext_lazy(
            "Shown in the round and on the return, which the working group can read."
        ),
    )


class RemindForm(Form):
    body = LinesField(
        label=gettext_lazy("Your message"),
        rows=6,
        required=True,
        max_length=2000,
        help_text=gettext_lazy("They read it above the link to their return."),
        error_messages={"required": gettext_lazy("Write what the agencies should read.")},
    )


class ExtendReturnsForm(BesideOthersForm):
    DAY = "to"
    SOMETIMES = ("agency",)  # empty, it is every agency

    agency = forms.ChoiceField(label=gettext_lazy("For"), required=False)
    to = DayField(label=gettext_lazy("New due date"))
    reason = ReasonField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Kept in the history. The working group can read it."),
    )

    def __init__(self, *args: Any, agencies: list[Agency], on: date, **kwargs: Any) -> None:
        self.on, self.agencies = on, agencies
        super().__init__(*args, **kwargs)
        choices = [("", _("Every agency whose return is not accepted yet"))]
        choices += [(str(agency.pk), agency.name) for agency in agencies]
        self.fields["agency"].choices = choices  # type: ignore[attr-defined]

    def further_faults(self, cleaned: dict[str, Any]) -> Iterable[Fault]:
        return later_faults(cleaned.get("to"), on=self.on, field="to")

    def agencies_asked(self, cleaned: dict[str, Any]) -> list[Agency]:
        chosen = cleaned.get("agency")
        return [each for each in self.agencies if chosen in ("", None, str(each.pk))]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        chosen = cleaned.pop("agency", "")
        return cleaned | {"agencies": [int(chosen)] if chosen else None}
