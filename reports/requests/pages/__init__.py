"""The pages on which a request is answered."""
