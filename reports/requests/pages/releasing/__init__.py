"""Releasing the papers of a decided request."""
