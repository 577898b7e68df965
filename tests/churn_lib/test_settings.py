"""Settings from variables and from a .env file."""

from pathlib import Path

import pytest
from pydantic import BaseModel

from churn_lib.errors import SettingsError
from churn_lib.settings import GROUPS, THINKING, GeminiSettings, Groups, read_settings, settings

CANARY = "canary-4711"


def test_defaults_need_no_variable_and_empty_ones_count_as_not_set() -> None:
    assert read_settings({}) == read_settings({"RISK_HIGH_FROM": "", "GEMINI_API_KEY": ""})
    assert read_settings({}).risk_high_from == 0.7


@pytest.mark.parametrize("group", GROUPS)
def test_what_nobody_sets_is_right_and_so_not_checked(group: type[BaseModel]) -> None:
    defaults = group.model_construct()
    assert group.model_validate(dict(defaults)) == defaults


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
    found = settings().score
    settings.cache_clear()
    assert (found.risk_medium_from, found.risk_high_from) == (0.3, 0.9)


@pytest.mark.parametrize(
    ("model", "thinking"),
    [
        ("gemini-3.5-flash-lite", "minimal"),
        ("gemini-3.8-flash", "low"),
        ("gemini-9-flash", "minimal"),
    ],
)
def test_a_model_and_a_level_that_it_knows_are_taken(model: str, thinking: str) -> None:
    found = read_settings({"GEMINI_MODEL": model, "GEMINI_THINKING": thinking})
    assert (found.gemini_model, found.thinking) == (model, thinking)


@pytest.mark.parametrize(
    ("model", "lowest"),
    [
        ("", "minimal"),
        ("gemini-3.1-flash-lite", "minimal"),
        ("gemini-3.6-flash", "low"),
        ("gemini-3.8-flash", "low"),
        ("gemini-9-flash", "low"),
    ],
)
def test_a_level_that_is_left_out_is_the_lowest_that_the_model_allows(
    model: str, lowest: str
) -> None:
    assert read_settings({"GEMINI_MODEL": model}).thinking == lowest


@pytest.mark.parametrize("model", THINKING)
def test_no_documented_model_needs_a_level_to_be_set(model: str) -> None:
    assert read_settings({"GEMINI_MODEL": model}).thinking in THINKING[model]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GEMINI_SLOTS", "1_0"),
        ("TEXT_CACHE_SIZE", "1_000"),
        ("GEMINI_DEADLINE", "0_7.0"),
        ("SECRET_SECONDS", "3_00"),
        ("RISK_HIGH_FROM", "0.7_5"),
        ("GEMINI_SLOTS", "\u0661\u0660"),
        ("GEMINI_DEADLINE", "1e999"),
    ],
)
def test_a_number_is_plain_digits(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        read_settings({name: value})


def test_every_wrong_setting_is_named_at_once(tmp_path: Path) -> None:
    wrong = {
        "RISK_MEDIUM_FROM": "0.8",
        "GEMINI_SLOTS": "0",
        "GEMINI_MODEL": "gemini-3.8-flash",
        "GEMINI_THINKING": "minimal",
        "DECISION_LOG": str(tmp_path / CANARY / "x"),
        "DECISION_LOG_ATTRIBUTES": CANARY,
    }
    with pytest.raises(SettingsError) as caught:
        read_settings(wrong)
    named = set(wrong) - {"GEMINI_MODEL"}
    assert {part.split()[0] for part in str(caught.value).split("; ")} == named
    assert CANARY not in str(caught.value)


def test_a_wrong_setting_costs_its_own_group() -> None:
    found = Groups({"GEMINI_SLOTS": "0", "RISK_HIGH_FROM": "0.9"})
    assert found.score.risk_high_from == 0.9
    assert found.log.decision_log is None
    assert [fault.field for fault in found.faults[GeminiSettings]] == ["GEMINI_SLOTS"]
    for _ in range(2):
        with pytest.raises(SettingsError, match="GEMINI_SLOTS must be"):
            assert found.gemini


def test_what_is_wrong_is_logged_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("GEMINI_SLOTS", "0")
    monkeypatch.setenv("RISK_HIGH_FROM", CANARY)
    settings.cache_clear()
    assert settings() is settings()
    settings.cache_clear()
    (line,) = caplog.messages
    assert "GEMINI_SLOTS must be" in line
    assert "RISK_HIGH_FROM must be" in line
    assert CANARY not in line


@pytest.mark.parametrize("place", ["", "missing/x", "file/x", "a" * 5000])
def test_a_log_that_can_not_be_written_is_wrong(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="DECISION_LOG must be a file in a folder that exists"):
        read_settings({"DECISION_LOG": str(tmp_path / place)})


def test_a_file_with_a_byte_order_mark_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("RISK_HIGH_FROM=0.8\n", "utf-8-sig")
    monkeypatch.chdir(tmp_path)
    settings.cache_clear()
    found = settings().score
    settings.cache_clear()
    assert found.risk_high_from == 0.8


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        (
            {"GEMINI_MODEL": "gemini-3.8-flash", "GEMINI_THINKING": "minimal"},
            "GEMINI_THINKING must be one of high, low, medium for this GEMINI_MODEL",
        ),
        (
            {"GEMINI_MODEL": "gemini-3.7-flash", "GEMINI_THINKING": "minimal"},
            "GEMINI_THINKING must be one of high, low, medium for this GEMINI_MODEL",
        ),
        (
            {"GEMINI_MODEL": "gemini-2.5-flash"},
            "GEMINI_MODEL names a model that was shut down in October 2026",
        ),
        ({"GEMINI_MODEL": "../../secret"}, "GEMINI_MODEL"),
        ({"GEMINI_THINKING": "none"}, "GEMINI_THINKING"),
    ],
)
def test_a_model_and_a_level_that_do_not_fit_are_refused_at_start(
    variables: dict[str, str], said: str
) -> None:
    with pytest.raises(SettingsError, match=said):
        read_settings(variables)


