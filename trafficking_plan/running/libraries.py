"""The system's libraries and programs that papers are made and read with.

Standard library only, because `bootstrap` asks before any package is installed.
"""

import ctypes
import shutil
import sys
from pathlib import Path

# Libraries that WeasyPrint loads by name, and their Debian packages.
LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
HOMEBREW_LIBRARIES = ("/opt/homebrew/lib", "/usr/local/lib")


def missing_for_papers() -> list[str]:
    """Return Debian's names of missing packages that papers are made and read with."""
    if sys.platform == "darwin":
        found = any(Path(folder, "libpango-1.0.dylib").exists() for folder in HOMEBREW_LIBRARIES)
        missing = [] if found else list(LIBRARIES.values())
    else:
        missing = [package for name, package in LIBRARIES.items() if not loads(name)]
    if not shutil.which("pdftotext"):  # the second reader of papers before their release
        missing.append("poppler-utils")
    return missing


def loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
