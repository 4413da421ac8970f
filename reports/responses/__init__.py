"""The Minister's answers and what follows from them."""
