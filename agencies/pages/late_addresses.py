"""Addresses whose module, with all that it imports, is loaded at the first request for one of them."""

from django.urls import URLResolver
from django.urls.resolvers import RegexPattern, RoutePattern


class LoadedLate(URLResolver):
    """Addresses in a namespace. `reverse` loads their module only for a name that begins with it."""

    def __init__(self, pattern: RoutePattern | RegexPattern, module: str, namespace: str) -> None:
        super().__init__(pattern, module, app_name=namespace, namespace=namespace)

    def _populate(self) -> None:
        """Add nothing to the names without a namespace."""


def in_folders(folders: tuple[str, ...]) -> RegexPattern:
    """Return the pattern of the root of the site for addresses in these folders alone."""
    return RegexPattern(f"^(?={'|'.join(folders)})")
