"""Webhooks: an https subscription is asked whether it wants to be told, and told once it has said so.

https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.prepare.html
"""

from __future__ import annotations

import json
import logging
import secrets
import ssl
import threading
import time
import urllib.request
from typing import Any

from rehearsal.world import World

LOG = logging.getLogger(__name__)
#: Subscriptions that were not confirmed, by their ARN, with the token that confirms each; what was delivered and not.
PENDING, DELIVERIES = "sns.pending", "sns.deliveries"
PLACE = "/sns-confirm/"
#: Real seconds an endpoint has to answer, and between the first tries; AWS goes on for an hour.
ANSWERS_WITHIN, TRIES, BETWEEN = 5.0, 3, 0.5


def ask(world: World, subscription: Any) -> None:
    """Leave a subscription pending, and ask a webhook; nobody reads mail here."""
    token = secrets.token_hex(32)
    world.kept(PENDING)[subscription.arn] = token
    if subscription.protocol == "https":
        text = f"You have chosen to subscribe to the topic {subscription.topic.arn}."
        body = {
            "Type": "SubscriptionConfirmation",
            "Token": token,
            "TopicArn": subscription.topic.arn,
            "Message": text,
            "SubscribeURL": f"{world.endpoint}{PLACE}{token}",
        }
        _send(world, subscription, body)


def confirm(world: World, token: str) -> str | None:
    """Confirm the subscription of a token; return its ARN, ``None`` when there is none."""
    found = next((arn for arn, own in world.kept(PENDING).items() if own == token), None)
    if found:
        del world.kept(PENDING)[found]
    return found


def tell(world: World, subscription: Any, subject: str, text: str) -> None:
    """Deliver a notification to a webhook that confirmed."""
    if subscription.arn not in world.kept(PENDING):
        signed = subscription.get_post_data(text, secrets.token_hex(16), subject)
        _send(world, subscription, signed)


def _send(world: World, subscription: Any, body: dict[str, Any]) -> None:
    threading.Thread(target=_deliver, args=(world, subscription, body), daemon=True).start()


def _deliver(world: World, subscription: Any, body: dict[str, Any]) -> None:
    headers = {
        "Content-Type": "text/plain; charset=UTF-8",
        "x-amz-sns-message-type": body["Type"],
        "x-amz-sns-topic-arn": subscription.topic.arn,
    }
    request = urllib.request.Request(subscription.endpoint, json.dumps(body).encode(), headers)  # noqa: S310  https only
    trusted = ssl.create_default_context(cafile=str(world.state_dir / "ca.pem"))
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trusted))
    for _ in range(TRIES):
        try:
            with opener.open(request, timeout=ANSWERS_WITHIN):
                world.kept(DELIVERIES).setdefault(subscription.endpoint, []).append(body)
                return
        except OSError as error:
            LOG.info("webhook %s: %s", subscription.endpoint, error)
            time.sleep(BETWEEN)
