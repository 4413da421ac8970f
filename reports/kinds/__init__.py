"""Kinds of briefing: sections, standing text, annexes and covers."""
