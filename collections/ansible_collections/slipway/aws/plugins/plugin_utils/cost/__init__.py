"""The maths of the bill: what resources are billed for, at which prices, and what a choice changes. Pure."""
