"""The bridge, which runs commands of the host for a container."""

import array
import os
import signal
import socket
import stat
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import bridge_commands
from bridge import protocol
from bridge_commands import ON_LINUX, Bridge

pytestmark = ON_LINUX

SHOW = r"""
case "$1" in
    arguments) shift; printf '%s\0' "$@" ;;
    where) pwd -P; exit 0 ;;
    environment) env -0 ;;
    umask) umask ;;
    status) exit "$2" ;;
    die) kill -"$2" $$ ;;
    cat) cat ;;
    both) echo out; echo err >&2 ;;
    big) head -c "$2" /dev/zero ;;
    line) read -r line; echo "$line" ;;
    touch) touch "$2" ;;
    sleep) touch "$2"; exec sleep 300 ;;
    wait) exec python3 -c "
import os, signal, sys
signal.signal(signal.SIGUSR1, lambda *_: os.write(1, b'got USR1\n'))
signal.signal(signal.SIGINT, lambda *_: (os.write(1, b'got INT\n'), sys.exit(5)))
open(sys.argv[1], 'w')
while True: signal.pause()" "$2" ;;
    stubborn) trap '' TERM; touch "$2"; for _ in $(seq 3000); do sleep 0.02; done ;;
    slow) echo one; sleep 1; echo two ;;
    tty) test -t 0 && test -t 1 && stty size ;;
    pid) echo $$ ;;
esac
"""


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bridge]:
    # The path of a socket may have at most 107 bytes, and the folders of pytest are long.
    folder = tmp_path_factory.mktemp("b")
    programs = {name: SHOW for name in ("squeue", "scancel", "sinfo", "apptainer")}
    with Bridge(folder / "b", programs, SLURM_FROM_HOST="yes", APPTAINER_BIND="/host") as bridge:
        yield bridge


def until(happened, timeout_s: float = 10) -> None:
    end = time.monotonic() + timeout_s
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.02)


def running(bridge: Bridge, text: str) -> list[str]:
    """Command lines of running processes that contain `text`, without those of the client."""
    command_lines = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            line = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if text in line and "client.py" not in line:
            command_lines.append(line)
    return command_lines


@pytest.mark.parametrize("status", [0, 1, 7, 42, 126, 255])
def test_client_returns_exit_status_of_command(bridge: Bridge, status: int) -> None:
    assert bridge.run("squeue", "status", str(status)).returncode == status


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL, signal.SIGSEGV])
def test_client_ends_by_same_signal_as_command(bridge: Bridge, number: int) -> None:
    assert bridge.run("squeue", "die", str(int(number))).returncode == -number


def test_arguments_arrive_unchanged(bridge: Bridge) -> None:
    unusual = [
        "",
        " ",
        "a b",
        "$(touch /tmp/x)",
        "`id`",
        "'",
        '"',
        "\n",
        "ä",
        "*",
        "--",
        "\\",
        ";",
        "é\n",
    ]
    sent = [os.fsencode(text) for text in unusual] + [b"\xff\xfe bytes that are no text"]
    done = bridge.run("squeue", "arguments", *map(os.fsdecode, sent))
    assert done.stdout.split(b"\0")[:-1] == sent


def test_standard_output_and_error_stay_separate(bridge: Bridge) -> None:
    done = bridge.run("squeue", "both")
    assert (done.stdout, done.stderr) == (b"out\n", b"err\n")


def test_output_arrives_while_command_runs(bridge: Bridge) -> None:
    process = bridge.start("squeue", "slow")
    start = time.monotonic()
    assert process.stdout.readline() == b"one\n"
    # The first line arrived while the command was still running.
    assert process.poll() is None and time.monotonic() - start < 1
    assert process.stdout.read() == b"two\n"
    process.wait()


def test_binary_input_and_large_output_are_passed(bridge: Bridge, tmp_path: Path) -> None:
    content = os.urandom(5_000_000) + bytes(range(256))
    assert bridge.run("squeue", "cat", input=content).stdout == content
    with open(tmp_path / "out", "wb") as out:
        bridge.run("squeue", "big", "300000000", stdout=out, capture_output=False)
    assert (tmp_path / "out").stat().st_size == 300_000_000


