"""Forms that withhold words of a briefing, and that answer what is proposed."""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.typed.asking import Fault
from agencies.typed.fields import Form, LinesField, ReasonField, TextField, VersionedForm
from reports.requests.law.act import Family, Ground
from reports.requests.models import Redaction
from reports.requests.redaction.withheld_words import quoted
from reports.requests.services.choosing import NO_WORDS, WORDS
from reports.requests.services.deciding import Warned
from reports.requests.services.redacted_paper import Withheld

# Characters of a text; no text has as many.
MOST = 10**6

FAMILIES = {
    Family.CONCLUSIVE: gettext_lazy("Section 6: conclusive"),
    Family.SPECIAL: gettext_lazy("Section 7: Cook Islands, Niue, Tokelau, Ross Dependency"),
    Family.BALANCED: gettext_lazy("Section 9: can be outweighed by the public interest"),
    Family.EXISTENCE: gettext_lazy("Section 10: neither confirm nor deny"),
    Family.ADMINISTRATIVE: gettext_lazy("Section 18: refuse the request"),
}


def by_family(grounds: Sequence[Ground]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return grounds as grouped choices, each with its words. Without a ground, there is no group."""
    found = [
        (str(name), [(each.code, str(each)) for each in grounds if each.family == family])
        for family, name in FAMILIES.items()
    ]
    return [(name, choices) for name, choices in found if choices]


class RedactForm(Form):
    """Words to withhold. `document` is the SHA-256 of the paper that the page showed; `start` and `end`
    are there when words were selected on the page."""

    SOMETIMES = ("words", "same", "grounds", "reason", "public_interest")

    document = TextField(max_length=64, widget=forms.HiddenInput)
    place = TextField(max_length=300, required=False, widget=forms.HiddenInput)
    start = forms.IntegerField(
        min_value=0, max_value=MOST, required=False, widget=forms.HiddenInput
    )
    end = forms.IntegerField(min_value=0, max_value=MOST, required=False, widget=forms.HiddenInput)
    extent = forms.ChoiceField(label=gettext_lazy("What to withhold"), widget=forms.RadioSelect)
    words = LinesField(
        label=gettext_lazy("Words to withhold"),
        rows=2,
        help_text=gettext_lazy(
            "As printed. Capitals, macrons, and straight or curly quotation marks do not matter."
        ),
    )
    everywhere = forms.BooleanField(label=gettext_lazy("Withhold every occurrence"), required=False)
    same = forms.ChoiceField(
        label=gettext_lazy("Grounds, reason and public interest"), required=False
    )
    grounds = forms.MultipleChoiceField(
        label=gettext_lazy("Grounds"), widget=forms.CheckboxSelectMultiple, required=False
    )
    reason = ReasonField(
        label=gettext_lazy("Reason"),
        required=False,
        help_text=gettext_lazy(
            "For the reviewer. It is needed where an official’s name is withheld for privacy."
        ),
    )
    public_interest = ReasonField(
        label=gettext_lazy("Public interest"),
        required=False,
        help_text=gettext_lazy(
            "Needed for each ground under section 9(2): why release would be in the public interest, and why that does not "
            "outweigh the ground."
        ),
    )

    def __init__(
        self,
        *args: Any,
        grounds: Sequence[Ground],
        wholes: Sequence[tuple[str, str]] = (),
        count: int = 0,
        withheld: Sequence[Withheld] = (),
        **kwargs: Any,
    ) -> None:
        """`wholes` are what can be withheld whole instead, as (place, name); `count`, how often the
        words are in the paper; `withheld`, what is withheld in it already, of which the grounds can be the same."""
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["grounds"].choices = by_family([each for each in grounds if each.withholds])
        fields["extent"].choices = [
            (WORDS, _("The words below")),
            *((place, _("The whole of: {name}").format(name=name)) for place, name in wholes),
        ]
        self.initial.setdefault("extent", WORDS)
        alike = {
            (each.row.grounds, each.row.reason, each.row.public_interest): each for each in withheld
        }
        if alike:
            fields["same"].choices = [
                ("", _("As entered below")),
                *((str(each.row.pk), _same_as(each)) for each in alike.values()),
            ]
        else:
            del fields["same"]
        if count:
            fields["everywhere"].label = _("Withhold every occurrence ({count})").format(
                count=count
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not cleaned.get("same") and cleaned.get("grounds") == []:
            self.add_error("grounds", _("Choose the ground on which these words are withheld."))
        return cleaned

    def further_faults(self, cleaned: dict[str, Any]) -> Iterable[Fault]:
        if cleaned.get("extent") == WORDS and not cleaned.get("words"):
            yield NO_WORDS, "words"


def _same_as(each: Withheld) -> str:
    codes = ", ".join(f"s {code}" for code in each.row.ground_codes)
    return _("The same as for “{words}”: {grounds}").format(words=quoted(each.text), grounds=codes)


class WithdrawForm(VersionedForm):
    """An agreed redaction is removed with a reason."""

    reason = ReasonField(label=gettext_lazy("Why these words can be released"), required=False)


class DeclineForm(VersionedForm):
    reason = ReasonField(
        label=gettext_lazy("Why these words can be released"),
        error_messages={"required": gettext_lazy("Say why these words can be released.")},
    )


class AgreeForm(VersionedForm):
    """Agree one redaction as the page showed it."""


class AgreeAllForm(Form):
    """Agree to all redactions on one ground: each as `id-version`, as the page showed them."""

    seen = TextField(max_length=20_000, widget=forms.HiddenInput)

    def clean_seen(self) -> dict[int, int]:
        pairs = [each.split("-") for each in self.cleaned_data["seen"].split()]
        if not all(len(pair) == 2 and all(part.isdecimal() for part in pair) for pair in pairs):
            raise forms.ValidationError(_("Open the page again: its list cannot be read."))
        return {int(pk): int(version) for pk, version in pairs}


def seen(rows: Sequence[Redaction]) -> str:
    return " ".join(f"{row.pk}-{row.version}" for row in rows)


class WarningsForm(VersionedForm):
    """The reason for accepting each warning about a paper: a box for each, empty for one that will be fixed."""

    def __init__(self, *args: Any, warnings: Sequence[Warned], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keys = {f"left-{number}": warned.key for number, warned in enumerate(warnings)}
        # A warning that is not fixed is answered before the decision is signed.
        self.SOMETIMES = tuple(self.keys)
        fields: Any = self.fields
        for name, warned in zip(self.keys, warnings, strict=True):
            fields[name] = ReasonField(label=warned.sentence, required=False)
            self.initial[name] = warned.reason
        # The warnings that the page showed: others may have come since.
        fields["shown"] = TextField(widget=forms.HiddenInput, max_length=64)
        self.initial["shown"] = _digest(warnings)
        self.warnings = warnings

    def clean_shown(self) -> str:
        shown: str = self.cleaned_data["shown"]
        if shown != _digest(self.warnings):
            raise forms.ValidationError(
                _(
                    "The redactions were changed while you were writing, so the warnings are different now. Read "
                    "them and save again."
                )
            )
        return shown

    @property
    def reasons(self) -> dict[str, str]:
        return {key: self.cleaned_data[name] for name, key in self.keys.items()}


def _digest(warnings: Sequence[Warned]) -> str:
    return sha256(
        "\n".join(f"{each.key} {each.sentence}" for each in warnings).encode()
    ).hexdigest()
