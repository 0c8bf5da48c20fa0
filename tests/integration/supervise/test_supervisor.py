"""The supervisor, with real processes."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from bridge.errors import SettingsError
from bridge.queue.doorbell import Doorbell
from bridge.queue.embedded import start_or_join
from bridge.queue.process import started
from bridge.supervise.heartbeat import VARIABLE
from bridge.supervise.lock import ServiceLock, service_pid
from bridge.supervise.status import find_status
from tests.integration.queue.waiting import lines, until

LEASE = 0.6


class Service:
    """A service's process, and what its children write."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *named: str, lease: float = LEASE, grace: float = 10.0, env: dict[str, str] | None = None) -> None:
        """Run the supervisor with these children, in a process group of its own, as a shell would."""
        command = [sys.executable, "-m", "tests.integration.supervise.a_service", str(self.data_dir), str(lease)]
        steps = [int(env["BRIDGE_STEPS_FD"])] if env else []
        with (self.data_dir / "log").open("w") as log:
            self._process = subprocess.Popen(
                [*command, str(grace), *named],
                stdout=log,
                stderr=log,
                process_group=0,
                env={**os.environ, **(env or {})},
                pass_fds=steps,
            )
        for name in (word.split("=")[0] for word in named):
            until(lambda name=name: self.pids(name))  # type: ignore[misc]  # a default is no argument

    @property
    def process(self) -> subprocess.Popen[bytes]:
        assert self._process is not None
        return self._process

    def pids(self, name: str) -> list[int]:
        """Give the pids that the child had, the last one being its own."""
        written = lines(self.data_dir / name / "pids") + lines(self.data_dir / name / "ready")
        return [int(line.split()[0]) for line in written]

    def log(self) -> str:
        return re.sub(r"\x1b\[\d*m", "", (self.data_dir / "log").read_text())

    def terminate(self) -> int:
        self.process.terminate()
        return self.process.wait(10)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """Describe a service, which ends with the test."""
    made = Service(tmp_path)
    yield made
    made.process.kill()
    made.process.wait()


def ended(pid: int) -> bool:
    """Say whether the process is gone."""
    return started(pid) is None


def test_a_child_that_dies_is_replaced_and_the_others_live_on(service: Service) -> None:
    """One process's death is nobody else's."""
    service.start("worker=works", "web=works")

    os.kill(service.pids("worker")[0], signal.SIGKILL)

    until(lambda: len(service.pids("worker")) == 2)
    assert len(service.pids("web")) == 1
    assert not ended(service.pids("web")[0])
    assert re.search(r"child.ended +name=worker pid=\d+ signal=Killed", service.log())


def test_a_child_that_is_stopped_is_killed_after_a_lease_and_replaced(service: Service) -> None:
    """SIGKILL works on stopped processes."""
    service.start("worker=works", "web=works")
    (first,) = service.pids("worker")
    time_of_stop = time.monotonic()
    os.kill(first, signal.SIGSTOP)

    until(lambda: ended(first))
    assert time.monotonic() - time_of_stop > LEASE - 0.2
    until(lambda: len(service.pids("worker")) == 2)

    assert re.search(r"child.killed +name=worker pid=\d+ reason='no heartbeat for 0\.\d s'", service.log())
    assert service.log().count("child.killed") == 1


def test_one_thread_that_hangs_is_seen_although_others_beat(service: Service) -> None:
    """A heartbeat speaks for the thread that has been silent longest."""
    service.start("worker=hangs")
    (first,) = service.pids("worker")
    hang = service.data_dir / "worker" / "hang"
    hang.write_text("")

    until(lambda: ended(first))
    hang.unlink()

    until(lambda: len(service.pids("worker")) == 2)


def test_a_workers_drain_that_hangs_costs_its_process_and_one_that_takes_long_does_not(service: Service) -> None:
    """The lease counts from the drain's last heartbeat, although the worker's other thread is well."""
    folder = service.data_dir / "worker"

    def drains() -> int:
        return len(lines(folder / "drains"))

    with start_or_join(service.data_dir) as address:
        doorbell = Doorbell(address)
        service.start(f"worker={address.url}")
        (folder / "order").write_text("wait")
        doorbell.ring("live")
        until(drains)
        with pytest.raises(AssertionError):
            until(lambda: "child.killed" in service.log(), 2 * LEASE)

        (folder / "order").write_text("hang")
        doorbell.ring("live")
        until(lambda: len(service.pids("worker")) == 2)
        assert drains() == 2
        (folder / "order").unlink()
        doorbell.ring("live")

        until(lambda: drains() == 3)
        assert service.terminate() == 0
        doorbell.close()


def test_children_may_take_longer_than_a_lease_to_give_their_first_heartbeat(service: Service) -> None:
    """Start-up is not work; it has `startup` seconds (10 here)."""
    service.start("worker=silent", lease=0.2)

    with pytest.raises(AssertionError):
        until(lambda: ended(service.pids("worker")[0]), 0.8)


def test_a_supervisor_that_stood_still_blames_no_child(service: Service) -> None:
    """Ctrl-Z and fg."""
    service.start("worker=works")
    service.process.send_signal(signal.SIGSTOP)
    with pytest.raises(AssertionError):
        until(lambda: ended(service.pids("worker")[0]), 4 * LEASE)

    service.process.send_signal(signal.SIGCONT)
    with pytest.raises(AssertionError):
        until(lambda: "child.killed" in service.log(), 2 * LEASE)

    assert service.terminate() == 0


