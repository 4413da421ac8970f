"""Meetings of the working group: their pages, the agenda, the screen in the room, decisions."""
