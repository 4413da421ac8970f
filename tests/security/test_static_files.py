"""Test static files of a live service: stylesheets joined, the hash of the content in each name."""

import re
import shutil

from django.core.files.storage import FileSystemStorage
from django.test import override_settings

from tests.codebase.source import ROOT
from trafficking_plan.storage.static_files import IMPORT, HashedFiles

IMPORTERS = ("js/return.js", "js/workshop.js")


def test_a_live_service_stores_static_files_by_their_hash():
    settings = (ROOT / "trafficking_plan/settings.py").read_text()
    assert f'else "{HashedFiles.__module__}.{HashedFiles.__name__}"' in settings


def collected(folder, into):
    """Return the storage of a live service with all static files of ours, from this folder."""
    source = FileSystemStorage(location=str(folder))
    files = [path for path in folder.rglob("*") if path.is_file()]
    names = [path.relative_to(folder).as_posix() for path in files]
    shutil.copytree(folder, into, dirs_exist_ok=True)
    # Compressing takes most of the time.
    uncompressed = {path.suffix.removeprefix(".") for path in files}
    with override_settings(DEBUG=False, WHITENOISE_SKIP_COMPRESS_EXTENSIONS=uncompressed):
        kept = HashedFiles(location=str(into), base_url="/static/")
        processed = list(kept.post_process({name: (source, name) for name in names}))
    assert [fault for *_, fault in processed if isinstance(fault, Exception)] == []
    return kept


def test_a_stylesheet_is_sent_with_those_it_imports(tmp_path):
    kept = collected(ROOT / "static", tmp_path)
    for name, parts in {
        "css/site.css": [".masthead {", ".govuk-input{", ".chart {", "@media print {\n/* Every"],
        "css/workshop.css": [".paper {", ".workshop {", ".thread {"],
        "paper/meeting-screen.css": [".paper {", ".paper-meeting {"],
    }.items():
        text = (tmp_path / kept.stored_name(name)).read_text()
        assert "@import" not in text
        assert [part for part in parts if text.count(part) < 1] == []
        for address in re.findall(r'url\("([^"]+)"\)', text):
            assert (tmp_path / name).parent.joinpath(address).is_file()
            assert re.search(r"\.[0-9a-f]{12}\.", address)
    source = (ROOT / "static/css/site.css").read_text()
    assert source.count("@import") == len(IMPORT.findall(source)) == 12


def test_a_stylesheet_is_joined_anew_when_a_part_has_changed(tmp_path):
    folder = tmp_path / "source"
    shutil.copytree(ROOT / "static", folder)
    before = collected(folder, tmp_path / "kept").stored_name("css/site.css")
    (folder / "css/lists.css").write_text(".changed { color: red; }\n")
    kept = collected(folder, tmp_path / "kept")
    assert kept.stored_name("css/site.css") != before
    assert ".changed" in (tmp_path / "kept" / kept.stored_name("css/site.css")).read_text()


def test_a_script_imports_another_by_its_hashed_name(tmp_path):
    shutil.copytree(ROOT / "static/js", tmp_path / "js")
    shutil.copytree(ROOT / "static/vendor", tmp_path / "vendor")
    source = FileSystemStorage(location=str(tmp_path))
    names = [f"js/{path.name}" for path in (tmp_path / "js").iterdir()]
    with override_settings(DEBUG=False):
        kept = HashedFiles(location=str(tmp_path), base_url="/static/")
        processed = list(kept.post_process({name: (source, name) for name in names}))
        hashed = {name: tmp_path / kept.stored_name(name) for name in names}

    assert [fault for *_, fault in processed if isinstance(fault, Exception)] == []
    for name in IMPORTERS:
        assert 'from "./autosave.js"' in (ROOT / "static" / name).read_text()
        found = re.findall(r'from "\./(autosave\.[^"]+)"', hashed[name].read_text())
        assert found == [hashed["js/autosave.js"].name]
        assert found != ["autosave.js"]
    later = re.findall(r'import\("\./(rich_text\.[^"]+)"\)', hashed["js/workshop.js"].read_text())
    assert later == [hashed["js/rich_text.js"].name]
