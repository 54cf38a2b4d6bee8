"""What tests of API Gateway's data plane need: an issuer of tokens, and an API that leads to a load balancer."""

import base64
import json
import ssl
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

AUDIENCE, KEY = "clients", "first"


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Issuer:
    """An OpenID Connect issuer on this machine with a signing key of its own.

    Args:
        chain, key: of its certificate; host: the name in it.
    """

    def __init__(self, chain, key, host="localhost"):
        self.private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.fetched = 0
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain, key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"https://{host}:{self.server.server_port}"

    def _handler(issuer):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                issuer.fetched += 1
                found = issuer.discovery() if "openid-configuration" in self.path else issuer.keys()
                body = json.dumps(found).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        return Handler

    def discovery(self):
        return {"issuer": self.url, "jwks_uri": f"{self.url}/keys"}

    def keys(self):
        numbers = self.private.public_key().public_numbers()
        parts = {
            name: encoded(value.to_bytes(256).lstrip(b"\0")) for name, value in (("n", numbers.n), ("e", numbers.e))
        }
        return {"keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": KEY, **parts}]}

    def token(self, *, key=None, kid=KEY, **claims):
        """A token of someone, valid for five minutes, unless ``claims`` say otherwise."""
        now = int(time.time())
        basis = {"iss": self.url, "aud": AUDIENCE, "sub": "someone", "iat": now - 5, "exp": now + 300}
        head = {"alg": "RS256", "kid": kid, "typ": "JWT"}
        text = ".".join(encoded(json.dumps(part).encode()) for part in (head, {**basis, **claims}))
        signature = (key or self.private).sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{text}.{encoded(signature)}"

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Api:
    """An HTTP API with a stage and a domain name of its own, before the listener of a load balancer."""

    def __init__(self, network, listener, domain):
        self.cloud, self.client = network.cloud, network.cloud.client("apigatewayv2")
        self.id = self.client.create_api(Name=domain, ProtocolType="HTTP")["ApiId"]
        self.group = network.group(f"link-{domain}")
        link = self.client.create_vpc_link(Name=domain, SubnetIds=network.subnets, SecurityGroupIds=[self.group])
        self.link, self.listener, self.domain = link["VpcLinkId"], listener, domain

    def integration(self, **more):
        settings = {
            "ApiId": self.id,
            "IntegrationType": "HTTP_PROXY",
            "IntegrationMethod": "ANY",
            "IntegrationUri": self.listener,
            "ConnectionType": "VPC_LINK",
            "ConnectionId": self.link,
            "PayloadFormatVersion": "1.0",
            "TlsConfig": {"ServerNameToVerify": self.domain},
        }
        return self.client.create_integration(**{**settings, **more})["IntegrationId"]

    def route(self, key, integration=None, **more):
        target = f"integrations/{integration or self.integration()}"
        made = self.client.create_route(ApiId=self.id, RouteKey=key, Target=target, **more)
        return made["RouteId"]

    def authorizer(self, issuer):
        made = self.client.create_authorizer(
            ApiId=self.id,
            Name="tokens",
            AuthorizerType="JWT",
            IdentitySource=["$request.header.Authorization"],
            JwtConfiguration={"Issuer": issuer.url, "Audience": [AUDIENCE]},
        )
        return made["AuthorizerId"]

    def stage(self, name="$default", **more):
        self.client.create_stage(ApiId=self.id, StageName=name, AutoDeploy=True, **more)

    def named(self, certificate):
        """Give it its domain name by a record, as Route 53 does."""
        configured = [{"CertificateArn": certificate, "EndpointType": "REGIONAL", "SecurityPolicy": "TLS_1_2"}]
        made = self.client.create_domain_name(DomainName=self.domain, DomainNameConfigurations=configured)
        self.client.create_api_mapping(DomainName=self.domain, ApiId=self.id, Stage="$default")
        return made["DomainNameConfigurations"][0]
