"""Storage of static files: stylesheets joined, and the hash of the content in each name."""

import re
from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

IMPORT = re.compile(r'^@import "(?P<address>[^"]+)"(?: (?P<media>[a-z]+))?;\n', re.MULTILINE)

Paths = dict[str, tuple[Storage, str]]


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Also join each stylesheet with those that it imports, so that a page needs one or two.

    On a debugging machine the browser itself follows `@import`, so nothing has to be built there.
    Scripts import each other by their hashed names, so that they are always of the same version.
    """

    support_js_module_import_aggregation = True

    def post_process(
        self, paths: Paths, dry_run: bool = False, **options: Any
    ) -> Iterator[tuple[str, str | None, bool | Exception]]:
        if not dry_run:
            paths = paths | {name: (self, name) for name in self.join_sheets(paths)}
        yield from super().post_process(paths, dry_run, **options)

    def join_sheets(self, paths: Paths) -> list[str]:
        """Write each stylesheet that imports others with their content; return their names."""
        sheets = {}
        for name, (storage, path) in paths.items():
            if name.endswith(".css"):
                with storage.open(path) as file:
                    sheets[name] = file.read().decode()
        joined = [name for name, text in sheets.items() if IMPORT.search(text)]
        for name in joined:
            self.delete(name)
            self.save(name, ContentFile(with_imports(name, sheets).encode()))
        return joined


def with_imports(name: str, sheets: dict[str, str]) -> str:
    """Return a stylesheet with the content of each import in its place.

    All of them are one folder deep, so `url("../…")` stays right.
    """
    folder = name.rpartition("/")[0]

    def content(found: re.Match[str]) -> str:
        address = found["address"]
        imported = address.removeprefix("../") if address[:3] == "../" else f"{folder}/{address}"
        text = with_imports(imported, sheets)
        return f"@media {found['media']} {{\n{text}}}\n" if found["media"] else text

    return IMPORT.sub(content, sheets[name])
