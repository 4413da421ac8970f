"""Open an untrusted file as a workbook.

A workbook is a ZIP archive of XML. Its unpacked size and its number of XML tags are limited before
openpyxl opens it, because openpyxl keeps much of it in memory. Rows are then read one at a time.
"""

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

import openpyxl
from django.utils.translation import gettext as _

from workitems.intake.workbook.faults import Fault, WorkbookRefused

MEGABYTE = 1024 * 1024
MAX_PACKED = 40 * MEGABYTE
MAX_UNPACKED = 120 * MEGABYTE
MAX_PARTS = 500
# A text cell takes six tags, so this is enough for more than ten thousand work items.
MAX_TAGS = 4_000_000

OLD_FORMAT = bytes.fromhex("d0cf11e0a1b11ae1")
# Parts of a number format that are not codes: text in quotes, a letter after a backslash, a language.
NOT_SHOWN_AS_SUCH = re.compile(r'"[^"]*"|\\.|\[[^]]*\]')
PASSWORD_MARK = "EncryptedPackage".encode("utf-16-le")


@dataclass(frozen=True)
class Cell:
    """A cell that is not empty. `index` counts columns from 0.

    `shows_month` if it is a date of which the spreadsheet shows the month and the year, as it does
    after someone types "June 2027".
    """

    index: int
    value: Any
    is_formula: bool
    is_error: bool
    shows_month: bool = False
    shows_percent: bool = False


def refusal(problem: str, right: str) -> WorkbookRefused:
    return WorkbookRefused([Fault(problem, right)])


def damaged() -> WorkbookRefused:
    return refusal(
        _("The file is damaged or is not a workbook (.xlsx)."),
        _("a workbook saved as .xlsx. Open it in your spreadsheet program and save it again."),
    )


@contextmanager
def opened(file: BinaryIO, *, max_tags: int = MAX_TAGS, results: bool = False) -> Iterator[Any]:
    """Open the file read-only with openpyxl. Raise `WorkbookRefused` if it cannot be opened.

    With `results`, a cell with a formula has its saved result.
    """
    _check_size(file)
    _check_contents(file, max_tags)
    with may_fail():
        workbook = openpyxl.load_workbook(file, read_only=True, keep_links=False, data_only=results)
    try:
        yield workbook
    finally:
        workbook.close()


def rows(worksheet: Any) -> Iterator[tuple[int, list[Cell]]]:
    """Yield each row's number and its non-empty cells.

    Depending on the file, empty rows are left out or yielded with an empty list.
    """
    with may_fail():
        # The dimensions stored in the sheet may be wrong.
        worksheet.reset_dimensions()
        source = enumerate(worksheet.iter_rows(), start=1)
    while True:
        with may_fail():
            number, cells = next(source, (0, ()))
        if not number:
            return
        yield (
            number,
            [
                Cell(
                    index,
                    cell.value,
                    cell.data_type == "f",
                    cell.data_type == "e",
                    isinstance(cell.value, datetime) and shows_month(cell.number_format),
                    "%" in cell.number_format,
                )
                for index, cell in enumerate(cells)
                if cell.value is not None
                and not (isinstance(cell.value, str) and not cell.value.strip())
            ],
        )


def shows_month(number_format: str) -> bool:
    letters = set(NOT_SHOWN_AS_SUCH.sub("", number_format).lower())
    return "m" in letters and "y" in letters and "d" not in letters


@contextmanager
def may_fail() -> Iterator[None]:
    """Refuse the file if openpyxl raises any exception, as it does for damaged files."""
    with warnings.catch_warnings():
        # openpyxl warns of unknown extensions and of error cells, which we check ourselves.
        warnings.simplefilter("ignore")
        try:
            yield
        except WorkbookRefused:
            raise
        except Exception as error:
            raise damaged() from error


def _check_size(file: BinaryIO) -> None:
    file.seek(0, 2)
    size = file.tell()
    file.seek(0)
    if size > MAX_PACKED:
        raise refusal(
            _("The file has {megabytes:,} MB.").format(megabytes=size // MEGABYTE),
            _("a workbook of at most {megabytes} MB.").format(megabytes=MAX_PACKED // MEGABYTE),
        )
    start = file.read(len(OLD_FORMAT))
    if start == OLD_FORMAT:
        rest = file.read()
        if PASSWORD_MARK in rest:
            raise refusal(
                _("The workbook is protected by a password, so it cannot be read."),
                _("the same workbook saved without a password."),
            )
        raise refusal(
            _("The file is not an .xlsx workbook; it may be one of the old format (.xls)."),
            _("the same workbook saved as .xlsx."),
        )
    file.seek(0)


def _check_contents(file: BinaryIO, max_tags: int) -> None:
    """Unpack the file once without keeping it, and refuse it as soon as it exceeds a limit."""
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            # zipfile never unpacks more of a member than its entry declares.
            unpacked = sum(part.file_size for part in parts)
            if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED:
                raise refusal(
                    _("Unpacked, the workbook has {megabytes:,} MB in {parts:,} parts.").format(
                        megabytes=unpacked // MEGABYTE, parts=len(parts)
                    ),
                    _(
                        "at most {megabytes} MB. Delete pictures and formatted rows that hold nothing."
                    ).format(megabytes=MAX_UNPACKED // MEGABYTE),
                )
            if any(part.flag_bits & 1 for part in parts):
                raise refusal(
                    _("The file is protected by a password, so it cannot be read."),
                    _("the same workbook saved without a password."),
                )
            tags = 0
            for part in parts:
                with archive.open(part) as content:
                    while chunk := content.read(MEGABYTE):
                        tags += chunk.count(b"<")
                        if tags > max_tags:
                            raise refusal(
                                _("The workbook has too many cells."),
                                _(
                                    "at most some ten thousand work items. Most often the cells "
                                    "are empty but formatted: delete the rows below the last one."
                                ),
                            )
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        EOFError,
        NotImplementedError,  # an unknown compression method
        OSError,
        RuntimeError,
        ValueError,
        zlib.error,
    ) as error:
        raise damaged() from error
    file.seek(0)
