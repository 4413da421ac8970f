"""Authorising a briefing, its files, and reading what was issued."""
