"""The museum's folders, and their rows brought into today's database."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core import serializers
from django.core.management.color import no_style
from django.db import connection
from weasyprint.text.ffi import pango

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Exhibit:
    """Everything that was kept of one schema number."""

    folder: Path

    @property
    def number(self) -> int:
        return int(self.folder.name.removeprefix("schema-"))

    def named(self, pattern: str) -> list[Path]:
        found = sorted(self.folder.glob(pattern))
        assert found, f"{self.folder.name} has no {pattern}"
        return found

    def is_made_with_todays_libraries(self) -> bool:
        """Whether a PDF made now is made by what made the one that was kept."""
        kept = json.loads((self.folder / "made-with.json").read_text())
        now = {name: version(name) for name in kept if name != "pango"}
        return kept == {**now, "pango": str(pango.pango_version())}

    def rows(self) -> list[dict[str, Any]]:
        """The rows as Django's fixtures write them; {"file": name} is what that file holds."""
        rows = json.loads((self.folder / "rows.json").read_text())
        for row in rows:
            for name, value in row["fields"].items():
                if isinstance(value, dict) and value.keys() == {"file"}:
                    row["fields"][name] = self._kept(row["model"], name, value["file"])
        return rows

    def _kept(self, model: str, name: str, file: str) -> Any:
        data = (self.folder / file).read_bytes()
        return json.loads(data) if name == "content" else data

    def load(self) -> None:
        """Bring the rows into the database, with the ids that they had.

        A field that rows have no more is left out, one that is new has its default. Where the
        tables change further, change this loader, never the rows.
        """
        models = {}
        for row in brought_up_to_date(self.rows()):
            binary = {k: v for k, v in row["fields"].items() if isinstance(v, bytes)}
            row["fields"] = {k: v for k, v in row["fields"].items() if k not in binary}
            for made in serializers.deserialize("python", [row], ignorenonexistent=True):
                for name, value in binary.items():
                    setattr(made.object, name, value)
                made.save(force_insert=True)
                models[type(made.object)] = True
        import_module("reports.migrations.0029_add_earlier_papers_to_the_chain").add(apps, None)
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), list(models)):
                cursor.execute(statement)


@cache
def exhibits() -> tuple[Exhibit, ...]:
    folders = HERE.glob("schema-*")
    return tuple(sorted(map(Exhibit, folders), key=lambda exhibit: exhibit.number))


def brought_up_to_date(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the rows with what Ministers' offices and adoption brought: where the rows are older, the
    portfolio of an office's seat is that of the plan, the portfolio of an issued paper that of its
    cover, and a plan was adopted when it was released.
    """
    plans = [row["fields"] for row in rows if row["model"] == "workitems.plan"]
    portfolio_of = {plan["coordinating_agency"]: plan["portfolio"] for plan in plans}
    seated = set()
    for row in rows:
        fields = row["fields"]
        if row["model"] == "workitems.plan":
            fields.setdefault("adopted_on", fields["released_on"])
        if row["model"] == "reports.issuedpaper" and "portfolio" not in fields:
            cover = json.loads(fields["document"])["document"]["cover"]
            fields["portfolio"] = cover["portfolio"]
        if (
            row["model"] == "agencies.seat"
            and fields["role"] == "ministers_office"
            and "portfolio" not in fields
        ):
            fields["portfolio"] = portfolio_of[fields["agency"]]
            fields["agency"] = None
            # The seat of the coordinating agency's successor continued it.
            if (fields["user"], fields["portfolio"]) in seated:
                continue
            seated.add((fields["user"], fields["portfolio"]))
        yield row
