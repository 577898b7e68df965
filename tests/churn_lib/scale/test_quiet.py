import ctypes
import os

import pytest

from churn_lib.scale.quiet import quiet


def test_nothing_is_printed_meanwhile_and_all_before_and_after(
    capfd: pytest.CaptureFixture[str],
) -> None:
    libc = ctypes.CDLL(None)
    libc.printf(b"before ")
    with quiet():
        libc.printf(b"solver ")
        os.write(1, b"another ")
    libc.printf(b"after")
    libc.fflush(None)
    assert capfd.readouterr().out == "before after"
