"""What is wrong with a file of customers, in counts."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from churn_lib.customer.model import ATTRIBUTES
from churn_lib.report.evaluation import Data
from churn_lib.training.data import Dataset, read_rows
from churn_lib.training.folds import Twins

LEFT = "left"


def data_of(path: Path, dataset: Dataset, twins: Twins) -> Data:
    """The counts; `path` is the file that the customers were read from."""
    whole = pl.concat([dataset.frame, dataset.protected], how="horizontal")
    doubled = whole.is_duplicated()
    labelled = whole.with_columns(pl.Series(LEFT, dataset.left))
    unknown = {name: whole[name].null_count() for name in whole.columns}
    return Data(
        customers=len(dataset),
        left=float(dataset.left.mean()),
        attributes=len(dataset.frame.columns),
        doubled=int(doubled.sum()),
        contradicting=int((doubled & ~labelled.is_duplicated()).sum()),
        twins=twins.count,
        agreement=twins.agreement,
        chance=twins.chance,
        blank=_counted(_blank(path)),
        unknown=_counted(unknown),
        constant=tuple(name for name in whole.columns if whole[name].n_unique() == 1),
    )


def _blank(path: Path) -> Mapping[str, int]:
    """Empty cells of each attribute, as the file has them."""
    rows, _ = read_rows(path)
    return {
        name: int((rows[name].cast(pl.String).str.strip_chars().fill_null("") == "").sum())
        for name in rows.columns
        if name in ATTRIBUTES
    }


def _counted(counts: Mapping[str, int]) -> dict[str, int]:
    return {name: count for name, count in counts.items() if count}
