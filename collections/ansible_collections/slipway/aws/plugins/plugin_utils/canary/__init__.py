"""The maths of a canary release, without Ansible: plain data in, plain data out, nothing beyond the standard library."""
