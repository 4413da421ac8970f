"""The check of a file that would be released: its progress, what it found, and what to do."""
