"""Tests of audits, findings and who reads what of them."""
