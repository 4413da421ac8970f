"""Import and export a plan as a workbook (.xlsx) in one format.

    export_workbook(plan)                    -> bytes
    empty_workbook(agencies)                 -> bytes, to fill in for a new plan (template.py)
    preview_import(file, at=...)             -> Outcome: what importing would do; writes nothing
    import_workbook(file, name=..., at=...)  -> Outcome: what it did
    propose_from_workbook(file, ...)         -> Outcome, and the variations that it requested

An import takes these steps: package.py opens the untrusted file. read.py turns it into rows of
values. plan_rows.py, item_rows.py and record.py compare these with the plan (stored.py) and build a
proposal (proposal.py). What only a decision changes is left for one (workitems/intake/to_decide.py). write.py writes the proposal with dated history (past.py). held.py keeps the
file between preview and import. columns.py defines the format.
"""

from workitems.intake.workbook.export import export_workbook
from workitems.intake.workbook.faults import ExportRefused, Fault, WorkbookRefused
from workitems.intake.workbook.importing import (
    Outcome,
    import_workbook,
    preview_import,
    propose_from_workbook,
)
from workitems.intake.workbook.template import empty_workbook
