"""Test the dependencies: a reason for each, minimum versions, and no URLs in the locks."""

import tomllib
from importlib.metadata import version

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.codebase.source import ROOT, addresses, pins, uncommented_dependencies

PYPROJECT = (ROOT / "pyproject.toml").read_text()
RUN, EXTRAS, DEV = "requirements.lock", "deploy/extras.lock", "requirements-dev.lock"
LOCKS = {name: (ROOT / name).read_text() for name in (RUN, EXTRAS, DEV)}

# Older versions have a known fault.
FLOORS = {
    "django": "5.2.19",
    "weasyprint": "70.0",
    "django-simple-history": "3.13.0",
    "gunicorn": "22.0",
}


@pytest.mark.parametrize(("package", "floor"), FLOORS.items())
def test_no_package_is_older_than_its_minimum_version(package, floor):
    assert Version(version(package)) >= Version(floor)
    assert Version(pins(LOCKS["requirements.lock"])[package]) >= Version(floor)


def test_every_dependency_has_a_reason():
    assert uncommented_dependencies(PYPROJECT) == []


def test_the_check_finds_a_dependency_without_a_reason():
    sample = 'dependencies = [\n  # Why.\n  "good>=1",\n  "bad>=2",\n]\n'
    assert uncommented_dependencies(sample) == ['"bad>=2",']


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_satisfy_what_pyproject_asks_for(lock):
    project = tomllib.loads(PYPROJECT)
    wanted = list(project["project"]["dependencies"])
    if lock != RUN:
        wanted += sum(project["project"]["optional-dependencies"].values(), [])
    if lock == DEV:
        wanted += project["dependency-groups"]["dev"]
    pinned = pins(LOCKS[lock])
    faults = [
        line
        for line in wanted
        if pinned.get(canonicalize_name(Requirement(line).name), "0")
        not in Requirement(line).specifier
    ]
    assert faults == [], "write the locks again (docs/recipes.md)"


@pytest.mark.parametrize(("small", "large"), [(RUN, EXTRAS), (EXTRAS, DEV)])
def test_each_lock_contains_the_smaller_one(small, large):
    fewer, more = pins(LOCKS[small]), pins(LOCKS[large])
    assert {name: more.get(name) for name in fewer} == fewer


@pytest.mark.parametrize("lock", LOCKS.values(), ids=LOCKS)
def test_every_pin_has_hashes_and_no_url(lock):
    assert addresses(lock) == []
    assert all("--hash=sha256:" in block for block in lock_blocks(lock))


def lock_blocks(lock):
    blocks = [[]]
    for line in lock.splitlines():
        if line and not line.startswith((" ", "#")):
            blocks.append([])
        blocks[-1].append(line)
    return ["\n".join(block) for block in blocks[1:]]


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://packages.example/simple",
        "-f /srv/wheels",
        "demo @ https://x.example/d.whl",
    ],
)
def test_the_check_finds_a_url(line):
    assert addresses(f"asgiref==3.13.0\n{line}\n") == [2]