@pytest.mark.parametrize(
    "url",
    [
        "https://generativelanguage.googleapis.com/",
        "https://aiplatform.googleapis.com",
        "https://europe-west1-aiplatform.googleapis.com",
        "http://127.0.0.1:9000",
        "http://[::1]:9000",
    ],
)
def test_gemini_is_called_at_google_or_on_this_machine(url: str) -> None:
    assert read_settings({"GEMINI_BASE_URL": url}).gemini_url == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    [
        "http://generativelanguage.googleapis.com",
        "https://generativelanguage.googleapis.com.evil.example",
        "https://evil.example/generativelanguage.googleapis.com",
        "https://generativelanguage.googleapis.com@evil.example",
        "https://evil.example#generativelanguage.googleapis.com",
        "https://evilaiplatform.googleapis.com",
        "http://169.254.169.254",
        "http://127.0.0.1.evil.example",
        "http://127.0.0.1@evil.example",
        "file:///etc/passwd",
        "127.0.0.1:9000",
        "http://[",
        "http://127.0.0.1:a-port",
        "http://127.0.0.1:99999",
    ],
)
def test_gemini_is_called_nowhere_else(url: str) -> None:
    with pytest.raises(SettingsError, match="GEMINI_BASE_URL"):
        read_settings({"GEMINI_BASE_URL": url})


@pytest.mark.parametrize(
    "target",
    [
        "10.0.0.1:80",
        "secretmanager.googleapis.com",
        "127.0.0.1.evil.example:80",
        "localhost",
        "127.0.0.1:x",
    ],
)
def test_a_fake_secret_manager_is_on_this_machine(target: str) -> None:
    here = "127.0.0.1:80"
    assert read_settings({"SECRET_MANAGER_ENDPOINT": here}).secret_manager_endpoint == here
    with pytest.raises(SettingsError, match="SECRET_MANAGER_ENDPOINT"):
        read_settings({"SECRET_MANAGER_ENDPOINT": target})


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("global", "https://aiplatform.googleapis.com"),
        ("eu", "https://aiplatform.eu.rep.googleapis.com"),
        ("europe-west1", "https://europe-west1-aiplatform.googleapis.com"),
    ],
)
def test_each_location_of_vertex_ai_has_its_host(location: str, url: str) -> None:
    found = read_settings(
        {"GEMINI_VERTEX_PROJECT": "my-project", "GEMINI_VERTEX_LOCATION": location}
    )
    assert found.gemini_url == url


def test_without_vertex_ai_the_host_is_that_of_the_gemini_api() -> None:
    assert read_settings({}).gemini_url == "https://generativelanguage.googleapis.com"


@pytest.mark.parametrize("names", ["churn", "Contract;tenure", f"Contract,{CANARY}"])
def test_only_what_is_known_of_a_customer_can_be_logged(names: str) -> None:
    assert read_settings(
        {"DECISION_LOG_ATTRIBUTES": " Contract,tenure, "}
    ).decision_log_attributes == (
        "Contract",
        "tenure",
    )
    with pytest.raises(SettingsError, match="DECISION_LOG_ATTRIBUTES") as caught:
        read_settings({"DECISION_LOG_ATTRIBUTES": names})
    assert CANARY not in str(caught.value)


def test_a_file_that_can_not_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_bytes(b"\xff\xfe\x00")
    monkeypatch.chdir(tmp_path)
    settings.cache_clear()
    with pytest.raises(SettingsError, match=r"\.env can't be read"):
        settings()
