"""What Route 53's resources share."""

from __future__ import annotations

#: Octal escapes of characters that Route 53 writes so in names, e.g. the asterisk of a wildcard.
#: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html
ASTERISK = "\\052"


def domain(name: str) -> str:
    """Return a domain name as people write it: lower case, no dot at the end, a plain asterisk."""
    return name.rstrip(".").replace(ASTERISK, "*").lower()


def zone_id(text: str) -> str:
    """Return the id of a hosted zone without the path that Route 53 puts before it."""
    return text.rsplit("/", 1)[-1]
