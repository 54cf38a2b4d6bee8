"""The reference service: small, real, and made to be copied."""
