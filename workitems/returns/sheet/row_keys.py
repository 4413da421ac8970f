"""Hidden keys of rows: which return, which item or milestone, and the versions taken out.

A key is signed, so that an edited one is noticed. It goes with its row when rows are sorted.
"""

from dataclasses import dataclass

from django.core.signing import BadSignature, Signer

SIGNER = Signer(salt="workitems.returns.sheet")


@dataclass(frozen=True)
class Key:
    """`kind` is "i" for an item, "m" for a milestone and "v" for a measure, and `pk` the row's id.

    `version` is that of the answer, 0 for none. `of_version` is that of the item, milestone or measure. Of an
    item without an answer, `stage` and `confidence` are what the workbook was given instead.
    """

    of_return: int
    kind: str
    pk: int
    version: int
    of_version: int
    stage: str = ""
    confidence: str = ""

    def __str__(self) -> str:
        parts = (self.of_return, self.kind, self.pk, self.version, self.of_version)
        return SIGNER.sign(".".join(map(str, (*parts, self.stage, self.confidence))))


def read_key(text: str) -> Key | None:
    """Return the key in a cell, or None if it is not one of ours."""
    try:
        of_return, kind, *numbers, stage, confidence = SIGNER.unsign(text.strip()).split(".")
        pk, version, of_version = map(int, numbers)
        return Key(int(of_return), kind, pk, version, of_version, stage, confidence)
    except (BadSignature, ValueError):
        return None
