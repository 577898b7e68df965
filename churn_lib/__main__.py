"""`python -m churn_lib` is the command `churn`."""

from churn_lib.cli import app

app(prog_name="churn")
