"""Taking over what stood before: what is claimed, what it is, the inventory that describes it, and what would be better."""
