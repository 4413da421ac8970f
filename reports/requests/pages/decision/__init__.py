"""The decision on a request."""
