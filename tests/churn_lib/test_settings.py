"""Settings from variables and from a .env file."""

from pathlib import Path

import pytest

from churn_lib.errors import SettingsError
from churn_lib.settings import read_settings, settings

CANARY = "canary-4711"


def test_defaults_need_no_variable_and_empty_ones_count_as_not_set() -> None:
    assert read_settings({}) == read_settings({"RISK_HIGH_FROM": "", "GEMINI_API_KEY": ""})
    assert read_settings({}).risk_high_from == 0.7


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"RISK_HIGH_FROM": CANARY}, "RISK_HIGH_FROM"),
        ({"RISK_HIGH_FROM": "1.1"}, "RISK_HIGH_FROM"),
        ({"RISK_HIGH_FROM": "nan"}, "RISK_HIGH_FROM"),
        ({"RISK_MEDIUM_FROM": "0.8"}, "RISK_MEDIUM_FROM must not be above RISK_HIGH_FROM"),
    ],
)
def test_a_wrong_setting_is_named_without_its_value(variables: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError, match=said) as caught:
        read_settings({**variables, "GEMINI_API_KEY": CANARY})
    assert CANARY not in str(caught.value)


def test_a_key_is_never_shown() -> None:
    shown = read_settings({"GEMINI_API_KEY": CANARY})
    assert shown.gemini_api_key
    assert shown.gemini_api_key.get_secret_value() == CANARY
    assert CANARY not in f"{shown!r} {shown} {shown.model_dump()} {shown.model_dump_json()}"


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("RISK_MEDIUM_FROM=0.3\nRISK_HIGH_FROM=0.8\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RISK_HIGH_FROM", "0.9")
    settings.cache_clear()
    found = settings()
    settings.cache_clear()
    assert (found.risk_medium_from, found.risk_high_from) == (0.3, 0.9)
