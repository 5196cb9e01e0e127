"""What pages of help read."""
