"""Opens a file that claims to be a workbook, without trusting it.

A workbook is a zip of XML. Before openpyxl sees it, its size when unpacked and the number of its
XML tags are bounded, since openpyxl holds much of them in memory. Afterwards only rows come out,
one at a time.
"""

import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO

import openpyxl

from workitems.workbook.faults import Fault, WorkbookRefused

MEGABYTE = 1024 * 1024
MOST_PACKED = 40 * MEGABYTE
MOST_UNPACKED = 120 * MEGABYTE
MOST_PARTS = 500
# Six tags make a cell with text of its own: enough for over ten thousand work items.
MOST_TAGS = 4_000_000

OLD_FORMAT = bytes.fromhex("d0cf11e0a1b11ae1")
PASSWORD_MARK = "EncryptedPackage".encode("utf-16-le")


@dataclass(frozen=True)
class Cell:
    """A cell that is not empty. `index` counts columns from 0."""

    index: int
    value: Any
    is_formula: bool
    is_error: bool


def refusal(problem: str, right: str) -> WorkbookRefused:
    return WorkbookRefused([Fault(problem=problem, right=right)])


DAMAGED = (
    "The file is damaged or is not a workbook (.xlsx).",
    "a workbook saved as .xlsx. Open it in your spreadsheet program and save it again.",
)


@contextmanager
def opened(file: BinaryIO) -> Iterator[Any]:
    """An openpyxl workbook for reading, or `WorkbookRefused` with one sentence."""
    _check_size(file)
    _check_contents(file)
    with _openpyxl_may_fail():
        workbook = openpyxl.load_workbook(file, read_only=True, keep_links=False)
    try:
        yield workbook
    finally:
        workbook.close()


def rows(worksheet: Any) -> Iterator[tuple[int, list[Cell]]]:
    """Each row's number and its cells that hold something, down to the last row stored.

    Rows without any are left out by the file or given as empty lists: both happen.
    """
    with _openpyxl_may_fail():
        # What the sheet says of its own size may be a lie, or of no use.
        worksheet.reset_dimensions()
        source = enumerate(worksheet.iter_rows(), start=1)
    while True:
        with _openpyxl_may_fail():
            number, cells = next(source, (0, ()))
        if not number:
            return
        yield (
            number,
            [
                Cell(index, cell.value, cell.data_type == "f", cell.data_type == "e")
                for index, cell in enumerate(cells)
                if cell.value is not None
                and not (isinstance(cell.value, str) and not cell.value.strip())
            ],
        )


@contextmanager
def _openpyxl_may_fail() -> Iterator[None]:
    """On a damaged file openpyxl raises whatever it stumbles on; all of it means the same."""
    with warnings.catch_warnings():
        # Of extensions it does not know, and cells that it reads as errors: we look ourselves.
        warnings.simplefilter("ignore")
        try:
            yield
        except Exception as error:
            raise refusal(*DAMAGED) from error


def _check_size(file: BinaryIO) -> None:
    file.seek(0, 2)
    size = file.tell()
    file.seek(0)
    if size > MOST_PACKED:
        raise refusal(
            f"The file has {size // MEGABYTE:,} MB.",
            f"a workbook of at most {MOST_PACKED // MEGABYTE} MB.",
        )
    start = file.read(len(OLD_FORMAT))
    if start == OLD_FORMAT:
        rest = file.read()
        if PASSWORD_MARK in rest:
            raise refusal(
                "The workbook is protected by a password, so it cannot be read.",
                "the same workbook saved without a password.",
            )
        raise refusal(
            "The file is not an .xlsx workbook; it may be one of the old format (.xls).",
            "the same workbook saved as .xlsx.",
        )
    file.seek(0)


def _check_contents(file: BinaryIO) -> None:
    """Unpack the whole file once, keeping nothing, and stop at the first sign of too much."""
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            # zipfile never unpacks more of a part than its entry here declares.
            unpacked = sum(part.file_size for part in parts)
            if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED:
                raise refusal(
                    f"Unpacked, the workbook has {unpacked // MEGABYTE:,} MB in "
                    f"{len(parts):,} parts.",
                    f"at most {MOST_UNPACKED // MEGABYTE} MB. Delete pictures and formatted "
                    "rows that hold nothing.",
                )
            if any(part.flag_bits & 1 for part in parts):
                raise refusal(
                    "The file is protected by a password, so it cannot be read.",
                    "the same workbook saved without a password.",
                )
            tags = 0
            for part in parts:
                with archive.open(part) as content:
                    while chunk := content.read(MEGABYTE):
                        tags += chunk.count(b"<")
                        if tags > MOST_TAGS:
                            raise refusal(
                                "The workbook holds too many cells.",
                                "at most some ten thousand work items. Most often the cells "
                                "are empty but formatted: delete the rows below the last one.",
                            )
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        EOFError,
        NotImplementedError,  # a way of packing that Python does not know
        OSError,
        RuntimeError,
        ValueError,
        zlib.error,
    ) as error:
        raise refusal(*DAMAGED) from error
    file.seek(0)
