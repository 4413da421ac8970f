"""The demo's requests for official information."""
