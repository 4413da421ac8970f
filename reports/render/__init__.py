"""A document in, something to look at out: HTML, PDF and charts."""
