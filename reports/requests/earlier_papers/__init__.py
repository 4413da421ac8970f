"""Papers from before the product: filing, correcting and withdrawing them."""
