"""A fake Secret Manager: a real gRPC server on loopback that speaks with the package's own
messages.
"""

import asyncio
from typing import Self

import google_crc32c
import grpc
from google.cloud.secretmanager_v1.types import service

PROJECT = "projects/fake-project"
NAME = f"{PROJECT}/secrets/gemini-key/versions/latest"
SERVICE = "google.cloud.secretmanager.v1.SecretManagerService"


class FakeSecretManager:
    """versions: the key by the name of its version. fault: a status that every call gets. gate:
    calls wait for it.

    checksum: `right`, `wrong` or `absent`.
    """

    def __init__(self, key: str = "") -> None:
        self.versions: dict[str, bytes] = {NAME: key.encode()} if key else {}
        self.disabled: set[str] = set()
        self.fault: grpc.StatusCode | None = None
        self.checksum = "right"
        self.calls: list[str] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def __aenter__(self) -> Self:
        handler = grpc.unary_unary_rpc_method_handler(
            self._access,
            request_deserializer=service.AccessSecretVersionRequest.deserialize,
            response_serializer=service.AccessSecretVersionResponse.serialize,
        )
        self._server = grpc.aio.server()
        self._server.add_generic_rpc_handlers(
            (grpc.method_handlers_generic_handler(SERVICE, {"AccessSecretVersion": handler}),)
        )
        self.endpoint = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"
        await self._server.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._server.stop(None)

    async def _access(
        self, request: service.AccessSecretVersionRequest, context: grpc.aio.ServicerContext
    ) -> service.AccessSecretVersionResponse:
        self.calls.append(request.name)
        await self.gate.wait()
        if self.fault is not None:
            await context.abort(self.fault, "as the test wants it")
        if request.name in self.disabled:
            await context.abort(
                grpc.StatusCode.FAILED_PRECONDITION, "Secret Version is in DISABLED state."
            )
        if request.name not in self.versions:
            await context.abort(grpc.StatusCode.NOT_FOUND, "Secret not found or has no versions.")
        return service.AccessSecretVersionResponse(
            name=request.name, payload=self._payload(request.name)
        )

    def _payload(self, name: str) -> dict[str, object]:
        data = self.versions[name]
        if self.checksum == "absent":
            return {"data": data}
        return {"data": data, "data_crc32c": google_crc32c.value(data) ^ (self.checksum == "wrong")}
