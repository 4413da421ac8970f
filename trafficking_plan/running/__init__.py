"""Running the service: health, checks, logs, metrics."""
