"""A language of screens that nobody speaks: every letter of a translated string has a mark ("Ṡṫȧṫüṡ").

What a page shows in plain letters was not translated, or is data. Placeholders and tags stay as they are.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import BinaryField, CharField, JSONField, TextField
from django.test import override_settings
from django.utils import translation
from django.utils.safestring import SafeData, mark_safe
from lxml import html

from reports.document import Verb
from reports.document.cover_design import USUAL_LABELS
from reports.document.dates import MONTHS
from tests.codebase.source import ROOT
from workitems.intake.workbook.columns import SHEETS

PLAIN = "abcdefghijklmnopqrstuvwxyz"
MARKED = "ȧḃċḋėḟġḣïĵķŀṁṅȯṗʠṙṡṫüṽẇẋẏż"
MARK = str.maketrans(PLAIN + PLAIN.upper(), MARKED + MARKED.upper())
# %(name)s, {name}, <a href="…">, &nbsp; and codes of dates stay.
KEPT = re.compile(r"(%\(\w+\)[a-z]|%[sd]|\{[^{}]*\}|<[^<>]*>|&\w+;)")
WORDS = re.compile(r"[A-Za-z][A-Za-z’'-]*(?:[ \u00a0]+[A-Za-z][A-Za-z’'-]*)*")
# Attributes that a reader sees or hears.
SPOKEN = ("aria-label", "title", "placeholder", "alt", "aria-description", "data-label")
# What a page shows word for word: code, fingerprints, papers, what was typed.
WORD_FOR_WORD = "script|style|code|pre|textarea|template"
# A paper, and what was composed for one.
PAPERS = {"paper", "wording", "official"}
# Names of files, sites and addresses.
NAMES = re.compile(r"\S+\.[a-z]{2,}\b\S*|\S*[-_/]\S*[-_/]\S*|\b[0-9a-f]{12,}\b")


def marked(message: str) -> str:
    """Return the message with a mark on each letter."""
    parts = KEPT.split(str(message))
    parts[::2] = [part.translate(MARK) for part in parts[::2]]
    found = "".join(parts)
    return mark_safe(found) if isinstance(message, SafeData) else found


def in_this_language(message: str) -> str:
    """Mark the message, unless a paper is being written, which is in English."""
    return message if translation.get_language() == "en" else marked(message)


@contextmanager
def in_a_language(code: str) -> Iterator[None]:
    """Translate as a service in this language does: Django decides once, at the first word."""
    with (
        override_settings(USE_I18N=True),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(translation, "_trans", type(translation._trans)())
        with translation.override(code):
            yield


@contextmanager
def pseudo_locale() -> Iterator[None]:
    """Show the screens in another language, into which everything is translated that is marked for it."""
    with in_a_language("en-gb"), pytest.MonkeyPatch.context() as patch:
        for name, replacement in {
            "gettext": in_this_language,
            "pgettext": lambda context, message: in_this_language(message),
            "ngettext": lambda one, many, number: in_this_language(one if number == 1 else many),
            "npgettext": lambda context, one, many, number: in_this_language(
                one if number == 1 else many
            ),
        }.items():
            patch.setattr(translation._trans, name, replacement, raising=False)
        yield


def texts_of(data: object) -> Iterator[str]:
    if isinstance(data, bytes | memoryview):
        # A frozen paper is kept as bytes of JSON.
        text = bytes(data)
        yield from texts_of(json.loads(text)) if text.startswith(b"{") else ()
    elif isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for value in data.values():
            yield from texts_of(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from texts_of(value)


# What papers print in English, which screens quote.
OF_PAPERS = (ROOT / "reports/requests/law/acts", ROOT / "reports/kinds/kinds.json")


def all_data() -> str:
    """Return every text in the database, and what papers say, in one."""
    found: set[str] = {
        *(settings.PRODUCT_NAME, settings.COUNTRY_NAME, *USUAL_LABELS.values(), *MONTHS),
        *(verb.value for verb in Verb),
        *(column.heading for sheet in SHEETS for column in sheet.columns),
    }
    for place in OF_PAPERS:
        for path in place.glob("*.json") if place.is_dir() else [place]:
            found.update(texts_of(json.loads(path.read_text())))
    for model in apps.get_models(include_auto_created=True):
        columns = [
            field.attname
            for field in model._meta.concrete_fields
            if isinstance(field, BinaryField | CharField | TextField | JSONField)
            and not field.choices
        ]
        if columns and model._meta.managed:
            for row in model._default_manager.values_list(*columns):
                found.update(text for value in row for text in texts_of(value))
    return squeezed("\n".join(sorted(found)))


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text).casefold()


def untranslated(page: str, data: str, known: frozenset[str]) -> list[str]:
    """Return the words of a page in plain letters that are neither data nor known to stay."""
    tree = html.fromstring(page)
    found = []
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        if any(
            re.fullmatch(WORD_FOR_WORD, part.tag) or is_paper(part) for part in lineage(element)
        ):
            continue
        texts = [element.text or "", *(child.tail or "" for child in element)]
        texts += [element.get(name, "") for name in SPOKEN]
        found += [words for text in texts for words in plain_words(text, data, known)]
    return found


def plain_words(text: str, data: str, known: frozenset[str]) -> list[str]:
    """Return the words of a text in plain letters that are neither data nor known to stay."""
    found = [words.rstrip("’'-") for words in WORDS.findall(NAMES.sub("", " ".join(text.split())))]
    return [
        words
        for words in found
        if words.casefold() not in data and words not in known and len(words) > 1
    ]


def lineage(element: html.HtmlElement) -> Iterator[html.HtmlElement]:
    yield element
    yield from (part for part in element.iterancestors() if isinstance(part.tag, str))


def is_paper(element: html.HtmlElement) -> bool:
    """A paper is composed in English whatever the language of the screens."""
    classes = set((element.get("class") or "").split())
    return bool(PAPERS & classes) or element.get("lang") == "mi"
