"""What the fake Gemini can answer: an honest text, and every fault that was seen or can be
imagined.

Each scenario is a function of one exchange. Shapes of errors follow the public documentation of the
Gemini API.
"""

import asyncio
import gzip
import json
import re
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from tests.fakes.texts import LIES, honest, is_judged

Scenario = Callable[["Exchange"], Awaitable[None]]
Wrap = Callable[[str], Sequence[str]]
"""Makes the parts of an answer out of the JSON that was asked for."""


@dataclass
class Exchange:
    """One request, and the connection to answer it on."""

    path: str
    headers: Mapping[str, str]
    raw: Any
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    elsewhere: str = ""
    body: Any = field(init=False)

    def __post_init__(self) -> None:
        self.body = camel(self.raw)

    @property
    def prompt(self) -> str:
        """The user's part of the prompt."""
        return str(self.body["contents"][-1]["parts"][0]["text"])

    async def answer(self, status: int, body: bytes | str | object, **headers: str) -> None:
        """One complete HTTP answer; anything but bytes and str is sent as JSON."""
        if not isinstance(body, bytes):
            body = (body if isinstance(body, str) else json.dumps(body)).encode()
        known = {
            "Content-Type": "application/json; charset=UTF-8",
            "Content-Length": str(len(body)),
        }
        known |= {name.replace("_", "-"): value for name, value in headers.items()}
        lines = [f"{name}: {value}" for name, value in known.items()]
        self.writer.write("\r\n".join([f"HTTP/1.1 {status} Fake", *lines, "", ""]).encode() + body)
        await self.writer.drain()


def camel(value: Any) -> Any:
    """The same JSON with keys as `camelCase`: Gemini takes both, and so must a fake of it."""
    if isinstance(value, dict):
        return {
            re.sub(r"_([a-z])", lambda found: found[1].upper(), key): camel(item)
            for key, item in value.items()
        }
    return [camel(item) for item in value] if isinstance(value, list) else value


def told(*texts: str, finish: str = "STOP", **more: object) -> dict[str, object]:
    """Gemini's answer with one candidate, of a part for each text."""
    candidate = {
        "content": {"parts": [{"text": text} for text in texts], "role": "model"},
        "finishReason": finish,
        "index": 0,
    }
    usage = {"promptTokenCount": 300, "candidatesTokenCount": 60, "totalTokenCount": 360}
    return {
        "candidates": [candidate],
        "usageMetadata": usage,
        "modelVersion": "fake",
        "responseId": "fake",
        **more,
    }


def fault(code: int, status: str, message: str, *details: Mapping[str, str]) -> dict[str, object]:
    """The body of an error, as Google's APIs write it."""
    return {"error": {"code": code, "message": message, "status": status, "details": list(details)}}


def key_fault(reason: str) -> dict[str, object]:
    info = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": reason,
        "domain": "googleapis.com",
    }
    return fault(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", info)


def retry_info(delay: str) -> dict[str, object]:
    info = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay}
    return fault(429, "RESOURCE_EXHAUSTED", "You exceeded your current quota.", info)


async def ok(exchange: Exchange) -> None:
    await exchange.answer(200, told(json.dumps(honest(exchange.prompt))))


async def doubts(exchange: Exchange) -> None:
    """An honest text, in which a judge finds something that the facts do not hold."""
    found = {"claims": ["We have an offer for you"]}
    asked = is_judged(exchange.prompt)
    await exchange.answer(200, told(json.dumps(found if asked else honest(exchange.prompt))))


async def thoughts(exchange: Exchange) -> None:
    answer: Any = told(json.dumps(honest(exchange.prompt)))
    answer["candidates"][0]["content"]["parts"].insert(
        0, {"text": "Let me think.", "thought": True}
    )
    await exchange.answer(200, answer)


async def unknown_finish(exchange: Exchange) -> None:
    await exchange.answer(200, told(json.dumps(honest(exchange.prompt)), finish="TIRED"))


