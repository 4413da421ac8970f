"""Compares two versions of a paper, and the plan's figures at the time of each.

`documents` and `matching` compare two `Document`s and do not use Django. `figures` compares the
plan's figures. `versions` lists what a briefing can be compared with, and reads it.
"""
