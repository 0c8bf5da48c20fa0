"""What the demo prints: acts with their time, commands with their output, and a line where nothing else is said."""

import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bridge.cli import output

SILENCE = 4.0  # seconds without a line after which one is said


class DemoError(Exception):
    """The demo cannot go on, or something did not come out as it says."""


class Pen:
    """Writes lines for whoever watches; several threads may write."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self._lock = threading.Lock()
        self._wrote = self.began
        self._act = 0
        self._room = shutil.get_terminal_size((120, 24)).columns if sys.stdout.isatty() else 0

    @property
    def seconds(self) -> float:
        """Give how long the demo runs."""
        return time.monotonic() - self.began

    def act(self, title: str) -> None:
        """Begin an act."""
        self._act += 1
        self.line()
        self.line(output.styled(f"{self._act}. {title}", "cyan") + f"   [{self.seconds:.0f} s]")

    def say(self, text: str) -> None:
        """Explain something."""
        self.line(f"   {text}")

    def good(self, text: str) -> None:
        """Say what was found to be so."""
        self.line("   " + output.styled("ok", "green") + f"  {text}")

    def typed(self, text: str) -> None:
        """Show a command as it is typed."""
        self.line(output.styled(f"$ {text}", "blue"))

    def shown(self, text: str) -> None:
        """Show a line of a command's output, cut where the terminal ends."""
        cut = text if not self._room or len(text) < self._room - 2 else f"{text[: self._room - 3]}…"
        self.line(f"  {cut}")

    def line(self, text: str = "") -> None:
        """Write a line."""
        with self._lock:
            sys.stdout.write(f"{text}\n")
            sys.stdout.flush()
            self._wrote = time.monotonic()

    @contextmanager
    def ticking(self, tell: Callable[[], str]) -> Iterator[None]:
        """Say every few seconds how far it is, wherever nothing else is said."""
        done = threading.Event()
        began = time.monotonic()

        def tick() -> None:
            while not done.wait(0.25):
                if time.monotonic() - self._wrote >= SILENCE:
                    self.say(f"… {time.monotonic() - began:.0f} s, {tell()}")

        ticker = threading.Thread(target=tick, name="ticker", daemon=True)
        ticker.start()
        try:
            yield
        finally:
            done.set()
            ticker.join()
