"""Figures that both sites have: their program and their jobs; and how a figure is made."""

from collections.abc import Iterator, Mapping
from typing import Any

from prometheus_client.core import GaugeMetricFamily, Metric

from shared.replication.program import Program
from shared.web.jobs import Run


def gauge(name: str, about: str, labels: tuple[str, ...], values: Mapping[Any, float]) -> Metric:
    """Return a figure that goes up and down; the keys of `values` are the values of the labels."""
    metric = GaugeMetricFamily(name, about, labels=labels)
    for key, value in values.items():
        metric.add_metric(key, value)
    return metric


def of_program(ours: Program) -> Metric:
    """Tell which program runs."""
    labels = ("version", "database")
    return gauge("stadtherz_program", "Which program runs.", labels, {(ours.version, ours.database): 1})


def of_jobs(runs: Mapping[str, Run]) -> Iterator[Metric]:
    """Tell how the jobs of this process went."""
    succeeded = {(name,): run.succeeded_at.timestamp() for name, run in runs.items() if run.succeeded_at}
    yield gauge("stadtherz_job_success_timestamp_seconds", "The last success of a job.", ("job",), succeeded)
    failures = {(name,): float(run.failures) for name, run in runs.items()}
    yield gauge("stadtherz_job_failures", "Failures of a job in a row.", ("job",), failures)
    took = {(name,): run.took_s for name, run in runs.items() if run.finished_at}
    yield gauge("stadtherz_job_seconds", "How long a job took the last time.", ("job",), took)
