"""Agencies' clearance of a draft: their paragraphs, the pages they read, and notices."""
