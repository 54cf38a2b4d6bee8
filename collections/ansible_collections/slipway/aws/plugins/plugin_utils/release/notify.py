"""Telling people about a release through SNS."""

from __future__ import annotations

from botocore.exceptions import BotoCoreError, ClientError

from ..cloud import Cloud, explain
from .journal import Entry
from .line import moment, version

#: SNS takes so many characters of a subject, without line breaks: those are the limits of e-mail.
#: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
SUBJECT = 100


def notify(cloud: Cloud, topic: str, entry: Entry, what: str) -> str:
    """Tell what became of a release; return why it could not be told, empty when it was.

    A release does not fail because nobody could be told.

    Args:
        cloud: the account and region.
        topic: ARN; empty to tell nobody.
        entry: of the journal.
        what: begun, or how it ended.
    """
    if not topic:
        return ""
    subject = f"{entry['service']} {version(entry['to'])}: {what}"
    attributes = {
        name: {"DataType": "String", "StringValue": value}
        for name, value in (("service", entry["service"]), ("release", what))
    }
    try:
        cloud.write(
            "sns",
            "publish",
            TopicArn=topic,
            Subject=subject[:SUBJECT],
            Message=_text(entry, subject),
            MessageAttributes=attributes,
        )
    except (ClientError, BotoCoreError) as error:
        return f"nobody was told: {explain(error)}"
    return ""


def _text(entry: Entry, subject: str) -> str:
    lines = [
        subject,
        entry.get("reason", ""),
        f"from {version(entry['from'])}, begun {moment(entry['begun'])} by {entry['actor']}, release {entry['number']}",
        *entry.get("last_words", []),
    ]
    return "\n".join(line for line in lines if line)
