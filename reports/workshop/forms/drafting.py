"""Forms of a draft's page: paragraphs, recommendations, headings, and the kind of a new draft."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from agencies.typed.fields import Form, TextField, overwrite_data
from reports.document import Verb
from reports.document.markup import MAX_SOURCE
from reports.kinds.services.kinds import patterns
from reports.models import BriefingKind
from workitems.models import Plan

# Length of `seen`: keys separated by spaces.
MOST_SEEN = 200_000
# A position after every paragraph of a section.
LAST = 100_000
KEY = r"^[pr]-[a-z0-9-]{1,60}$"


class TypedForm(Form):
    """Typed text, with the version it was edited from and the paragraph numbers at that time.

    `key` is the row's. Version 0 means that the row is new.
    """

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    seen = TextField(required=False, max_length=MOST_SEEN, widget=forms.HiddenInput)

    def __init__(self, *args: Any, key: str, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "auto_id": f"{key}-%s"})

    def show_again(self, **values: Any) -> None:
        """Show the form again as typed, with values of the current row."""
        overwrite_data(self, **values)

    def clean_seen(self) -> list[str]:
        return str(self.cleaned_data["seen"]).split()


class ParagraphForm(TypedForm):
    """`section` and `after` place a new paragraph; `source` is the record it is written from."""

    text = TextField(
        label=gettext_lazy("Words of the paragraph"),
        strip=False,
        max_length=MAX_SOURCE,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "true"}),
        error_messages={"required": gettext_lazy("Write the paragraph, or leave it out.")},
    )
    section = TextField(required=False, max_length=64, widget=forms.HiddenInput)
    after = forms.RegexField(KEY, required=False, widget=forms.HiddenInput)
    source = TextField(required=False, max_length=40, widget=forms.HiddenInput)


class AskForm(TypedForm):
    verb = forms.TypedChoiceField(
        label=gettext_lazy("Verb"), choices=[(verb.value, verb.value) for verb in Verb], coerce=Verb
    )
    text = TextField(
        label=gettext_lazy("What follows the verb"),
        strip=False,
        max_length=MAX_SOURCE,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "true"}),
        error_messages={"required": gettext_lazy("Say what is recommended.")},
    )
    options = TextField(
        label=gettext_lazy("Printed choices"),
        required=False,
        max_length=200,
        help_text=gettext_lazy(
            "Separated by strokes, such as agreed / not agreed. If blank, the usual choices of the verb are "
            "printed."
        ),
    )


class HeadingForm(Form):
    heading = TextField(
        label=gettext_lazy("Heading"),
        max_length=200,
        error_messages={"required": gettext_lazy("Give the section a heading.")},
    )
    was = TextField(max_length=200, widget=forms.HiddenInput)

    def __init__(self, *args: Any, section: str, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "auto_id": f"%s-of-{section}"})
        self.section = section


class MoveForm(Form):
    """The section, and the position from 0 in it; without a position, its end."""

    section = TextField(max_length=64)
    position = forms.IntegerField(min_value=0, max_value=LAST, required=False)

    def clean_position(self) -> int:
        position: int | None = self.cleaned_data["position"]
        return LAST if position is None else position


class AnyOf(forms.MultipleChoiceField):
    """Any values. What has changed since the page was shown is no invalid choice."""

    def valid_value(self, value: str) -> bool:
        return True


class JoinForm(Form):
    """The neighbour to join a paragraph with; the next one if the page names none."""

    side = forms.ChoiceField(choices=[("after", "after"), ("before", "before")], required=False)


class MergeForm(Form):
    """The keys of the paragraphs to merge into another."""

    others = AnyOf(required=False)


class VersionForm(Form):
    version = forms.IntegerField(min_value=0)


class SplitForm(VersionForm):
    at = forms.IntegerField(min_value=0, max_value=MAX_SOURCE)


class ResultForm(VersionForm):
    """A report to tell as a main result: to swap for the bullet at a place, from 0, or to add."""

    swap = forms.IntegerField(min_value=1, max_value=2**62, required=False)
    add = forms.IntegerField(min_value=1, max_value=2**62, required=False)
    place = forms.IntegerField(min_value=0, max_value=LAST)

    @property
    def wanted(self) -> int:
        return int(self.cleaned_data["swap"] or self.cleaned_data["add"] or 0)


class BackForm(VersionForm):
    to = forms.IntegerField(min_value=0, max_value=2**62)


class StepForm(Form):
    """Undo or redo, and the act that the button named."""

    act = forms.ChoiceField(
        choices=[("undo", gettext_lazy("Undo")), ("redo", gettext_lazy("Redo"))]
    )
    undo = forms.IntegerField(min_value=1, max_value=2**62, required=False)
    redo = forms.IntegerField(min_value=1, max_value=2**62, required=False)

    @property
    def wanted(self) -> int:
        return int(self.cleaned_data[self.cleaned_data["act"]] or 0)


class DriftForm(VersionForm):
    """`read` is the digest of the records' text on the page."""

    read = TextField(max_length=64)


class DigestForm(Form):
    """`text` is the digest of the sentences that the page offered."""

    text = TextField(max_length=64)


class UpdateForm(Form):
    """The changes that the page showed, and those of them that are ticked, by their digests."""

    shown = TextField(required=False, max_length=MOST_SEEN, widget=forms.HiddenInput)
    take = AnyOf(label=gettext_lazy("Changes to make"), required=False)

    def clean_shown(self) -> list[str]:
        return str(self.cleaned_data["shown"]).split()


class KindForm(Form):
    """The kind to draft as: one of the plan's or, before it has any, of the product's."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of briefing"),
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "The kind decides the sections, headings, standing text and annexes."
        ),
        error_messages={"required": gettext_lazy("Choose the kind of briefing.")},
    )

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = BriefingKind.objects.filter(plan=plan).in_order()
        choices = list(kinds.values_list("slug", "name"))
        if not choices:
            choices = [(str(p["slug"]), str(p["name"])) for p in patterns()]
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
        field.initial = choices[0][0]
