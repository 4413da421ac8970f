"""A folder as a bag: what is in it goes into `data/`, with the digest of every file beside it (BagIt 1.0, RFC 8493)."""

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
ALGORITHM = "sha256"


def make_bag(payload: Path, folder: Path, about: dict[str, str]) -> None:
    """Make `folder`, which is not there yet, of the folder `payload`, which is moved into it."""
    folder.mkdir()
    payload.rename(folder / "data")
    files = sorted(path for path in (folder / "data").rglob("*") if path.is_file())
    octets = sum(path.stat().st_size for path in files)
    info = about | {"Payload-Oxum": f"{octets}.{len(files)}"}
    tags = {
        "bagit.txt": DECLARATION,
        "bag-info.txt": "".join(f"{name}: {_one_line(text)}\n" for name, text in info.items()),
        f"manifest-{ALGORITHM}.txt": _manifest(files, folder),
    }
    for name, text in tags.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    manifest = _manifest((folder / name for name in tags), folder)
    (folder / f"tagmanifest-{ALGORITHM}.txt").write_text(manifest, encoding="utf-8", newline="\n")


def _manifest(files: Iterable[Path], folder: Path) -> str:
    return "".join(f"{_digest(path)}  {_listed(path, folder)}\n" for path in files)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, ALGORITHM).hexdigest()


def _listed(path: Path, folder: Path) -> str:
    name = path.relative_to(folder).as_posix()
    return name.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D")


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
