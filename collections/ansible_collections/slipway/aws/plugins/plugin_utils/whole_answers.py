"""Answers that did not come whole, or not from AWS.

botocore takes an answer whose connection ended in the middle of the body for all there is of it, and a body that is
empty, or JSON that cannot be read, for an answer in which nothing stands. To who lists, that says that nothing is
there. So each answer is looked at before it is read, and when it has been read. One that is broken ends as a broken
connection does: botocore makes reads and changes again, and who creates looks first.
"""

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import BotoCoreError, HTTPClientError
from botocore.parsers import ResponseParserError

#: How documents end, by how they begin: XML, and JSON. What begins otherwise is CBOR, or what an API calls a payload.
ENDS = {b"<": b">", b"{": b"}", b"[": b"]"}
PAGES = (b"<!doctype html", b"<html")
#: Bytes at either end that are looked at.
EDGE = 64
#: From this HTTP status on, who answers may answer otherwise in a moment.
FAILED_INSIDE = 500
#: From this HTTP status on, an answer says what was refused.
REFUSED = 300
#: HTTP statuses without a body, whatever its length is said to be; https://www.rfc-editor.org/rfc/rfc9110#name-204-no-content
NO_BODY = frozenset({204, 304})
#: How answers begin, by botocore's name of the protocol; CBOR begins in several ways.
BEGINS = {"ec2": b"<", "query": b"<", "rest-xml": b"<", "json": b"{", "rest-json": b"{"}
JSON = frozenset({"json", "rest-json"})
#: Protocols whose every answer has a body.
ALWAYS = frozenset({"ec2", "query"})
#: Where botocore puts the text of a body that is no JSON.
UNREAD = "message"
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


class WholeParsers:
    """Makes parsers as botocore's factory does, which tell of what they could not read.

    Args:
        factory: botocore's.
    """

    def __init__(self, factory: Any) -> None:
        self._factory = factory

    def create_parser(self, protocol: str) -> WholeParser:
        """Return a parser of a protocol, by botocore's name of it."""
        return WholeParser(self._factory.create_parser(protocol), protocol)


class WholeParser:
    """Reads as a parser of botocore does, and what it then has is all that the answer says.

    Args:
        parser: botocore's.
        protocol: botocore's name of it.
    """

    def __init__(self, parser: Any, protocol: str) -> None:
        self._parser = parser
        self._protocol = protocol

    def parse(self, response: dict[str, Any], shape: Any) -> Any:
        """Return what stands in a response, of the given shape.

        Raises:
            BrokenAnswerError: it is empty, or begins as an answer and cannot be read.
            ForeignAnswerError: it is none of this protocol.
        """
        body, status = response["body"], response["status_code"]
        if status >= REFUSED or status in NO_BODY or not isinstance(body, bytes) or _is_payload(shape):
            return self._parser.parse(response, shape)
        if not body.strip() and self._has_body(shape):
            raise BrokenAnswerError(what="the answer is empty")
        return self._parsed(response, shape)

    def _parsed(self, response: dict[str, Any], shape: Any) -> Any:
        try:
            parsed = self._parser.parse(response, shape)
        except (ResponseParserError, AttributeError, TypeError, ValueError) as error:
            self._see_it_is_read(response["body"], shape)
            if isinstance(error, ResponseParserError) and self._begins(response["body"]):
                raise BrokenAnswerError(what=f"the answer cannot be read: {str(error).splitlines()[0]}") from error
            raise
        # What botocore could not read leaves nothing behind, so large answers are not read twice.
        if not isinstance(parsed, dict) or not _says_something(parsed, shape):
            self._see_it_is_read(response["body"], shape)
        return parsed

    def _see_it_is_read(self, body: bytes, shape: Any) -> None:
        """Raise when a body is no JSON, where it has to be; where nothing is to be said, emulators say ``null``."""
        if self._protocol not in JSON or not self._has_body(shape):
            return
        try:
            found = json.loads(body)
        except ValueError as error:
            found = error
        if not isinstance(found, dict):
            kind = BrokenAnswerError if self._begins(body) else ForeignAnswerError
            raise kind(what=f"the answer of {len(body)} bytes is not the JSON of AWS's API; {ADVICE}")

    def _begins(self, body: bytes) -> bool:
        """Say whether a body begins as answers of this protocol do."""
        head = body[:EDGE].lstrip()
        return head.startswith(BEGINS.get(self._protocol, b"")) and not head.lower().startswith(PAGES)

    def _has_body(self, shape: Any) -> bool:
        members = shape.members.values() if shape else ()
        return self._protocol in ALWAYS or any("location" not in member.serialization for member in members)


def _is_payload(shape: Any) -> bool:
    """Say whether the body is not a document, but what a member holds."""
    payload = shape and shape.serialization.get("payload")
    return bool(payload) and shape.members[payload].type_name in {"blob", "string"}


def _says_something(parsed: dict[str, Any], shape: Any) -> bool:
    members = shape.members if shape else {}
    read = (members[name].serialization for name in parsed if name in members and name != UNREAD)
    return any("location" not in one and one.get("name") != UNREAD for one in read)


def only_whole(client: Any) -> Any:
    """Return a client of botocore, which takes only answers that can be read from now on."""
    # botocore has no hook between the bytes of an answer and who reads them.
    endpoint = client._endpoint  # noqa: SLF001
    endpoint.http_session = WholeAnswers(endpoint.http_session)
    endpoint._response_parser_factory = WholeParsers(endpoint._response_parser_factory)  # noqa: SLF001
    endpoint._do_get_response = _kept_for_retries(endpoint._do_get_response)  # noqa: SLF001
    return client


def _kept_for_retries(get: Any) -> Any:
    """Return a function that gets a response as ``get`` does; what breaks while it is read, botocore tries again."""

    def get_response(*arguments: Any) -> Any:
        try:
            return get(*arguments)
        except BrokenAnswerError as error:
            return None, error

    return get_response


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
