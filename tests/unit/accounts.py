"""What tests need to know of moto's accounts."""

#: Variable that the local cloud sets in its process, so in that of its tests too: each new account would read AWS's
#: thousand policies, for seconds.
MANY_POLICIES = "MOTO_IAM_LOAD_MANAGED_POLICIES"
