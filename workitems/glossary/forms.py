"""Forms for the glossary of a plan."""

from collections.abc import Iterator, Sequence
from typing import Any
from unicodedata import normalize

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.typed.fields import Form, TextField, VersionedForm
from workitems.glossary.services import NewEntry
from workitems.models import GlossaryEntry
from workitems.terms.acronyms import acronym_of

ACRONYM_LENGTH, WORDS_LENGTH = 20, 200
# Acronyms asked about on one page.
MOST_ROWS = 40
KNOWN = gettext_lazy("Readers know it")
BOTH = gettext_lazy("Either give the words or say that readers know it.")


class NewEntriesForm(Form):
    """Acronyms that the glossary lacks, each in a row to fill in, and a row for any other."""

    def __init__(self, data: Any = None, *, acronyms: Sequence[str]) -> None:
        if data is not None:
            # The rows of the page that was sent, whatever the glossary lacks now.
            places = range(MOST_ROWS + 1)
            acronyms = [data.get(f"acronym-{i}", "") for i in places if f"acronym-{i + 1}" in data]
        super().__init__(data)
        self._asked = acronyms[:MOST_ROWS]
        for place, acronym in enumerate((*self._asked, "")):
            self._add_row(place, acronym)

    def _add_row(self, place: int, acronym: str) -> None:
        name = acronym or _("the other acronym")
        self.fields[f"acronym-{place}"] = TextField(
            label=_("Another acronym"),
            max_length=ACRONYM_LENGTH,
            required=bool(acronym),
            initial=acronym,
            widget=forms.HiddenInput() if acronym else forms.TextInput(attrs={"size": 8}),
        )
        self.fields[f"words-{place}"] = TextField(
            label=_("What {acronym} stands for").format(acronym=name),
            max_length=WORDS_LENGTH,
            required=False,
        )
        self.fields[f"known-{place}"] = forms.BooleanField(
            label=_("Readers know {acronym}").format(acronym=name), required=False
        )

    @property
    def rows(self) -> Iterator[tuple[str, BoundField, BoundField, BoundField]]:
        for place, acronym in enumerate((*self._asked, "")):
            yield acronym, self[f"acronym-{place}"], self[f"words-{place}"], self[f"known-{place}"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for place in range(len(self._asked) + 1):
            typed = cleaned.get(f"acronym-{place}") or ""
            words, is_known = cleaned.get(f"words-{place}"), cleaned.get(f"known-{place}")
            if words and is_known:
                self.add_error(f"words-{place}", BOTH)
            if typed and not acronym_of(normalize("NFC", typed)):
                self.add_error(f"acronym-{place}", _("Enter an acronym in capitals, such as CNS."))
            elif not typed and (words or is_known):
                self.add_error(f"acronym-{place}", _("Enter the acronym."))
            elif place == len(self._asked) and typed and not (words or is_known):
                self.add_error(f"words-{place}", _("Enter what it stands for."))
        return cleaned

    def arguments(self) -> dict[str, Any]:
        return {"entries": list(self._filled_in())}

    def _filled_in(self) -> Iterator[NewEntry]:
        for place in range(len(self._asked) + 1):
            words = self.cleaned_data[f"words-{place}"]
            if words or self.cleaned_data[f"known-{place}"]:
                acronym = acronym_of(normalize("NFC", self.cleaned_data[f"acronym-{place}"]))
                yield NewEntry(acronym, words, f"words-{place}")


class ChangeEntryForm(VersionedForm):
    words = TextField(
        label=gettext_lazy("Words"),
        max_length=WORDS_LENGTH,
        required=False,
        help_text=gettext_lazy("As they are written within a sentence."),
    )
    known = forms.BooleanField(label=KNOWN, required=False)

    SOMETIMES = ("words",)

    def start(self, row: GlossaryEntry) -> dict[str, Any]:
        return {"words": row.words, "known": not row.words}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("known") and cleaned.get("words"):
            self.add_error("words", BOTH)
        elif not cleaned.get("known") and cleaned.get("words") == "":
            self.add_error("words", _("Enter the words, or say that readers know the acronym."))
        return cleaned

    def arguments(self) -> dict[str, Any]:
        return {"words": self.cleaned_data["words"], "version": self.cleaned_data["version"]}
