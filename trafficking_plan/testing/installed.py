"""A folder as `pip install` fills `site-packages`, for tests and benchmarks of the installed product."""

import shutil
import tomllib
from pathlib import Path

from trafficking_plan.testing.processes import ROOT

WHEEL = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"][
    "build"
]["targets"]["wheel"]


def install_into(folder: Path) -> None:
    """Copy what the wheel holds, by what pyproject.toml says, with the bytecode that is there."""
    without = [pattern.rpartition("/")[2] for pattern in WHEEL["exclude"]]
    for name in WHEEL["packages"]:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns(*without))
    for source, place in WHEEL["force-include"].items():
        shutil.copytree(ROOT / source, folder / place)