def test_input_that_command_does_not_read_remains(bridge: Bridge) -> None:
    """So a loop such as `while read line; do squeue ...; done` reads all of its lines."""
    command = " ".join(f"'{word}'" for word in bridge.command("squeue", "line"))
    script = f"{command}; echo then; cat"
    done = subprocess.run(["sh", "-c", script], input=b"1\n2\n3\n", capture_output=True)
    assert done.stdout == b"1\nthen\n2\n3\n"


def test_closed_input_is_empty(bridge: Bridge) -> None:
    command = " ".join(f"'{word}'" for word in bridge.command("squeue", "cat"))
    done = subprocess.run(["sh", "-c", f"{command} <&-"], capture_output=True, timeout=20)
    assert (done.returncode, done.stdout) == (0, b"")


def test_command_uses_terminal_of_client(bridge: Bridge) -> None:
    import pty

    main, side = pty.openpty()
    process = bridge.start("squeue", "tty", stdin=side, stdout=side, stderr=side)
    assert process.wait(20) == 0
    assert os.read(main, 100).strip() == b"0 0"


@pytest.mark.fault("slurm", "shell characters in folder names at the bridge", "not run by a shell")
@pytest.mark.parametrize(
    "name",
    ["a b", "it's", 'a "b"', "a\nb", "$(touch pwned)", "`touch pwned`", "; touch pwned", "-n", "ä"],
)
def test_folder_names_are_not_run_by_a_shell(bridge: Bridge, tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    done = bridge.run("squeue", "where", cwd=folder)
    assert done.stdout == os.fsencode(folder) + b"\n"
    assert list(folder.iterdir()) == [] and [f.name for f in tmp_path.iterdir()] == [name]


def test_carried_variables_have_only_values_of_client(bridge: Bridge) -> None:
    variables = {
        "PATH": os.environ["PATH"], "SBATCH_ACCOUNT": "of\nmine", "SNAKEMAKE_X": "1", "EXTRA": "2",
        "UNNAMED": "3", "LD_PRELOAD": "/nothing", "APPTAINER_BIND": "/inside",
        "APPTAINER_CACHEDIR": "/cache", "APPTAINERENV_FOO": "bar",
    }  # fmt: skip
    variables.pop("LD_PRELOAD")
    done = bridge.run("squeue", "environment", env=variables)
    seen = dict(item.split("=", 1) for item in done.stdout.decode().split("\0") if "=" in item)
    assert (seen["SBATCH_ACCOUNT"], seen["SNAKEMAKE_X"], seen["EXTRA"]) == ("of\nmine", "1", "2")
    assert (seen["APPTAINER_CACHEDIR"], seen["APPTAINERENV_FOO"]) == ("/cache", "bar")
    # Other variables of the host stay, including the folders that images see. Carried variables
    # that the client does not set are not set.
    assert seen["HOST_ONLY"] == "yes" and seen["APPTAINER_BIND"] == "/host"
    assert "UNNAMED" not in seen and "SLURM_FROM_HOST" not in seen
    assert seen["PATH"].startswith(str(bridge.host_bin))


def test_command_has_umask_of_client(bridge: Bridge) -> None:
    """A submitted job inherits it, and it decides whether other users can read the results."""
    done = bridge.run("squeue", "umask", preexec_fn=lambda: os.umask(0o027))
    assert done.stdout == b"0027\n"


def test_fifty_requests_at_once(bridge: Bridge) -> None:
    start = time.monotonic()
    waiting = [bridge.start("squeue", "slow") for _ in range(25)]
    quick = [bridge.start("scancel", "arguments", str(n)) for n in range(25)]
    for number, process in enumerate(quick):
        assert process.communicate(timeout=60)[0] == b"%d\0" % number
    for process in waiting:
        assert process.communicate(timeout=60)[0] == b"one\ntwo\n"
    assert {p.returncode for p in waiting + quick} == {0}
    # In sequence they would take 25 seconds.
    assert time.monotonic() - start < 20


def test_signals_reach_command(bridge: Bridge, tmp_path: Path) -> None:
    started = tmp_path / "started"
    process = bridge.start("squeue", "wait", str(started))
    until(started.exists)
    process.send_signal(signal.SIGUSR1)
    assert process.stdout.readline() == b"got USR1\n"
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=20)[0] == b"got INT\n"
    assert process.returncode == 5


