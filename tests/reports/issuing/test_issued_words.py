"""Test the words of issued papers: those of the document, frozen, and filled by the migration."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from reports.document import from_json, printed_words
from reports.models import IssuedParagraph
from tests.factories import IssuedPaperFactory

pytestmark = pytest.mark.django_db

FILL = import_module("reports.migrations.0026_fill_the_words_of_issued_papers")


def rows():
    names = ("heading", "key", "number", "text")
    return list(IssuedParagraph.objects.order_by("pk").values_list(*names))


def test_the_migration_keeps_the_same_words_as_authorising():
    paper = IssuedPaperFactory(paragraphs=False)
    FILL.fill(apps, None)
    document = from_json(bytes(paper.document))
    assert rows() == [
        (heading, part.key, number, text) for heading, part, number, text in printed_words(document)
    ]
    assert [key for _, key, _, _ in rows()] == [
        *(paragraph.key for paragraph in document.paragraphs()),
        *(item.key for item in document.recommendation.items),
    ]


def test_they_are_never_changed_or_deleted():
    IssuedPaperFactory()
    for act in (lambda row: row.delete(), lambda row: row.save()):
        with pytest.raises(IntegrityError), transaction.atomic():
            act(IssuedParagraph.objects.earliest("pk"))
