"""The demo's briefings: some issued and answered, one in consultation.

Each step is made through the ordinary services, with the date on which it happened.
"""
