"""Turns the signals that ask a process to stop into an event."""

import os
import signal
import threading


def stop_on_signal() -> threading.Event:
    """Give an event that SIGTERM or SIGINT sets; called once, in the main thread.

    A handler that set the event itself could find its lock held by the very thread it interrupts.
    """
    stop = threading.Event()
    reader, writer = os.pipe()
    os.set_blocking(writer, False)

    def wait() -> None:
        while os.read(reader, 1)[0] not in (signal.SIGTERM, signal.SIGINT):
            pass
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    threading.Thread(target=wait, name="signal-watch", daemon=True).start()
    return stop
