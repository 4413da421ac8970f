"""The figures of half-years."""
