"""What changed in a plan between two moments, by sentence.

`compare` compares two moments of plan_at's rows, `change_words` says it, `change` is what comes out;
`load` asks the database, and `glance` counts for the dashboard.
"""

from reports.progress.changes.change import Change, Comparison, Kind, Reworded, counts_in_words
from reports.progress.changes.compare import compare
from reports.progress.changes.glance import glance
from reports.progress.changes.load import read_both, read_changes
