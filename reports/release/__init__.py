"""What the law of official information asks for, as plain data and pure functions.

`act` reads a country's Act, `working_days` counts its days, `letters` writes its letters. `redact`
takes withheld words out of a document, and `gate` checks that a file does not hold them. No Django,
no database, no clock: days, overrides and addresses are given by the caller.
"""
