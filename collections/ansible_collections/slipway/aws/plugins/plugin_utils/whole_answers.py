"""Answers that did not come whole, or not from AWS.

botocore takes an answer whose connection ended in the middle of the body for all there is of it, and JSON that cannot
be read for an answer in which nothing stands. To who lists, that says that nothing is there. So each answer is looked
at before it is read. One that is broken ends as a broken connection does: botocore makes reads and changes again, and
who creates looks first.
"""

from __future__ import annotations

from typing import Any

from botocore.exceptions import BotoCoreError, HTTPClientError

#: How documents end, by how they begin: XML, and JSON. What begins otherwise is CBOR, or what an API calls a payload.
ENDS = {b"<": b">", b"{": b"}", b"[": b"]"}
PAGES = (b"<!doctype html", b"<html")
#: Bytes at either end that are looked at.
EDGE = 64
#: From this HTTP status on, who answers may answer otherwise in a moment.
FAILED_INSIDE = 500
#: HTTP statuses without a body, whatever its length is said to be; https://www.rfc-editor.org/rfc/rfc9110#name-204-no-content
NO_BODY = frozenset({204, 304})
ADVICE = "look at what stands between, such as a proxy, and at AWS_ENDPOINT_URL"


class BrokenAnswerError(HTTPClientError):
    """An answer of which a part is missing, or in whose place a proxy failed: botocore tries again."""

    fmt = "{what}"


class ForeignAnswerError(BotoCoreError):
    """An answer of somebody else than AWS, which stays the same however often one asks."""

    fmt = "{what}"


class WholeAnswers:
    """Sends as botocore's HTTP session does, and lets only answers through that can be read.

    Args:
        http: botocore's HTTP session.
    """

    def __init__(self, http: Any) -> None:
        self._http = http

    def send(self, request: Any) -> Any:
        """Return the response to a request.

        Raises:
            BrokenAnswerError: it is not whole, or failed on the way.
            ForeignAnswerError: it is a web page.
        """
        response = self._http.send(request)
        if not request.stream_output and request.method != "HEAD":
            check(response.status_code, response.headers.get("Content-Length"), response.content)
        return response

    def close(self) -> None:
        """Close its connections."""
        self._http.close()


def only_whole(client: Any) -> Any:
    """Return a client of botocore, which takes only answers that can be read from now on."""
    # botocore has no hook between the bytes of an answer and who reads them.
    endpoint = client._endpoint  # noqa: SLF001
    endpoint.http_session = WholeAnswers(endpoint.http_session)
    return client


def check(status: int, length: str | None, body: bytes) -> None:
    """Return when a body is whole and may be AWS's.

    Args:
        status: of HTTP.
        length: bytes of the body, as its header says; ``None`` without one.
        body: as it came.

    Raises:
        BrokenAnswerError: it is not whole, or failed on the way.
        ForeignAnswerError: it is a web page.
    """
    if length and length.isdigit() and len(body) < int(length) and status not in NO_BODY:
        raise BrokenAnswerError(what=f"the answer ended after {len(body)} of {length} bytes")
    head, tail = body[:EDGE].lstrip(), body[-EDGE:].rstrip()
    if head.lower().startswith(PAGES):
        kind = BrokenAnswerError if status >= FAILED_INSIDE else ForeignAnswerError
        raise kind(what=f"the answer has status {status} and is a web page, so not of AWS's API; {ADVICE}")
    if ENDS.get(head[:1], tail[-1:]) != tail[-1:]:
        raise BrokenAnswerError(what=f"the answer ended in the middle, after {len(body)} bytes")
    if status >= FAILED_INSIDE and head.isascii() and head[:1].isalnum():
        raise BrokenAnswerError(what=f"the answer has status {status} and is plain text, so not of AWS's API; {ADVICE}")
