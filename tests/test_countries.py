"""Test the profile of a country: its values, its pages and its papers."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from agencies.models import User
from reports.document import Document, from_json, to_json
from reports.models import IssuedPaper
from reports.render.pdf import render_pdf
from tests.reports import sample
from tests.reports.paper_reading import opened, pages
from trafficking_plan import country
from workitems.demo import fiji
from workitems.models import Plan

FIJI = country.profile_of("fiji", {})
# Words of New Zealand alone.
FOREIGN = re.compile(r"New Zealand|\bOIA\b|te reo|Ombudsman|Official Information Act|Kia ora|en-NZ")
# Addresses that write, send a file, or end the session.
LEFT_OUT = (
    "/sign-out",
    ".pdf",
    ".docx",
    ".xlsx",
    ".csv",
    ".json",
    ".ics",
    "/pdf/",
    "/docx/",
    "/xlsx/",
)


@pytest.fixture
def in_fiji(settings):
    for name, value in FIJI.items():
        setattr(settings, name, value)
    settings.COUNTRY = "fiji"
    settings.SCREEN_LANGUAGE = FIJI["LANGUAGE_TAG"]


@pytest.mark.parametrize("name", ["new-zealand", "fiji"])
def test_each_profile_has_the_same_entries_and_passes_its_checks(name):
    assert country.profile_of(name, {}).keys() == FIJI.keys()


def test_a_variable_takes_precedence_over_the_profile():
    found = country.profile_of(
        "fiji", {"PAPER_SIZE": "Letter", "REQUESTS": "nz-oia-1982", "PATH": "/bin"}
    )
    assert (found["PAPER_SIZE"], found["REQUESTS"]) == ("Letter", "nz-oia-1982")
    assert "PATH" not in found


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("TIME_ZONE", "Suva", "TIME_ZONE must be a name such as Pacific/Fiji, not 'Suva'."),
        ("LANGUAGE_TAG", "fj", "LANGUAGE_TAG must be that of an English"),
        ("LANGUAGE_TAG", "en_FJ", "LANGUAGE_TAG must be that of an English"),
        ("PAPER_SIZE", "A5", "PAPER_SIZE must be A4 or Letter, not 'A5'."),
        ("REQUESTS", "fj-2018", "REQUESTS must be one of nz-oia-1982, or empty"),
        ("MARKINGS", "OPEN, CLOSED", "MARKINGS must be three different words or phrases"),
        ("MARKINGS", "OPEN, OPEN, CLOSED", "MARKINGS must be three different words or phrases"),
        ("TE_REO", "maybe", "TE_REO must be yes or no, not 'maybe'."),
        ("PRODUCT_NAME", "", "PRODUCT_NAME is empty."),
        ("PRODUCT_MARK", "/no/such.svg", "PRODUCT_MARK must be the path of an SVG or PNG"),
        ("PRODUCT_COLOURS", "#0b5158", "PRODUCT_COLOURS must be two colours"),
        ("PRODUCT_COLOURS", "red, blue", "PRODUCT_COLOURS must be two colours"),
        ("PRODUCT_COLOURS", "#0b5158, #ff9900", "PRODUCT_COLOURS has #ff9900, whose contrast"),
    ],
)
def test_a_wrong_value_is_refused_with_a_sentence(name, value, complaint):
    with pytest.raises(ValueError, match=re.escape(complaint)):
        country.profile_of("fiji", {name: value})


def test_an_unknown_country_is_refused():
    with pytest.raises(ValueError, match="COUNTRY must be one of fiji, new-zealand, not 'fidji'"):
        country.profile_of("fidji", {})


# --- papers -------------------------------------------------------------------------------------


def of_fiji() -> Document:
    cover = replace(sample.cover(), marking_words="CONFIDENTIAL")
    return sample.document(cover=cover, language="en-FJ", paper_size="Letter")


def test_a_paper_keeps_its_language_marking_and_size_whatever_the_settings_say(settings):
    paper = of_fiji()
    first = render_pdf(paper)
    settings.LANGUAGE_TAG, settings.PAPER_SIZE = "en-GB", "A4"
    settings.MARKINGS = ("ONE", "TWO", "THREE")
    again = from_json(to_json(paper))
    assert again == paper
    assert render_pdf(again) == first
    with opened(first) as pdf:
        assert {tuple(map(float, page.mediabox[2:])) for page in pdf.pages} <= {
            (612.0, 792.0),
            (792.0, 612.0),
        }
    text = "".join(pages(first))
    assert "CONFIDENTIAL" in text
    assert "IN CONFIDENCE" not in text


# --- the product's own look ----------------------------------------------------------------------


@pytest.mark.django_db
def test_pages_have_the_name_mark_and_colours_of_the_settings(client, settings, tmp_path):
    mark = tmp_path / "crest.svg"
    mark.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    settings.PRODUCT_NAME, settings.PRODUCT_MARK = "Action Desk", str(mark)
    settings.PRODUCT_COLOURS = ("#1f3a5f", "#10203a")
    page = client.get(reverse("account_login")).content.decode()
    assert "Action Desk" in page
    assert "Plan Register" not in page
    for name, kind, words in (
        ("product-colours", "text/css; charset=utf-8", b"--accent: #1f3a5f"),
        ("product-mark", "image/svg+xml", b"<svg"),
    ):
        address = reverse(name)
        assert address in page
        answer = client.get(address)
        assert (answer["Content-Type"], words in answer.content) == (kind, True)
        unchanged = client.get(address, headers={"if-none-match": answer["ETag"]})
        assert unchanged.status_code == 304


# --- the demo of Fiji ----------------------------------------------------------------------------


@pytest.fixture
def demo(in_fiji, settings, db):
    settings.DEBUG = True
    with timezone.override("Pacific/Fiji"):
        call_command("load_demo_plan", stdout=StringIO())
        call_command("load_demo_briefing", stdout=StringIO())
        yield Plan.objects.get(slug=fiji.PLAN)


def pages_from(client, start: str) -> dict[str, str]:
    """Return the HTML of every page that links lead to, by address; of many alike, the first three."""
    waiting, seen, alike, found = [start], {start}, {}, {}
    while waiting:
        address = waiting.pop(0)
        answer = client.get(address, follow=True)
        assert answer.status_code in (200, 409), address
        if not answer["Content-Type"].startswith("text/html"):
            continue
        found[address] = html = answer.content.decode()
        for link in re.findall(r'href="(/[^"#?]*)', html):
            if link in seen or any(part in link for part in LEFT_OUT) or "/static/" in link:
                continue
            seen.add(link)
            form = re.sub(r"\d+(\.\d+)?", "N", link)
            alike[form] = alike.get(form, 0) + 1
            if alike[form] <= 2:
                waiting.append(link)
    return found


@pytest.mark.one_database(reason="words of settings and templates")
def test_no_page_of_a_coordinator_of_fiji_is_of_new_zealand(demo, client):
    client.force_login(User.objects.get(email="coordinator@example.org"))
    found = pages_from(client, "/")
    assert len(found) > 60
    assert {re.search(r'<html lang="([^"]*)"', html)[1] for html in found.values()} == {"en-FJ"}
    foreign = {at: sorted(set(FOREIGN.findall(html))) for at, html in found.items()}
    assert {at: words for at, words in foreign.items() if words} == {}
    assert "may be released under the Information Act 2018" in found["/"]
    assert not [at for at in found if "/requests" in at or "/releases" in at]
    for name in ("requests", "releases", "earlier-papers", "released-verify", "request-figures"):
        assert client.get(reverse(f"reports:{name}")).status_code == 404
    assert client.get(reverse("reports:progress-page", args=[demo.slug])).status_code == 200


@pytest.mark.one_database(reason="words of settings and templates")
def test_the_briefing_of_fiji_is_signed_in_its_own_words(demo):
    issued = IssuedPaper.objects.get()
    document = from_json(bytes(issued.document))
    assert (document.language, document.paper_size) == ("en-FJ", "A4")
    text = "".join(pages(bytes(issued.pdf)))
    assert "CONFIDENTIAL" in text
    assert FOREIGN.findall(text) == []
    # 9 a.m. in Fiji, which is UTC+12.
    opened = demo.rounds.order_by("-period_start")[0].opened_at
    assert opened.astimezone(UTC) == datetime.combine(
        opened.astimezone(UTC).date(), datetime.min.time().replace(hour=21), UTC
    )
