"""What the lint says about a schema's file, whatever schema is in force."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_lib.customer.model import SCHEMA
from churn_lib.customer.schema import ARTIFACTS, CUSTOMER
from churn_lib.lint.lines import line_of, lines_of
from churn_lib.lint.schema import Findings, lint_schema
from tests.churn_lib.lint.companies import BOX, COMPANIES, GYM

SHIPPED = (ARTIFACTS / CUSTOMER).read_text("utf-8")
EXAMPLE = '[attributes.size]\nlabel = "Size"'
SMALL = '["S", "takes the small box"]'


def linted(text: str, *replacements: tuple[str, str]) -> Findings:
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new, 1)
    return lint_schema(text)


def test_the_shipped_schema_has_no_fault_and_nothing_unwise() -> None:
    assert lint_schema(SHIPPED) == Findings([], [])


@pytest.mark.parametrize("schema", COMPANIES.values(), ids=COMPANIES)
def test_those_of_the_made_up_companies_have_no_faults(schema: str) -> None:
    assert lint_schema(schema).faults == []


def test_all_faults_are_told_at_once_and_none_hides_another() -> None:
    found = linted(GYM, ('"fee"', '"price"'), ("to = 600", "to = -1"), ("other = ", "others = "))
    assert {fault.field for fault in found.faults} >= {
        "bill",
        "attributes.months.to",
        "attributes.coach.others",
    }


def test_what_is_no_toml_is_a_fault_of_the_file() -> None:
    (fault,) = lint_schema("version = ").faults
    assert fault.field == "(file)"
    assert fault.message.startswith("is not valid TOML")


@pytest.mark.parametrize(
    ("text", "field", "message"),
    [
        ("has plan 2", "attributes.size.levels", "it has a digit"),
        ("has plan ②", "attributes.size.levels", "it has a digit"),
        ("pays in €", "attributes.size.levels", "it has a currency sign"),
        ("has <b>a</b> box", "attributes.size.levels", "it has something else than letters"),
        ("sees www://x", "attributes.size.levels", "it has something else than letters"),
        ("has a very " + "very " * 20, "attributes.size.levels", "it has more than 100"),
        ("has size in the top third", "attributes.size.levels", "words that nobody would say"),
        ("has size S", "attributes.size.levels", "1 of 2 have no words of their own: 'has size S'"),
        ("", "attributes.size.levels", "1 of 2 have no words of their own: 'has size S'"),
    ],
)
def test_words_that_are_better_not_said_are_unwise(text: str, field: str, message: str) -> None:
    found = linted(BOX, (SMALL, f'["S", "{text}"]'))
    assert found.faults == []
    assert any(one.field == field and message in one.message for one in found.unwise)


def test_words_of_protected_attributes_are_said_to_nobody() -> None:
    found = linted(BOX, (EXAMPLE, f"{EXAMPLE}\nprotected = true"), (SMALL, '["S", "has 1"]'))
    assert not [one for one in found.unwise if one.field.startswith("attributes.")]


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('label = "Size"', "", "attributes.size"),
        ('"box of vegetables"', '"box no. 1"', "business"),
        ("bill = 18", "bill = 18", "bill"),
        ("bill = 18", "bill = 18", "tenure"),
        ('label = "Size"', 'label = "Size"\nother = "has box 3"', "attributes.size.other"),
        ('label = "Size"', 'label = "Size"\nunknown = "has box ?"', "attributes.size.unknown"),
    ],
)
def test_what_may_stay_and_had_better_not_is_unwise(old: str, new: str, field: str) -> None:
    found = linted(BOX, (old, new))
    assert found.faults == []
    assert field in {one.field for one in found.unwise}


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("tenure = 12\n", "tenure = -1\n", "example.tenure: must be a number that is allowed"),
        ("tenure = 12\n", "tenure = 1.5\n", "example.tenure: must be a number that is allowed"),
        ("tenure = 12\n", "tenure = true\n", "example.tenure: must be a number that is allowed"),
        ("tenure = 12\n", "", "example.tenure: is missing"),
        ("SeniorCitizen = 0", "SeniorCitizen = false", "example.SeniorCitizen: must be one of"),
        ('Partner = "Yes"', 'Partner = "yes"', "example.Partner: must be one of its levels"),
        ("TotalCharges = 1078.8", "", None),
    ],
)
def test_an_example_that_no_customer_can_be_is_a_fault(
    old: str, new: str, fault: str | None
) -> None:
    faults = [f"{field}: {message}" for field, message in linted(SHIPPED, (old, new)).faults]
    assert (faults == []) if fault is None else faults[0].startswith(fault)


def test_a_fault_is_found_at_its_line() -> None:
    lines = lines_of(GYM)
    number = GYM.splitlines().index('label = "Fee"') + 1
    assert line_of("attributes.fee.label", lines) == number
    assert line_of("attributes.fee.nothing", lines) == number - 1
    assert line_of("bill", lines) == GYM.splitlines().index('bill = "fee"') + 1
    assert line_of("(file)", lines) is None
    assert line_of("attributes.a b.to", lines_of('[attributes."a b"]\n"to" = 1')) == 2


@given(
    st.dictionaries(
        st.sampled_from(["bill", "tenure", "attributes", "absent", "example", "target", "x"]),
        st.recursive(
            st.sampled_from(["fee", "", 1, -0.5, True, 10**400]),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(["fee", "levels", "from", "to", "missing", "has", "ratio"]),
                    inner,
                    max_size=4,
                )
            ),
            max_leaves=12,
        ),
    )
)
def test_no_file_is_too_odd_to_be_told_what_is_wrong_with_it(tables: dict[str, object]) -> None:
    assert lint_schema("\n".join(f"{name} = {written(one)}" for name, one in tables.items())).faults


def written(value: object) -> str:
    """The value as TOML."""
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{name} = {written(one)}' for name, one in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    return f'"{value}"' if isinstance(value, str) else str(value).lower()


def test_the_schema_in_force_is_not_asked() -> None:
    assert SCHEMA.tenure == "tenure"
    assert "tenure" not in {one.field for one in lint_schema(GYM).unwise}
