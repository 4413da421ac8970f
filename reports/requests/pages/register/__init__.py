"""Requests as they are recorded: the list and a request, and what the other pages share."""