def test_interrupt_ends_command_and_client(bridge: Bridge, tmp_path: Path) -> None:
    started = tmp_path / "started"
    process = bridge.start("squeue", "sleep", str(started))
    until(started.exists)
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == -signal.SIGINT


@pytest.mark.fault("interruptions", "a client of the bridge is killed", "its command is stopped")
def test_command_is_stopped_when_client_is_killed(bridge: Bridge, tmp_path: Path) -> None:
    started = tmp_path / "started by a client"
    process = bridge.start("squeue", "stubborn", str(started))
    until(started.exists)
    assert running(bridge, str(started))
    process.kill()
    # The command ignores the first signal, SIGTERM.
    until(lambda: not running(bridge, str(started)), 15)


@pytest.mark.fault("interruptions", "the bridge is killed", "clients and commands end")
def test_clients_and_commands_end_soon_after_bridge_is_killed(tmp_path: Path) -> None:
    started = tmp_path / "started"
    with Bridge(tmp_path / "b", {"squeue": SHOW}) as bridge:
        process = bridge.start("squeue", "sleep", str(started))
        until(started.exists)
        bridge.process.kill()
        begin = time.monotonic()
        assert process.wait(10) == 125
        assert b"the bridge to the host ended" in process.stderr.read()
        done = bridge.run("squeue", "status", "0")
        assert done.returncode == 125 and b"does not respond" in done.stderr
        assert time.monotonic() - begin < 5
        until(lambda: not running(bridge, str(started)))


def test_bridge_ends_with_its_parent(tmp_path: Path) -> None:
    host_side = [sys.executable, bridge_commands.__file__, str(tmp_path / "b")]
    code = f"import subprocess, time; subprocess.Popen({host_side!r}); time.sleep(60)"
    (tmp_path / "b").mkdir()
    starter = subprocess.Popen([sys.executable, "-c", code])
    until((tmp_path / "b" / "ready").exists, 20)
    starter.kill()
    starter.wait()
    until(lambda: not running(None, str(tmp_path / "b")))


def test_bridge_ends_if_its_parent_ended_before_it_started(tmp_path: Path) -> None:
    """A short command may be over before the bridge has asked for the id of its parent."""
    ended = subprocess.Popen(["true"])
    ended.wait()
    code = (
        f"import sys; sys.path.insert(0, {str(bridge_commands.CONTAINERS)!r})\n"
        "from bridge import host\n"
        f"host.serve(host.listen({str(tmp_path / 'socket')!r}), {{}}, (), {ended.pid})"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=20)


# ---- A busy host


@pytest.fixture
def own_bridge(tmp_path: Path) -> Iterator[Bridge]:
    """A bridge that a test may suspend."""
    with Bridge(tmp_path / "b", {"sbatch": SHOW, "squeue": SHOW}) as bridge:
        yield bridge
        bridge.resume()


def client_with_limits(bridge: Bridge, limits: str, *arguments: str) -> subprocess.Popen:
    """Start a client of squeue with other time limits."""
    code = (
        f"import sys; sys.path.insert(0, {str(bridge_commands.CONTAINERS)!r})\n"
        f"from bridge import client, protocol\n{limits}\n"
        f"sys.exit(client.main({str(bridge.folder)!r}, 'squeue', {list(arguments)!r}))"
    )
    return subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE)


