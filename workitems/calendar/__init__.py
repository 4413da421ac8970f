"""Calendars of due dates that other programs read."""
