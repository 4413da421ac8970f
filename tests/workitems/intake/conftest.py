"""The storage of uploaded files, for the tests of this folder."""

import pytest


@pytest.fixture
def files(settings, tmp_path):
    """Use an empty folder for uploaded files."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path)},
        },
    }
