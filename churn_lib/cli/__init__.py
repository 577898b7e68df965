"""The command `churn`. Typer and Rich are imported here and nowhere else."""

import sys

from churn_lib.cli.folder import choose
from churn_lib.cli.terminal import fail, message
from churn_lib.errors import ChurnError

choose(sys.argv[1:])
try:
    from churn_lib.cli.commands import app
except ChurnError as error:  # a schema that can't be used: there are no options without it
    sys.exit(fail(message(error), error.exit_code))

__all__ = ["app"]
