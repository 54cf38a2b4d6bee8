"""CloudWatch: statistics, metric maths, the rules of alarms."""
