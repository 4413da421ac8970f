"""Whether what was done can be shown, and whether it helped: completion and measures."""
