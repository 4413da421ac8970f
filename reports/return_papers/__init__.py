"""A return as a PDF."""
