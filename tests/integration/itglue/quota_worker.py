"""A process that reads as fast as the quota lets it, until its standard input ends."""

import sys
import threading

from pydantic import SecretStr
from redis import Redis

from bridge.itglue.client import ITGlue
from bridge.quota import Quota, QuotaWaitError, Window, account


def work(url: str, key: str, socket: str, requests: str, seconds: str) -> None:
    """Say `ready`, wait for a line, then read with as many threads as the quota names."""
    quota = Quota(
        Redis(unix_socket_path=socket), account(key), [Window(int(requests), float(seconds))], share=0.0, deadline=5.0
    )
    over = threading.Event()

    def read() -> None:
        while not over.is_set():
            try:
                itglue.page("organizations", lane="backfill", size=1)
            except QuotaWaitError as error:
                over.wait(error.seconds)

    with ITGlue(url, SecretStr(key), quota, deadline=5.0) as itglue:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        threads = [threading.Thread(target=read) for _ in range(quota.threads)]
        for thread in threads:
            thread.start()
        sys.stdin.read()
        over.set()
        for thread in threads:
            thread.join()


if __name__ == "__main__":
    work(*sys.argv[1:])
