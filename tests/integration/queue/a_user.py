"""A process that uses the embedded server: `a_user FOLDER` says the server's pid, and leaves when its input ends."""

import sys
from pathlib import Path

from bridge.queue.embedded import start_or_join

if __name__ == "__main__":
    with start_or_join(Path(sys.argv[1])) as address:
        client = address.client()
        print(client.info("server")["process_id"], flush=True)
        sys.stdin.read()
        client.close()
