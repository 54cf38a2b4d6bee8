"""Filters of the role api_gateway for REST APIs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.slipway.aws.plugins.filter.gateway import STATUSES, balancer_output, lifetime

Entry = dict[str, Any]
REQUEST, RESPONSE, ANSWER = "integration.request.", "integration.response.header.", "method.response.header."
#: Headers that pass an integration that is no proxy, beside those that a version names.
SENT = ("Accept", "Authorization", "Cookie", "If-None-Match")
ANSWERED = ("Cache-Control", "Content-Type", "ETag", "Location", "Retry-After", "Set-Cookie")
#: What callers get of a status that services do not answer with.
OTHERWISE = 502


def gateway_rest_methods(versions: Mapping[str, Entry], options: Entry) -> Entry:
    """Return the methods of a REST API by method and path, one a version.

    A version passes everything on, unless it says something on its answers or has templates: then AWS passes on only
    what is declared of it.

    Args:
        versions: as ``gateway_versions`` takes them; in addition ``request_templates`` and ``response_templates`` (by
            media type), and ``headers`` and ``query`` (names that pass on where not everything does).
        options: ``load_balancers``, ``jwt``, ``scopes``, ``request_headers``, ``response_headers`` and ``timeout`` as
            ``gateway_versions`` takes them, and ``keys``, whether a key is asked for.
    """
    return {
        f"ANY /{name}/{{proxy+}}": _method(name, version, options)
        for name, version in versions.items()
        if version.get("state", "present") == "present"
    }


def _method(name: str, version: Entry, options: Entry) -> Entry:
    told = {**lifetime(name, version), **options["response_headers"]}
    whole = not (told or version.get("request_templates") or version.get("response_templates"))
    headers, query = ((), ()) if whole else ((*SENT, *version.get("headers", ())), version.get("query", ()))
    taken = {
        "method.request.path.proxy": True,
        **{f"method.request.header.{one}": False for one in headers},
        **{f"method.request.querystring.{one}": False for one in query},
    }
    integration = _integration(name, version, options, taken)
    method = {**_authorization(options), "requestParameters": taken}
    if whole:
        return {**method, "methodIntegration": {**integration, "type": "HTTP_PROXY"}}
    mapped = {f"{ANSWER}{one}": f"{RESPONSE}{one}" for one in ANSWERED}
    mapped |= {f"{ANSWER}{one}": _source(value) for one, value in told.items()}
    return {
        **method,
        "methodIntegration": {**integration, "type": "HTTP", **_templates(version), **_answers(version, mapped)},
        "methodResponses": {str(status): {"responseParameters": dict.fromkeys(mapped, False)} for status in STATUSES},
    }


def _authorization(options: Entry) -> Entry:
    keys = {"apiKeyRequired": True} if options["keys"] else {}
    if not options["jwt"]:
        return {"authorizationType": "NONE", **keys}
    scopes = {"authorizationScopes": options["scopes"]} if options["scopes"] else {}
    return {"authorizationType": "JWT", "authorizerId": "${apigateway_authorizer.tokens.id}", **scopes, **keys}


def _integration(name: str, version: Entry, options: Entry, taken: Mapping[str, bool]) -> Entry:
    own = {"api-version": name, **options["request_headers"]}
    return {
        "httpMethod": "ANY",
        "uri": f"https://{version['domain']}/{{proxy}}",
        "connectionType": "VPC_LINK",
        "connectionId": "${apigatewayv2_vpc_link.main.VpcLinkId}",
        "integrationTarget": balancer_output(version, options["load_balancers"], "load_balancer_arn"),
        "requestParameters": {
            **{f"{REQUEST}{one.removeprefix('method.request.')}": one for one in taken},
            **{f"{REQUEST}header.{header}": _source(value) for header, value in own.items()},
        },
        "passthroughBehavior": "WHEN_NO_MATCH",
        "timeoutInMillis": options["timeout"] * 1000,
    }


def _source(value: Any) -> str:
    """Return a value as a mapping names it: a variable, or text between quotation marks."""
    text = str(value)
    return text.removeprefix("$") if text.startswith(("$context.", "$stageVariables.")) else f"'{text}'"


def _templates(version: Entry) -> Entry:
    given = version.get("request_templates")
    return {"requestTemplates": dict(given), "contentHandling": "CONVERT_TO_TEXT"} if given else {}


def _answers(version: Entry, mapped: Mapping[str, str]) -> Entry:
    given = version.get("response_templates")
    templates = {"responseTemplates": dict(given), "contentHandling": "CONVERT_TO_TEXT"} if given else {}
    return {
        "integrationResponses": {
            str(status): {
                **({} if status == OTHERWISE else {"selectionPattern": str(status)}),
                "responseParameters": dict(mapped),
                **templates,
            }
            for status in STATUSES
        }
    }


def gateway_clients(plans: Mapping[str, Entry], clients: Mapping[str, Entry], options: Entry) -> list[Entry]:
    """Return usage plans, and the secret and key of each client.

    Args:
        plans: by name, each with ``rate_limit``, ``burst_limit``, ``quota`` and ``period``, or some of them.
        clients: by name, each with ``plan``, and ``secret`` where a secret has the key already; either may have
            ``state``.
        options: ``prefix`` of names, ``key`` (ARN that encrypts secrets) and ``recovery_days``.
    """
    made = [_plan(name, plan, options) for name, plan in plans.items()]
    return [*made, *(entry for name, client in clients.items() for entry in _client(name, client, options))]


def _plan(name: str, plan: Entry, options: Entry) -> Entry:
    limits = {"rateLimit": plan.get("rate_limit"), "burstLimit": plan.get("burst_limit")}
    quota = {"limit": plan["quota"], "period": plan.get("period", "MONTH")} if plan.get("quota") else {}
    return {
        "type": "apigateway_usage_plan",
        "name": name,
        "state": plan.get("state", "present"),
        "properties": {
            "name": f"{options['prefix']}-{name}",
            "description": f"Callers of {options['prefix']} with the plan {name}",
            "apiStages": [{"apiId": "${apigateway_rest_api.main.id}", "stage": "${apigateway_stage.main.stageName}"}],
            "throttle": {key: value for key, value in limits.items() if value is not None},
            "quota": quota,
        },
    }


def _client(name: str, client: Entry, options: Entry) -> list[Entry]:
    state, own = client.get("state", "present"), not client.get("secret")
    secret = {
        "Name": f"{options['prefix']}/api_gateway/{name}",
        "Description": f"API key of {name}",
        "KmsKeyId": options["key"],
        "GenerateSecretString": {"PasswordLength": 40, "ExcludePunctuation": True},
        "RecoveryWindowInDays": options["recovery_days"],
    }
    key = {
        "name": f"{options['prefix']}-{name}",
        "description": f"Key of {name}",
        "enabled": True,
        "secretId": client.get("secret") or f"${{secretsmanager_secret.{name}.Name}}",
        "usagePlanId": f"${{apigateway_usage_plan.{client['plan']}.id}}",
    }
    kept = [{"type": "secretsmanager_secret", "name": name, "state": state, "properties": secret}] if own else []
    return [*kept, {"type": "apigateway_api_key", "name": name, "state": state, "properties": key}]


class FilterModule:
    """What Ansible looks for in this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"gateway_rest_methods": gateway_rest_methods, "gateway_clients": gateway_clients}
