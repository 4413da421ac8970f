"""What surrounds every page: middleware, navigation, fonts."""
