"""Edited Word copies of a draft: reading them safely, and finding what they would change.

Nothing here writes. `reports.services.word_copies` stores what was found as suggestions.
"""
