"""What slipway.aws.service_facts tells of web before its first release."""

FACTS = {
    "services": {"web": {"state": "first", "record": {}, "digest": "sha256:" + "0" * 64}},
    "moved": [],
}
