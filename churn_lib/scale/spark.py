"""A job for Spark: scores customers by a text of `churn sql --dialect spark`, and by nothing else.

    spark-submit spark.py score.sql --customers PATH --scored PATH --rejected PATH

It needs no other file of this project, here or on a worker. Without --customers the text reads the
table that it was made for. Each folder must be a new one.
"""

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Sequence
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession

VIEW = "customers"
"""What `churn sql` calls the table where nobody says another name."""

HEADED = {"header": "true", "multiLine": "true", "escape": '"'}
"""How CSV is read and written; other formats know no such options. All its columns are text, so its
SQL is of `churn sql --types text`.
"""


def main(arguments: Sequence[str] | None = None) -> None:
    options = _options(arguments)
    session = SparkSession.builder.appName("churn").getOrCreate()
    run(session, options)


def run(session: SparkSession, options: Namespace) -> None:
    """Writes the rows that were scored, and those that were refused, with what is wrong in them."""
    if options.customers:
        given = session.read.format(options.format).options(**HEADED).load(options.customers)
        given.createOrReplaceTempView(VIEW)
    answered = session.sql(Path(options.statement).read_text(encoding="utf-8")).persist()
    _write(answered.where("errors IS NULL").drop("errors"), options.scored, options.format)
    _write(answered.where("errors IS NOT NULL"), options.rejected, options.format)
    answered.unpersist()


def _write(rows: DataFrame, folder: str, form: str) -> None:
    rows.write.format(form).options(**HEADED).save(folder)


def _options(arguments: Sequence[str] | None) -> Namespace:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument("statement", help="file with the text of churn sql --dialect spark")
    parser.add_argument("--customers", help="files of customers, in place of a table")
    parser.add_argument("--format", default="parquet", help="of all files: parquet, delta, csv ...")
    parser.add_argument("--scored", required=True, help="folder of the customers with a score")
    parser.add_argument("--rejected", required=True, help="folder of those without, and why")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
