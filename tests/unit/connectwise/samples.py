"""The recorded answers of ConnectWise, in `tests/samples/connectwise/<what>.<status>.json`."""

import json
from pathlib import Path
from typing import Any

import httpx

from bridge.transport import Response

FOLDER = Path(__file__).parents[2] / "samples" / "connectwise"
NAMES = sorted(path.name.removesuffix(".json") for path in FOLDER.glob("*.json"))


def answer(name: str, **headers: str) -> Response:
    """Give a sample, `what.status`, as it came over the wire."""
    sample = json.loads((FOLDER / f"{name}.json").read_text())
    body = sample["text"] if "text" in sample else json.dumps(sample["json"])
    merged = httpx.Headers({**sample["headers"], **headers})
    return Response(int(name.rpartition(".")[2]), merged, body.encode(), "https://api-na.cw.test/x")


def payload(name: str) -> dict[str, Any]:
    """Give the JSON of a sample."""
    found = json.loads((FOLDER / f"{name}.json").read_text())["json"]
    assert isinstance(found, dict)
    return found
