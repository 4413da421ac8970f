"""Planned maintenance: what the banner of every page announces, and the time in which nothing can be saved."""
