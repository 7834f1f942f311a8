"""What goes wrong in the windows of a browser."""

from playwright.sync_api import ConsoleMessage, Page

NO_WORKER = "Service Worker registration blocked by Playwright"


class Watch:
    """Notes whatever is thrown, logged as an error or refused by the policy, but for what a test means to fail."""

    def __init__(self) -> None:
        self._wrong: list[str] = []
        self._meant = {NO_WORKER}

    def over(self, page: Page) -> None:
        """Watch over a page from here on."""
        page.on("pageerror", lambda error: self._wrong.append(str(error)))
        page.on("console", self._note)

    def allow(self, *parts: str) -> None:
        """Let pass what holds one of these, such as the status of a meant refusal, which the browser logs."""
        self._meant.update(parts)

    def check(self) -> None:
        """Nothing went wrong that was not meant to."""
        wrong = [each for each in self._wrong if not any(part in each for part in self._meant)]
        assert not wrong, wrong

    def _note(self, said: ConsoleMessage) -> None:
        if said.type in ("error", "warning"):
            self._wrong.append(f"{said.text} {said.location['url']}")
