"""Forms of a letter about a request: what its preparer types, and the day on which it is sent."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.typed.fields import DayField, LinesField, PastDayField, TextField, VersionedForm
from agencies.wording.translation import StrOrPromise
from reports.document.dates import long_date
from reports.requests.law.act import act_named
from reports.requests.models import RequestLetter
from reports.requests.models.request import NAME_LENGTH, NOTE_LENGTH
from reports.requests.pages.register.warnings import LeavesWarnings

Kind = RequestLetter.Kind
PEOPLE = {
    "contact": ("name", "role", "phone", "email"),
    "signatory": ("name", "role"),
}
# The fields that only some kinds of letter have.
OF_KIND: dict[str, tuple[str, ...]] = {
    Kind.CLARIFY: ("question",),
    Kind.TRANSFER: (
        *("whom", "transfer_reason", "part", "transfer_contact"),
        *("agency_address", "enclosures", "agency_words"),
    ),
    Kind.EXTEND: ("until", "extension_reason", "explanation"),
    Kind.DECIDE: ("release_by", "public_interest", "will_be_published", "apologise", "no_apology_reason"),
    Kind.DECIDE_AND_RELEASE: ("public_interest", "will_be_published", "apologise", "no_apology_reason"),
}  # fmt: skip
ALL_OF_KINDS = {name for names in OF_KIND.values() for name in names}


class LaterDayField(DayField):
    """A day after another, `after`, which its example is too."""

    after: date | None = None

    @property
    def example(self) -> str:
        return long_date(self.after + timedelta(days=14)) if self.after else super().example


def _short(label: StrOrPromise, **how: Any) -> TextField:
    return TextField(label=label, max_length=NAME_LENGTH, required=False, **how)


class LetterForm(VersionedForm):
    """The fields of one kind of letter. `typed` is what the records keep of them."""

    SOMETIMES = ("no_apology_reason",)

    dated = DayField(label=gettext_lazy("Date of the letter"))
    question = LinesField(
        label=gettext_lazy("Question to the requester"), required=True, max_length=NOTE_LENGTH
    )
    whom = TextField(label=gettext_lazy("Transferred to"), max_length=NAME_LENGTH)
    transfer_reason = forms.ChoiceField(label=gettext_lazy("Why it is transferred"))
    part = _short(
        gettext_lazy("Which part"),
        help_text=gettext_lazy("Leave blank if the whole request is transferred."),
    )
    transfer_contact = _short(
        gettext_lazy("How the requester reaches the body that it is transferred to")
    )
    agency_address = LinesField(
        label=gettext_lazy("Address of the receiving agency"),
        max_length=NOTE_LENGTH,
        help_text=gettext_lazy(
            "For the letter to it, which is written with this one and has the requester’s name, address and words."
        ),
    )
    enclosures = LinesField(
        label=gettext_lazy("What you enclose for the receiving agency"),
        max_length=NOTE_LENGTH,
        help_text=gettext_lazy("One a line, such as: the request of 21 November 2026."),
    )
    agency_words = LinesField(
        label=gettext_lazy("To the receiving agency, in your own words"),
        max_length=NOTE_LENGTH,
        help_text=gettext_lazy("Added to the letter to it as typed."),
    )
    until = LaterDayField(
        label=gettext_lazy("New date"),
        help_text=gettext_lazy("A working day after the first due date."),
    )
    extension_reason = forms.ChoiceField(label=gettext_lazy("Why it is extended"))
    explanation = LinesField(
        label=gettext_lazy("Explanation in your own words"), max_length=NOTE_LENGTH
    )
    release_by = DayField(
        label=gettext_lazy("Papers follow by"),
        required=False,
        help_text=gettext_lazy("If they are not sent with this letter."),
    )
    public_interest = LinesField(
        label=gettext_lazy("Public interest, in your own words"),
        max_length=NOTE_LENGTH,
        help_text=gettext_lazy("Printed after the Act’s own sentence."),
    )
    will_be_published = forms.BooleanField(
        label=gettext_lazy("Say that the papers will be published"), required=False
    )
    apologise = forms.BooleanField(
        label=gettext_lazy("Apologise if the decision is late"),
        required=False,
        help_text=gettext_lazy("Printed only in a late letter."),
    )
    no_apology_reason = LinesField(
        label=gettext_lazy("Why there is no apology"), max_length=NOTE_LENGTH
    )
    own_words = LinesField(
        label=gettext_lazy("In your own words"),
        max_length=NOTE_LENGTH,
        help_text=gettext_lazy("Added to the letter as typed."),
    )
    contact_name = _short(gettext_lazy("Contact: name"))
    contact_role = _short(gettext_lazy("Contact: role"))
    contact_phone = _short(gettext_lazy("Contact: phone"))
    contact_email = _short(gettext_lazy("Contact: email address"))
    signatory_name = _short(gettext_lazy("Signed by: name"))
    signatory_role = _short(gettext_lazy("Signed by: role"))

    def __init__(
        self, *args: Any, row: RequestLetter, on: date, due: date | None = None, **kwargs: Any
    ) -> None:
        """`due` is the last day for the decision: a letter up to then is not asked for an apology."""
        self.on = on
        super().__init__(*args, row=row, on=on, **kwargs)
        for name in ALL_OF_KINDS - set(OF_KIND.get(row.kind, ())):
            del self.fields[name]
        if row.kind == Kind.TRANSFER:
            self.fields["own_words"].label = _("To the requester, in your own words")
        if row.request.is_own_initiative:
            self._be_a_memo()
        if due and row.has_apology and self.initial["dated"] <= due:
            self.fields.pop("apologise", None)
            self.fields.pop("no_apology_reason", None)
        if due and "until" in self.fields:
            self.fields["until"].after = due  # type: ignore[attr-defined]
        act = act_named()
        for name, reasons in (
            ("transfer_reason", act.transfer_reasons),
            ("extension_reason", act.extension_reasons),
        ):
            field: Any = self.fields.get(name)
            if field is not None:
                field.choices = [(each.code, f"s {each.code}: {each.words}") for each in reasons]

    def _be_a_memo(self) -> None:
        """Remove the fields that address a requester, and ask why the papers are released."""
        for name in ("release_by", "will_be_published", "apologise", "no_apology_reason"):
            self.fields.pop(name, None)
        for part in PEOPLE["contact"]:
            del self.fields[f"contact_{part}"]
        dated, why = self.fields["dated"], self.fields["own_words"]
        dated.label = _("Date of the memo")
        why.label, why.help_text = _("Why the papers are released"), _("For the person who signs.")

    def start(self, row: RequestLetter) -> dict[str, Any]:
        typed: Mapping[str, Any] = row.typed
        found: dict[str, Any] = {
            name: typed.get(name, "")
            for name in ("question", "release_by", "public_interest", "own_words")
        }
        for name in ("release_by",):
            found[name] = date.fromisoformat(typed[name]) if typed.get(name) else None
        found |= {
            f"{who}_{part}": typed.get(who, {}).get(part, "")
            for who, parts in PEOPLE.items()
            for part in parts
        }
        transfer, extension = typed.get("transfer") or {}, typed.get("extension") or {}
        return found | {
            "whom": transfer.get("whom", ""),
            "transfer_reason": transfer.get("reason", ""),
            "part": transfer.get("part", ""),
            "transfer_contact": transfer.get("contact", ""),
            "agency_address": transfer.get("address", ""),
            "enclosures": transfer.get("enclosures", ""),
            "agency_words": transfer.get("words", ""),
            "until": date.fromisoformat(extension["until"]) if extension else None,
            "extension_reason": extension.get("reason", ""),
            "explanation": extension.get("explanation", ""),
            "will_be_published": typed.get("will_be_published", False),
            "apologise": row.has_apology,
            "no_apology_reason": row.no_apology_reason,
            "dated": date.fromisoformat(row.content["dated"])
            if "dated" in row.content
            else self.on,
        }

    @property
    def typed(self) -> dict[str, Any]:  # type: ignore[override]
        """Return what `services.release.letters` keeps of a valid form."""
        cleaned = self.cleaned_data
        found: dict[str, Any] = {
            who: {part: cleaned[f"{who}_{part}"] for part in parts}
            for who, parts in PEOPLE.items()
            if f"{who}_{parts[0]}" in cleaned
        }
        for name in ("question", "public_interest", "own_words", "will_be_published"):
            if cleaned.get(name):
                found[name] = cleaned[name]
        if cleaned.get("release_by"):
            found["release_by"] = cleaned["release_by"].isoformat()
        if "whom" in cleaned:
            found["transfer"] = {
                "whom": cleaned["whom"],
                "reason": cleaned["transfer_reason"],
                "part": cleaned["part"],
                "contact": cleaned["transfer_contact"],
                "address": cleaned["agency_address"],
                "enclosures": cleaned["enclosures"],
                "words": cleaned["agency_words"],
            }
        if "until" in cleaned:
            found["extension"] = {
                "reason": cleaned["extension_reason"],
                "until": cleaned["until"].isoformat(),
                "explanation": cleaned["explanation"],
            }
        return found

    @property
    def apology(self) -> dict[str, Any]:
        """Return whether a late letter apologises and, if not, why, for the service."""
        if "apologise" not in self.fields:
            return {}
        return {
            "has_apology": self.cleaned_data["apologise"],
            "no_apology_reason": self.cleaned_data["no_apology_reason"],
        }


class SendLetterForm(VersionedForm):
    """Marks a letter as sent. `sent_on` becomes its date."""

    sent_on = PastDayField(label=gettext_lazy("Sent on"))

    def start(self, row: RequestLetter) -> dict[str, Any]:
        return {"sent_on": self.on}

    def __init__(self, *args: Any, row: RequestLetter, on: date, **kwargs: Any) -> None:
        self.on = on
        super().__init__(*args, row=row, on=on, **kwargs)


class SignForm(LeavesWarnings):
    """Signs a decision as it was shown: the version of its letter, its date, and each warning left."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    on = DayField(label=gettext_lazy("Date of the letter"), widget=forms.HiddenInput)
    has_read = forms.BooleanField(label=gettext_lazy("I have read this letter and its schedule"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields([*self.names, "has_read"])
