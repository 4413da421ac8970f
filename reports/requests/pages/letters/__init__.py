"""Letters to requesters."""
