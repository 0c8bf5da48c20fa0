"""The client of the tests: what a request needs, and nothing of our own connector."""

from typing import Any

import httpx

from tests.simulators.running import Running

ROOT = "/v4_6_release/apis/3.0"
FORWARD = {"pagination-type": "forward-only"}


class Psa:
    """Requests with good credentials."""

    def __init__(self, simulator: Running) -> None:
        given = simulator.credentials
        self.simulator = simulator
        self.user = f"{given['company']}+{given['public_key']}"
        self.password = given["private_key"]
        self.http = httpx.Client(
            base_url=simulator.url,
            auth=(self.user, self.password),
            headers={"clientId": given["client_id"]},
            verify=False,  # noqa: S501  # the simulator signs itself
        )

    def get(self, path: str, headers: dict[str, str] | None = None, /, **parameters: Any) -> httpx.Response:
        """Read a path below the API root."""
        return self.http.get(f"{ROOT}/{path}", params=parameters or None, headers=headers)

    def read(self, path: str, headers: dict[str, str] | None = None, /, **parameters: Any) -> Any:
        """Read a path that is there."""
        answer = self.get(path, headers, **parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def ids(self, path: str, **parameters: Any) -> list[int]:
        """Read the ids of a list."""
        return [record["id"] for record in self.read(path, **{"pageSize": 1000, **parameters})]

    def fits(self, conditions: str, path: str = "company/configurations") -> list[int]:
        """Read the last two digits of the ids that fit conditions."""
        return [number % 1000 for number in self.ids(path, conditions=conditions)]

    def refusal(self, path: str, **parameters: Any) -> str:
        """Read what the vendor says of a query that it refuses with 400."""
        answer = self.get(path, **parameters)
        assert answer.status_code == 400, answer.text
        body = answer.json()
        assert body["code"] == "ApiFindCondition"
        message: str = body["message"]
        return message
