"""Publishing what was released."""