@pytest.mark.fault(
    "slurm",
    "the host of the image answers a command later than within 15 seconds",
    "the client waits, and the command runs once",
)
def test_client_waits_for_a_busy_host(own_bridge: Bridge, tmp_path: Path) -> None:
    own_bridge.stop()
    waiting = client_with_limits(own_bridge, "protocol.ANSWER_S = 0.1", "touch", f"{tmp_path}/ran")
    with pytest.raises(subprocess.TimeoutExpired):
        waiting.wait(1)
    own_bridge.resume()
    assert waiting.wait(20) == 0 and (tmp_path / "ran").exists()


@pytest.mark.fault(
    "slurm",
    "a client stops waiting before the busy host starts its command",
    "the command never runs, so that no job is submitted twice",
)
@pytest.mark.parametrize("end", ["gives up", "is interrupted"])
def test_command_of_a_client_that_stopped_waiting_is_not_run(
    own_bridge: Bridge, tmp_path: Path, end: str
) -> None:
    own_bridge.stop()
    limit = 0.3 if end == "gives up" else 600
    client = client_with_limits(
        own_bridge, f"protocol.WAIT_S = {limit}", "touch", f"{tmp_path}/ran"
    )
    if end == "gives up":
        assert client.wait(20) == 125
        message = b"the host did not answer within 0.3 s; the command was not run. Try again later"
        assert message in client.stderr.readline()
    else:
        until(lambda: waiting_clients(own_bridge) == 1)
        client.send_signal(signal.SIGINT)
        assert client.wait(20) == -signal.SIGINT
    own_bridge.resume()
    # Requests are answered in order, so the first one was answered before this one.
    assert own_bridge.run("squeue", "status", "0").returncode == 0
    until(lambda: not running(own_bridge, f"{tmp_path}/ran"))
    assert not (tmp_path / "ran").exists()


def waiting_clients(bridge: Bridge) -> int:
    """Number of connections to the socket of the bridge that it has not accepted."""
    lines = Path("/proc/net/unix").read_text().splitlines()
    path = str(bridge.folder / "socket")
    return sum(line.endswith(path) and line.split()[5] == "02" for line in lines)


@pytest.mark.fault(
    "slurm",
    "more commands at once than the socket of the bridge can queue",
    "all of them run",
)
def test_more_clients_than_the_queue_of_the_socket_holds(own_bridge: Bridge) -> None:
    own_bridge.stop()
    connections = []
    while True:
        connection = socket.socket(socket.AF_UNIX)
        connection.setblocking(False)
        connections.append(connection)
        try:
            connection.connect(str(own_bridge.folder / "socket"))
        except BlockingIOError:
            break
    client = own_bridge.start("squeue", "status", "3")
    with pytest.raises(subprocess.TimeoutExpired):
        client.wait(0.5)
    for connection in connections:
        connection.close()
    own_bridge.resume()
    assert client.wait(30) == 3


@pytest.mark.fault(
    "slurm",
    "the host of the image cannot start another process for a moment (EAGAIN)",
    "the bridge goes on and the command runs",
)
def test_bridge_survives_forks_that_fail_for_a_moment(tmp_path: Path) -> None:
    with Bridge(tmp_path / "b", {"squeue": SHOW}, FAILING_FORKS="3") as bridge:
        assert bridge.run("squeue", "status", "4").returncode == 4


@pytest.mark.fault(
    "slurm",
    "the host of the image cannot start another process for a minute",
    "the command is refused with the reason, and later ones run",
)
def test_request_is_refused_if_no_process_can_be_started(tmp_path: Path) -> None:
    limits = {"FAILING_FORKS": "2", "FORK_S": "0.1"}
    with Bridge(tmp_path / "b", {"squeue": SHOW}, **limits) as bridge:
        done = bridge.run("squeue", "touch", f"{tmp_path}/ran")
        assert done.returncode == 126
        reason = b"the host refused: no process can be started on the host (Resource temporarily un"
        assert reason in done.stderr and not (tmp_path / "ran").exists()
        assert bridge.run("squeue", "status", "0").returncode == 0


# ---- Refused requests


