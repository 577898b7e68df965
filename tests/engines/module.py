"""GoogleSQL's local service, which the wheel `zetasql` holds as WebAssembly, and what calls it.

The client of that wheel compiles half a minute at each start and copies byte by byte; this one
keeps the compiled module.
"""

import ctypes
import os
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

import tzdata
from google.protobuf.message import Message
from platformdirs import user_cache_path
from wasmtime import Config, Engine, Func, Linker, Module, SharedMemory, Store, WasiConfig

Reply = TypeVar("Reply", bound=Message)

SIZE = 4
"""Bytes of a size in a memory of 32 bits."""


class RefusedError(Exception):
    """What the service says when it refuses a request."""


class Service:
    def __init__(self) -> None:
        config = Config()
        config.shared_memory = True
        engine = Engine(config)
        linker = Linker(engine)
        linker.define_wasi()
        self._store = Store(engine)
        self._store.set_wasi(_system())
        self._exports = linker.instantiate(self._store, compiled(engine)).exports(self._store)
        memory = self._exports["memory"]
        assert isinstance(memory, SharedMemory)
        self._start = ctypes.addressof(memory.data_ptr().contents)
        self._number("_initialize")

    def call(self, method: str, request: Message, reply: type[Reply]) -> Reply:
        """What a method of the service replies. Raises RefusedError."""
        sent = request.SerializeToString()
        place = self._number("wasm_malloc", max(1, len(sent)))
        size = self._number("wasm_malloc", SIZE)
        ctypes.memmove(self._start + place, sent, len(sent))
        found = self._number(f"ZetaSqlLocalService_{method}", place, len(sent), size)
        if not found:
            raise RefusedError(self._error())
        length = int.from_bytes(self._read(size, SIZE), "little")
        answer: Reply = reply.FromString(self._read(found, length))
        for used in (place, size, found):
            self._number("wasm_free", used)
        return answer

    def _error(self) -> str:
        size = self._number("wasm_get_last_error_size")
        return self._read(self._number("wasm_get_last_error"), size).decode()

    def _number(self, function: str, *arguments: int) -> int:
        called = self._exports[function]
        assert isinstance(called, Func)
        return int(called(self._store, *arguments) or 0)

    def _read(self, place: int, size: int) -> bytes:
        return ctypes.string_at(self._start + place, size)


def compiled(engine: Engine) -> Module:
    """The module, compiled when these versions of the two packages are first used together."""
    versions = f"zetasql-{version('zetasql')}-wasmtime-{version('wasmtime')}"
    kept = user_cache_path("churn-tests", ensure_exists=True) / f"{versions}.cwasm"
    if not kept.exists():
        package = find_spec("zetasql")
        assert package
        assert package.origin
        module = Path(package.origin).parent / "wasi" / "zetasql.wasm"
        half = kept.with_suffix(f".{os.getpid()}")
        half.write_bytes(Module.from_file(engine, str(module)).serialize())
        half.replace(kept)
    return Module.deserialize_file(engine, str(kept))


def _system() -> WasiConfig:
    """What the module sees of this machine: the time zones."""
    system = WasiConfig()
    system.inherit_stderr()
    system.preopen_dir(str(Path(tzdata.__file__).parent / "zoneinfo"), "/usr/share/zoneinfo")
    return system
