"""Audits of a plan: who audits it, what they find, and the agencies' replies."""
