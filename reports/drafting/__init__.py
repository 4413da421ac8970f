"""The editable draft of a briefing, its cover, its sources and its history.

`draft` is pure: the draft as plain data and every change to it. `draft_rows` reads and stores it;
`paper` turns it into a Document.
"""
