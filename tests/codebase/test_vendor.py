"""Test that vendored files match their records and have their licences beside them."""

import hashlib
import json
import re
from pathlib import Path

from django.conf import settings

VENDOR = Path(settings.BASE_DIR) / "static" / "vendor"
RECORDS = json.loads((VENDOR / "vendor.json").read_text())
# Ours, and the record itself.
NOT_VENDORED = {"build.sh", "vendor.json", "govuk-frontend.scss", "prosemirror.entry.js"}


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_vendored_files_have_the_recorded_hashes():
    assert {r["file"]: sha256(VENDOR / r["file"]) for r in RECORDS} == {
        r["file"]: r["sha256"] for r in RECORDS
    }


def test_vendored_files_were_built_from_the_source_that_is_here():
    assert {r["source"]: sha256(VENDOR / r["source"]) for r in RECORDS} == {
        r["source"]: r["source_sha256"] for r in RECORDS
    }


def test_nothing_is_vendored_without_a_record_and_a_licence():
    recorded = {r["file"] for r in RECORDS} | {r["licence_file"] for r in RECORDS}
    assert {path.name for path in VENDOR.iterdir()} == recorded | NOT_VENDORED


def test_vendored_styles_contain_no_foreign_brand_font_or_url():
    css = (VENDOR / "govuk-frontend.css").read_text()
    found = re.findall(r"Transport|@font-face|url\(|crown|crest|govuk-(?:header|footer)", css)
    assert found == []


def test_every_file_that_our_styles_load_exists():
    folder = Path(settings.BASE_DIR) / "static" / "css"
    asked = {
        (sheet.name, address)
        for sheet in folder.glob("*.css")
        for address in re.findall(r'url\("([^"]+)"\)', sheet.read_text())
    }
    missing = {(sheet, address) for sheet, address in asked if not (folder / address).is_file()}
    assert ("base.css", "../fonts/ScreenSans-Regular.woff2") in asked
    assert missing == set()
