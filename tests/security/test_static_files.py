"""Test static files of a live service: their names contain a hash of their content."""

import re
import shutil

from django.core.files.storage import FileSystemStorage
from django.test import override_settings

from tests.codebase.source import ROOT
from trafficking_plan.static_files import HashedFiles

IMPORTERS = ("js/return.js", "js/workshop.js")


def test_a_live_service_stores_static_files_by_their_hash():
    settings = (ROOT / "trafficking_plan/settings.py").read_text()
    assert f'else "{HashedFiles.__module__}.{HashedFiles.__name__}"' in settings


def test_a_script_imports_another_by_its_hashed_name(tmp_path):
    shutil.copytree(ROOT / "static/js", tmp_path / "js")
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
