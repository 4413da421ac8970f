"""The plan as a spreadsheet, in and out, one format.

    export_workbook(plan)                    -> bytes
    preview_import(file, at=...)             -> Outcome: what importing would do; writes nothing
    import_workbook(file, name=..., at=...)  -> Outcome: what it did

The way in: package.py opens the file without trusting it, read.py makes rows of values, which
structure.py, items.py and record.py hold against the plan (stored.py) into a proposal
(proposal.py), which write.py writes with its true history (past.py). held.py keeps a file between
preview and import. sheets.py is the format that all of them go by.
"""

from workitems.workbook.export import empty_workbook, export_workbook
from workitems.workbook.faults import ExportRefused, Fault, WorkbookRefused
from workitems.workbook.importing import Outcome, import_workbook, preview_import

__all__ = [
    "ExportRefused",
    "Fault",
    "Outcome",
    "WorkbookRefused",
    "empty_workbook",
    "export_workbook",
    "import_workbook",
    "preview_import",
]
