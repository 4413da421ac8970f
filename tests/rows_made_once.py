"""Makes the rows of fixtures once for the tests of a module that follow one another and need them.

Making a plan, its people and a draft takes most of the time of a test that changes one paragraph. After each fixture
that only makes rows, the transaction gets a savepoint. A test ends with a return to the last of them, and the next
test takes over as many as it would make itself, in the same order and after the same clocks; the others are given up.
Each test gets copies of the objects, so what it does to them stays its own.

A fixture only makes rows if it asks for nothing but such fixtures, `client` or a clock, and returns nothing but rows,
plain values and clients. Every other fixture that uses the database is made for each test, and so is what follows it.
"""

import copy
import inspect
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from functools import cached_property
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from _pytest import fixtures
from django.core import mail
from django.db import connection
from django.db.models import Model
from django.test import Client, TestCase, TransactionTestCase
from pytest_django.plugin import blocking_manager_key

# A fixture that takes one of these may change more than rows.
MORE_THAN_ROWS = {"monkeypatch", "settings", "request", "tmp_path", "tmp_path_factory"}
COMMITTING = {"transactional_db", "live_server", "django_db_reset_sequences"}
OF_A_CLIENT = ("cookies", "defaults", "raise_request_exception")
PLAIN = (str, bytes, int, float, Decimal, date, time, timedelta, UUID, type(None))


@dataclass(frozen=True)
class Layer:
    """What stands after a fixture: all that was set up until then, in this order, and what is to count on."""

    path: tuple[Any, ...]
    savepoint: str
    callbacks: int
    values: list[Any]
    client: dict[str, Any] | None
    counts: list[Any]


class Numbers:
    """The sequences of the factories."""

    @cached_property
    def sequences(self):
        from tests import factories  # a plugin is loaded before the models

        found = [each._meta for each in vars(factories).values() if hasattr(each, "reset_sequence")]
        for each in found:
            each._initialize_counter()
        return [each._counter for each in found]

    def get(self):
        return [each.seq for each in self.sequences]

    def go_on_from(self, numbers):
        """Go on after these, or after what other tests have used: some numbers are also given by hand."""
        for each, number in zip(self.sequences, numbers, strict=True):
            each.seq = max(each.seq, number)


# What counts on from test to test; a folder of tests may add its own.
COUNTERS: list[Any] = [Numbers()]


class Asked:
    """Whether the database was asked."""

    is_true = False

    def __call__(self, execute, *given):
        self.is_true = True
        return execute(*given)


def pytest_configure(config):
    made_once = RowsMadeOnce(config.stash[blocking_manager_key])
    config.pluginmanager.register(made_once, "rows-made-once")


