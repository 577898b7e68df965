import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from churn_lib.cli import app
from churn_lib.cli.offers import DEFAULT
from tests.churn_lib.lint.companies import GYM

CUSTOMER = json.loads((Path(__file__).parents[2] / "data" / "customer.json").read_bytes())


def offers(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["offers", *arguments], env={"COLUMNS": "100", "NO_COLOR": "1"})


def joined(result: Result) -> str:
    """What was printed, on one line."""
    return " ".join(result.stdout.split())


def changed(folder: Path, old: str, new: str) -> str:
    """A copy of the shipped catalogue with every `old` replaced."""
    text = DEFAULT.read_text("utf-8")
    assert old in text
    copy = folder / "new.toml"
    copy.write_text(text.replace(old, new), "utf-8")
    return str(copy)


def test_the_shipped_catalogue_has_no_faults() -> None:
    result = offers("lint")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("offers.toml: no faults in ")


def test_a_catalogue_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    copy = tmp_path / "new.toml"
    copy.write_text(DEFAULT.read_text("utf-8"), "utf-8-sig")
    result = offers("lint", str(copy))
    assert (result.exit_code, result.stderr) == (0, "")


def test_each_fault_is_a_line_with_file_offer_and_field(tmp_path: Path) -> None:
    result = offers(
        "lint", changed(tmp_path, 'kind = "retention"', 'kind = "retention"\ncolour = "red"')
    )
    assert result.exit_code == 1
    lines = DEFAULT.read_text("utf-8").splitlines()
    places = [at for at, line in enumerate(lines, start=1) if line == 'kind = "retention"']
    named = [line.partition(": ")[0] for line in result.stdout.splitlines()]
    # Each offer before it has a line more.
    assert named == [f"new.toml, line {at + 1 + more}" for more, at in enumerate(places)]
    assert ": colour: " in result.stdout


def test_a_catalogue_that_is_over_is_no_fault_and_a_warning(tmp_path: Path) -> None:
    over = changed(tmp_path, "2027-12-31", "2026-01-02")
    linted, compared = offers("lint", over), offers("diff", str(DEFAULT), over)
    assert (linted.exit_code, compared.exit_code) == (0, 0)
    for result in (linted, compared):
        assert ": offers: nobody gets an offer: the last one ended on 2026-01-02" in joined(result)


def test_two_currencies_are_not_subtracted(tmp_path: Path) -> None:
    result = offers("diff", str(DEFAULT), changed(tmp_path, '"USD"', '"EUR"'))
    assert "Expected values are not compared: EUR and USD are two currencies" in joined(result)


@pytest.mark.parametrize("command", [["lint"], ["diff", str(DEFAULT)]])
def test_a_catalogue_that_is_not_there_is_one_line(command: list[str], tmp_path: Path) -> None:
    result = offers(*command, str(tmp_path / "missing.toml"))
    assert result.exit_code in {2, 3}
    assert result.stderr.count("\n") == 1
    assert "missing.toml can't be read: No such file or directory" in result.stderr


def test_the_list_names_every_offer() -> None:
    text = offers("list").stdout
    assert text.count("retention") + text.count("value added") == int(text.split()[0])


def test_a_catalogue_differs_not_from_itself() -> None:
    result = offers("diff", str(DEFAULT), str(DEFAULT))
    assert result.stdout.splitlines()[1].split()[:2] == ["0", "of"]
    assert "made up" in result.stdout


def test_a_change_is_told_for_the_customers_given(tmp_path: Path) -> None:
    customers = tmp_path / "customers.ndjson"
    customers.write_text(
        "\n".join([json.dumps({**CUSTOMER, "customerID": "7590-VHVEG", "Churn": "No"})] * 3),
        "utf-8",
    )
    expired = changed(tmp_path, "2027-12-31", "2026-01-01")
    result = offers("diff", str(DEFAULT), expired, "--customers", str(customers))
    assert "3 of 3 customers get another decision (100 %)" in result.stdout
    assert "(no offer)" in result.stdout


