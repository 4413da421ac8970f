"""Shared by the pages of every app: forms, permissions, forms that take effect once."""
