"""What the law of official information asks for, as plain data and pure functions.

`act` reads a country's Act, `working_days` counts its days, `letters` writes its letters. No
Django, no database, no clock: days, overrides and addresses are given by the caller.
"""
