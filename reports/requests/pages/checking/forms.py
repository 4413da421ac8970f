"""The form that keeps a checked file."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.typed.fields import Form
from reports.requests.models import FileCheck


class KeepCopyForm(Form):
    """Asks for each page that was not compared with the paper, or else once for all."""

    SOMETIMES = ("pages",)

    pages = forms.MultipleChoiceField(
        label=gettext_lazy("I have compared these pages with the paper"),
        help_text=gettext_lazy(
            "Words can still be there in a picture. Tick a page after you have compared it."
        ),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    has_looked = forms.BooleanField(
        label=gettext_lazy("I have looked at every page of this file"),
        error_messages={"required": gettext_lazy("Look at every page first, then say so here.")},
    )

    def __init__(self, *args: Any, check: FileCheck, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not check.pages_to_look_at:
            del self.fields["pages"]
            return
        if check.comparison is None:
            del self.fields["has_looked"]  # every page is listed
        alike = set(check.pages_alike)
        # Pages of which nothing else can be said, as where each has the stamp, have one box.
        at_once = [each for each in check.pages_to_look_at if each in check.pages_not_listed]
        choices = [
            (
                str(number),
                _page_named(number, number in alike if check.report.get("looks") else None),
            )
            for number in check.pages_to_look_at
            if number not in at_once or len(at_once) == 1
        ]
        if len(at_once) > 1:
            numbers = ", ".join(map(str, at_once))
            label = _("Pages {numbers}: look different from the paper").format(numbers=numbers)
            choices.append((" ".join(map(str, at_once)), label))
        self.fields["pages"].choices = choices  # type: ignore[attr-defined]

    def clean_pages(self) -> list[int]:
        return [int(number) for each in self.cleaned_data["pages"] for number in each.split()]


def _page_named(number: int, is_alike: bool | None) -> str:
    if is_alike is None:
        return _("Page {number}").format(number=number)
    if is_alike:
        return _("Page {number}: looks the same as in the paper").format(number=number)
    return _("Page {number}: looks different from the paper").format(number=number)
