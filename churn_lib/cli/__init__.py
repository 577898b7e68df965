"""The command `churn`. Typer and Rich are imported here and nowhere else."""

import sys

from churn_lib.cli.folder import choose
from churn_lib.errors import ChurnError

choose(sys.argv[1:])
try:
    from churn_lib.cli.commands import app
except ChurnError as error:  # a schema that can't be used: there are no options without it
    from churn_lib.cli.schema import alone

    app = alone(error)

__all__ = ["app"]
