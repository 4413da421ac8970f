"""Forms of notes: begin a conversation, answer, edit, settle, withdraw."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency
from agencies.typed.fields import Form, LinesField, VersionedForm
from workitems.models import Note
from workitems.models.note import NOTE_LENGTH, readers_in_words
from workitems.notes.readers import Askable

TEXT_NEEDED = {"required": gettext_lazy("Write the note.")}
READERS_SHOWN = 4


class AskingPart(Form):
    """The fields with which a note asks somebody."""

    ask = forms.MultipleChoiceField(
        label=gettext_lazy("Who should answer?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "It is on their desk until someone of theirs answers. We email them."
        ),
    )
    ask_other = forms.ChoiceField(label=gettext_lazy("Someone else"), required=False)

    field_order: tuple[str, ...] = ("text", "ask", "ask_other")

    def __init__(self, *args: Any, askable: Askable, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.askable = askable
        self.fields["ask"].choices = askable.boxes  # type: ignore[attr-defined]
        none = [("", _("Nobody else"))]
        self.fields["ask_other"].choices = [*none, *askable.others]  # type: ignore[attr-defined]
        if not askable.boxes:
            del self.fields["ask"]

    def asked(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        return {"asked": self.askable.asked([*cleaned.get("ask", ()), cleaned["ask_other"]])}


def readers_offered(
    agencies: Collection[Agency],
    own: Collection[int],
    coordinating: int,
    *,
    coordinates: bool,
    of_return: int | None,
) -> list[tuple[str, str]]:
    """Return who can be let read a conversation, as choices.

    Everyone may choose all members, their own agency, and that with the coordinators; a coordinator, any agency with the
    coordinators. Of a return, its agency alone.
    """
    found = [] if of_return else [(Note.Readers.ALL.value, readers_in_words("all", None))]
    offered = [each for each in agencies if of_return in (None, each.pk)]
    offered.sort(key=lambda each: (each.pk not in own, each.short_name.casefold()))
    for agency in offered:
        with_coordinators = coordinates or agency.pk in own
        kinds = (
            [Note.Readers.WITH_COORDINATORS]
            if with_coordinators and agency.pk != coordinating
            else []
        )
        kinds += [Note.Readers.AGENCY] if agency.pk in own else []
        found += [(f"{kind}-{agency.pk}", readers_in_words(kind, agency)) for kind in kinds]
    return found


class WriteForm(AskingPart):
    text = LinesField(
        label=gettext_lazy("Note"),
        rows=4,
        required=True,
        max_length=NOTE_LENGTH,
        error_messages=TEXT_NEEDED,
    )
    readers = forms.ChoiceField(
        label=gettext_lazy("Who can read it?"),
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Answers have the same readers. This cannot be changed later."),
        error_messages={"required": gettext_lazy("Choose who can read it.")},
    )

    field_order = ("text", "readers", "ask", "ask_other")

    def __init__(
        self,
        *args: Any,
        readers: list[tuple[str, str]],
        agencies: dict[int, Agency],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.agencies = agencies
        if len(readers) > READERS_SHOWN:
            self.fields["readers"].widget = forms.Select()
        self.fields["readers"].choices = readers  # type: ignore[attr-defined]
        self.initial.setdefault("readers", readers[0][0] if readers else "")

    def arguments(self) -> dict[str, Any]:
        kind, _dash, agency = self.cleaned_data["readers"].partition("-")
        return {
            "text": self.cleaned_data["text"],
            "readers": kind,
            "agency": self.agencies[int(agency)] if agency else None,
            **self.asked(),
        }


class AnswerForm(AskingPart):
    text = LinesField(
        label=gettext_lazy("Answer"), rows=4, required=True, max_length=NOTE_LENGTH,
        error_messages={"required": gettext_lazy("Write the answer.")},
    )  # fmt: skip

    def arguments(self) -> dict[str, Any]:
        return {"text": self.cleaned_data["text"], **self.asked()}


class EditForm(AskingPart, VersionedForm):
    BEGINS_WITH = ("text",)

    text = LinesField(
        label=gettext_lazy("Note"), rows=4, required=True, max_length=NOTE_LENGTH, error_messages=TEXT_NEEDED,
        help_text=gettext_lazy("The page says that you edited it, and history keeps what it said before."),
    )  # fmt: skip

    def arguments(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        return {"version": cleaned["version"], "text": cleaned["text"], **self.asked()}


class SettleForm(VersionedForm):
    words = LinesField(
        label=gettext_lazy("How is it settled?"),
        required=True,
        max_length=NOTE_LENGTH,
        help_text=gettext_lazy(
            "Whoever reads the conversation reads this. Another answer opens it again."
        ),
        error_messages={"required": gettext_lazy("Write how it is settled.")},
    )


class WithdrawForm(VersionedForm):
    """Asks nothing: the button confirms."""
