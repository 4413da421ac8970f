"""Prints a paper once in a run: a later test whose paper has the same page gets the same file.

Equal pages give equal bytes, which `tests/reports/render/test_pdf.py` and its like prove. These are marked
`prints_anew`, as is every test that is about printing itself. `manage.py test` gives all suites one
folder of files by `--papers`; without it, the workers of a run have one.
"""

import hashlib
import logging
import os
import pickle

import pytest

from reports.render import pdf
from tests.made_once import kept_in_this_run


def pytest_addoption(parser):
    parser.getgroup("suites").addoption(
        "--papers", metavar="FOLDER", help="keep the papers that tests print, for other suites too"
    )


def pytest_configure(config):
    config.pluginmanager.register(Printed(), "papers-printed-once")


class Printed:
    """The papers that were printed, by a digest of their pages."""

    def __init__(self):
        self.anew = True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item):
        self.anew = item.get_closest_marker("prints_anew") is not None

    @pytest.fixture(scope="session", autouse=True)
    def _papers_are_printed_once(self, request, tmp_path_factory):
        folder = kept_in_this_run(request.config, tmp_path_factory, "papers")
        folder.mkdir(exist_ok=True)
        plain = pdf._write

        def write(html, title, language, tell):
            if self.anew:
                return plain(html, title, language, tell)
            path = folder / hashlib.sha256("\0".join((html, title, language)).encode()).hexdigest()
            if path.exists():
                data, stages = pickle.loads(path.read_bytes())
                for stage in stages:
                    tell(*stage)
                return data
            stages, warnings = [], Warnings()

            def noting(*stage):
                stages.append(stage)
                tell(*stage)

            logger = logging.getLogger("weasyprint")
            logger.addHandler(warnings)
            try:
                data = plain(html, title, language, noting)
            finally:
                logger.removeHandler(warnings)
            if not warnings.told:  # a paper with one is refused, every time
                unfinished = path.with_suffix(f".{os.getpid()}")
                unfinished.write_bytes(pickle.dumps((data, stages)))
                unfinished.rename(path)
            return data

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(pdf, "_write", write)
            yield


class Warnings(logging.Handler):
    """Notes whether the printer warned of anything."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.told = False

    def emit(self, record):
        self.told = True
