"""The figures at /metrics, and the files that read them: no name and no label may be in one and not in the other."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

import pytest
import yaml  # type: ignore[import-untyped]  # it comes without types
from prometheus_client.parser import text_string_to_metric_families

from common.wire.push import Outcome, Verdict
from server.observing.figures import CODES, Figures
from tests.helpers.asgi import Client
from tests.helpers.shop import WireTill
from tests.shape.source import ROOT

FOLDER: Final = ROOT / "packaging" / "observing"
PAGE: Final = (ROOT / "docs" / "observing.md").read_text()

NAMED: Final = re.compile(r"\b(tillstamp_[a-z_]+)(?:\{([^}]*)\})?")
GROUPED: Final = re.compile(r"\bby \(([^)]*)\)")
HISTOGRAM: Final = {"le"}


@pytest.fixture
def shown(client: Client, till: WireTill) -> dict[str, set[str]]:
    """The figures of a server that has accepted, rejected and parked something, each with its labels."""
    enrol = till.enrol_card()
    card = enrol["card_id"]
    batch = [enrol, till.stamp(card), till.stamp(card), till.stamp(card, terms_version=9)]
    assert client.post("/v1/sync/push", till.request(batch)).status == 200
    client.post("/v1/sync/push", till.request(batch))
    client.get("/v1/nothing")
    labels: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(client.get("/metrics").body.decode()):
        for sample in family.samples:
            labels.setdefault(sample.name, set()).update(sample.labels)
    return labels


def test_a_push_is_counted_by_what_it_was_answered(client: Client, shown: dict[str, set[str]]) -> None:
    told = client.get("/metrics").body.decode()
    for figure in (
        'tillstamp_operations_total{code="none",outcome="accepted"} 2.0',
        'tillstamp_operations_total{code="cooldown",outcome="rejected"} 1.0',
        'tillstamp_operations_total{code="unknown_terms",outcome="parked"} 1.0',
        "tillstamp_operations_repeated_total 4.0",
        'tillstamp_requests_total{route="/v1/sync/push",status="200"} 2.0',
        'tillstamp_request_seconds_count{route="/v1/sync/push"} 2.0',
        'tillstamp_requests_total{route="other",status="404"} 1.0',
        "tillstamp_database_connections 0.0",
        "tillstamp_fleet_readable 1.0",
    ):
        assert figure in told


def test_whatever_is_sent_labels_have_few_values(client: Client) -> None:
    figures: Figures = client.app.state.hub.figures
    for number in range(50):
        client.get(f"/v1/{number}")
        figures.count_verdicts([Verdict(key=None, seq=1, outcome=Outcome.REJECTED, code=f"odd_{number}", ver=1)])
    assert {sample.labels["route"] for sample in samples(figures, "tillstamp_requests_total")} == {"other"}
    assert {sample.labels["code"] for sample in samples(figures, "tillstamp_operations_total")} == {"other"}


def samples(figures: Figures, name: str) -> list[Any]:
    families = text_string_to_metric_families(figures.text().decode())
    return [sample for family in families for sample in family.samples if sample.name == name]


def expressions() -> Iterator[tuple[str, str]]:
    """Every expression in the files and on the page, with where it stands."""
    rules = yaml.safe_load((FOLDER / "alerts.yml").read_text())
    for rule in rules["groups"][0]["rules"]:
        yield rule["alert"], rule["expr"]
    for panel in json.loads((FOLDER / "dashboard.json").read_text())["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"]
    yield from (("docs/observing.md", said) for said in re.findall(r"^\*\*.*?`(.+)`", PAGE, re.MULTILINE))


def test_every_name_and_label_in_the_files_exists(shown: dict[str, set[str]]) -> None:
    wrong = []
    seen = 0
    for where, expression in expressions():
        grouped = {label.strip() for group in GROUPED.findall(expression) for label in group.split(",")}
        names = NAMED.findall(expression)
        seen += len(names)
        for name, matched in names:
            if name not in shown:
                wrong.append(f"{where}: there is no {name}")
                continue
            labels = {part.partition("=")[0].rstrip("!~").strip() for part in matched.split(",") if part}
            wrong += [f"{where}: {name} has no {label}" for label in (labels | grouped) - shown[name]]
    assert wrong == []
    assert seen > 30, "hardly any expression was found"


def test_every_label_value_in_the_files_can_be(shown: dict[str, set[str]]) -> None:
    values = {
        value
        for _, expression in expressions()
        for value in re.findall(r'(?:state|outcome|code)="([^"]+)"', expression)
    }
    assert values <= {"in_contact", "silent", "silent_with_queue", "accepted", "rejected", "parked"} | CODES


def test_every_figure_is_on_the_page_with_its_labels_and_none_else(shown: dict[str, set[str]]) -> None:
    told: dict[str, set[str]] = {}
    for names, labels in re.findall(r"^\| (`tillstamp_[^|]+) \|([^|]*)\|", PAGE, re.MULTILINE):
        for name in re.findall(r"`([a-z_]+)`", names):
            told[name] = set(re.findall(r"`([a-z_]+)`", labels))
    suffixes = ("_bucket", "_count", "_sum")
    there = {
        name.removesuffix(
            next((end for end in suffixes if "request_seconds" in name and name.endswith(end)), "")
        ): labels - HISTOGRAM
        for name, labels in shown.items()
    }
    assert told == there


def test_every_figure_is_shown_by_the_dashboard_or_watched_by_a_rule(shown: dict[str, set[str]]) -> None:
    used = {name for _, expression in expressions() for name, _ in NAMED.findall(expression)}
    unused = set(shown) - used
    assert unused == {"tillstamp_request_seconds_sum", "tillstamp_request_seconds_count"}, "they come with the buckets"
