"""Where the lines of the function go: decisions to `churn_lib.log`'s sink, and on Google Cloud all
else as JSON too.
"""

import logging
import os
import sys

from gunicorn import config, glogging

from churn_lib import log


class ServerLog(glogging.Logger):
    """gunicorn's log: made after functions-framework has set up logging, it has the last word."""

    def setup(self, cfg: config.Config) -> None:
        super().setup(cfg)
        for name, known in logging.root.manager.loggerDict.items():
            if isinstance(known, logging.Logger) and name.startswith(("churn_lib", "functions")):
                known.disabled = (
                    False  # as LOG_EXECUTION_ID=true leaves every logger that was there before it
                )
        if "K_SERVICE" in os.environ:
            as_json(logging.root, self.error_log)


def as_json(*loggers: logging.Logger) -> None:
    """JSON lines on standard error, so that Cloud Logging sees severity and entries as they are."""
    handler = logging.StreamHandler(sys.__stderr__)
    handler.setFormatter(log.JsonLines())
    for logger in loggers:
        logger.handlers = [handler]


def set_up() -> None:
    """Takes effect when it is called before the server starts, as the import of `main.py` is."""
    config.LoggerClass.default = f"{ServerLog.__module__}.{ServerLog.__qualname__}"
    log.send_to(log.write)
