"""The check of a PDF that another program made: all that a reader of its pages cannot see is found."""
