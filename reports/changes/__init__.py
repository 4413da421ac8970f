"""What changed in a plan between two moments, by sentence.

`facts` is what is compared, `comparing` compares it, `words` says it, `kinds` is what comes out;
`reading` asks the database, and `glance` counts for the dashboard.
"""

from reports.changes.comparing import compare
from reports.changes.glance import glance
from reports.changes.kinds import Change, Comparison, Kind, Reworded, counted
from reports.changes.reading import both, read

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
