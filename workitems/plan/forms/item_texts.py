"""The form for a text of an item or a milestone that is not official wording, and the box for one."""

from typing import Any

from django import forms
from django.db import models

from agencies.typed.fields import LinesField, TextField, VersionedForm, overwrite_data
from workitems.models import Milestone, WorkItem
from workitems.plan.forms.stems import remark_on_acronyms
from workitems.terms.as_told import fault_of_phrase
from workitems.terms.item_texts import TEXTS, Text, not_official

Row = WorkItem | Milestone


def refuse_no_phrase(text: str) -> None:
    """Raise `ValidationError` unless the text fits into a sentence."""
    if fault := fault_of_phrase(text):
        raise forms.ValidationError(fault)


def texts_of(model: type[Row]) -> dict[str, Text]:
    return TEXTS[model.__name__]


def text_box(model: type[Row], field: str) -> TextField:
    """Return the box for a text that is not official: of one line if the column has a limit."""
    text, column = texts_of(model)[field], model._meta.get_field(field)
    if not isinstance(column, models.CharField):
        return LinesField(label=text.label, help_text=text.help_text)
    return TextField(
        label=text.label,
        help_text=text.help_text,
        required=False,
        max_length=column.max_length,
        validators=[refuse_no_phrase] if field == "as_told" else [],
    )


def add_text_boxes(form: forms.BaseForm, model: type[Row]) -> None:
    """Add the boxes for the texts that are not official to a form that makes a row."""
    for field in not_official(texts_of(model)):
        form.fields[field] = text_box(model, field)


class TextForm(VersionedForm):
    """It carries the text that its page was made from, instead of the row's version."""

    version = None  # type: ignore[assignment]
    was = LinesField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, row: Row, field: str, **kwargs: Any) -> None:
        self.field = field
        super().__init__(*args, row=row, **kwargs)
        self.fields[field] = text_box(type(row), field)
        plan = row.plan if isinstance(row, WorkItem) else row.item.plan
        remark_on_acronyms(self, plan, field)

    def start(self, row: Row) -> dict[str, Any]:
        text = getattr(row, self.field)
        return {self.field: text, "was": text}

    def take_version(self, version: int) -> None:
        overwrite_data(self, was=self.theirs)

    @property
    def theirs(self) -> str:
        """Return the text that another person saved first."""
        return getattr(self.conflict, self.field) if self.conflict else ""
