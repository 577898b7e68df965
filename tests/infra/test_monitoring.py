"""The queries of the alerts and the dashboard: valid PromQL over metrics that exist, with labels
that they have.
"""

import json
import re
from collections.abc import Iterator, Mapping

import promql_parser
import pytest

from tests.infra.plan import Plan

SELECTOR = re.compile(r"([a-zA-Z_]+:\w+)\{([^}]*)\}")
MATCHER = re.compile(r'(\w+)(=|!=|=~|!~)"([^"]*)"')
GROUPED = re.compile(r"by \(([^)]*)\)")

RESOURCE = {"monitored_resource", "service_name"}
CLOUD_RUN: Mapping[str, set[str]] = {
    "run_googleapis_com:request_count": {"response_code_class"},
    "run_googleapis_com:request_latencies_bucket": {"le"},
}
"""Metrics of Cloud Run itself, with those of their labels that may be used."""


def queries(plan: Plan) -> Iterator[str]:
    for alert in plan.resources("google_monitoring_alert_policy"):
        yield alert_query(alert.values)
    for tile in json.loads(plan.one("google_monitoring_dashboard")["dashboard_json"])[
        "mosaicLayout"
    ]["tiles"]:
        yield tile["widget"]["xyChart"]["dataSets"][0]["timeSeriesQuery"]["prometheusQuery"]


def alert_query(alert: Mapping[str, list[dict[str, list[dict[str, str]]]]]) -> str:
    return alert["conditions"][0]["condition_prometheus_query_language"][0]["query"]


def known(plan: Plan) -> dict[str, set[str]]:
    """Every metric in PromQL's spelling with its own labels; a distribution has a sum and a
    count.
    """
    found = dict(CLOUD_RUN)
    for metric in plan.resources("google_logging_metric"):
        name, labels = (
            f"logging_googleapis_com:user_{metric.values['name']}",
            set(metric.values["label_extractors"]),
        )
        is_counter = metric.values["metric_descriptor"][0]["value_type"] == "INT64"
        found |= {
            f"{name}{ending}": labels for ending in ([""] if is_counter else ["_sum", "_count"])
        }
    return found


def test_there_are_the_four_alerts(infra: Plan) -> None:
    alerts = list(infra.resources("google_monitoring_alert_policy"))
    assert {alert.key for alert in alerts} == {
        "error_ratio",
        "fallback_ratio",
        "gemini_spend",
        "latency_p95",
    }
    assert all(alert.values["severity"] and alert.values["documentation"] for alert in alerts)


def test_every_query_is_promql(infra: Plan) -> None:
    parsed = [promql_parser.parse(query) for query in queries(infra)]
    assert len(parsed) == 4 + 7


def test_every_query_is_over_metrics_and_labels_that_exist(infra: Plan) -> None:
    metrics = known(infra)
    for query in queries(infra):
        selectors = SELECTOR.findall(query)
        assert selectors
        for name, matchers in selectors:
            assert {label for label, _, _ in MATCHER.findall(matchers)} <= RESOURCE | metrics[
                name
            ], query
        grouped = {
            label.strip() for labels in GROUPED.findall(query) for label in labels.split(",")
        }
        assert grouped <= set.union(*(metrics[name] for name, _ in selectors)), query


def test_every_query_is_about_this_service(infra: Plan) -> None:
    for query in queries(infra):
        for _, matchers in SELECTOR.findall(query):
            assert 'service_name="predict-churn"' in matchers


def test_every_metric_is_shown_or_watched(infra: Plan) -> None:
    used = {name for query in queries(infra) for name, _ in SELECTOR.findall(query)}
    unused = set(known(infra)) - used
    assert unused == {"logging_googleapis_com:user_predict_churn_input_tokens_count"}


@pytest.mark.parametrize(("tokens", "price"), [("input_tokens", 0.25), ("output_tokens", 1.5)])
def test_the_spend_is_tokens_times_their_price(infra: Plan, tokens: str, price: float) -> None:
    alert = next(
        each
        for each in infra.resources("google_monitoring_alert_policy")
        if each.key == "gemini_spend"
    )
    factor = re.search(
        rf"_{tokens}_sum\{{[^}}]*\}}\[1h\]\)\) \* ([\d.e-]+)", alert_query(alert.values)
    )
    assert factor
    assert float(factor[1]) * 1_000_000 == pytest.approx(price)
