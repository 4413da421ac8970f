"""Pages about requests for official information, and about what is released."""
