"""The option ``outputs_path``."""

from __future__ import annotations


class ModuleDocFragment:
    """What Ansible looks for in this file."""

    DOCUMENTATION = r"""
options:
  outputs_path:
    description: Path of the SSM parameters through which components publish their outputs.
    type: str
    default: /slipway
"""
