"""Agencies' clearance of a draft: which paragraphs concern them, the pages they read, and
notices."""
