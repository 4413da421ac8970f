"""What the acronyms of a plan stand for: its glossary, and which acronyms it lacks."""
