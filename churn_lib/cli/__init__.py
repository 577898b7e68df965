"""The command `churn`. Typer and Rich are imported here and nowhere else."""

from churn_lib.cli import schema
from churn_lib.errors import ArtifactError

try:
    from churn_lib.cli.commands import app
except ArtifactError as error:  # the schema in force is broken, and all but one command needs it
    app = schema.alone(error)

__all__ = ["app"]
