"""How fast the IT Glue simulator answers, against the goals of its reference page."""

import argparse
import json
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx


def main() -> None:
    """Measure and print one line per figure."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--provider", default="200x5000")
    options = parser.parse_args()
    begun = time.perf_counter()
    command = [sys.executable, "-m", "simulators", "itglue", "--limits", "off", "--provider", options.provider]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = json.loads(process.stdout.readline())
        _print("ready after", time.perf_counter() - begun, "s")
        _print("memory", _resident(process.pid), "MB")
        try:
            _measure(line)
        finally:
            process.terminate()


def _measure(line: dict[str, Any]) -> None:
    key = line["credentials"]["api_key"]
    headers = {"x-api-key": key, "content-type": "application/vnd.api+json"}
    with httpx.Client(base_url=line["url"], headers=headers, timeout=60) as http:
        pages = "/configurations?page[size]=1000&sort=id"
        _print("page of 1,000", _median(http, pages) * 1000, "ms (goal: below 50)")
        _print("page of 1,000 with adapters", _median(http, f"{pages}&include=adapters_resources") * 1000, "ms")
        [first] = http.get("/configurations?page[size]=1").json()["data"]
        document = json.dumps({"data": {"type": "configurations", "attributes": {"notes": "x"}}})
        path = f"/configurations/{first['id']}"
        _print("one record", _rate(line["url"], f"GET {path}", key), "requests/s (goal: 2,000)")
        _print("a name looked up", _rate(line["url"], "GET /configurations?filter[serial_number]=x", key), "requests/s")
        _print("one update", _rate(line["url"], f"PATCH {path}", key, document), "requests/s")


def _median(http: httpx.Client, path: str) -> float:
    taken = []
    for _ in range(9):
        begun = time.perf_counter()
        http.get(path).raise_for_status()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def _rate(url: str, request: str, key: str, body: str = "") -> float:
    """Send requests over one connection without a client library's own cost, eight under way at a time."""
    host, _, port = url.removeprefix("http://").partition(":")
    method, _, path = request.partition(" ")
    lines = [
        f"{method} {path} HTTP/1.1",
        f"host: {host}",
        f"x-api-key: {key}",
        "content-type: application/vnd.api+json",
        f"content-length: {len(body)}",
    ]
    message = ("\r\n".join(lines) + "\r\n\r\n" + body).encode()
    total, under_way = 8000, 8
    with socket.create_connection((host, int(port))) as connection, connection.makefile("rb") as answers:
        begun = time.perf_counter()
        connection.sendall(message * under_way)
        for sent in range(total):
            length = 0
            while (header := answers.readline()) != b"\r\n":
                name, _, value = header.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            answers.read(length)
            if sent < total - under_way:
                connection.sendall(message)
        return total / (time.perf_counter() - begun)


def _resident(process: int) -> float:
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0


def _print(what: str, value: float, unit: str) -> None:
    print(f"{what:32} {value:10,.1f} {unit}")


if __name__ == "__main__":
    main()
