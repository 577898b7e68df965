"""A few hundred requests and command lines with their answers, to see that a change of the code
changes none of them.

`python -m tests.corpus record FILE` asks the code of this folder and writes down what it answers;
`python -m tests.corpus compare FILE` asks again and prints what differs. Both on one day: offers
have dates.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from difflib import unified_diff
from itertools import product
from pathlib import Path
from typing import NamedTuple

import httpx2

from tests.fakes.gemini import unused_port
from tests.fakes.scenarios import SCENARIOS
from tests.functions.test_hostile import BODIES, with_raw
from tests.serving import ROOT, Served, clean_environment, serve, wait_for

CUSTOMER: dict[str, object] = json.loads((ROOT / "tests/data/customer.json").read_text())
JSON, NDJSON = "application/json", "application/x-ndjson"
HEADERS = (
    "content-type",
    "cache-control",
    "content-security-policy",
    "allow",
    "retry-after",
    "vary",
    "connection",
)
"""What of an answer's head a caller can depend on."""

ANY_VALUE = (
    "null",
    '""',
    '" "',
    '"x"',
    '"Yes"',
    '"no"',
    "0",
    "1",
    "-1",
    "12.0",
    "12.5",
    "1e9",
    '"12"',
    "true",
    "[]",
)
CHANNELS, LANGUAGES = ("email", "sms", "call", "chat"), ("en", "es", "fr", "de", "ko")
FACTS: tuple[dict[str, object], ...] = (
    {"consent": False},
    {"consent": True, "days_since_last_contact": 3},
    {"port_out_pending": True},
    {"open_complaint": True},
    {"payment_overdue": True, "switch_notice_received": True},
    {"fibre_available": True, "best_tariff": 40},
    {"fibre_available": False, "months_left_on_contract": 9},
    {"days_since_last_offer_declined": 10},
    {"best_tariff": -1},
    {"consent": "yes"},
    {"days_since_last_contact": 2.5},
    {"chanel": "sms"},
    {"channel": "fax", "language": "it", "tone": "rude"},
)
KINDS: tuple[dict[str, object], ...] = (
    {},
    {"tenure": 0, "TotalCharges": " "},
    {"tenure": 60, "TotalCharges": None},
    {"tenure": 30, "Contract": "Two year", "PaymentMethod": "Mailed check"},
    {"Contract": "One year", "InternetService": "DSL", "MonthlyCharges": 55.15},
    {"PhoneService": "No", "MultipleLines": "No phone service"},
    {"PhoneService": "No"},
    {"InternetService": "No", "MonthlyCharges": 20},
    {"tenure": 1200, "MonthlyCharges": 10_000, "TotalCharges": 12_000_000},
    {"tenure": 3, "MonthlyCharges": 118.75, "TechSupport": "Yes", "OnlineSecurity": "Yes"},
    {"SeniorCitizen": 1, "gender": "Male", "Partner": "No", "customerID": "7590-VHVEG"},
)
VOLATILE = (
    (re.compile(r'("decision_id": ?")[0-9a-f]{32}'), r"\1…"),
    (re.compile(r'("(?:latency_ms|timestamp|seconds)": ?)[\d.e+-]+'), r"\1…"),
    (re.compile(r'("time": ?")[^"]+'), r"\1…"),
    (re.compile(r"(decision )[0-9a-f]{32}"), r"\1…"),
    (re.compile(r"(in )\d+\.\d\d( s)"), r"\1…\2"),
    (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1:…"),
)
"""What differs from one run to the next."""


class Call(NamedTuple):
    """One request; `body` is sent as it is."""

    name: str
    method: str = "POST"
    target: str = "/predict"
    body: bytes = b""
    headers: Mapping[str, str] = {"Content-Type": JSON}


def changed(**more: object) -> bytes:
    """The example customer with other values."""
    return json.dumps({**CUSTOMER, **more}).encode()


def calls() -> Iterator[Call]:
    """Every request, each under a name of its own."""
    yield from customers()
    yield from values()
    yield from contexts()
    for name, (body, _) in BODIES.items():
        for target in ("/predict?offer=none", "/outcomes"):
            yield Call(f"hostile: {name}: {target}", target=target, body=body)
    yield from batches()
    yield from remote_functions()
    yield from outcomes()
    yield from routes()


def customers() -> Iterator[Call]:
    for number, kind in enumerate(KINDS):
        for query in ("", "?offer=none", "?offer=template&explain=true", "?offer=gemini"):
            yield Call(f"customer {number}{query}", target=f"/predict{query}", body=changed(**kind))


def values() -> Iterator[Call]:
    """Each attribute left out, and with values of every kind."""
    for name in CUSTOMER:
        body = json.dumps({key: value for key, value in CUSTOMER.items() if key != name}).encode()
        yield Call(f"without {name}", target="/predict?offer=none", body=body)
        for value in ANY_VALUE:
            yield Call(
                f"{name} = {value}", target="/predict?offer=none", body=with_raw(name, value)
            )


def contexts() -> Iterator[Call]:
    for channel, language, tone in product(CHANNELS, LANGUAGES, ("friendly", "formal", "brief")):
        context = {"channel": channel, "language": language, "tone": tone}
        yield Call(
            f"by {channel} in {language}, {tone}",
            target="/?offer=template",
            body=changed(context=context),
        )
    for number, facts in enumerate(FACTS):
        target = "/predict?offer=template&explain=true"
        yield Call(f"facts {number}", target=target, body=changed(context=facts))


def rows() -> list[object]:
    """Customers, and what is none."""
    good = [json.loads(changed(**kind)) for kind in KINDS]
    return [
        *good,
        {"tenure": 1},
        {},
        None,
        7,
        "x",
        [],
        json.loads(changed(tenure=-1)),
        json.loads(changed(x=1)),
    ]


def batches() -> Iterator[Call]:
    lines, array = (
        b"\n".join(json.dumps(row).encode() for row in rows()),
        json.dumps(rows()).encode(),
    )
    for query in (
        "",
        "?reasons=true",
        "?offer=template",
        "?offer=gemini",
        "?offer=maybe",
        "?reasons=1",
    ):
        for media, body in ((NDJSON, lines), (JSON, array)):
            headers = {"Content-Type": media}
            yield Call(
                f"batch {media}{query}", target=f"/predict/batch{query}", body=body, headers=headers
            )
    bodies = {
        "empty": b"",
        "blank lines": b"\n\n" + changed() + b"\r\n\n",
        "cut": changed()[:-5],
        "broken line": changed() + b"\n{\n" + changed(),
        "twice": changed()[:-1] + b', "tenure": 1}',
        "too many": b"{}\n" * 5001,
        "brackets": b"[" * 60_000,
        "wide": json.dumps({**CUSTOMER, "note": "x" * 70_000}).encode(),
        "an object": changed(),
        "no UTF-8": b"\xff\xfe",
    }
    for name, body in bodies.items():
        for media, sent in (
            (NDJSON, body),
            (JSON, body if name == "an object" else b"[" + body + b"]"),
        ):
            headers = {"Content-Type": media}
            yield Call(f"batch {name} {media}", target="/predict/batch", body=sent, headers=headers)


def remote_functions() -> Iterator[Call]:
    texts = {
        name: str(value) if name in {"tenure", "TotalCharges"} else value
        for name, value in CUSTOMER.items()
    }
    odd = [
        texts,
        {name.upper(): value for name, value in CUSTOMER.items()},
        {**CUSTOMER, "customerID": 7, "Churn": "Yes", "seen": {"a": 1}, "context": "x"},
        {**CUSTOMER, "TotalCharges": ""},
        {**CUSTOMER, "tenure": "1" * 41},
        {**CUSTOMER, "tenure": None},
        json.dumps(CUSTOMER),
        "{",
    ]
    arguments = [[row] for row in [*rows(), *odd]]
    contexts: tuple[object, ...] = (
        None,
        {},
        {"mode": "score"},
        {"mode": "offer"},
        {"mode": "x"},
        {"a": "b"},
        [],
    )
    for context in contexts:
        body = json.dumps(
            {"requestId": "1", "userDefinedContext": context, "calls": arguments}
        ).encode()
        yield Call(f"bigquery {context}", target="/bigquery", body=body)
    for name, body in {
        "no calls": b"{}",
        "calls is no list": b'{"calls": 1}',
        "two arguments": b'{"calls": [[1, 2]]}',
        "no list": b"[]",
        "cut": b'{"calls": [[',
        "empty": b'{"calls": []}',
        "too many": json.dumps({"calls": [[{}]] * 5001}).encode(),
        "twice": b'{"calls": [], "calls": []}',
        "a row with a key twice": b'{"calls": [[' + changed()[:-1] + b', "tenure": 1}]]}',
    }.items():
        yield Call(f"bigquery {name}", target="/bigquery", body=body)


def outcomes() -> Iterator[Call]:
    good = {"decision_id": "0" * 32, "outcome": "accepted"}
    times = (
        "2026-11-22T14:00:00Z",
        "2026-11-22T14:00:00.5+01:00",
        "2026-11-22",
        "2026-13-01T00:00:00Z",
        "",
    )
    odd: list[dict[str, object]] = [
        {"outcome": "sold"},
        {"decision_id": "x"},
        {"decision_id": None},
        {"more": 1},
        {"occurred_at": 7},
    ]
    odd += [{"occurred_at": time} for time in times]
    for more in odd:
        yield Call(
            f"outcome {more}", target="/outcomes", body=json.dumps({**good, **more}).encode()
        )
    for turn, (key, outcome) in enumerate(
        product(("a", "a b", "x" * 101, "a"), ("shown", "declined"))
    ):
        body = {**good, "outcome": outcome, "occurred_at": times[0]}
        headers = {"Content-Type": JSON, "Idempotency-Key": key}
        yield Call(
            f"outcome {turn} under a key",
            target="/outcomes",
            body=json.dumps(body).encode(),
            headers=headers,
        )


def routes() -> Iterator[Call]:
    for path in (
        "/",
        "/health",
        "/ready",
        "/docs",
        "/docs/init.js",
        "/docs/swagger-ui.css",
        "/nothing",
        "/predict/",
    ):
        for method in ("GET", "HEAD", "POST", "PUT", "OPTIONS"):
            yield Call(f"{method} {path}", method, path)
    yield Call("the page", "GET", "/", headers={"Accept": "text/html"})
    for media in (
        "",
        "text/plain",
        "application/json; charset=utf-8",
        "APPLICATION/JSON",
        "application/xml",
    ):
        yield Call(
            f"sent as {media!r}",
            target="/?offer=none",
            body=changed(),
            headers={"Content-Type": media},
        )
    for name, value in (
        ("Content-Encoding", "gzip"),
        ("Prefer", "wait=0"),
        ("Prefer", "wait=soon"),
        ("Accept", "x/y"),
    ):
        headers = {"Content-Type": JSON, name: value}
        yield Call(
            f"with {name}: {value}", target="/?offer=gemini", body=changed(), headers=headers
        )
    for query in (
        "offer=",
        "offer=x",
        "explain=1",
        "offer=none&offer=template",
        "ofer=none",
        "offer=none&explain=true",
    ):
        yield Call(f"asked {query}", target=f"/predict?{query}", body=changed())


def commands(folder: Path) -> Iterator[list[str]]:
    """Every command line; the files that they name lie in the folder."""
    for words in ([], ["predict"], ["train"], ["evaluate"], ["doctor"], ["offers"]):
        yield ["-m", "churn_lib", *words, "--help"]
    for words in (
        ["--version"],
        ["nothing"],
        ["predict", "--nothing"],
        ["doctor"],
        ["offers", "list"],
        ["offers"],
    ):
        yield ["-m", "churn_lib", *words]
    yield from predictions(folder)
    for name in sorted(path.name for path in folder.glob("*.toml")):
        yield ["-m", "churn_lib", "offers", "lint", str(folder / name)]
        yield ["-m", "churn_lib", "offers", "diff", "artifacts/offers.toml", str(folder / name)]
    yield ["-m", "churn_lib", "offers", "diff", "artifacts/offers.toml", "artifacts/offers.toml"]
    customers = ["--customers", "tests/data/customers.ndjson"]
    yield [
        "-m",
        "churn_lib",
        "offers",
        "diff",
        "artifacts/offers.toml",
        str(folder / "cheaper.toml"),
        *customers,
    ]
    yield ["-m", "churn_lib", "offers", "check", str(folder / "texts.ndjson")]
    yield ["-m", "churn_lib", "offers", "check", str(folder / "broken.json")]
    yield ["-m", "churn_lib", "train", str(folder / "missing.csv")]
    yield ["-m", "churn_lib", "train", str(folder / "broken.json")]
    given = [
        word
        for name, value in CUSTOMER.items()
        for word in (f"--{_option(name)}", *str(value).split())
    ]
    yield ["main.py", "--cli", *given]
    yield ["main.py", "--cli", *given[:-2]]
    yield ["main.py", "--cli", "--gender", "--tenure", "x"]


def predictions(folder: Path) -> Iterator[list[str]]:
    example = "tests/data/customer.json"
    for words in (
        ["--json", example],
        ["--json", example, "--explain"],
        ["--json", example, "--offer", "none"],
        ["--json", example, "--output", "json", "--offer", "template"],
        ["--json", example, "--language", "ko", "--channel", "sms"],
        ["--json", example, "--tenure", "70", "--contract", "two year", "--explain"],
        ["--json", example, "--tenure", "Erika", "--channel", "fax"],
        ["--json", example, "--phone_service", "No"],
        ["--json", example, "--no-consent", "--customer-id", "7590-VHVEG"],
        ["--json", example, "--monthly_charges", "1e400"],
        ["--json", example, "--total_charges", ""],
        ["--json", "missing.json"],
        ["--json", str(folder / "list.json")],
        ["--json", str(folder / "broken.json")],
        ["--json", str(folder / "typo.json")],
        ["--contract", "One", "year"],
        ["--no_input"],
        [],
    ):
        yield ["-m", "churn_lib", "predict", *words]


def _option(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def write_files(folder: Path) -> None:
    """The files that the command lines name."""
    shipped = (ROOT / "artifacts/offers.toml").read_text("utf-8")
    catalogues = {
        "shipped": shipped,
        "cheaper": shipped.replace("percent = 10", "percent = 5", 1),
        "broken": shipped + "\n[",
        "unknown": shipped.replace("kind =", "knid =", 1),
        "late": re.sub(r"valid_until = .*", "valid_until = 2020-01-01", shipped),
        "numbers": shipped.replace("{months}", "12 months", 3).replace(
            "{price_change}", "half price", 2
        ),
        "rules": shipped.replace('"Month-to-month"', '"Monthly"'),
        "costs": shipped.replace("percent =", "percent = 1000 #", 1),
    }
    for name, text in catalogues.items():
        (folder / f"{name}.toml").write_text(text, "utf-8")
    (folder / "list.json").write_text("[1]")
    (folder / "broken.json").write_text('{"tenure": 1,}')
    (folder / "typo.json").write_text(changed(Contrct="x", tenure="x").decode())
    texts = (ROOT / "tests/data").glob("*.ndjson")
    chosen = [line for path in sorted(texts) for line in path.read_text("utf-8").splitlines()[::97]]
    (folder / "texts.ndjson").write_text("\n".join(chosen), "utf-8")


def masked(text: str) -> str:
    for pattern, instead in VOLATILE:
        text = pattern.sub(instead, text)
    return text


def answered(call: Call, client: httpx2.Client) -> str:
    """Status, the headers that matter, and the body, on lines that a person can compare."""
    reply = client.request(call.method, call.target, content=call.body, headers=call.headers)
    head = [f"{name}: {reply.headers[name]}" for name in HEADERS if name in reply.headers]
    try:
        body = json.dumps(reply.json(), indent=1, ensure_ascii=False)
    except ValueError:
        body = reply.text
    return masked("\n".join([str(reply.status_code), *head, body]))


def client_of(server: Served) -> httpx2.Client:
    return httpx2.Client(base_url=server.url, trust_env=False, timeout=60)


def served() -> Iterator[tuple[str, str]]:
    """All requests to a server without Gemini, and what it wrote into its decision log."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "decisions.ndjson"
        logged = {"DECISION_LOG": str(log), "DECISION_LOG_ATTRIBUTES": "customerID,tenure,Contract"}
        with serve(logged) as server, client_of(server) as client:
            for call in calls():
                yield call.name, answered(call, client)
            server.process.terminate()
            server.process.wait(30)
        yield "decision log", "\n".join(sorted(masked(log.read_text()).splitlines()))


def written() -> Iterator[tuple[str, str]]:
    """An offer under each fault of Gemini, one server each: a breaker or a memory would mix
    them.
    """
    port = unused_port()
    fake = subprocess.Popen(
        [sys.executable, "-m", "tests.fakes.gemini", "--port", str(port)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for(port, fake)
        for scenario in sorted(SCENARIOS):
            httpx2.post(
                f"http://127.0.0.1:{port}/_control", json={"scenario": scenario}, trust_env=False
            )
            key = {
                "GEMINI_API_KEY": "a-key-of-the-corpus",
                "GEMINI_BASE_URL": f"http://127.0.0.1:{port}",
            }
            with serve({**key, "GEMINI_DEADLINE": "8"}) as server, client_of(server) as client:
                yield f"Gemini: {scenario}", answered(Call("", body=changed()), client)
    finally:
        fake.terminate()
        fake.wait(30)


def typed() -> Iterator[tuple[str, str]]:
    """What the command lines print, two at a time."""
    environment = {**clean_environment(), "COLUMNS": "80", "NO_COLOR": "1"}

    def run(words: list[str]) -> tuple[str, str]:
        done = subprocess.run(
            [sys.executable, *words],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        printed = f"{done.returncode}\n{done.stdout.decode()}\n{done.stderr.decode()}"
        return " ".join(words).replace(str(folder), "FOLDER"), masked(printed).replace(
            str(folder), "FOLDER"
        )

    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(os.cpu_count()) as pool:
        folder = Path(name)
        write_files(folder)
        yield from pool.map(run, commands(folder))


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.corpus", description=__doc__)
    options.add_argument("action", choices=["record", "compare"])
    options.add_argument("file", type=Path)
    chosen = options.parse_args()
    found = {**dict(served()), **dict(typed()), **dict(written())}
    if chosen.action == "record":
        chosen.file.write_text(json.dumps(found, indent=1, ensure_ascii=False), "utf-8")
        print(f"{len(found)} answers recorded")
        return 0
    known: dict[str, str] = json.loads(chosen.file.read_text("utf-8"))
    different = [name for name in {**known, **found} if known.get(name) != found.get(name)]
    for name in different:
        before, after = known.get(name, "").splitlines(), found.get(name, "").splitlines()
        print(
            "\n".join(
                [f"=== {name}", *unified_diff(before, after, "before", "after", lineterm="", n=1)]
            )
        )
    print(f"{len(found)} answers, {len(different)} of them differ")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