class RowsMadeOnce:
    def __init__(self, blocker):
        self.blocker = blocker
        self.layers: list[Layer] = []
        self.outer = None  # the transaction that stays open for the tests of a module
        self.module = None
        self.pure = (
            set()
        )  # fixtures that return what may ask the database later, and change nothing
        self._begin(None)
        self._stand_in()

    def _stand_in(self):
        enter, leave = TestCase._fixture_setup.__func__, TestCase._fixture_teardown
        call = fixtures.call_fixture_func
        TestCase._fixture_setup = classmethod(lambda cls: self._enter(cls, enter))
        TestCase._fixture_teardown = lambda case: self._leave(case, leave)
        fixtures.call_fixture_func = lambda function, request, given: self._made(
            request._fixturedef, given, lambda: call(function, request, given)
        )

    # --- tests ------------------------------------------------------------------------------------

    def _begin(self, item):
        self.shares = item is not None and may_share(item)
        self.params = item.callspec.params if hasattr(item, "callspec") else {}
        self.definitions = item._fixtureinfo.name2fixturedefs if self.shares else {}
        self.path: list[Any] = []
        self.values: list[Any] = []
        self.taken = 0  # so many layers are its own
        self.client = None
        self.depth = 0
        self.is_open = True  # until a fixture does what a layer cannot keep

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item):
        self._begin(item)
        if not self.shares or item.module is not self.module:
            self._give_up()
            self.module = item.module if self.shares else None
        if self.layers:
            path, number = self._path_of(item), len(self.layers)
            while self.layers and path[: len(self.layers[-1].path)] != self.layers[-1].path:
                self.layers.pop()
            if len(self.layers) < number:
                with self.blocker.unblock():
                    self._return()
        if self.layers:
            self.copies = copy.deepcopy(self.layers[-1].values)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_call(self):
        self.is_open = False

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_teardown(self, nextitem):
        if nextitem is None or nextitem.module is not self.module:
            self._give_up()

    def _enter(self, case, plain):
        if not self.shares:
            plain(case)
        elif self.outer is None:
            self.outer = case._enter_atomics()
            self.bottom = connection.savepoint()

    def _leave(self, case, plain):
        if not self.shares:
            plain(case)
            return
        try:
            if case._should_check_constraints(connection):
                connection.check_constraints()
        finally:
            # A test that closed the connection has ended the transaction too.
            self._give_up() if connection.closed_in_transaction else self._return()

    def _return(self):
        """Return to the last layer, or to the empty database."""
        last = self.layers[-1] if self.layers else None
        connection.set_rollback(False)
        connection.savepoint_rollback(last.savepoint if last else self.bottom)
        del connection.run_on_commit[last.callbacks if last else 0 :]

    def _give_up(self):
        """End the transaction, with all that stands in it."""
        self.layers.clear()
        if self.outer is not None:
            outer, self.outer = self.outer, None
            with self.blocker.unblock():
                TestCase._rollback_atomics(outer)

    # --- fixtures ---------------------------------------------------------------------------------

    def _made(self, definition, given, make):
        """Return what a fixture makes; if that is only rows, keep it for the next tests, or take what the last kept."""
        if not self.shares or not self._is_ours(definition):
            value = make()
            if definition.argname == "client":
                self.client = value
            return value
        if not self.depth and self.taken < len(self.layers):
            layer = self.layers[self.taken]
            if (*self.path, self._key(definition)) == layer.path:
                return self._take(definition, layer)
        asked, mails = Asked(), outbox()
        self.depth += 1
        try:
            with connection.execute_wrapper(asked):
                value = make()
        finally:
            self.depth -= 1
        if asked.is_true and self.taken < len(self.layers):
            raise AssertionError(f"{definition.argname} uses the database in this test only.")
        if outbox() != mails:
            self.is_open = False
        if self.is_open:
            self._note(definition, given, value, asked.is_true)
        return value

    def _note(self, definition, given, value, has_asked):
        is_generator = inspect.isgeneratorfunction(definition.func)
        if self.depth:  # within another, which may have begun to make its own
            self.is_open = False
        elif not has_asked:
            if is_generator or MORE_THAN_ROWS & {*given}:
                self.path.append(self._key(definition))
            else:
                self.pure.add(definition)
        elif not is_generator and is_plain(value) and self._takes_only_rows(given):
            self._keep(definition, value)
        else:
            self.is_open = False

    def _take(self, definition, layer):
        value = self.copies[self.taken]
        self.taken += 1
        self.path.append(self._key(definition))
        self.values.append(value)
        if self.client is not None and layer.client is not None:
            vars(self.client).update(copy.deepcopy(layer.client))
        if self.taken == len(self.layers):
            for counter, count in zip(COUNTERS, layer.counts, strict=True):
                counter.go_on_from(count)
        return value

    def _keep(self, definition, value):
        self.path.append(self._key(definition))
        self.values.append(value)
        self.taken += 1
        self.layers.append(
            Layer(
                path=tuple(self.path),
                savepoint=connection.savepoint(),
                callbacks=len(connection.run_on_commit),
                values=copy.deepcopy(self.values),
                client=self.client
                and {name: copy.deepcopy(vars(self.client)[name]) for name in OF_A_CLIENT},
                counts=[counter.get() for counter in COUNTERS],
            )
        )

    def _takes_only_rows(self, given):
        return all(
            name in self.params
            or name in ("db", "client")
            or value is None
            or any(value is each for each in self.values)
            for name, value in given.items()
        )

    def _is_ours(self, definition):
        return (
            definition.scope == "function"
            and definition.argname not in self.params
            and not definition.func.__module__.startswith(("_pytest.", "pytest_"))
        )

    def _key(self, definition):
        """Return a fixture with the parameters of the test that it depends on."""
        needed = self._needs(definition, set()) if self.params else ()
        return (
            definition,
            *((name, repr(self.params[name])) for name in self.params if name in needed),
        )

    def _needs(self, definition, found):
        for name in {*definition.argnames} - found:
            found.add(name)
            for each in self.definitions.get(name, ())[-1:]:
                self._needs(each, found)
        return found

    def _path_of(self, item):
        """Return the fixtures in the order in which the test will set them up, without those that change nothing."""
        path: list[Any] = []
        seen = set()

        def visit(name):
            if name in seen or name not in self.definitions:
                return
            seen.add(name)
            definition = self.definitions[name][-1]
            for each in definition.argnames:
                visit(each)
            if self._is_ours(definition) and definition not in self.pure:
                path.append(self._key(definition))

        for name in item.fixturenames:
            visit(name)
        return tuple(path)


def may_share(item):
    """Whether a test has nothing to do with the transaction that it runs in, nor with rows of its module."""
    marker = item.get_closest_marker("django_db")
    if (marker is None and "db" not in item.fixturenames) or (
        marker is not None and (marker.args or marker.kwargs)
    ):
        return False
    if issubclass(getattr(item, "cls", None) or object, TransactionTestCase):
        return False
    return COMMITTING.isdisjoint(item.fixturenames) and not any(
        each.scope == "module" and "django_db_blocker" in each.argnames
        for found in item._fixtureinfo.name2fixturedefs.values()
        for each in found
    )


def outbox():
    """How many mails stand in the outbox of the test, which is empty for the next."""
    return len(getattr(mail, "outbox", ()))


def is_plain(value):
    if isinstance(value, (Model, Client, *PLAIN)):
        return True
    if isinstance(value, (list, tuple, set, frozenset)):
        return all(map(is_plain, value))
    if isinstance(value, dict):
        return all(map(is_plain, value.values()))
    if isinstance(value, SimpleNamespace):
        return all(map(is_plain, vars(value).values()))
    if is_dataclass(value):
        return all(is_plain(getattr(value, each.name)) for each in fields(value))
    return False
