"""The function as it is, but for the time between two looks at the catalogue."""

from functions.server import watch

watch.watch = watch.Watch(0.05)

from main import predict  # noqa: E402, F401
