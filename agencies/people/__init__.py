"""Agencies, accounts, seats, invitations and Ministers."""
