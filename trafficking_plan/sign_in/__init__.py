"""Signing in: accounts, the second step, the organisation's own sign-in, limits."""
