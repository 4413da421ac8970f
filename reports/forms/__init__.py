"""The forms of briefings and of the dashboard."""
