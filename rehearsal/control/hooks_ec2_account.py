"""EC2's settings of an account that moto lacks."""

from __future__ import annotations

from typing import Any

from rehearsal.control.overlay import Call, operation


@operation("ec2", "DescribeVpcBlockPublicAccessOptions")
def block_public_access(call: Call) -> dict[str, Any]:
    """Show what an account has that never changed it: networks that reach the internet."""
    off = {"AwsAccountId": call.account, "AwsRegion": call.region, "InternetGatewayBlockMode": "off"}
    return {"VpcBlockPublicAccessOptions": {**off, "State": "default-state", "ManagedBy": "account"}}
