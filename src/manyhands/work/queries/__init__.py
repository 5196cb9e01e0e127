"""What screens and the API read of the work: one round trip each, always with a limit."""
