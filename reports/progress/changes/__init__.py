"""What changed in a plan between two moments, as sentences."""

from reports.progress.changes.change import Change, Comparison, Kind, Reworded, counts_in_words
from reports.progress.changes.compare import differences
from reports.progress.changes.load import read_both, read_changes
