"""The public pages of released papers, and publishing them."""
