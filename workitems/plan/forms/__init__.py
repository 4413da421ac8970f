"""Forms that pages of several subjects use."""
