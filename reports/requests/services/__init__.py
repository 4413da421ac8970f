"""Services of requests for official information and of releases: the only code that writes them."""
