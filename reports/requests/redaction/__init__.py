"""Take withheld words out of a document, and check that a file does not hold them. No Django, no database."""
