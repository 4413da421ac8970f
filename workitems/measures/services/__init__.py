"""Writes on measures: how they are set up, and the numbers that agencies give."""
