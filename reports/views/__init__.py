"""Views of briefings and of the plan's progress."""
