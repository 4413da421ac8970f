"""A briefing's text while it is written: generated, edited, written, moved, and refreshed.

`draft` is pure: what each act does to a draft, and the draft as a `Document`. `draft_rows` reads and
writes it as rows; `reports.services.drafts` is the only way to change it.
"""
