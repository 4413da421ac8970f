"""Tests of a country without an Act: they run with its settings alone, as `tests/test_countries.py` does."""

from django.conf import settings

collect_ignore_glob = [] if settings.COUNTRY == "fiji" else ["test_*"]
