"""The function on uvicorn's other HTTP parser, which is pure Python and less strict: it must be
safe there too.
"""

from uvicorn_worker import UvicornWorker

from main import predict

__all__ = ["predict"]

UvicornWorker.CONFIG_KWARGS = {**UvicornWorker.CONFIG_KWARGS, "http": "h11"}
