"""How records are kept: history, triggers, the index of words, composed queries."""
