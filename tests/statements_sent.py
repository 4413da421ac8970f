"""Writes down what each test sends to the database, to see which tests PostgreSQL has to be asked by (decision 107).

`pytest --statements=FOLDER` on PostgreSQL writes the shapes of the statements of each test, and `python -m
tests.statements_sent FOLDER` prints, of each module that runs on both databases, the tests that send what nobody
else sends. A module without such a test may be marked `one_database`, and one with few may mark these `both_databases`.
"""

import hashlib
import json
import os
import re
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from django.db.backends.utils import CursorWrapper

# The same statement for two rows and for three has one shape, as has that of any savepoint and any number.
ALIKE = (
    (re.compile(r'"s\d+_x\d+"'), "savepoint"),
    (re.compile(r"\((?:%s|\$\d+|\d+|'[^']*')(?:, ?(?:%s|\$\d+|\d+|'[^']*'))+\)"), "(list)"),
    (re.compile(r"(\([^()]*\))(?:, ?\([^()]*\))+(?= ?(?:RETURNING|ON CONFLICT|$))"), r"\1"),
    (re.compile(r'(?<![\w"])\d+(?![\w"])'), "0"),
)


def pytest_addoption(parser):
    parser.getgroup("suites").addoption(
        "--statements", metavar="FOLDER", help="write down the shapes of what each test sends"
    )


def pytest_configure(config):
    if folder := config.getoption("statements"):
        config.pluginmanager.register(Recorder(Path(folder)), "statements-sent")


class Recorder:
    """The shapes that the running test has sent so far, also those that the database refused."""

    def __init__(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        self.file = folder / f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}.jsonl"
        self.sent = set()
        for name in ("_execute", "_executemany"):
            setattr(CursorWrapper, name, self._noting(getattr(CursorWrapper, name)))

    def _noting(self, plain):
        def noted(cursor, sql, *rest):
            refusal = ""
            try:
                return plain(cursor, sql, *rest)
            except Exception as error:
                refusal = f"{type(error).__name__}: {re.sub(r'[0-9]+|DETAIL.*', '', str(error))}"
                raise
            finally:
                self.sent.add(digest(shape(str(sql)) + refusal))

        return noted

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item):
        self.sent.clear()
        began = time.process_time()
        try:
            return (yield)
        finally:
            row = [item.nodeid, time.process_time() - began, sorted(self.sent)]
            with self.file.open("a") as file:
                file.write(json.dumps(row) + "\n")


def shape(sql):
    for pattern, one in ALIKE:
        sql = pattern.sub(one, sql)
    return sql


def digest(text):
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()[:12]


def main(folder):
    """Print the seconds and tests of each module, and which of them alone send a statement."""
    seconds, sent = Counter(), defaultdict(set)
    for file in Path(folder).glob("*.jsonl"):
        for line in file.read_text().splitlines():
            test, spent, shapes = json.loads(line)
            name = test.split("[")[0]
            seconds[name] += spent
            sent[name].update(shapes)
    by_how_many = Counter(one for shapes in sent.values() for one in shapes)
    modules = defaultdict(list)
    for name in sent:
        modules[name.split("::")[0]].append(name)
    for module, names in sorted(modules.items(), key=lambda row: -sum(map(seconds.get, row[1]))):
        alone = {name: sum(by_how_many[one] == 1 for one in sent[name]) for name in names}
        print(f"{sum(map(seconds.get, names)):6.1f} s  {len(names):3} tests  {module}")
        for name, number in alone.items():
            if number:
                print(f"{'':20}{number:3} of {name.split('::', 1)[1]} ({seconds[name]:.1f} s)")


if __name__ == "__main__":
    main(sys.argv[1])
