"""The demo: two plans, the people who work on them, and a round that is open today.

The 2009 plan and its year to 30 July 2010 follow a briefing that was released to the public; the
current plan is invented. Both are TOML files beside this one, which are turned into workbooks and
imported like any other plan. What a workbook cannot contain (seats, an open round, variations,
meetings) is written by the services, in the name of the demo's people.
"""
