"""The API: what programs read of plans with a person's token, and the drafts of returns that they write.

It reads every app, so it is at the top. It has no queries, rules or writes of its own: each address asks
what the page of the same name asks, for the person of the token with the token's seat alone.
"""
