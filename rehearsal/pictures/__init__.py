"""Dashboards as pictures: their own definitions, with the metrics of a run."""
