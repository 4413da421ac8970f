"""Requests as they are recorded: the list, a request with its steps, and the figures of half-years."""
