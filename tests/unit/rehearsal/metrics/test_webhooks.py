"""A webhook is asked, confirms, and is told of alarms; nobody else is."""

import json
import ssl
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.unit.rehearsal.control.cloud import refusal
from tests.unit.rehearsal.metrics.test_composite_watched import quiet, ring


class Endpoint(ThreadingHTTPServer):
    def __init__(self, world):
        super().__init__(("127.0.0.1", 0), Taking)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*world.authority.issue(["127.0.0.1"]))
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.taken = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"https://127.0.0.1:{self.server_address[1]}/hook"

    def types(self):
        return [body["Type"] for _, body in self.taken]


class Taking(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.taken.append((self.headers, body))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def endpoint(watched):
    server = Endpoint(watched.world)
    yield server
    server.shutdown()


def subscribed(watched, endpoint):
    topic, _ = watched.topic()
    watched.sns.subscribe(TopicArn=topic, Protocol="https", Endpoint=endpoint.url)
    watched.await_that(endpoint.types, lambda types: types == ["SubscriptionConfirmation"])
    return topic, endpoint.taken[0][1]


def pending(watched, topic):
    found = watched.sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    return [one["SubscriptionArn"] for one in found if one["Protocol"] == "https"] == ["PendingConfirmation"]


def test_it_is_told_once_it_has_confirmed(watched, endpoint):
    topic, asked = subscribed(watched, endpoint)
    alarm = quiet(watched)
    name = watched.composite(f"ALARM({alarm})", AlarmActions=[topic])
    ring(watched, alarm)
    watched.await_state(name, "ALARM")
    time.sleep(0.5)  # deliveries are threads of their own
    assert pending(watched, topic)
    assert endpoint.types() == ["SubscriptionConfirmation"]
    with urllib.request.urlopen(asked["SubscribeURL"]) as answer:  # noqa: S310
        assert answer.status == 200
    assert not pending(watched, topic)
    ring(watched, alarm, "OK")
    ring(watched, alarm)
    watched.await_that(endpoint.types, lambda types: types == ["SubscriptionConfirmation", "Notification"])
    headers, body = endpoint.taken[1]
    assert headers["x-amz-sns-message-type"] == "Notification"
    assert headers["Content-Type"] == "text/plain; charset=UTF-8"
    assert json.loads(body["Message"])["NewStateValue"] == "ALARM"
    assert {"Signature", "SigningCertURL", "MessageId"} <= set(body)


def test_a_token_of_nobody_confirms_nothing(watched, endpoint):
    topic, asked = subscribed(watched, endpoint)
    assert refusal(watched.sns.confirm_subscription, TopicArn=topic, Token="0" * 64) == "InvalidParameter"
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(asked["SubscribeURL"] + "0")  # noqa: S310
    assert pending(watched, topic)
    watched.sns.confirm_subscription(TopicArn=topic, Token=asked["Token"])
    assert not pending(watched, topic)
