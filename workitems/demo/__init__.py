"""The demo: two plans, the people who work on them, and a round that is open today.

The 2009 plan and its year to 30 July 2010 follow a briefing that was released to the public; the
current plan is made up. Both are workbooks beside this file, written through the same import as
any other plan; what a workbook cannot hold (seats, an open round, variations, meetings) goes
through the services, in the name of the demo's people.
"""
