"""The demo's briefings, on their way as in life: issued and answered, and in consultation.

Each step is written with the date on which it happened, through the ordinary services.
"""
