"""Test the dependencies: a reason for each, minimum versions, and no URLs in the locks."""

import re
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
BUILD = (ROOT / "deploy/build.lock").read_text()

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


def test_what_builds_the_package_is_exact_and_locked():
    required = [Requirement(line) for line in tomllib.loads(PYPROJECT)["build-system"]["requires"]]
    pinned, ours = pins(BUILD), pins(LOCKS[DEV])
    assert {f"{each.name}{each.specifier}" for each in required} == {
        f"{each.name}=={pinned[each.name]}" for each in required
    }
    # Installed beside the packages of the service.
    shared = pinned.keys() & ours.keys()
    assert {name: pinned[name] for name in shared} == {name: ours[name] for name in shared}


def test_every_installation_that_is_described_fetches_only_what_is_locked():
    files = [
        *("README.md", "docs/operations.md", "deploy/upgrade.sh", "deploy/release.sh"),
        "deploy/container/Containerfile",
    ]
    text = "\n".join((ROOT / name).read_text().replace("\\\n", " ") for name in files)
    commands = re.findall(r'pip"? (?:install|wheel) (.*?)(?:&&|\n|`)', text)
    ours = [each for each in commands if "--require-hashes" not in each]
    assert len(commands) - len(ours) == 7
    assert len(ours) == 5
    for each in ours:
        assert {"--no-deps", "--no-build-isolation"} <= set(each.split())


def test_every_image_is_named_by_its_digest():
    container = (ROOT / "deploy/container/Containerfile").read_text()
    compose = (ROOT / "deploy/container/compose.yaml").read_text()
    named = re.findall(r"^FROM (\S+)", container, re.M) + re.findall(r"image: (\S+/\S+)", compose)
    assert len(named) == 3
    for each in named:
        assert re.fullmatch(r"docker\.io/library/\S+@sha256:[0-9a-f]{64}", each)


@pytest.mark.parametrize("lock", [*LOCKS.values(), BUILD], ids=[*LOCKS, "build"])
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
