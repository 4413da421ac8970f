"""The conversations and open questions of an agency that ends: its successor reads and answers them."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from agencies.people.succession import Holding
from workitems.models import Mention, Note
from workitems.plan.held_work import goes_on


def _notes(agency: int, on: date) -> "QuerySet[Any]":
    return Note.objects.filter(goes_on(on, "plan__"), agency=agency)


def _questions(agency: int, on: date) -> "QuerySet[Any]":
    return Mention.objects.open().filter(goes_on(on, "note__plan__"), agency=agency)


NOTES = Holding(gettext_lazy("Conversations that it reads"), _notes, "agency", "written_at__date")
QUESTIONS = Holding(
    gettext_lazy("Questions to it"), _questions, "agency", "asked_at__date", once="note"
)
