"""A briefing's states, who may read it, and what stops it."""
