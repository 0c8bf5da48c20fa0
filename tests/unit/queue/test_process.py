"""How a process is known again."""

import os
import subprocess
import sys

from bridge.queue.process import command, started


def test_a_living_process_has_one_mark_and_its_command_line() -> None:
    """The mark stays the same for as long as it lives."""
    assert started(os.getpid()) == started(os.getpid()) is not None
    assert "python" in command(os.getpid())


def test_a_process_that_ended_has_no_mark_even_while_nobody_took_note() -> None:
    """A zombie counts as ended: it holds nothing any more."""
    process = subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.read()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)

    assert started(process.pid) is None

    process.wait()
    process.stdout.close()
    assert started(process.pid) is None
    assert command(process.pid) == ""
