"""Digests of JSON values."""

from hashlib import blake2b
from typing import Any

import orjson


def fingerprint(value: Any) -> str:
    """Digest a JSON value in 32 hex digits; the order of keys does not count, that of lists does.

    Dates and times may stand in it as such. Raises `orjson.JSONEncodeError` for what is no JSON.
    """
    return blake2b(orjson.dumps(value, option=orjson.OPT_SORT_KEYS), digest_size=16).hexdigest()
