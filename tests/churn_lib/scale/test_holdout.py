import duckdb
import pyarrow as pa
import pytest

from churn_lib.scale.holdout import held_out

IDS = [f"{number:04}-ABCDE" for number in range(20_000)]


def held(name: str, share: float, ids: list[str] = IDS) -> list[bool]:
    return list(held_out(name, share, map(str.encode, ids), 1))


def test_a_warehouse_finds_the_same_customers_with_its_own_md5() -> None:
    table = duckdb.from_arrow(pa.table({"id": IDS}))
    found = table.project(f"LEFT(md5('spring:' || id), 8) < '{round(0.1 * 16**8):08x}'")
    assert [is_held for (is_held,) in found.fetchall()] == held("spring", 0.1)


@pytest.mark.parametrize("share", [0.0, 0.02, 0.5])
def test_about_the_share_is_held_out(share: float) -> None:
    assert sum(held("spring", share)) == pytest.approx(share * len(IDS), rel=0.1)


def test_another_campaign_holds_out_others_and_a_larger_share_holds_more() -> None:
    spring, summer, more = held("spring", 0.1), held("summer", 0.1), held("spring", 0.2)
    both = sum(a and b for a, b in zip(spring, summer, strict=True))
    assert both == pytest.approx(0.01 * len(IDS), rel=0.3)
    assert all(large or not small for small, large in zip(spring, more, strict=True))


def test_without_an_identifier_the_number_of_the_row_decides() -> None:
    nameless = list(held_out("spring", 0.3, [None, None, None, None], 5))
    assert nameless == held("spring", 0.3, ["5", "6", "7", "8"])
