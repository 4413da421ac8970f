"""Records of requests for official information and of what is released because of them."""
