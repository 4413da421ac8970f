"""The plan's progress as people read it: dashboard, lists, timeline, trends, what changed, and their tables."""
