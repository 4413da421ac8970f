"""Withholding words of a briefing, and reviewing what is proposed."""
