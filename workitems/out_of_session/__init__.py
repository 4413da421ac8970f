"""Decisions that the members make between two meetings."""
