"""Words of screens in the reader's language."""
