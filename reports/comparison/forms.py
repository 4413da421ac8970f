"""Form for choosing two versions to compare."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.typed.fields import Form
from reports.comparison.versions import Choice, Version


class CompareForm(Form):
    """A GET form that shows the selection; the view validates the query string."""

    this = forms.ChoiceField(label=gettext_lazy("Compare"))

    def __init__(self, choice: Choice, this: Version, other: Version | None) -> None:
        initial = {"this": this.code, "with": other.code if other else ""}
        super().__init__(initial=initial, auto_id="compare_%s")
        # "with" is a Python keyword.
        self.fields["with"] = forms.ChoiceField(label=_("With"))
        chosen = [each for each in (this, other) if each and choice.named(each.code) is None]
        groups = [
            (_("The draft"), [*choice.draft, *chosen]),
            (_("This briefing as issued"), choice.issued),
            (_("Other briefings as issued"), choice.others),
        ]
        for name in ("this", "with"):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [
                (group, [(each.code, each.words) for each in versions])
                for group, versions in groups
                if versions
            ]
