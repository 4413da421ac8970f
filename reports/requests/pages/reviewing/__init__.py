"""Reviewing what is proposed to be withheld."""
