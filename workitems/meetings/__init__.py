"""Meetings of the working group: agenda, matters, decisions and actions."""
