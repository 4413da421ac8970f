"""Searching records and papers."""