async def marked(exchange: Exchange) -> None:
    """A byte order mark before the whole answer."""
    body = json.dumps(told(json.dumps(honest(exchange.prompt))))
    await exchange.answer(200, f"\ufeff{body}")


async def hang(exchange: Exchange) -> None:
    """Until the caller hangs up."""
    await exchange.reader.read()
    exchange.writer.close()
    raise ConnectionResetError


async def drip(exchange: Exchange) -> None:
    """One byte of a good answer at a time: each read is quick, and the whole takes minutes."""
    body = json.dumps(told(json.dumps(honest(exchange.prompt)))).encode()
    exchange.writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode())
    for byte in body:
        exchange.writer.write(bytes([byte]))
        await exchange.writer.drain()
        await asyncio.sleep(0.1)


async def cut_off(exchange: Exchange) -> None:
    exchange.writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"candidates": [')
    exchange.writer.close()


async def closed(exchange: Exchange) -> None:
    exchange.writer.close()


async def reset(exchange: Exchange) -> None:
    exchange.writer.get_extra_info("socket").setsockopt(
        socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
    )
    exchange.writer.transport.abort()


async def huge(exchange: Exchange) -> None:
    """100 MB of one JSON string, as fast as it is read."""
    exchange.writer.write(
        b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000000\r\n\r\n"'
    )
    for _ in range(100):
        exchange.writer.write(b"a" * 1_000_000)
        await exchange.writer.drain()


async def huge_chunked(exchange: Exchange) -> None:
    exchange.writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(1000):
        exchange.writer.write(b"186a0\r\n" + b" " * 100_000 + b"\r\n")
        await exchange.writer.drain()


async def gzip_bomb(exchange: Exchange) -> None:
    await exchange.answer(200, gzip.compress(b" " * 100_000_000, 6), Content_Encoding="gzip")


async def slow_refusal(exchange: Exchange) -> None:
    """A status at once, and a body that never ends."""
    exchange.writer.write(b"HTTP/1.1 503 Fake\r\nContent-Length: 1000\r\n\r\n{")
    await hang(exchange)


async def cut_off_refusal(exchange: Exchange) -> None:
    exchange.writer.write(b"HTTP/1.1 429 Fake\r\nRetry-After: 1\r\nContent-Length: 1000\r\n\r\n{")
    exchange.writer.close()


async def redirect(exchange: Exchange) -> None:
    await exchange.answer(307, "", Location=f"{exchange.elsewhere}{exchange.path}")


def always(status: int, body: bytes | str | object, **headers: str) -> Scenario:
    """The scenario that answers the same to everyone."""

    async def answer(exchange: Exchange) -> None:
        await exchange.answer(status, body, **headers)

    return answer


def wrapped(wrap: Wrap, finish: str = "STOP") -> Scenario:
    """The scenario that gives an honest text in some wrapping."""

    async def answer(exchange: Exchange) -> None:
        parts = wrap(json.dumps(honest(exchange.prompt), ensure_ascii=False))
        await exchange.answer(200, told(*parts, finish=finish))

    return answer


says = partial(always, 200)
DRAFT = json.dumps({"headline": "A", "message": "B", "call_to_action": "C"})
HTML = "<html><body>Bad Gateway</body></html>"
TOO_SHORT = "Manually set deadline 8s is too short. Minimum allowed deadline is 10s."

SLOT_NAMED = 'I have used {months} and, in "message", {price_after}:\n'

WRAPPED: Mapping[str, Scenario] = {
    "in_fence": wrapped(lambda text: [f"```json\n{text}\n```"]),
    "in_plain_fence": wrapped(lambda text: [f"```\n{text}\n```\n"]),
    "in_tildes": wrapped(lambda text: [f"~~~JSON\r\n{text}\r\n~~~"]),
    "in_open_fence": wrapped(lambda text: [f"```json\n{text}"]),
    "in_tags": wrapped(lambda text: [f"<answer>{text}</answer>"]),
    "after_words": wrapped(lambda text: [f"Here is the JSON:\n\n{text}"]),
    "after_slots": wrapped(lambda text: [SLOT_NAMED + text]),
    "after_lone_quote": wrapped(lambda text: [f'For a 5" screen, {{"a: {text}']),
    "before_words": wrapped(lambda text: [f"{text}\n\nI hope that this helps {{you}}!"]),
    "before_blanks": wrapped(lambda text: [text + "\n" * 2000], "MAX_TOKENS"),
    "after_mark": wrapped(lambda text: [f"\ufeff{text}"]),
    "in_array": wrapped(lambda text: [f"[{text}]"]),
    "in_array_with_comma": wrapped(lambda text: [f"[{text},]"]),
    "in_object": wrapped(lambda text: [f'{{"offer": {text}}}']),
    "in_string": wrapped(lambda text: [json.dumps(text)]),
    "in_string_in_fence": wrapped(lambda text: [f"```json\n{json.dumps(text)}\n```"]),
    "in_string_in_object": wrapped(lambda text: [json.dumps({"text": f"```\n{text}\n```"})]),
    "in_parts": wrapped(lambda text: ["Here is it:\n", "```json\n", text, "\n```"]),
    "in_cut_parts": wrapped(lambda text: [text[:30], text[30:60], "", text[60:]]),
    "said_twice": wrapped(lambda text: [f"{text}\n", text]),
}
"""An honest text, with more around it than was asked for."""

MALFORMED: Mapping[str, Scenario] = {
    "trailing_comma": wrapped(lambda text: [f"{text[:-1]},}}"]),
    "single_quotes": wrapped(lambda text: [text.replace('"', "'")]),
    "cut_in_fence": wrapped(lambda text: [f"```json\n{text[:-9]}\n```"]),
    "two_drafts": wrapped(lambda text: [f"{text}\nor\n{DRAFT}"]),
    "other_names": wrapped(lambda text: [text.replace("headline", "Headline")]),
    "inner_not_json": says(told("Here is your offer!")),
    "inner_deep": says(told('{"a":' * 50_000)),
    "inner_number": says(told(f'{{"headline": {"9" * 5000}}}')),
    "many_brackets": says(told("{" * 200_000)),
    "wrong_type": says(told('{"headline": 1, "message": [], "call_to_action": null}')),
    "missing_field": says(told('{"headline": "A", "message": "B"}')),
    "extra_field": says(told(DRAFT[:-1] + ', "discount": 90}')),
    "too_long": says(
        told(json.dumps({"headline": "A" * 1000, "message": "B", "call_to_action": "C"}))
    ),
    "blank": says(told('{"headline": " ", "message": "B", "call_to_action": "C"}')),
    "empty_text": says(told("")),
    "inner_surrogate": says(told(DRAFT.replace("A", "\\ud800"))),
}
"""Answers in which there is no such text, or more than one."""

SCENARIOS: Mapping[str, Scenario] = {
    **WRAPPED,
    **MALFORMED,
    "ok": ok,
    "doubts": doubts,
    "thoughts": thoughts,
    "unknown_finish": unknown_finish,
    "marked": marked,
    "continued": says(told(DRAFT, finish="CONTINUATION", continuationToken="bW9yZQ==")),
    "lies": says(told(json.dumps(LIES))),
    "hang": hang,
    "drip": drip,
    "deadline_too_short": always(400, fault(400, "INVALID_ARGUMENT", TOO_SHORT)),
    "400": always(400, fault(400, "INVALID_ARGUMENT", "Invalid JSON payload received.")),
    "400_key": always(400, key_fault("API_KEY_INVALID")),
    "400_expired": always(400, key_fault("API_KEY_EXPIRED")),
    "401": always(401, fault(401, "UNAUTHENTICATED", "Request had invalid credentials.")),
    "403": always(403, fault(403, "PERMISSION_DENIED", "Your API key was reported as leaked.")),
    "404": always(404, fault(404, "NOT_FOUND", "models/x is not found.")),
    "408": always(408, fault(408, "CANCELLED", "Request timeout.")),
    "429": always(429, fault(429, "RESOURCE_EXHAUSTED", "Quota exceeded.")),
    "429_now": always(429, retry_info("0.01s")),
    "429_soon": always(429, fault(429, "RESOURCE_EXHAUSTED", "Quota exceeded."), Retry_After="1"),
    "429_info": always(429, retry_info("1.25s")),
    "429_later": always(429, retry_info("37s"), Retry_After="37"),
    "499": always(499, fault(499, "CANCELLED", "Cancelled.")),
    "500": always(500, fault(500, "INTERNAL", "Internal error.")),
    "502_html": always(502, HTML, Content_Type="text/html"),
    "503": always(503, fault(503, "UNAVAILABLE", "The model is overloaded.")),
    "503_later": always(503, fault(503, "UNAVAILABLE", "Overloaded."), Retry_After="60"),
    "504": always(504, fault(504, "DEADLINE_EXCEEDED", "Deadline expired.")),
    "503_not_json": always(503, "{", Content_Type="application/json"),
    "503_empty": always(503, b""),
    "503_not_utf8": always(503, b"<p>\xff\xfe</p>", Content_Type="text/html"),
    "503_gzip": always(503, gzip.compress(b"{}"), Content_Encoding="gzip"),
    "503_huge": always(503, b" " * 1_000_000),
    "503_slow": slow_refusal,
    "500_deep": always(500, "[" * 100_000),
    "429_not_json": always(429, "{", Retry_After="1"),
    "429_html": always(429, HTML, Content_Type="text/html"),
    "429_gzip": always(429, gzip.compress(b"{}"), Content_Encoding="gzip", Retry_After="1"),
    "429_list": always(429, [retry_info("1.25s")]),
    "429_cut_off": cut_off_refusal,
    "400_not_json": always(400, "{"),
    "403_gzip": always(403, gzip.compress(b"{}"), Content_Encoding="gzip"),
    "500_array": always(500, [1, 2]),
    "500_number": always(500, 5),
    "400_odd": always(400, {"error": {"details": [5, {"retryDelay": 7}], "status": {}}}),
    "204": always(204, b""),
    "redirect": redirect,
    "reset": reset,
    "closed": closed,
    "cut_off": cut_off,
    "not_http": lambda exchange: raw(exchange, b"SSH-2.0-OpenSSH_9.2\r\n"),
    "html": says(HTML, Content_Type="text/html"),
    "not_json": says("{"),
    "not_utf8": says(b'{"candidates": "\xff\xfe"}'),
    "empty_body": says(""),
    "array": says([1]),
    "number": says(1),
    "odd_shape": says({"candidates": "x"}),
    "odd_parts": says({"candidates": [{"content": {"parts": [1]}}]}),
    "deep": says("[" * 100_000),
    "lone_surrogate": says(
        '{"candidates": [{"content": {"parts": [{"text": "\\ud800"}]}, "finishReason": "STOP"}]}'
    ),
    "no_candidates": says({"candidates": [], "usageMetadata": {}}),
    "max_tokens": says(told(DRAFT[:20], finish="MAX_TOKENS")),
    "max_tokens_thinking": says(
        {"candidates": [{"content": {"role": "model"}, "finishReason": "MAX_TOKENS"}]}
    ),
    "safety": says({"candidates": [{"finishReason": "SAFETY", "index": 0}]}),
    "blocked_prompt": says({"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}),
    "huge": huge,
    "huge_chunked": huge_chunked,
    "gzip_bomb": gzip_bomb,
}


async def raw(exchange: Exchange, answer: bytes) -> None:
    """Bytes that are no HTTP, and the end of the connection."""
    exchange.writer.write(answer)
    exchange.writer.close()