def refused(bridge: Bridge, fields: list, files: int = 3, raw: bytes | None = None) -> str:
    """Send a request that no client would send; return the reason of refusal, or "not refused"."""
    data = protocol.packed(*fields) if raw is None else raw
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(30)
        connection.connect(str(bridge.folder / "socket"))
        rights = array.array("i", [0, 1, 2, 0][:files])
        sent = connection.sendmsg(
            [data], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)] if files else []
        )
        connection.sendall(data[sent:])
        if raw is not None:
            connection.shutdown(socket.SHUT_WR)
        answer = protocol.receive(connection)
        if answer == ["ready"]:
            connection.send(protocol.GO)
            connection.recv(100)  # until the command has ended
    return answer[1] if answer[0] == "refused" else "not refused"


def valid(tmp_path: Path, **changes: object) -> list:
    """A request that creates a file when it runs, with some fields changed."""
    request = {
        "program": "squeue", "cwd": tmp_path, "umask": "22", "count": 2,
        "arguments": ["touch", tmp_path / "ran"], "environment": ["SLURM_X=1"],
    } | changes  # fmt: skip
    arguments, environment = request.pop("arguments"), request.pop("environment")
    return [*request.values(), *arguments, *environment]


@pytest.mark.fault("slurm", "invalid requests to the bridge", "refused and not run")
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"program": "bash"}, "'bash' is not one of: apptainer"),
        ({"program": "/usr/bin/touch"}, "'/usr/bin/touch' is not one of"),
        ({"program": "../squeue"}, "is not one of"),
        ({"program": ""}, "is not one of"),
        ({"count": "two"}, "a request has a program"),
        ({"count": -1}, "invalid number of arguments or umask"),
        ({"count": 9}, "invalid number of arguments or umask"),
        ({"cwd": "/no/such/folder"}, "folder '/no/such/folder' does not exist on the host"),
        ({"cwd": "."}, "folder '.' does not exist on the host"),
        ({"cwd": "/etc/passwd"}, "folder '/etc/passwd' does not exist on the host"),
        ({"cwd": "/\n`touch ran`"}, "folder '/\\n`touch ran`' does not exist on the host"),
        ({"environment": ["LD_PRELOAD=/x.so"]}, "does not pass on the variable LD_PRELOAD"),
        ({"environment": ["PATH=/x"]}, "does not pass on the variable PATH"),
        ({"environment": ["APPTAINER_BIND=/"]}, "does not pass on the variable APPTAINER_BIND"),
        ({"environment": ["SLURM_X"]}, "a request has a program"),
        ({"umask": "rwx"}, "a request has a program"),
        ({"umask": "7777"}, "invalid number of arguments or umask"),
    ],
)
def test_invalid_request_is_refused_and_not_run(
    bridge: Bridge, tmp_path: Path, changes: dict, reason: str
) -> None:
    before = len(bridge.log.read_text())
    answer = refused(bridge, valid(tmp_path, **changes))
    assert reason in answer
    logged = bridge.log.read_text()[before:]
    assert logged.startswith("bridge: refused: ") and logged.count("\n") == 1
    assert not (tmp_path / "ran").exists()


def test_valid_request_is_run(bridge: Bridge, tmp_path: Path) -> None:
    """Shows that the test above fails for the reason it gives."""
    assert refused(bridge, valid(tmp_path)) == "not refused"
    until((tmp_path / "ran").exists)


@pytest.mark.parametrize("files", [0, 2, 4])
def test_request_without_three_open_files_is_refused(
    bridge: Bridge, tmp_path: Path, files: int
) -> None:
    assert "open files" in refused(bridge, valid(tmp_path), files)
    assert not (tmp_path / "ran").exists()