def test_customers_come_from_csv_too(tmp_path: Path) -> None:
    customers = tmp_path / "customers.csv"
    names, values = (
        ",".join(["customerID", *CUSTOMER]),
        ",".join(["x", *map(str, CUSTOMER.values())]),
    )
    customers.write_text(f"{names}\n{values}\n", "utf-8")
    result = offers("diff", str(DEFAULT), str(DEFAULT), "--customers", str(customers))
    assert "0 of 1 customers get another decision" in result.stdout


@pytest.mark.parametrize("suffix", ["csv", "ndjson"])
def test_customers_are_read_as_everywhere(suffix: str, tmp_path: Path) -> None:
    row = {name.upper(): value for name, value in {**CUSTOMER, "TotalCharges": " "}.items()}
    row |= {"PARTNER": True, "SENIORCITIZEN": "no", "Churn": 1}
    table = ",".join(row) + "\n" + ",".join(map(str, row.values()))
    customers = tmp_path / f"customers.{suffix}"
    customers.write_text(table if suffix == "csv" else json.dumps(row), "utf-8-sig")
    result = offers("diff", str(DEFAULT), str(DEFAULT), "--customers", str(customers))
    assert "0 of 1 customers get another decision" in result.stdout, result.stderr


@pytest.mark.parametrize(
    "row", ['{"tenure": "Erika"}', "[]", "not json", '{"tenure": 1, "Tenure": 2}']
)
def test_a_faulty_customer_is_named_by_its_number_and_not_repeated(
    row: str, tmp_path: Path
) -> None:
    customers = tmp_path / "customers.ndjson"
    customers.write_text(f"{json.dumps(CUSTOMER)}\n{row}\n", "utf-8")
    result = offers("diff", str(DEFAULT), str(DEFAULT), "--customers", str(customers))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "customers.ndjson" in result.stderr
    assert "Erika" not in result.stderr


ESCAPES = "\\u001b]0;pwned\\u0007\\u009b2J\\u202e"
FAULTY = [
    ('version = "', f'version = "{ESCAPES}'),
    ('id = "', f'id = "{ESCAPES}'),
    ('kind = "retention"', f'kind = "retention"\n"{ESCAPES}" = 1'),
    ('name = "', f'name = "{ESCAPES}'),
    ('brand = "', f'brand = "{ESCAPES}'),
]


@pytest.mark.parametrize(("old", "new"), FAULTY)
@pytest.mark.parametrize("command", [["lint"], ["list"], ["diff", str(DEFAULT)]])
def test_nothing_in_a_catalogue_steers_the_terminal(
    command: list[str], old: str, new: str, tmp_path: Path
) -> None:
    result = offers(*command, changed(tmp_path, old, new))
    assert result.exit_code in {0, 1, 3}
    assert result.output.replace("\n", "").isprintable()


@pytest.mark.parametrize("command", [["lint"], ["list"], ["diff", str(DEFAULT)]])
@pytest.mark.parametrize("there", [True, False])
def test_nothing_in_the_name_of_a_file_steers_the_terminal(
    command: list[str], there: bool, tmp_path: Path
) -> None:
    file = tmp_path / "\x1b]0;pwned\x07\nnew\udcff.toml"
    if there:
        file.write_bytes(DEFAULT.read_bytes())
    result = offers(*command, str(file))
    assert "Traceback" not in result.output
    assert result.exit_code == (0 if there else 3 if command != ["lint"] else 2)
    assert result.output.replace("\n", "").isprintable()


@pytest.mark.parametrize("value", ["9" * 5000, "[" * 5000, "1e999", "-" + "9" * 4301])
def test_a_value_that_python_can_not_read_is_no_traceback(value: str, tmp_path: Path) -> None:
    file = changed(tmp_path, "accept_within_days = ", f"more = {value}\naccept_within_days = ")
    for command in (["lint"], ["list"]):
        result = offers(*command, file)
        assert result.exit_code in {1, 3}
        assert isinstance(result.exception, SystemExit)
        assert "new.toml" in result.output


