"""What another government's installation changes, as data."""
