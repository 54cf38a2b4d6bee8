"""The option ``region``."""

from __future__ import annotations


class ModuleDocFragment:
    """What Ansible looks for in this file."""

    DOCUMENTATION = r"""
options:
  region:
    description: AWS region. Without it, the host's variable C(aws_region), then the environment's.
    type: str
"""
