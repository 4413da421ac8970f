"""Modules of packages that are named at the start of a process and run when something of them is first used."""

import sys
from importlib.util import find_spec, module_from_spec
from threading import RLock
from types import ModuleType
from typing import Any

_running = RLock()


class _Late(ModuleType):
    def __getattr__(self, name: str) -> Any:
        # Called for what the module does not have, so no longer once it has run.
        if name.startswith("__"):
            raise AttributeError(name)
        with _running:
            loader = self.__dict__.pop("_loader", None)
            try:
                if loader is not None:
                    loader.exec_module(self)
            except BaseException:
                self.__dict__["_loader"] = loader
                raise
        if name not in self.__dict__:
            raise AttributeError(f"{self.__name__} has no {name}.")
        return self.__dict__[name]


def run_late(name: str) -> None:
    """Let others import a module that runs when something of it is first used. Nothing happens if it has run, or is
    not installed."""
    spec = find_spec(name)
    if name in sys.modules or spec is None or spec.loader is None:
        return
    module = module_from_spec(spec)
    module.__class__ = _Late
    module.__dict__["_loader"] = spec.loader
    sys.modules[name] = module
    package, _, last = name.rpartition(".")
    if package:
        setattr(sys.modules[package], last, module)
