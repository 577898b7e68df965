"""The page in Chromium: how soon people see what they asked for, beside a bare `fetch` of the same
calls in the same page.
"""

import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import httpx2
from playwright.sync_api import Browser

from functions.console.files import FOLDER, TYPES
from tests.bench.bench_start import JSON
from tests.bench.figures import Goal, at_most, not_measured
from tests.bench.timed import Timed, Wanted
from tests.conftest import EXAMPLE
from tests.functions.chromium import CHROMIUM, chromium
from tests.functions.console.lists import NAMED, as_csv, customers
from tests.functions.console.test_trouble import SLOW, devtools
from tests.serving import Served, serve

UNPAGED = "tests/bench/unpaged.py"
CLICKS, VISITS, SORTS, STOPS, STARTS = 40, 5, 9, 5, 20
ROWS, MOST, A_CALL = 5_000, 100_000, 500
ONE = "predict/batch?reasons=true"
MANY = "predict/batch?offer=decide&reasons=true"
UPLOAD = {"offline": False, "latency": 60, "downloadThroughput": -1, "uploadThroughput": 250_000}
"""60 ms and 2 Mbit/s up, in bytes a second."""

QUIET = 0.5
"""Seconds without work, after which a worker is done."""

ANSWER: Wanted = {"reasons": (".bars", "")}
FORM: Wanted = {"form": ("#main", "Score")}
TABLE: Wanted = {"table": (".results tbody", "")}
FIRST: Wanted = {"first": TABLE["table"]}
LIST: Wanted = {**FIRST, "all": (".list [role=status]", "all done")}


def figures() -> Iterator[Goal]:
    if CHROMIUM is None:
        yield not_measured("the page", "needs Chromium (apt-get install chromium)")
        return
    with serve() as server, chromium() as (_, browser), TemporaryDirectory() as folder:
        yield size(server.url)
        yield from one_customer(browser, server.url)
        yield slow_line(browser, server.url)
        yield from lists(browser, server, Path(folder))
    yield start()


def size(url: str) -> Goal:
    names = [path.name for path in FOLDER.iterdir() if path.suffix in TYPES]
    paths = ["", *(f"console/any/{name}" for name in names)]
    headers = {"Accept": "text/html", "Accept-Encoding": "gzip"}
    with httpx2.Client(base_url=url, headers=headers, trust_env=False) as client:
        sizes = [int(client.get(path).headers["content-length"]) for path in paths]
    detail = f"{len(sizes)} files"
    return at_most("page, scripts and style, gzipped, in KB", sum(sizes) / 1000, 30, detail)


def one_customer(browser: Browser, url: str) -> Iterator[Goal]:
    """Each time with another tenure; the offer is waited for, so that no call is cut."""
    body = json.dumps([json.loads(EXAMPLE.read_bytes())])
    times, calls = list[float](), list[float]()
    with Timed.unseen(browser, url) as visitor:
        visitor.come()
        visitor.score_the_example()
        for turn in range(CLICKS):
            visitor.press("Control+a")
            visitor.page.keyboard.type(str(turn + 1))
            visitor.expects(ANSWER)
            visitor.score()
            times.append(visitor.taken(ANSWER)["reasons"])
            calls.append(visitor.bare(ONE, [body])["all"])
    detail = f"{CLICKS} times; bare fetch {{:.0f}} ms"
    what = "click to probability and reasons painted, in ms"
    yield at_most(f"{what}, median", median(times), 50, detail.format(median(calls)))
    yield at_most(f"{what}, 95 of 100", late(times), 100, detail.format(late(calls)))


def late(times: Sequence[float]) -> float:
    """95 of 100 are not larger."""
    return sorted(times)[int(len(times) * 0.95) - 1]


def slow_line(browser: Browser, url: str) -> Goal:
    times, calls = list[float](), list[float]()
    for _ in range(VISITS):
        with Timed.unseen(browser, url) as visitor:
            expected = f"timing.expect({json.dumps(FORM)}, 0);"
            visitor.context.add_init_script(expected)
            devtools(visitor.page).send("Network.emulateNetworkConditions", SLOW)
            visitor.come()
            times.append(visitor.taken(FORM)["form"])
            calls.append(visitor.bare("openapi.json", [None])["all"])
    detail = f"median of {VISITS}; bare fetch of openapi.json {median(calls):.0f} ms"
    what = "form usable at 150 ms and 1.6 Mbit/s, in ms"
    return at_most(what, median(times), 1000, detail)


