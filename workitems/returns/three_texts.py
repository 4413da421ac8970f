"""Compare three texts of a field: as downloaded, as in the return now, and as in the workbook."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Difference:
    """A field that the workbook changes. `base` is the text that was downloaded."""

    field: str
    base: str
    now: str
    said: str

    @property
    def is_conflict(self) -> bool:
        return self.now != self.base


def compare(
    base: dict[str, str],
    now: dict[str, str],
    in_workbook: dict[str, str],
    *,
    is_whole: bool = False,
) -> list[Difference]:
    """Return the fields that the workbook changes: its text differs from the downloaded one and from the return's.

    If `is_whole`, return every field whose text differs from the return's.
    """
    return [
        Difference(name, base.get(name, ""), now.get(name, ""), text)
        for name, text in in_workbook.items()
        if text != now.get(name, "") and (is_whole or text != base.get(name, ""))
    ]
