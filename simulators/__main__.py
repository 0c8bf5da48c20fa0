"""Start a simulator from the command line."""

import argparse
import asyncio
import gc
import json
import logging
import re
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

from simulators.application import Application
from simulators.control import ROOT
from simulators.kernel import Kernel
from simulators.refusal import ControlError
from simulators.server import bind, serve
from simulators.vendor import Vendor

VENDORS = {
    "itglue": ("simulators.itglue", "ItGlue"),
    "connectwise": ("simulators.connectwise", "ConnectWise"),
    "autotask": ("simulators.autotask", "Autotask"),
    "xurrent": ("simulators.xurrent", "Xurrent"),
}


def main(arguments: list[str] | None = None) -> None:
    """Start one, print the line that says where, serve until SIGTERM."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    module, name = VENDORS[options.system]
    try:
        make: type[Vendor] = getattr(import_module(module), name)
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        sys.exit(f"the {options.system} simulator is not built yet")
    asyncio.run(_run(options, make))


async def _run(options: argparse.Namespace, make: type[Vendor]) -> None:
    kernel = Kernel(declared=make.switches, seed=options.seed, limits=options.limits == "on")
    try:
        bound = bind(options.port)
    except (OSError, OverflowError) as error:
        sys.exit(f"port {options.port}: {error}")
    kernel.url = f"{'https' if options.tls else 'http'}://127.0.0.1:{bound.getsockname()[1]}"
    vendor = make(kernel)
    try:
        _fill(kernel, vendor, options)
    except ControlError as error:
        sys.exit(error.message)
    except (OSError, json.JSONDecodeError) as error:
        sys.exit(f"--data {options.data}: {error}")
    # What was loaded stays for good: the collector need not walk it again and again.
    gc.collect()
    gc.freeze()
    line = {
        "system": options.system,
        "url": kernel.url,
        "control": kernel.url + ROOT,
        "credentials": vendor.credentials(),
    }
    with tempfile.TemporaryDirectory(prefix="simulator-") as folder:
        tls = _certificate(Path(folder)) if options.tls else None
        application = Application(kernel, vendor, tls[1].read_text() if tls else None)
        await serve(application, bound, lambda: print(json.dumps(line), flush=True), tls)


def _certificate(folder: Path) -> tuple[Path, Path]:
    from simulators.certificate import self_signed  # half of a simulator's start is spent on what this imports

    return self_signed(folder)


def _fill(kernel: Kernel, vendor: Vendor, options: argparse.Namespace) -> None:
    records: dict[str, list[dict[str, Any]]] = {}
    if options.provider:
        from simulators.provider import build

        companies, devices = options.provider
        provider = build(companies=companies, devices=devices, seed=options.seed)
        records = provider.records(options.system)
        kernel.traps.extend(provider.traps(options.system))
        kernel.further_traps = provider.further_traps(options.system)
    elif options.data:
        records = json.loads(Path(options.data).read_text(encoding="utf-8"))
    if not isinstance(records, dict) or not all(isinstance(rows, list) for rows in records.values()):
        raise ControlError(400, f"--data {options.data}: an object {{resource: [records]}} is wanted")
    _load(vendor, [(resource, row) for resource, rows in records.items() for row in rows])


def _load(vendor: Vendor, waiting: list[tuple[str, Any]]) -> None:
    """Load records; what refers to one that comes later waits for it."""
    while waiting:
        refused: list[tuple[str, Any]] = []
        first: ControlError | None = None
        for resource, row in waiting:
            try:
                vendor.load(resource, row)
            except ControlError as error:
                first = first or error
                refused.append((resource, row))
        if first is not None and len(refused) == len(waiting):
            raise first
        waiting = refused


def _size(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"([1-9]\d*)x(\d+)", text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not <companies>x<devices>, such as 200x5000")
    return int(found[1]), int(found[2])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m simulators", description=main.__doc__)
    parser.add_argument("system", choices=sorted(VENDORS))
    parser.add_argument("--port", type=int, default=0, help="0 lets the machine choose one")
    parser.add_argument("--tls", action="store_true", help="https with a self-signed certificate")
    data = parser.add_mutually_exclusive_group()
    data.add_argument("--provider", type=_size, metavar="200x5000", help="a made-up provider: companies x devices")
    data.add_argument("--data", metavar="FILE", help="JSON {resource: [records]}")
    data.add_argument("--empty", action="store_true", help="the vendor's built-in lookup data only (the default)")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--limits", choices=("on", "off"), default="on")
    return parser


if __name__ == "__main__":
    main()
