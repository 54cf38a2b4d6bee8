"""What AWS refuses of REST APIs is refused, with its error code."""

import pytest

from tests.unit.rehearsal.control.cloud import name, refusal

BAD, CONFLICT, MISSING = "BadRequestException", "ConflictException", "NotFoundException"
REGIONAL = {"types": ["REGIONAL"]}


def refused(call, *arguments, **more):
    return refusal(lambda: call(*arguments, **more))


class Api:
    """A REST API with a path ``/a``."""

    def __init__(self, cloud):
        self.client = cloud.apigateway
        made = self.client.create_rest_api(name=name(), endpointConfiguration=REGIONAL)
        self.id, self.root = made["id"], made["rootResourceId"]
        self.path = self.child(self.root, "a")
        self.place = {"restApiId": self.id, "resourceId": self.path, "httpMethod": "GET"}

    def child(self, parent, part):
        return self.client.create_resource(restApiId=self.id, parentId=parent, pathPart=part)["id"]

    def put(self, **more):
        return self.client.put_method(**self.place, **{"authorizationType": "NONE", **more})

    def integrate(self, cloud, **more):
        vpc = cloud.vpc()
        subnets, group = cloud.subnets(vpc), cloud.group(vpc, name())
        link = cloud.apigatewayv2.create_vpc_link(Name=name(), SubnetIds=subnets, SecurityGroupIds=[group])
        balancer = cloud.elbv2.create_load_balancer(Name=name()[:30], Subnets=subnets, SecurityGroups=[group])
        settings = {
            "type": "HTTP",
            "integrationHttpMethod": "GET",
            "uri": "https://example.com/a",
            "connectionType": "VPC_LINK",
            "connectionId": link["VpcLinkId"],
            "integrationTarget": balancer["LoadBalancers"][0]["LoadBalancerArn"],
        }
        return self.client.put_integration(**self.place, **{**settings, **more})

    def serve(self, cloud):
        self.put()
        self.integrate(cloud)
        made = self.client.create_deployment(restApiId=self.id)["id"]
        self.client.create_stage(restApiId=self.id, stageName="live", deploymentId=made)
        return made

    def plan(self):
        stages = [{"apiId": self.id, "stage": "live"}]
        return self.client.create_usage_plan(name=name(), apiStages=stages)["id"]


def test_paths_have_one_place_and_greedy_ones_no_child(cloud):
    api = Api(cloud)
    assert refused(api.child, api.root, "a") == CONFLICT
    assert refused(api.child, api.root, "a b") == BAD
    greedy = api.child(api.root, "{proxy+}")
    assert refused(api.child, greedy, "b") == BAD
    assert refused(api.child, api.root, "{other}") == BAD
    assert refused(api.child, "nothing", "b") == MISSING
    assert refused(api.client.delete_resource, restApiId=api.id, resourceId=api.root) == BAD


METHODS = {
    "authorizer that is none": {"authorizationType": "JWT", "authorizerId": "none"},
    "scopes for everybody": {"authorizationScopes": ["a"]},
    "parameter that is none": {"requestParameters": {"header.a": True}},
}


@pytest.mark.parametrize("wrong", METHODS)
def test_methods(cloud, wrong):
    assert refused(Api(cloud).put, **METHODS[wrong]) == BAD


INTEGRATIONS = {
    "URI that is none": {"uri": "example.com"},
    "patience": {"timeoutInMillis": 29_001},
    "link that is none": {"connectionId": "none"},
    "target that is none": {"integrationTarget": "arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/a/b"},
    "parameter that the method does not take": {
        "requestParameters": {"integration.request.header.a": "method.request.header.a"}
    },
    "header that is AWS's": {"requestParameters": {"integration.request.header.Host": "'a'"}},
    "path parameter without a value": {"uri": "https://example.com/{proxy}"},
    "template that is none": {"requestTemplates": {"application/json": "#if($a"}},
}


@pytest.mark.parametrize("wrong", INTEGRATIONS)
def test_integrations(cloud, wrong):
    api = Api(cloud)
    api.put()
    assert refused(api.integrate, cloud, **INTEGRATIONS[wrong]) == BAD


def test_answers_are_declared_before_they_are_mapped(cloud):
    api, status = Api(cloud), {"statusCode": "200"}
    api.put()
    assert refused(api.put) == CONFLICT
    put = api.client.put_integration_response
    assert refused(put, **api.place, **status) == MISSING
    api.integrate(cloud)
    assert refused(put, **api.place, **status) == MISSING
    api.client.put_method_response(**api.place, **status)
    assert refused(api.client.put_method_response, **api.place, **status) == CONFLICT
    assert refused(put, **api.place, **status, responseParameters={"method.response.header.a": "'b'"}) == BAD
    put(**api.place, **status)
    api.client.put_method_response(**api.place, statusCode="404")
    assert refused(put, **api.place, statusCode="404") == BAD  # two defaults


def test_what_is_in_use_stays(cloud):
    api = Api(cloud)
    assert refused(api.client.create_deployment, restApiId=api.id) == BAD  # nothing to deploy
    deployed, plan = api.serve(cloud), api.plan()
    assert refused(api.client.delete_deployment, restApiId=api.id, deploymentId=deployed) == BAD
    assert refused(api.client.delete_stage, restApiId=api.id, stageName="live") == BAD
    assert refused(api.client.delete_usage_plan, usagePlanId=plan) == BAD
    assert refused(api.client.delete_rest_api, restApiId=api.id) == BAD


def test_stages_have_plain_names_and_log_with_a_role(cloud):
    api = Api(cloud)
    deployed = api.serve(cloud)
    again = {"restApiId": api.id, "deploymentId": deployed}
    assert refused(api.client.create_stage, **again, stageName="$default") == BAD
    assert refused(api.client.create_stage, **again, stageName="live") == CONFLICT
    for path, value in (("/accessLogSettings/format", "$context.requestId"), ("/nothing", "a"), ("/*/*/none", "a")):
        patches = [{"op": "replace", "path": path, "value": value}]
        assert refused(api.client.update_stage, restApiId=api.id, stageName="live", patchOperations=patches) == BAD


def test_keys_are_long_and_in_one_plan_of_a_stage(cloud):
    api = Api(cloud)
    api.serve(cloud)
    assert refused(api.client.create_api_key, name="a", value="short") == BAD
    key = api.client.create_api_key(name="a", value=name() + "0" * 40)
    assert refused(api.client.create_api_key, name="b", value=key["value"]) == CONFLICT
    given = {"keyId": key["id"], "keyType": "API_KEY"}
    api.client.create_usage_plan_key(usagePlanId=api.plan(), **given)
    assert refused(api.client.create_usage_plan_key, usagePlanId=api.plan(), **given) == CONFLICT
    assert refused(api.client.create_usage_plan, name="c", apiStages=[{"apiId": api.id, "stage": "x"}]) == MISSING


def test_what_the_local_cloud_does_not_have_is_told(cloud):
    assert refused(cloud.apigateway.get_sdk_types) == "NotImplementedException"
    assert refused(cloud.apigateway.create_rest_api, name="a") == "NotImplementedException"
