"""A plan and its items: the plan at a moment, what needs attention, and the writes on items."""
