"""The public pages of released papers. Nobody signs in here."""
