"""What leaves for the national archive when a plan has ended."""
