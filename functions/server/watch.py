"""Another catalogue or other texts come into force while requests are answered by those before."""

import asyncio

from churn_lib.answer import offers_are_wanted, refresh_offers
from churn_lib.customer.languages import spoken
from churn_lib.errors import SettingsError
from churn_lib.settings import settings

SECONDS = 60.0
"""Between two looks."""


class Watch:
    """Looks at where catalogue and texts lie, for as long as the event loop runs.

    seconds: between two looks.
    """

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """To be called where the event loop runs."""
        if _is_elsewhere():
            spoken.languages = ()  # until it is read, nobody knows which are spoken
        self._task = asyncio.get_running_loop().create_task(self._look())

    async def _look(self) -> None:
        if _is_elsewhere():  # it takes longer to read than a file of ours
            await asyncio.to_thread(refresh_offers)
        while True:
            await asyncio.sleep(self._seconds)
            if offers_are_wanted():
                await asyncio.to_thread(refresh_offers)


def _is_elsewhere() -> bool:
    try:
        return settings().offers.offers is not None
    except SettingsError:  # told where it is used
        return False


watch = Watch()
"""The one of this process."""