def test_pauses_before_restarts_double(service: Service) -> None:
    """0.05, 0.1, 0.2, 0.4 s here; a child that cannot start does not keep a processor busy."""
    service.start("worker=fails")
    until(lambda: len(service.pids("worker")) == 5, 20)
    service.terminate()

    begun = [float(line.split()[1]) for line in lines(service.data_dir / "worker" / "pids")]
    gaps = [after - before for before, after in pairwise(begun)]
    assert gaps[3] > 0.4
    assert gaps[3] > gaps[0]
    assert re.search(r"child.ended +code=3 name=worker", service.log())


def test_sigterm_lets_children_finish(service: Service) -> None:
    """What runs is finished, whatever the supervisor is asked."""
    service.start("worker=works", "web=works")
    (service.data_dir / "worker" / "busy").write_text("")
    service.process.terminate()
    until(lambda: ended(service.pids("web")[0]))
    assert not ended(service.pids("worker")[0])

    (service.data_dir / "worker" / "busy").unlink()

    assert service.process.wait(10) == 0
    assert (service.data_dir / "worker" / "finished").exists()
    assert re.search(r"service.stopping +grace=10.0 signal=SIGTERM", service.log())
    assert re.search(r"service.stopped +killed=\[\]", service.log())
    assert len(service.pids("web")) == 1


def test_children_that_do_not_finish_are_killed_when_grace_is_over(service: Service) -> None:
    """And the exit code says so."""
    service.start("worker=works", grace=0.3)
    (service.data_dir / "worker" / "busy").write_text("")

    assert service.terminate() == 1
    assert ended(service.pids("worker")[0])
    assert "reason='grace is over'" in service.log()


def test_a_second_ctrl_c_kills_at_once(service: Service) -> None:
    """The first one reaches the supervisor alone, though the terminal sends it to its whole process group."""
    service.start("worker=works")
    (service.data_dir / "worker" / "busy").write_text("")

    os.killpg(service.process.pid, signal.SIGINT)
    until(lambda: "service.stopping" in service.log())
    assert not ended(service.pids("worker")[0])
    os.killpg(service.process.pid, signal.SIGINT)

    assert service.process.wait(2) == 1
    assert ended(service.pids("worker")[0])


def test_children_die_with_a_killed_supervisor(service: Service) -> None:
    """Even one that stands still."""
    service.start("worker=works", "web=works")
    os.kill(service.pids("web")[0], signal.SIGSTOP)

    service.process.kill()

    until(lambda: ended(service.pids("worker")[0]), 2)
    until(lambda: ended(service.pids("web")[0]), 2)


def test_a_child_dies_when_its_supervisors_socket_ends(tmp_path: Path) -> None:
    """The sign that is left where the system has no parent-death signal."""
    ours, theirs = socket.socketpair()
    command = [sys.executable, "-m", "tests.integration.supervise.a_child", str(tmp_path), "works"]
    env = {**os.environ, VARIABLE: str(theirs.fileno())}
    with subprocess.Popen(command, pass_fds=[theirs.fileno()], env=env) as child:
        theirs.close()
        assert ours.recv(100).endswith(b"\n")

        ours.close()

        assert child.wait(5) == -signal.SIGKILL


def test_a_process_without_a_supervisor_beats_in_vain(tmp_path: Path) -> None:
    """A command runs the same code as the service."""
    command = [sys.executable, "-m", "tests.integration.supervise.a_child", str(tmp_path), "works"]
    with subprocess.Popen(command) as child:
        until(lambda: lines(tmp_path / "pids"))
        child.terminate()

        assert child.wait(5) == 0


def test_status_shows_who_runs_since_when_and_how_often_it_was_restarted(service: Service) -> None:
    """For the `status` command; nothing is left of it at the end."""
    service.start("worker=works", "web=works")
    os.kill(service.pids("worker")[0], signal.SIGKILL)
    until(lambda: len(service.pids("worker")) == 2)

    status = find_status(service.data_dir)

    assert status is not None
    assert status.pid == service.process.pid
    assert [(each.name, each.pid, each.restarts) for each in status.children] == [
        ("worker", service.pids("worker")[-1], 1),
        ("web", service.pids("web")[0], 0),
    ]
    assert status.children[1].started_at is not None
    assert status.started_at <= status.children[1].started_at
    service.terminate()
    assert find_status(service.data_dir) is None
    assert not (service.data_dir / "service.json").exists()


def test_what_a_killed_service_said_of_itself_is_not_believed(service: Service) -> None:
    """Its file is still there."""
    service.start("worker=works")
    service.process.kill()
    service.process.wait()

    assert (service.data_dir / "service.json").exists()
    assert find_status(service.data_dir) is None


def test_a_second_service_on_the_same_data_is_refused(service: Service) -> None:
    """B140 names the pid of the first; after its end, even by SIGKILL, the next may start."""
    service.start("worker=works")
    with pytest.raises(SettingsError, match=f"pid {service.process.pid}") as refused:
        ServiceLock(service.data_dir)
    assert refused.value.code == "B140"
    assert service_pid(service.data_dir) == service.process.pid

    service.process.kill()
    service.process.wait()

    with ServiceLock(service.data_dir):
        assert service_pid(service.data_dir) == os.getpid()
    assert service_pid(service.data_dir) is None


def test_steps_reach_through_to_the_children(service: Service) -> None:
    """So that a test can kill at a step of a supervised process."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        service.start("worker=steps", env={"BRIDGE_STEPS_FD": str(theirs.fileno())})

        assert ours.recv(100) == b"child begun\n"
        ours.send(b"\0")
        until(lambda: find_status(service.data_dir))
        assert service.terminate() == 0
