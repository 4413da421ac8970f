"""Squash the migrations of our apps: `python3 -m trafficking_plan.testing.squash` (decision 131).

In the squashed migration of each app it writes anew what that replaces and the tables, as the models have
them today. The rest of the file stays: why it is there, what it depends on, what else it runs.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.db.migrations.operations import CreateModel
from django.db.migrations.state import ModelState
from django.db.migrations.writer import MigrationWriter, OperationWriter

PREFIX = "0001_squashed_"
REPLACES = re.compile(r"(?<=    replaces = \[\n).*?(?=^    \]$)", re.DOTALL | re.MULTILINE)
TABLES = re.compile(
    r"(?<=        CreateModels\(\[\n).*?(?=^        \]\))", re.DOTALL | re.MULTILINE
)
IMPORTS = re.compile(r"(?=^(?:import|from) )", re.MULTILINE)


def main() -> None:
    files = {path: app for app in apps.get_app_configs() for path in squashed_files(app)}
    new_names = {path.stem: PREFIX + singles(path)[-1].stem for path in files}
    for path, app in files.items():
        text = path.read_text()
        rows = "".join(f"        ('{app.label}', '{each.stem}'),\n" for each in singles(path))
        text = put(text, REPLACES, rows)
        tables, imports = tables_of(app)
        text = put(text, TABLES, tables)
        for old, new in new_names.items():
            text = text.replace(old, new)
        missing = sorted(each for each in imports if f"{each}\n" not in text)
        text = put(text, IMPORTS, "".join(f"{each}\n" for each in missing))
        path.rename(path.with_stem(new_names[path.stem])).write_text(text)
        for each in singles(path):
            # Nothing that is replaced may wait for what replaces it.
            each.write_text(re.sub(rf"(?<=['\"]){PREFIX}", "", each.read_text()))


def put(text: str, place: re.Pattern[str], new: str) -> str:
    # By a function, because the new text has backslashes of its own.
    return place.sub(lambda _: new, text, count=1)


def squashed_files(app: Any) -> Iterator[Path]:
    return Path(app.path, "migrations").glob(f"{PREFIX}*.py")


def singles(squashed: Path) -> list[Path]:
    found = squashed.parent.glob("[0-9]*.py")
    return sorted(path for path in found if not path.stem.startswith(PREFIX))


def tables_of(app: Any) -> tuple[str, set[str]]:
    """Return the operations that make the tables of an app, as source, and their imports."""
    text, imports = "", set()
    for model in app.get_models():
        made = ModelState.from_model(model)
        options = {name: value for name, value in made.options.items() if value != []}
        operation = CreateModel(
            made.name, list(made.fields.items()), options, made.bases, made.managers
        )
        lines, needed = OperationWriter(operation, indentation=3).serialize()
        for name in {"indexes", "constraints"} & options.keys():
            # One a line, which Django's writer does not.
            each = [MigrationWriter.serialize(part)[0] for part in options[name]]
            apart = "".join(f"{' ' * 24}{part},\n" for part in each)
            lines = lines.replace(
                f"'{name}': [{', '.join(each)}]", f"'{name}': [\n{apart}{' ' * 20}]"
            )
        text += lines + "\n"
        imports |= needed
    return text, {each for each in imports if each != "from django.db import models"}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trafficking_plan.settings")
    django.setup()
    main()
