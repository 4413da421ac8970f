"""Forms of requests for official information."""
