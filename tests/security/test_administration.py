"""Test that administration pages use only the class that keeps history and permissions."""

from django.contrib import admin
from django.urls import reverse
from simple_history.admin import SimpleHistoryAdmin

from agencies.admin import TrackedAdmin


def test_a_history_page_cannot_overwrite_a_row():
    """With `SimpleHistoryAdmin`, the right to view is enough to write."""
    assert reverse("admin:index")  # loads the URLs, which unregisters other models
    kinds = [type(page) for page in admin.site._registry.values()]
    assert [kind for kind in kinds if issubclass(kind, SimpleHistoryAdmin)] == []
    assert [kind for kind in kinds if not issubclass(kind, TrackedAdmin)] == []
