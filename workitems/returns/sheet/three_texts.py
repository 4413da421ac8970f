"""Compare three texts of a field: as it was taken out, as it is now, and as the workbook says."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Difference:
    """A field that the workbook changes. `base` is what was taken out."""

    field: str
    base: str
    now: str
    said: str

    @property
    def is_conflict(self) -> bool:
        return self.now != self.base


def compare(
    base: dict[str, str], now: dict[str, str], said: dict[str, str], *, is_whole: bool = False
) -> list[Difference]:
    """Return the fields that the workbook changes. What it leaves as it was taken out, or says as
    the return does, is none of them.

    Of what is taken as a whole, it changes each field that the return says otherwise.
    """
    return [
        Difference(name, base.get(name, ""), now.get(name, ""), text)
        for name, text in said.items()
        if text != now.get(name, "") and (is_whole or text != base.get(name, ""))
    ]
