"""The pages and writes of a draft: paragraphs, sections, checks, undo."""
