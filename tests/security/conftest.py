"""Fixtures of several tests of this folder."""

import pytest


@pytest.fixture(scope="session")
def metrics_folder(tmp_path_factory):
    """One for a whole run: the library keeps the files of a process open."""
    return str(tmp_path_factory.mktemp("metrics"))
