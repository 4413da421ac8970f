"""Papers in scope: finding them, deciding on each, and consulting agencies about them."""
