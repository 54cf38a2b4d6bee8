"""The statistics of a canary release: pure functions of the standard library."""
