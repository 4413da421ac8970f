"""The words of each page of a PDF, read once for each file and process."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

POPPLER = "pdftotext"
SECONDS = 60  # that poppler may take
KEPT = 200  # files whose words are kept

_READ: dict[str, tuple[str, ...]] = {}


def page_texts(sha256: str, load: Callable[[], bytes]) -> tuple[str, ...]:
    """Return the text of each page of the file with this digest; none of what cannot be read.

    The gate reads the exact bytes again, with two readers, and refuses what it cannot read.
    """
    if sha256 not in _READ:
        if len(_READ) >= KEPT:
            _READ.clear()
        _READ[sha256] = _read(load())
    return _READ[sha256]


def _read(data: bytes) -> tuple[str, ...]:
    try:
        done = subprocess.run(
            [POPPLER, "-enc", "UTF-8", "-", "-"], input=data, capture_output=True, timeout=SECONDS
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return tuple(done.stdout.decode("utf-8", "replace").split("\f")[:-1])
