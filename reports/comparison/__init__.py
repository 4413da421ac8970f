"""Two versions of a paper compared: what they say, and how the plan stood when each said it.

`documents` and `matching` compare two `Document`s and know no Django; `figures` puts the plan's figures
side by side; `versions` says what a briefing can be compared with, and reads it.
"""
