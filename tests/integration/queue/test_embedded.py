"""The embedded Valkey, with real processes."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis.exceptions import RedisError

from bridge.errors import SettingsError
from bridge.queue.address import RedisAddress
from bridge.queue.embedded import start_or_join
from bridge.queue.process import started
from bridge.queue.valkey import ValkeyServer
from tests.integration.queue.waiting import until

User = subprocess.Popen[str]


@pytest.fixture
def users(tmp_path: Path) -> Iterator[list[User]]:
    """End the processes that a test starts, and the server that they may have left."""
    begun: list[User] = []
    yield begun
    for process in begun:
        process.kill()
        process.communicate()
    if (tmp_path / "queue").exists():
        start_or_join(tmp_path).close()


def start_user(data_dir: Path, users: list[User]) -> User:
    """Start a process that uses the server."""
    command = [sys.executable, "-m", "tests.integration.queue.a_user", str(data_dir)]
    users.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
    return users[-1]


def said_pid(user: User) -> int:
    """Wait until it does, and give the server's pid."""
    assert user.stdout is not None
    return int(user.stdout.readline())


def server_pid(data_dir: Path) -> int:
    """Read the pid in the lock file; 0 while it is being written."""
    known = ValkeyServer(data_dir / "queue").known()
    return known.pid if known else 0


def answers(address: RedisAddress) -> bool:
    """Ask for a sign of life."""
    client = address.client(timeout=1)
    try:
        return bool(client.ping())
    except RedisError:
        return False
    finally:
        client.close()


def put(address: RedisAddress, value: str) -> None:
    """Write something that would be missed."""
    client = address.client()
    client.set("kept", value)
    client.close()


def got(address: RedisAddress) -> object:
    """Read it again."""
    client = address.client()
    try:
        return client.get("kept")
    finally:
        client.close()


def test_whoever_leaves_last_stops_the_server(tmp_path: Path) -> None:
    """`apply` starts it, `run` joins, `apply` ends, `run` goes on with the same server."""
    apply = start_or_join(tmp_path)
    run = start_or_join(tmp_path)
    pid = server_pid(tmp_path)
    assert run.url == apply.url

    apply.close()
    assert answers(run)
    assert server_pid(tmp_path) == pid

    run.close()
    assert not answers(run)
    assert started(pid) is None
    assert not (tmp_path / "queue" / "valkey.sock").exists()


def test_processes_that_start_at_once_share_one_server(tmp_path: Path, users: list[User]) -> None:
    """Four commands at the same moment."""
    for _ in range(4):
        start_user(tmp_path, users)

    pids = {said_pid(user) for user in users}

    assert pids == {server_pid(tmp_path)}
    for user in users:
        user.communicate("")
        assert user.returncode == 0
    assert started(pids.pop()) is None


def test_a_user_that_is_killed_leaves_the_server_to_the_others(tmp_path: Path, users: list[User]) -> None:
    """The kernel gives back what the killed one held."""
    starter = start_user(tmp_path, users)
    pid = said_pid(starter)
    with start_or_join(tmp_path) as address:
        starter.kill()
        starter.wait()

        assert answers(address)
        assert server_pid(tmp_path) == pid
    assert started(pid) is None


def test_the_survivor_of_a_killed_service_is_stopped_and_started_on_the_same_file(
    tmp_path: Path, users: list[User]
) -> None:
    """What was written last is still there, since even a killed server had handed it to the kernel."""
    service = start_user(tmp_path, users)
    survivor = said_pid(service)
    put(RedisAddress(f"unix://{tmp_path}/queue/valkey.sock"), "by the killed service")
    service.kill()
    service.wait()
    assert started(survivor) is not None

    with start_or_join(tmp_path) as address:
        assert server_pid(tmp_path) != survivor
        until(lambda: started(survivor) is None)
        assert got(address) == b"by the killed service"


def test_a_survivor_that_stands_still_is_killed(tmp_path: Path, users: list[User]) -> None:
    """SIGTERM does not reach a stopped process."""
    service = start_user(tmp_path, users)
    survivor = said_pid(service)
    service.kill()
    service.wait()
    os.kill(survivor, signal.SIGSTOP)

    with start_or_join(tmp_path) as address:
        assert answers(address)
        until(lambda: started(survivor) is None)


def test_a_survivor_that_nobody_wrote_down_is_asked_to_end(tmp_path: Path, users: list[User]) -> None:
    """The service may have died between starting it and writing its pid."""
    service = start_user(tmp_path, users)
    survivor = said_pid(service)
    service.kill()
    service.wait()
    (tmp_path / "queue" / "lock").write_text("")

    with start_or_join(tmp_path) as address:
        assert answers(address)
        assert started(survivor) is None


