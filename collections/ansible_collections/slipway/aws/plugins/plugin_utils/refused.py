"""What a call was refused with, who refused it, and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from .missing_right import what_to_do
from .resource import ConvergeError
from .whole_answers import ADVICE

#: Where an error's answer has the address of whoever gave it, when that is not AWS.
SENDER = "Sender"
_AWS = re.compile(r"\.(amazonaws\.\w+|amazonaws\.com\.cn|api\.aws)$")
#: Codes of AWS's common errors for a call that a service does not have, everywhere or in this region.
#: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/CommonErrors.html and, for JSON, UnknownOperationException.
NO_SUCH_CALL = frozenset({"InvalidAction", "UnknownOperationException", "NotImplemented"})
NOT_IMPLEMENTED = 501
NO_WORD = "no reason given"
#: Characters of an answer that cannot be read.
LONGEST = 200
_UNKNOWN = re.compile(r"unknown (\w+ )?(action|operation)|not (yet )?(been )?implemented", re.IGNORECASE)


def note_sender(address: str, parsed: Any, **_event: Any) -> None:
    """Keep who refused, where that is not AWS; for botocore's event ``after-call``.

    Args:
        address: URL that the client calls.
        parsed: its answer, which becomes the error's.
    """
    if "Error" in parsed and not _AWS.search(urlsplit(address).hostname or ""):
        parsed[SENDER] = address


@contextmanager
def readable(address: str, operation: str) -> Iterator[None]:
    """Tell of an answer that botocore cannot read by whom and to what call it was given.

    Raises:
        ConvergeError: there was one, such as XML where JSON was promised.
    """
    try:
        yield
    except ResponseParserError as error:
        told = " ".join(str(error).split())[:LONGEST]
        what = "a web page" if _is_page(str(error)) else f"what cannot be read: {told}"
        raise ConvergeError(f"{operation} was answered by {address} with {what}; {ADVICE}") from error


def not_offered(error: Exception) -> bool:
    """Say whether a call was refused because whoever was called does not have it."""
    if not isinstance(error, ClientError):
        return False
    told = error.response["Error"]
    named = error.operation_name in str(told.get("Message")) and _UNKNOWN.search(str(told["Message"]))
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    return told.get("Code") in NO_SUCH_CALL or status == NOT_IMPLEMENTED or bool(named)


def refusal(error: ClientError) -> str:
    """Return one sentence for what AWS, or what stands in for it, has refused."""
    code, message = (str(error.response["Error"].get(name) or "") for name in ("Code", "Message"))
    sender = error.response.get(SENDER)
    if _is_page(message) or message.lstrip().startswith("<"):
        by = f" by {sender}" if sender else ""
        return f"{error.operation_name} was answered with {code} and a web page{by}, so not by AWS; {ADVICE}"
    more = f"{f' (by {sender})' if sender else ''}{what_to_do(code, message)}{_leave(error)}"
    return f"{error.operation_name} was refused with {code}: {message or NO_WORD}{more}"


def _is_page(text: str) -> bool:
    return "<html" in text.lower()


def _leave(error: ClientError) -> str:
    if not not_offered(error):
        return ""
    return "; there is no such call there: leave out what needs it, as docs/how-to.md says"