def test_a_key_of_thousands_of_parts_is_no_traceback(tmp_path: Path) -> None:
    file = tmp_path / "new.toml"
    file.write_text(f"{'a.' * 3000}a = 1")
    for command in (["lint"], ["list"]):
        result = offers(*command, str(file))
        assert isinstance(result.exception, SystemExit)
        assert "new.toml: (file): is not valid TOML" in result.output


@pytest.mark.parametrize("value", ["9" * 5000, "[" * 100_000])
def test_a_customer_that_python_can_not_read_is_no_traceback(value: str, tmp_path: Path) -> None:
    file = tmp_path / "customers.ndjson"
    file.write_text(f'{{"tenure": {value}')
    result = offers("diff", str(DEFAULT), str(DEFAULT), "--customers", str(file))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "customers.ndjson can't be read" in result.stderr


def test_customers_of_a_table_may_be_written_as_in_any_other_file(tmp_path: Path) -> None:
    row = {**CUSTOMER, "MonthlyCharges": "1.089,90 €", "TotalCharges": "1.189,90"}
    customers = tmp_path / "customers.tsv"
    customers.write_text("\t".join(row) + "\n" + "\t".join(map(str, row.values())), "cp1252")
    result = offers("diff", str(DEFAULT), str(DEFAULT), "--customers", str(customers))
    assert "0 of 1 customers get another decision" in result.stdout, result.stderr


def test_a_faulty_row_of_a_table_is_named_by_its_heading(tmp_path: Path) -> None:
    row = {**{name.upper(): value for name, value in CUSTOMER.items()}, "TENURE": "Erika"}
    customers = tmp_path / "customers.csv"
    good = ",".join(map(str, CUSTOMER.values()))
    customers.write_text(f"{','.join(row)}\n{good}\n{','.join(map(str, row.values()))}", "utf-8")
    result = offers("diff", str(DEFAULT), str(DEFAULT), "--customers", str(customers))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "customers.csv, customer 2: TENURE: must be a whole number from 0" in result.stderr
    assert "Erika" not in result.stderr


def test_offers_to_begin_with_are_written_beside_the_schema(tmp_path: Path) -> None:
    (tmp_path / "customer.toml").write_text(GYM, "utf-8")
    result = offers("init", "--folder", str(tmp_path))
    assert (result.exit_code, result.stderr) == (0, "")
    assert "offers.toml: 3 offers" in joined(result)
    assert 'field = "Membership"' in (tmp_path / "offers.toml").read_text("utf-8")


def test_offers_that_are_there_are_replaced_only_by_force(tmp_path: Path) -> None:
    (tmp_path / "customer.toml").write_text(GYM, "utf-8")
    file = tmp_path / "offers.toml"
    file.write_text("mine", "utf-8")
    result = offers("init", "--folder", str(tmp_path))
    assert (result.exit_code, result.stdout, file.read_text("utf-8")) == (2, "", "mine")
    assert "offers.toml: is there already" in result.stderr
    assert offers("init", "--folder", str(tmp_path), "--force").exit_code == 0
    assert file.read_text("utf-8") != "mine"


def test_without_a_schema_there_are_no_offers_to_begin_with(tmp_path: Path) -> None:
    result = offers("init", "--folder", str(tmp_path))
    assert result.exit_code == 3
    assert "customer.toml can't be read: No such file or directory" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_acceptance_that_does_not_follow_the_terms_is_a_warning(tmp_path: Path) -> None:
    stated = "reference = { share = 0.15, months = 6 }"
    for instead, warning in (
        ("", "economy.reference: acceptance does not follow when the terms change"),
        ("reference = { share = 0.15 }", "economy.reference.months: is left out"),
    ):
        result = offers("lint", changed(tmp_path, stated, instead))
        assert result.exit_code == 0
        said = joined(result)
        assert "warning: new.toml, line " in said
        assert f": offer loyalty-discount: {warning}" in said


