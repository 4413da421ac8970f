"""Edited Word copies of a draft: reading them safely, and finding what they would change.

Nothing here writes. `reports.word_copies.services` stores what was found as suggestions.
"""
