"""Test that every word of the screens is marked for translation, with the addresses of the permission table."""

from io import StringIO

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.urls import reverse
from django.utils import translation

from reports.compose import compose
from reports.models.briefing import Briefing
from reports.render.html import document_html
from reports.requests.redaction.redact import ORDINALS
from tests.pseudo_locale import WORDS, all_data, plain_words, pseudo_locale, untranslated
from tests.test_permissions import EVERYBODY, RULES
from workitems.intake.workbook.columns import SHEETS

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database(reason="words of templates and forms"),
]
KNOWN = frozenset(
    {
        # Programs and formats have the same names in every language.
        *("CSV", "JPEG", "PNG", "XLSX", "pikepdf", "poppler", "Excel", "OpenDocument"),
        # Days are typed as in English, and so are shown in boxes.
        *("to", "Jan", "Feb", "Mar", "Apr", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
        *("Oct to Dec", "Jul to Sep", "Apr to Jun", "Jan to Mar"),
        # The titles that an agenda proposes are kept with the meeting.
        *("Decision of", "With Customs, to be done by", "overdue by", "objective"),
        *("Return of Police for January to June", "Office of the Minister of Immigration"),
        # A spreadsheet's own words, which are read back.
        "A milestone's first row here is its delay",
        # Places on a cover have the names of the paper's parts.
        *("Plan title", "direct dial", "mobile", "not concurring", "on behalf of"),
        *(f"{nth} {part}" for nth in ORDINALS for part in ("agency consulted", "contact")),
        *Briefing.Marking.values,
    }
)


@pytest.fixture(scope="module")
def data(people):
    return all_data()


# Pages that describe a spreadsheet, whose sheets and choices stay in English.
OF_SPREADSHEETS = ("plans:import", "plans:import-new")


def spreadsheet_words() -> set[str]:
    """Return the names of the sheets, and the labels of every choice with the words between their signs."""
    fields = (field for model in apps.get_models() for field in model._meta.concrete_fields)
    labels = {str(label) for field in fields for _, label in field.choices or ()}
    parts = {words for label in labels for words in WORDS.findall(label)}
    return {sheet.name for sheet in SHEETS} | labels | parts


PAGES = [name for name, row in RULES.items() if any(row.get[who] == 200 for who in EVERYBODY)]


@pytest.mark.parametrize("name", PAGES)
def test_every_word_of_a_page_can_be_translated(name, people, clients, data):
    row = RULES[name]
    address = reverse(name, args=row.arguments(people))
    readers = [who for who in EVERYBODY if row.get[who] == 200]
    known = KNOWN | spreadsheet_words() if name in OF_SPREADSHEETS else KNOWN
    found = {}
    for who in {readers[0], readers[-1], "coordinator" if "coordinator" in readers else readers[0]}:
        with pseudo_locale():
            response = clients[who].get(address)
        if (
            not response.headers.get("Content-Type", "").startswith("text/html")
            or response.streaming
        ):
            continue
        for words in untranslated(response.content.decode(), data, known):
            found[words] = who
    assert found == {}, name


def test_a_paper_is_composed_in_english_in_any_language_of_the_screens(people):
    briefing = people.briefing
    in_english = compose(briefing)
    with pseudo_locale():
        assert compose(briefing) == in_english
        assert document_html(in_english) == document_html(compose(briefing))
        assert translation.gettext("Work items") == "Ẇȯṙķ ïṫėṁṡ"


def test_every_word_of_the_emails_of_a_day_can_be_translated(people, data, mailoutbox):
    with pseudo_locale():
        call_command("send_notices", stdout=StringIO())
    assert mailoutbox
    for mail in mailoutbox:
        assert plain_words(mail.subject, data, KNOWN) == [], mail.subject
        # The greeting is the country's own.
        for line in mail.body.replace(settings.GREETING, "–").splitlines():
            assert plain_words(line, data, KNOWN) == [], line
        page = mail.alternatives[0][0].replace(settings.GREETING, "–")
        assert untranslated(page, data, KNOWN) == []