def test_terms_that_changed_while_acceptance_did_not_are_a_warning(tmp_path: Path) -> None:
    copy = changed(tmp_path, "percent = 10, months = 12", "percent = 0.1, months = 12")
    text = joined(offers("diff", str(DEFAULT), copy))
    assert "warning: annual-plan: its terms changed (10 % for 12 months to 0.1 % for 12" in text
    assert "Expected value in all: -" in text


def test_a_forgotten_version_is_told(tmp_path: Path) -> None:
    new = changed(tmp_path, "percent = 10,", "percent = 11,")
    said = joined(offers("diff", str(DEFAULT), new))
    assert "warning: new.toml: version: is 1.2.0 as before, and the rest is not" in said
    assert "warning" not in joined(offers("diff", str(DEFAULT), str(DEFAULT)))


def test_contacts_and_cost_are_told_beside_what_the_campaign_has(tmp_path: Path) -> None:
    customers = tmp_path / "customers.ndjson"
    customers.write_text("\n".join([json.dumps(CUSTOMER)] * 2), "utf-8")
    for budget, beside in (("0.5", "more than"), ("9000", "within")):
        campaign = f"[campaign]\nbudget = {budget}\ncontacts = 1\n"
        new = changed(tmp_path, "[greetings]", f"{campaign}[greetings]")
        said = joined(offers("diff", str(DEFAULT), new, "--customers", str(customers)))
        assert "Contacts: 2, then 2, more than the contacts of the campaign, 1" in said
        assert f" USD, {beside} the budget of the campaign, " in said
        assert "warning: nobody here ever gets price-lock, " in said


def test_the_list_shows_terms_price_dates_and_shares(tmp_path: Path) -> None:
    customers = tmp_path / "customers.ndjson"
    customers.write_text("\n".join([json.dumps(CUSTOMER)] * 2), "utf-8")
    said = joined(offers("list", "--customers", str(customers)))
    assert "annual-plan retention 10 % off, 12 months 40.50 2026-01-01 to 2027-12-31 100 %" in said
    assert "for a customer who pays 45.00 USD" in said
    assert "Share: of 2 customers, by e-mail." in said
    assert "warning: nobody here ever gets price-lock, " in said


def test_an_offer_that_nobody_can_get_is_named_on_the_grid_too(tmp_path: Path) -> None:
    expired = changed(tmp_path, "2027-12-31", "2026-01-01")
    assert "nobody here ever gets annual-plan, price-lock" in joined(offers("list", expired))
    assert "warning" not in offers("list").stdout


def test_a_preview_is_exactly_what_is_sent(tmp_path: Path) -> None:
    file = tmp_path / "customer.json"
    file.write_text(json.dumps(CUSTOMER, indent=2), "utf-8")
    said = joined(
        offers(
            "preview", "autopay", "--channel", "sms", "--language", "de", "--customer", str(file)
        )
    )
    assert said.startswith("autopay: sms in de Wechseln Sie zur automatischen Zahlung, und Sie ")
    assert "Telco. Mit STOP melden Sie sich ab. " in said
    assert said.endswith(" characters, 2 segments, 0.30 USD")


def test_a_preview_shows_every_channel_of_an_offer_and_the_tone_that_is_asked_for() -> None:
    friendly, formal = (
        offers("preview", "annual-plan", "--tone", tone).stdout for tone in ("friendly", "formal")
    )
    for channel in ("email in en", "sms in en", "call in en", "chat in en"):
        assert f"annual-plan: {channel}" in friendly
    assert "Hello! Move to our annual plan" in friendly
    assert "Good day. We would like to offer you our annual plan." in formal


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (("nothing",), "offer: must be one of annual-plan, price-lock"),
        (("paperless", "--language", "it"), "--language: must be one of en, es, fr, de, ko"),
        (("--customer", "missing.json"), "missing.json can't be read: No such file"),
    ],
)
def test_what_a_preview_can_not_show_is_named(arguments: tuple[str, ...], fault: str) -> None:
    result = offers("preview", *arguments)
    assert result.exit_code == 2
    assert fault in result.stderr
