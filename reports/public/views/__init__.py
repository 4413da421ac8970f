"""Pages that anybody can read without signing in, and those on which officials publish them."""
