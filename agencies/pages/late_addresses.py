"""Addresses whose module, with all that it imports, is loaded at the first request for one of them.

So a web worker has no library in memory that it has not used.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from django.http import HttpRequest, HttpResponse
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


class LateViews:
    """The views of a module, by name, for addresses that keep the names of their neighbours.

    What marks a view for the middleware (`writes_on_get`, `csrf_exempt`) stands where its address does, because the
    view itself is not yet loaded when the middleware looks.
    """

    def __init__(self, module: str) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Callable[..., HttpResponse]:
        def view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            answer: HttpResponse = getattr(import_module(self._module), name)(
                request, *args, **kwargs
            )
            return answer

        view.__module__, view.__name__, view.__qualname__ = self._module, name, name
        return view
