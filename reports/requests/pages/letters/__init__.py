"""Letters to requesters, and the decision."""
