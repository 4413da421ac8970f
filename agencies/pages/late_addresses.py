"""Addresses whose module, with all that it imports, is loaded at the first request for one of them.

So a web worker has no library in memory that it has not used.
"""

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
    """The views of a module, by name, for addresses that keep the names of their neighbours."""

    def __init__(self, module: str) -> None:
        self._module = module

    def __getattr__(self, name: str) -> "_LateView":
        return _LateView(self._module, name)


class _LateView:
    """A view that is loaded when it is called, or asked for what marks it (`writes_on_get`, `non_atomic_requests`)."""

    def __init__(self, module: str, name: str) -> None:
        self.__module__, self.__name__, self.__qualname__ = module, name, name

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer: HttpResponse = self._view()(request, *args, **kwargs)
        return answer

    def __getattr__(self, name: str) -> Any:
        # For a name, Django asks each address whether its view is a class. None of ours is.
        if name == "view_class" or name.startswith("__"):
            raise AttributeError(name)
        return getattr(self._view(), name)

    def _view(self) -> Any:
        return getattr(import_module(self.__module__), self.__name__)
