"""Rounds of reporting and what an agency returns: answers, the return sheet, hand-over."""
