"""The public page of a plan's progress."""
