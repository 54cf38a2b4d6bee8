"""Print a budget, with the number of those who get each notification, and what anomalies are told, as JSON."""

import json
import sys

import boto3

boto3.setup_default_session(region_name="us-east-1")
client = boto3.client("budgets")
place = {"AccountId": boto3.client("sts").get_caller_identity()["Account"], "BudgetName": sys.argv[1]}
budget = client.describe_budget(**place)["Budget"]
notices = []
for one in client.describe_notifications_for_budget(**place)["Notifications"]:
    one.pop("NotificationState", None)
    told = client.describe_subscribers_for_notification(**place, Notification=one)["Subscribers"]
    notices.append([one["NotificationType"], one["Threshold"], len(told)])
costs = boto3.client("ce")
monitors = {one["MonitorArn"]: one["MonitorDimension"] for one in costs.get_anomaly_monitors()["AnomalyMonitors"]}
told = [
    [
        [monitors[arn] for arn in one["MonitorArnList"]],
        one["ThresholdExpression"]["Dimensions"]["Values"],
        [each["Address"].rsplit(":", maxsplit=1)[-1] for each in one["Subscribers"]],
    ]
    for one in costs.get_anomaly_subscriptions()["AnomalySubscriptions"]
    if one["SubscriptionName"] == sys.argv[1]
]
found = {
    "limit": budget["BudgetLimit"]["Amount"],
    "filter": budget["CostFilters"]["TagKeyValue"],
    "notices": notices,
    "anomalies": told,
}
json.dump(found, sys.stdout)
