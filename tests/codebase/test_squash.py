"""Test the script that squashes migrations, on a copy of the source."""

import shutil
import subprocess
import sys

from tests.codebase.source import PACKAGES, ROOT
from trafficking_plan.testing.processes import environment

OF_TOMORROW = """from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("workitems", "{}")]
    operations = [migrations.RunPython(migrations.RunPython.noop)]
"""


def test_migrations_that_came_after_the_squash_are_squashed_with_those_before(tmp_path):
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package)
    folder = tmp_path / "workitems" / "migrations"
    (before,) = (path.stem for path in folder.glob("0001_squashed_*.py"))
    last = max(path.stem for path in folder.glob("0*.py"))
    tomorrow = folder / "0999_of_tomorrow.py"
    is_squashed = last == before.removeprefix("0001_squashed_")
    tomorrow.write_text(OF_TOMORROW.format(before if is_squashed else last))

    run(tmp_path, "-m", "trafficking_plan.testing.squash")

    (after,) = folder.glob("0001_squashed_*.py")
    assert after.stem == "0001_squashed_0999_of_tomorrow"
    assert (
        f"('workitems', '{last}'),\n        ('workitems', '0999_of_tomorrow'),\n    ]"
        in after.read_text()
    )
    assert tomorrow.read_text() == OF_TOMORROW.format(last)
    said = run(tmp_path, "-m", "django", "makemigrations", "--check", "--dry-run")
    assert said == "No changes detected\n"


def run(folder, *command):
    return subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=environment("sqlite:///:memory:"),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout
