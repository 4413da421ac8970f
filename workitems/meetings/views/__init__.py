"""Views of meetings: their pages, the agenda, presenting in the room, and decisions."""
