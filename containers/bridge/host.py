"""The host side of the bridge: runs selected programs for a container, as the same user.

Each connection is handled in its own process, so requests do not wait for each other, and a failing
one does not affect the others. No shell is involved: program, arguments and folder are passed to
the system unchanged.

This is not a sandbox, because whoever can submit jobs can run anything as this user. It keeps out
other users, and limits mistakes in a container to the listed programs.
"""

import array
import contextlib
import os
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time

from . import protocol

MAX_COMMANDS = 256
"""Maximum number of commands at the same time; others wait."""

CHECK_S = 0.2
"""Seconds between checks whether the container still runs."""

FORK_S = 60
"""Seconds for which a request waits if the machine cannot start another process."""

GRACE_S = 5
"""Seconds that a command has to end after its client disconnected."""


class Refused(Exception):
    """A rejected request, with the reason."""


def listen(path):
    """Create a socket that only this user can open."""
    listener = socket.socket(socket.AF_UNIX)
    # The umask is restored afterwards, because submitted jobs inherit it.
    before = os.umask(0o177)
    try:
        listener.bind(path)
    finally:
        os.umask(before)
    listener.listen(128)
    return listener


def find_programs(names=protocol.PROGRAMS):
    """Paths of the allowed programs that this machine has, by name."""
    paths = {name: shutil.which(name) for name in names}
    return {name: path for name, path in paths.items() if path}


def serve(listener, programs, additional_names=(), parent=None):
    """Answer requests until the parent process ends or SIGTERM arrives.

    The caller gives the id of the parent, which may have ended before this function starts.
    """
    parent = parent or os.getppid()
    running = set()
    # Use handlers instead of SIG_IGN, which commands would inherit. An interrupt is meant for the
    # container; its Snakemake then cancels its jobs through this bridge.
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, lambda *_: None)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    waiting = since = None
    while os.getppid() == parent:
        running -= {pid for pid in running if os.waitpid(pid, os.WNOHANG)[0]}
        if waiting is None:
            waiting, since = next_connection(listener, len(running)), time.monotonic()
            if waiting is None:
                continue
        try:
            pid = os.fork()
        except OSError as error:
            # Nothing has started yet, so the request can wait for others to end.
            if time.monotonic() - since > FORK_S:
                reject(waiting, f"no process can be started on the host ({error.strerror})")
                waiting = None
            time.sleep(CHECK_S)
            continue
        if not pid:
            listener.close()
            # This process must never return to the code of the caller.
            try:
                handle(waiting, programs, additional_names)
            except BaseException as error:
                log(f"failed: {error!r}")
            finally:
                os._exit(0)
        waiting.close()
        running.add(pid)
        waiting = None


def next_connection(listener, n_running):
    """The next connection, or None if none arrives soon or there are too many commands."""
    if not select.select([listener] if n_running < MAX_COMMANDS else [], [], [], CHECK_S)[0]:
        return None
    try:
        return listener.accept()[0]
    except OSError as error:
        # For example too many open files. The client waits in the queue of the socket.
        log(f"cannot accept a request yet: {error.strerror}")
        time.sleep(CHECK_S)
        return None


def reject(connection, reason):
    """Refuse a request that was not read, without waiting long for its client."""
    log(f"refused: {reason}")
    answer(connection, "refused", reason)
    connection.settimeout(CHECK_S)
    drain(connection)
    connection.close()


def handle(connection, programs, additional_names=()):
    """Handle one request from start to end."""
    main = os.getppid()
    reader, writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(writer)
    connection.settimeout(protocol.ANSWER_S)
    try:
        check_user(connection)
        request, files = receive(connection)
        command, settings, umask = checked(request, files, programs, additional_names)
        if not client_says_go(connection):
            return
        os.umask(umask)
        process = start(command, settings, files)
    except Refused as refusal:
        log(f"refused: {refusal}")
        answer(connection, "refused", refusal)
        drain(connection)
        return
    for file in files:
        os.close(file)
    with contextlib.suppress(OSError):  # the client has disconnected
        wait(process, connection, reader, main)
    code = process.poll()
    if code is None:
        # A client that still runs notices the end of the connection.
        end(process)
    else:
        answer(connection, "exit" if code >= 0 else "signal", abs(code))


def client_says_go(connection):
    """Whether the client still waits for its command. If not, the command must not run."""
    answer(connection, "ready")
    try:
        return connection.recv(1) == protocol.GO
    except OSError:
        return False


