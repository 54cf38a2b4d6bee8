"""What an account pays for, or has a quota of, and nothing uses."""
