"""Measures how fast the product is. `python3 -m bench` prints a table; see README.md."""