def check_user(connection):
    """Reject other users, even if the permissions of the socket were changed."""
    size = struct.calcsize("3i")
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
    _, user, _ = struct.unpack("3i", credentials)
    if user != os.getuid():
        raise Refused(f"this bridge does not serve user {user}")


def receive(connection):
    """Receive a request and the open files attached to it."""
    files = array.array("i")
    try:
        space = socket.CMSG_SPACE(8 * files.itemsize)
        first, extra, _, _ = connection.recvmsg(4, space, socket.MSG_CMSG_CLOEXEC)
        for level, kind, data in extra:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                files.frombytes(data[: len(data) - len(data) % files.itemsize])
        request = protocol.receive(connection, first)
    except socket.timeout:  # noqa: UP041 - the same only since Python 3.10
        raise Refused(f"no complete request within {protocol.ANSWER_S} s") from None
    except ValueError as error:
        raise Refused(f"unreadable request: {error}") from None
    if request is None:
        raise Refused("incomplete request")
    return request, list(files)


def checked(request, files, programs, additional_names=()):
    """Command line, working folder with environment, and umask of a request. Raises Refused."""
    try:
        program, cwd, umask, count, *fields = request
        umask, count = int(umask, 8), int(count)
        arguments, variables = fields[:count], fields[count:]
        environment = dict(variable.split("=", 1) for variable in variables)
    except ValueError:
        raise Refused("a request has a program, a folder, a umask, arguments, variables") from None
    if not 0 <= count <= len(fields) or not 0 <= umask <= 0o777:
        raise Refused("invalid number of arguments or umask")
    if program not in programs:
        raise Refused(f"{program!r} is not one of: {' '.join(sorted(programs))}")
    if not os.path.isabs(cwd) or not os.path.isdir(cwd):
        raise Refused(
            f"folder {cwd!r} does not exist on the host. Commands can run only in folders that "
            "have the same path inside and outside: add it to `binds` in the site file"
        )
    unknown = [name for name in environment if not protocol.is_carried(name, additional_names)]
    if unknown:
        raise Refused("the bridge does not pass on the variable {}".format(", ".join(unknown)))
    if len(files) != 3:
        raise Refused(f"{len(files)} open files instead of input, output and error")
    host_variables = {
        name: value
        for name, value in os.environ.items()
        if not protocol.is_carried(name, additional_names)
    }
    settings = {"cwd": cwd, "env": dict(host_variables, **environment)}
    return [programs[program], *arguments], settings, umask


def start(command, settings, files):
    """Start the command in its own session, so that signals reach all its children."""
    stdin, stdout, stderr = files
    try:
        return subprocess.Popen(
            command, stdin=stdin, stdout=stdout, stderr=stderr, start_new_session=True, **settings
        )
    except OSError as error:
        raise Refused(f"{command[0]}: {error.strerror}") from None


def wait(process, connection, reader, main):
    """Forward signals until the command ends, the client disconnects, or the bridge ends."""
    while process.poll() is None and os.getppid() == main:
        ready = select.select([connection, reader], [], [], CHECK_S)[0]
        if reader in ready:
            os.read(reader, 4096)
        if connection in ready:
            numbers = connection.recv(64)
            if not numbers:
                return
            for number in numbers:
                os.killpg(process.pid, number)


def end(process):
    """Stop a running command and everything it started."""
    deadline = time.monotonic() + GRACE_S
    number = signal.SIGTERM
    while process.poll() is None:
        os.killpg(process.pid, number)
        while process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        number = signal.SIGKILL


def answer(connection, *message):
    """Send a message to the client, which may have disconnected."""
    with contextlib.suppress(OSError):
        connection.sendall(protocol.packed(*message))


def drain(connection):
    """Read the rest of a rejected request; otherwise the answer would be lost."""
    try:
        connection.shutdown(socket.SHUT_WR)
        deadline = time.monotonic() + protocol.ANSWER_S
        while connection.recv(1 << 16) and time.monotonic() < deadline:
            pass
    except OSError:
        pass


def log(text):
    """Write a line to the standard error of the launcher."""
    # A single write keeps lines of several processes apart. Other characters are escaped.
    line = text.encode("unicode_escape", "backslashreplace")
    os.write(2, b"bridge: " + line + b"\n")
