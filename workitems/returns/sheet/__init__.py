"""The return as a workbook: one small XLSX for an agency and a round, out and back in.

    write_workbook(of_return, on)                    -> bytes
    read_workbook(file, name, of_return, name_of)    -> Read: its rows, and what could not be read
    compare(base, now, in_workbook)                  -> the fields that the workbook changes

sheet_columns.py names the columns, row_keys.py the hidden keys that bind a row to its return, its item and the
version of the answer that was taken out. Nothing here writes; the page's forms check the words, and
the services of the return write them.
"""

from workitems.returns.sheet.sheet_reading import read_workbook
from workitems.returns.sheet.sheet_writing import workbook_name, write_workbook

__all__ = ["read_workbook", "workbook_name", "write_workbook"]
