"""The maths of scaling: how many tasks a load needs, when to change their number, and which size fits. Pure."""
