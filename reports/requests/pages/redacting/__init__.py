"""Withholding words of a briefing."""
