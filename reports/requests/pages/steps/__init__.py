"""Steps of a request that need no letter."""
