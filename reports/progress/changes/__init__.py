"""What changed in a plan between two moments, by sentence.

`plan_then` is what is compared, `compare` compares it, `change_words` says it, `change` is what comes out;
`load` asks the database, and `glance` counts for the dashboard.
"""

from reports.progress.changes.change import Change, Comparison, Kind, Reworded, counted
from reports.progress.changes.compare import compare
from reports.progress.changes.glance import glance
from reports.progress.changes.load import both, read

__all__ = [
    "Change",
    "Comparison",
    "Kind",
    "Reworded",
    "both",
    "compare",
    "counted",
    "glance",
    "read",
]
