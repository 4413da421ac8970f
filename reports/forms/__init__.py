"""Forms of briefings and of the dashboard."""
