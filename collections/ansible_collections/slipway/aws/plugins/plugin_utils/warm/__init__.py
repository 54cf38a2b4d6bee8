"""Module runs forked from one warm Python: what ``slipway.aws.warm`` is made of."""
