"""Which open milestones will probably miss their dates, from the plan's own record.

`recorded.py` reads the record as it was known at a moment, `outcomes.py` finds its dates and what became of them,
`chances.py` estimates from these, `estimate_words.py` gives the reasons, `scores.py` compares forecasts with what
happened. All but `recorded.py` is pure.
"""