def test_a_stranger_with_the_number_of_our_server_is_left_alone(tmp_path: Path) -> None:
    """Numbers of processes are given out again."""
    start_or_join(tmp_path).close()
    with subprocess.Popen(["sleep", "60"]) as stranger:
        said = json.loads((tmp_path / "queue" / "lock").read_text())
        said |= {"pid": stranger.pid, "started": started(stranger.pid)}
        (tmp_path / "queue" / "lock").write_text(json.dumps(said))

        with start_or_join(tmp_path) as address:
            assert answers(address)
            assert stranger.poll() is None
        stranger.kill()


def test_a_server_that_dies_and_loses_its_data_comes_back_at_the_same_address(tmp_path: Path) -> None:
    """Every user looks after it, so nobody has to be told another address."""
    with start_or_join(tmp_path, watch=0.05) as address:
        put(address, "lost")
        os.kill(server_pid(tmp_path), signal.SIGKILL)
        shutil.rmtree(tmp_path / "queue" / "data")

        until(lambda: answers(address))
        assert got(address) is None


def test_a_server_that_hangs_is_replaced(tmp_path: Path) -> None:
    """After `patience` without an answer."""
    with start_or_join(tmp_path, watch=0.05, patience=0.2) as address:
        pid = server_pid(tmp_path)
        os.kill(pid, signal.SIGSTOP)

        until(lambda: server_pid(tmp_path) not in (pid, 0) and answers(address))


def test_a_file_that_cannot_be_read_is_set_aside(tmp_path: Path) -> None:
    """Nothing depends on it, so the service starts all the same, and keeps the file for who wants to look."""
    with start_or_join(tmp_path) as address:
        put(address, "lost")
    (file,) = (tmp_path / "queue" / "data" / "appendonlydir").glob("*.incr.aof")
    file.write_bytes(b"this is no command\r\n" + file.read_bytes())

    with start_or_join(tmp_path) as address:
        assert got(address) is None
    assert (tmp_path / "queue" / "data.unreadable" / "appendonlydir" / file.name).exists()


def test_a_file_that_breaks_off_is_read_up_to_there(tmp_path: Path) -> None:
    """A power cut loses at most the last second."""
    with start_or_join(tmp_path) as address:
        put(address, "kept")
    (file,) = (tmp_path / "queue" / "data" / "appendonlydir").glob("*.incr.aof")
    file.write_bytes(file.read_bytes() + b"*3\r\n$3\r\nSET\r\n$4\r\nke")

    with start_or_join(tmp_path) as address:
        assert got(address) == b"kept"


def test_a_long_path_gets_a_socket_in_a_short_private_folder(tmp_path: Path) -> None:
    """A socket's path takes about 100 bytes; the folder is gone at the end."""
    data_dir = tmp_path / ("long " * 25) / "data"

    with start_or_join(data_dir) as first, start_or_join(data_dir) as second:
        folder = Path(json.loads((data_dir / "queue" / "lock").read_text())["socket"]).parent
        assert answers(second)
        assert first.url == second.url
        assert folder.stat().st_mode & 0o777 == 0o700

    assert not folder.exists()
    with start_or_join(data_dir) as again:
        assert again.url == first.url


def test_a_copied_data_folder_has_a_server_of_its_own(tmp_path: Path) -> None:
    """Its lock file still tells of the first folder's server."""
    with start_or_join(tmp_path / "first") as first:
        put(first, "first")
        shutil.copytree(tmp_path / "first", tmp_path / "copy", ignore=shutil.ignore_patterns("*.sock"))

        with start_or_join(tmp_path / "copy") as copy:
            put(copy, "copy")
            assert got(first) == b"first"
        assert got(first) == b"first"


def test_an_operators_server_is_used_as_it_is(tmp_path: Path) -> None:
    """Nothing is started, and nothing is stopped."""
    with start_or_join(tmp_path / "theirs") as theirs:
        with start_or_join(tmp_path / "ours", theirs.url) as ours:
            assert answers(ours)

        assert answers(theirs)
        assert not (tmp_path / "ours").exists()


def test_a_server_that_cannot_start_is_an_error_with_its_cause(tmp_path: Path) -> None:
    """B141 repeats what stands in the way."""
    (tmp_path / "queue").mkdir()
    (tmp_path / "queue" / "data").write_text("a file where a folder has to be")

    with pytest.raises(SettingsError, match="queue/data") as refused:
        start_or_join(tmp_path)

    assert refused.value.code == "B141"
