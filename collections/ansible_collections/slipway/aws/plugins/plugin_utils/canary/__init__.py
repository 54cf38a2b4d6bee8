"""The maths of a canary release: plain data in, plain data out, standard library only, no Ansible."""
