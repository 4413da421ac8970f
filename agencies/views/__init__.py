"""Pages about who sits where. One module a noun."""
