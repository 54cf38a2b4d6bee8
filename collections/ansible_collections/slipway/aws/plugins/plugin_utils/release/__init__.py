"""Releases by weights: journal, traffic, tasks, judgement."""
