"""A meeting on the screen, slide by slide."""
