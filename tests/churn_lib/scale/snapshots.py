"""The text of each dialect, as it is kept in the repository.

python -m tests.churn_lib.scale.snapshots    writes them anew
"""

from collections.abc import Iterator
from pathlib import Path

from churn_lib.customer.schema import SHIPPED
from churn_lib.offers import catalogue
from churn_lib.scale.dialects import DIALECTS
from churn_lib.scale.script import Origin, script
from churn_lib.score.scorecard import scorecard
from tests.churn_lib.scale.asked import NATIVE

FOLDER = Path(__file__).parents[2] / "data" / "sql"


def texts() -> Iterator[tuple[Path, str]]:
    """Where each text is kept, and what it is now."""
    card, offers = scorecard(), catalogue.load(SHIPPED / catalogue.OFFERS)
    for name, dialect in DIALECTS.items():
        comment = Origin(NATIVE, dialect, card, offers).comment(form="select", name="", test=False)
        text = script("select", "", NATIVE, dialect, card, offers)
        yield FOLDER / f"{name}.sql", "\n".join([*comment, text, ""])


if __name__ == "__main__":
    for path, text in texts():
        path.write_text(text, "utf-8", newline="\n")
