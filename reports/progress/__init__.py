"""The plan's progress: dashboard, registers, timeline, trends, changes, and their exports."""
