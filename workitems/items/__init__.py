"""The pages of items and milestones."""