def lists(browser: Browser, server: Served, folder: Path) -> Iterator[Goal]:
    rows = customers(ROWS)
    few, some, many = (folder / f"{count}.csv" for count in (ROWS, 4 * ROWS, MOST))
    for path, times in ((few, 1), (some, 4), (many, MOST // ROWS)):
        path.write_text(as_csv([{**row, NAMED: at} for at, row in enumerate(rows * times)]))
    bodies = [json.dumps(rows[at : at + A_CALL]) for at in range(0, ROWS, A_CALL)]
    with Timed.at_the_list(browser, server.url) as owner:
        yield from few_rows(owner, few, bodies)
        yield from looked_at(owner)
    with Timed.at_the_list(browser, server.url) as owner:
        yield from slow_upload(owner, few, bodies)
    with Timed.at_the_list(browser, server.url) as owner:
        yield from many_rows(owner, many, bodies)
    with Timed.at_the_list(browser, server.url) as owner:
        yield stop(owner, some, server)


def few_rows(owner: Timed, path: Path, bodies: Sequence[str]) -> Iterator[Goal]:
    """The second time, so that nothing is still to be loaded or compiled on either side."""
    for _ in range(2):
        call = owner.bare(MANY, bodies)
        owner.expects(LIST)
        owner.choosing.set_input_files(path)
        found = owner.taken(LIST)
    what = f"{ROWS:,} rows of CSV,"
    yield at_most(f"{what} first rows, in s", found["first"] / 1000, 0.25, beside(call["first"]))
    yield at_most(f"{what} all, in s", found["all"] / 1000, 1.5, beside(call["all"]))
    yield at_most(f"{what} longest task of the main thread, in ms", found["task"], 100)


def beside(call: float) -> str:
    return f"bare fetch {call / 1000:.2f} s"


def looked_at(owner: Timed) -> Iterator[Goal]:
    """Sorted and filtered in turn."""
    heading = owner.page.get_by_role("button", name="Leave, of 100")
    risk = owner.page.get_by_role("combobox", name="Risk")
    times: dict[str, list[float]] = {"sort": [], "filter": []}
    for turn in range(SORTS):
        owner.expects(TABLE)
        heading.press("Enter")
        times["sort"].append(owner.taken(TABLE)["table"])
        owner.expects(TABLE)
        risk.select_option(("low", "high", "")[turn % 3])
        times["filter"].append(owner.taken(TABLE)["table"])
    for name, found in times.items():
        detail = f"median of {SORTS}, slowest {max(found):.0f} ms"
        yield at_most(f"{name} {ROWS:,} rows to paint, in ms", median(found), 100, detail)


def slow_upload(owner: Timed, path: Path, bodies: Sequence[str]) -> Iterator[Goal]:
    late = list[int]()
    owner.page.on("response", lambda response: late.append(response.status == 408))
    devtools(owner.page).send("Network.emulateNetworkConditions", UPLOAD)
    call = owner.bare(MANY, bodies)
    owner.expects(LIST)
    owner.choosing.set_input_files(path)
    found = owner.taken(LIST)
    what = f"{ROWS:,} rows at 2 Mbit/s up"
    yield at_most(f"{what}, in s", found["all"] / 1000, 12, beside(call["all"]))
    yield at_most(f"{what}, calls that came too late (408)", sum(late), 0)


def many_rows(owner: Timed, path: Path, bodies: Sequence[str]) -> Iterator[Goal]:
    call = owner.bare(MANY, bodies, MOST // ROWS)
    owner.expects(LIST)
    owner.choosing.set_input_files(path)
    heap = most_heap(owner)
    found = owner.taken(LIST)
    what = f"{MOST:,} rows,"
    yield at_most(f"{what} in s", found["all"] / 1000, 20, beside(call["all"]))
    yield at_most(f"{what} most heap of the page, in MB", heap / 1e6, 300)
    yield at_most(f"{what} longest task of the main thread, in ms", found["task"], 200)


def most_heap(owner: Timed) -> float:
    """Bytes, looked at four times a second until the list is done."""
    session, found = devtools(owner.page), [0.0]
    while owner.page.evaluate("names => timing.taken(names)", list(LIST)) is None:
        found.append(float(session.send("Runtime.getHeapUsage")["usedSize"]))
        owner.page.wait_for_timeout(250)
    return max(found)


def stop(owner: Timed, path: Path, server: Served) -> Goal:
    (worker,) = server.workers()
    times = list[float]()
    for _ in range(STOPS):
        owner.expects(FIRST)
        owner.choosing.set_input_files(path)
        owner.taken(FIRST)
        owner.button("Stop").focus()
        begun = time.perf_counter()
        owner.press("Enter")
        times.append(1000 * (last_work(worker) - begun))
    detail = f"median of {STOPS}, slowest {max(times):.0f} ms"
    return at_most("cancel to the last work of the server, in ms", median(times), 200, detail)


def last_work(worker: int) -> float:
    """When this process had worked for the last time, once it rests."""
    last, spent = time.perf_counter(), worked(worker)
    while time.perf_counter() - last < QUIET:
        time.sleep(0.005)
        now = worked(worker)
        if now - spent > 1_000_000:
            last = time.perf_counter()
        spent = now
    return last


def worked(process: int) -> int:
    """Nanoseconds of all its threads on a processor."""
    threads = Path(f"/proc/{process}/task").iterdir()
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads)


def start() -> Goal:
    """The two sides alternate start by start; the first start of each only warms the disk."""
    sides: dict[str, list[float]] = {"main.py": [], UNPAGED: []}
    for _ in range(STARTS + 1):
        for source, found in sides.items():
            found.append(first_answer(source))
    paged, unpaged = (median(found[1:]) for found in sides.values())
    detail = f"medians of {STARTS} starts: {paged * 1000:.0f} ms / {unpaged * 1000:.0f} ms"
    what = "start to the first answer, with the page / without"
    return at_most(what, paged / unpaged, 1.02, detail)


def first_answer(source: str) -> float:
    """Seconds from starting the process to the answer."""
    started = time.perf_counter()
    with serve({"FUNCTION_SOURCE": source}) as server:
        url = f"{server.url}/predict"
        sent: dict[str, Any] = {"content": EXAMPLE.read_bytes(), "headers": JSON}
        httpx2.post(url, **sent, trust_env=False, timeout=60).raise_for_status()
        return time.perf_counter() - started
