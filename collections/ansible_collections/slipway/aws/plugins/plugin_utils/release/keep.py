"""Reports in the environment's state bucket, where they outlive the machine that released."""

from __future__ import annotations

from botocore.exceptions import BotoCoreError, ClientError

from ..cloud import Cloud, explain
from .journal import Entry
from .report import files

TYPES = {".html": "text/html; charset=utf-8", ".json": "application/json"}


def keep_report(cloud: Cloud, bucket: str, entry: Entry) -> str:
    """Keep a report; return where it is, or why it could not be kept: no reason for a release to fail."""
    if not bucket:
        return ""
    key = f"releases/{entry['service']}/{entry['number']:06d}"
    try:
        for end, text in files(entry).items():
            content = {"Body": text.encode(), "ContentType": TYPES[end]}
            cloud.write("s3", "put_object", Bucket=bucket, Key=f"{key}{end}", **content)
    except (ClientError, BotoCoreError) as error:
        return f"; not kept in {bucket}: {explain(error)}"
    return f" and s3://{bucket}/{key}.html"
