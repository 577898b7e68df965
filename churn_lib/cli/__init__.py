"""The command `churn`. Typer and Rich are imported here and nowhere else."""

from churn_lib.cli.commands import app

__all__ = ["app"]