@pytest.mark.fault("slurm", "too long and malformed requests to the bridge", "refused")
@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (struct.pack("!I", 1 << 30) + b"x" * 100_000, "1073741824 bytes, the limit is 8388608"),
        (struct.pack("!I", 5) + b"hello", "unreadable request"),
        (struct.pack("!I", 6) + b"hello\0", "a request has a program"),
        (struct.pack("!I", 0), "unreadable request"),
        (struct.pack("!I", 500) + b"short", "incomplete request"),
        (b"\0\0", "incomplete request"),
    ],
)
def test_too_long_and_malformed_requests_are_refused(
    bridge: Bridge, raw: bytes, reason: str
) -> None:
    assert reason in refused(bridge, [], raw=raw)
    assert bridge.run("squeue", "status", "3").returncode == 3


@pytest.mark.fault("slurm", "a connection to the bridge sends nothing", "others are answered")
def test_connection_without_request_does_not_delay_others(bridge: Bridge) -> None:
    with socket.socket(socket.AF_UNIX) as idle:
        idle.connect(str(bridge.folder / "socket"))
        assert bridge.run("squeue", "status", "3").returncode == 3


def test_client_prints_reason_of_refusal(bridge: Bridge, tmp_path: Path) -> None:
    (bridge.folder / "bin" / "bash").write_text(
        (bridge.folder / "bin" / "squeue").read_text().replace(" squeue ", " bash ")
    )
    (bridge.folder / "bin" / "bash").chmod(0o755)
    done = bridge.run("bash", "-c", f"touch {tmp_path}/ran")
    assert done.returncode == 126 and b"the host refused: 'bash' is not one of" in done.stderr
    assert not (tmp_path / "ran").exists()


def test_only_this_user_can_open_socket(bridge: Bridge) -> None:
    mode = (bridge.folder / "socket").stat().st_mode
    assert stat.S_ISSOCK(mode) and stat.S_IMODE(mode) == 0o600


@pytest.mark.fault("privacy", "another user connects to the bridge", "refused")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_other_user_is_refused_even_if_socket_is_open_to_all(
    bridge: Bridge, tmp_path: Path
) -> None:
    folder = bridge.folder
    opened = [folder, *folder.parents][: len(folder.parts) - 1]
    modes = {path: path.stat().st_mode for path in opened}
    code = (
        "import os, socket, sys; os.setgid(65534); os.setuid(65534)\n"
        "s = socket.socket(socket.AF_UNIX)\n"
        "try: s.connect(sys.argv[1])\n"
        "except PermissionError: print('closed'); sys.exit()\n"
        "print(s.recv(9999)[4:].split(bytes(1))[1].decode())\n"
    )

    def answer_to_other_user() -> str:
        command = [sys.executable, "-ISc", code, str(folder / "socket")]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    try:
        assert answer_to_other_user() == "closed\n"
        for path in opened:
            path.chmod(path.stat().st_mode | 0o005)
        (folder / "socket").chmod(0o666)
        assert answer_to_other_user() == "this bridge does not serve user 65534\n"
        assert "user 65534" in bridge.log.read_text()
    finally:
        (folder / "socket").chmod(0o600)
        for path, mode in modes.items():
            path.chmod(mode)


def test_sixty_parallel_requests_are_all_answered(bridge: Bridge) -> None:
    answers: list[int] = []

    def ask() -> None:
        answers.append(bridge.run("sinfo", "status", "9").returncode)

    threads = [threading.Thread(target=ask) for _ in range(60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [9] * 60


# Defects of earlier bridges, see the comparison in containers/README.md


def test_request_does_not_wait_for_another(bridge: Bridge, tmp_path: Path) -> None:
    started = tmp_path / "started"
    long = bridge.start("squeue", "sleep", str(started))
    until(started.exists)
    assert bridge.run("squeue", "status", "0", timeout=10).returncode == 0
    assert long.poll() is None
    long.kill()


def test_command_cannot_read_other_requests(bridge: Bridge, tmp_path: Path) -> None:
    first = bridge.start("squeue", "cat", stdin=subprocess.PIPE)
    waiting = [bridge.start("squeue", "pid") for _ in range(5)]
    assert all(process.communicate(timeout=20)[0].strip().isdigit() for process in waiting)
    assert first.communicate(b"mine", timeout=20)[0] == b"mine"
