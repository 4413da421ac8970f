"""Open the parts of an Office file, which is a ZIP archive of XML, with one limit for all that is read of it."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from io import BytesIO
from posixpath import dirname, join, normpath
from typing import IO, Any, NamedTuple, Self
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

MAX_READ = 50_000_000  # bytes of all parts that are read, unpacked
WHITE = "FFFFFF"
ALIKE = 32  # of 255, by how much red, green and blue may differ
# What cannot be read as an Office file raises one of these.
UNREADABLE_OFFICE = (
    *(zipfile.BadZipFile, ParseError, DefusedXmlException, ValueError, KeyError, OSError),
    *(RuntimeError, NotImplementedError, IndexError, EOFError),
)


class TooLarge(Exception):
    """More would have to be unpacked than the limit allows."""


class Related(NamedTuple):
    """A part to which another one refers, or an address outside the file."""

    kind: str
    target: str
    is_outside: bool


class Parts:
    """The parts of an Office file. Each counts once. Raise `TooLarge` at the part that passes the limit."""

    def __init__(self, data: bytes) -> None:
        self.archive = zipfile.ZipFile(BytesIO(data))
        self.names = self.archive.namelist()
        self._counted = set[str]()
        self._left = MAX_READ

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_of: object) -> None:
        self.archive.close()

    def open(self, name: str) -> IO[bytes]:
        if name not in self._counted:
            self._counted.add(name)
            # No more than this is unpacked, whatever the part really has.
            self._left -= self.archive.getinfo(name).file_size
            if self._left < 0:
                raise TooLarge
        return self.archive.open(name)

    def bytes_of(self, name: str) -> bytes:
        with self.open(name) as opened:
            return opened.read()

    def root(self, name: str) -> Any:
        """Return the root of a part, or nothing if the file has no such part."""
        return fromstring(self.bytes_of(name)) if name in self.names else ()

    def related(self, name: str) -> dict[str, Related]:
        """Return what a part refers to, by the identities under which it does; "" is the file itself."""
        folder, _slash, own = name.rpartition("/")
        found = {}
        for each in self.root(join(folder, "_rels", f"{own}.rels")):
            target, is_outside = (
                value_of(each, "Target"),
                value_of(each, "TargetMode") == "External",
            )
            if not is_outside:
                target = normpath(join(f"/{dirname(name)}", target)).lstrip("/")
            kind = value_of(each, "Type").rpartition("/")[2]
            found[value_of(each, "Id")] = Related(kind, target, is_outside)
        return found


def local_name(of: Any) -> str:
    name: str = of.tag.rpartition("}")[2]
    return name


def value_of(of: Any, name: str = "val") -> str:
    return next((value for key, value in of.items() if key.rpartition("}")[2] == name), "")


def child_of(of: Any, *names: str) -> Any:
    """Return what stands in an element at these names, one in the other, or None."""
    for name in names:
        of = (
            next((each for each in of if local_name(each) == name), None)
            if of is not None
            else None
        )
    return of


def all_named(of: Any, *names: str) -> Iterator[Any]:
    return (each for each in of.iter() if local_name(each) in names) if of is not None else iter(())


def is_on(of: Any) -> bool:
    """Whether a switch of Word's is on, such as of hidden text. None is off."""
    return of is not None and value_of(of) not in ("0", "false", "off")


def is_alike(colour: str, other: str) -> bool:
    """Whether two colours, as six hexadecimal digits, can hardly be told apart."""
    try:
        apart = [
            abs(a - b) for a, b in zip(bytes.fromhex(colour), bytes.fromhex(other), strict=True)
        ]
    except ValueError:
        return False
    return max(apart, default=0) <= ALIKE


def is_on_attribute(of: Any, name: str) -> bool:
    return value_of(of, name) in ("1", "true", "on")


def is_cropped(of: Any) -> bool:
    """Whether a picture's rectangle leaves something of it out."""
    return any(number_of(value_of(of, side)) > 0 for side in "ltrb")


def number_of(text: str) -> float:
    """Return a number, or 0 for anything else."""
    try:
        return float(text)
    except ValueError:
        return 0.0
