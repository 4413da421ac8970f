"""Test the profile of a country: its values, its pages and its papers."""

import os
import re
import subprocess
import sys
from dataclasses import replace

import pytest
from django.urls import reverse

from reports.document import Document, from_json, to_json
from reports.render.pdf import render_pdf
from tests.codebase.source import ROOT
from tests.reports import sample
from tests.reports.paper_reading import opened, pages
from trafficking_plan.country import profile as country

FIJI = country.profile_of("fiji", {})


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


# --- a country without an Act -----------------------------------------------------------------


def test_fiji_has_its_own_words_and_nothing_of_requests():
    """In a process of its own, as its settings leave out an app. It is no worker of this run, so it
    keeps nothing for a later one."""
    plain = {name: value for name, value in os.environ.items() if "XDIST" not in name}
    tests = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/fiji"],
        cwd=ROOT,
        env={**plain, "COUNTRY": "fiji"},
        capture_output=True,
        text=True,
    )
    assert tests.returncode == 0, tests.stdout
