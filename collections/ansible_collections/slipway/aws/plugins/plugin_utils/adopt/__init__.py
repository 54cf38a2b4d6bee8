"""Taking over what stood before: what is claimed, what it is, an inventory that says so, and what would be better."""
