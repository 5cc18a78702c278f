"""The host side of the bridge: runs a few programs for a container, as the same user.

Each connection is handled in a process of its own, so requests never wait for each other, and one
that fails takes no other with it. No shell is involved anywhere: program, arguments and folder are
passed to the system as they are.

This is no sandbox. Who may submit jobs may run anything as this user. It keeps other users out, and
a container's mistakes to the programs listed.
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

AT_ONCE = 256
"""Commands that run at a time; more wait until one ends."""

LOOK_S = 0.2
"""Seconds between looks whether the container is still there."""

GRACE_S = 5
"""Seconds that a command has to end after its client vanished."""


class Refused(Exception):
    """A request that is not carried out, with the reason."""


def listen(path):
    """A socket that nobody but this user can open."""
    listener = socket.socket(socket.AF_UNIX)
    # Only around the socket: jobs that are submitted inherit the umask of whoever submits.
    before = os.umask(0o177)
    try:
        listener.bind(path)
    finally:
        os.umask(before)
    listener.listen(128)
    return listener


def find_programs(names=protocol.PROGRAMS):
    """Those of the allowed programs that this machine has, with where they are."""
    found = {name: shutil.which(name) for name in names}
    return {name: path for name, path in found.items() if path}


def serve(listener, programs, more=()):
    """Answer requests until the process that started this one is gone, or a SIGTERM."""
    parent = os.getppid()
    at_work = set()
    # Handlers, not SIG_IGN, which the commands would inherit. An interrupt is for the container,
    # whose Snakemake then cancels its jobs with our help.
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, lambda *_: None)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    while os.getppid() == parent:
        at_work -= {pid for pid in at_work if os.waitpid(pid, os.WNOHANG)[0]}
        room = [listener] if len(at_work) < AT_ONCE else []
        if not select.select(room, [], [], LOOK_S)[0]:
            continue
        connection, _ = listener.accept()
        pid = os.fork()
        if not pid:
            listener.close()
            # Whatever happens, this process never returns to its caller's code.
            try:
                handle(connection, programs, more)
            except BaseException as error:
                log(f"failed: {error!r}")
            finally:
                os._exit(0)
        connection.close()
        at_work.add(pid)


def handle(connection, programs, more=()):
    """One request from beginning to end."""
    main = os.getppid()
    reader, writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(writer)
    connection.settimeout(protocol.ANSWER_S)
    try:
        check_user(connection)
        request, files = receive(connection)
        command, settings, umask = checked(request, files, programs, more)
        os.umask(umask)
        process = start(command, settings, files)
    except Refused as refusal:
        log(f"refused: {refusal}")
        answer(connection, "refused", refusal)
        drain(connection)
        return
    for file in files:
        os.close(file)
    try:
        answer(connection, "started")
        wait(process, connection, reader, main)
    except OSError:
        pass  # the client is gone
    code = process.poll()
    if code is None:
        # A client that is still there learns of it by the end of the connection.
        end(process)
    else:
        answer(connection, "exit" if code >= 0 else "signal", abs(code))


def check_user(connection):
    """Refuse anybody else, whatever the socket's permissions have become."""
    size = struct.calcsize("3i")
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
    _, user, _ = struct.unpack("3i", credentials)
    if user != os.getuid():
        raise Refused(f"user {user} is not the one that the bridge works for")


def receive(connection):
    """A request, and the open files that came with it."""
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
        raise Refused(f"no request that can be read: {error}") from None
    if request is None:
        raise Refused("the request broke off")
    return request, list(files)


def checked(request, files, programs, more=()):
    """Command line, working folder and environment for it, and its umask. Raises Refused."""
    try:
        program, cwd, umask, count, *rest = request
        umask, count = int(umask, 8), int(count)
        arguments, variables = rest[:count], rest[count:]
        environment = dict(variable.split("=", 1) for variable in variables)
    except ValueError:
        raise Refused("a request has a program, a folder, a umask, arguments, variables") from None
    if not 0 <= count <= len(rest) or not 0 <= umask <= 0o777:
        raise Refused("the number of arguments or the umask cannot be")
    if program not in programs:
        raise Refused(f"{program!r} is not among: {' '.join(sorted(programs))}")
    if not os.path.isabs(cwd) or not os.path.isdir(cwd):
        raise Refused(
            f"there is no folder {cwd!r} on the host. Only folders that have the same path inside "
            "and outside can be worked in: name it under `binds` in the site file"
        )
    strange = [name for name in environment if not protocol.is_carried(name, more)]
    if strange:
        raise Refused("the bridge carries no variable {}".format(", ".join(strange)))
    if len(files) != 3:
        raise Refused(f"{len(files)} open files instead of input, output and error")
    own = {n: v for n, v in os.environ.items() if not protocol.is_carried(n, more)}
    settings = {"cwd": cwd, "env": dict(own, **environment)}
    return [programs[program], *arguments], settings, umask


def start(command, settings, files):
    """The command at work, in a session of its own, so that a signal reaches all it starts."""
    stdin, stdout, stderr = files
    try:
        return subprocess.Popen(
            command, stdin=stdin, stdout=stdout, stderr=stderr, start_new_session=True, **settings
        )
    except OSError as error:
        raise Refused(f"{command[0]}: {error.strerror}") from None


def wait(process, connection, reader, main):
    """Pass signals on until the command ends, the client vanishes, or the bridge itself ends."""
    while process.poll() is None and os.getppid() == main:
        ready = select.select([connection, reader], [], [], LOOK_S)[0]
        if reader in ready:
            os.read(reader, 4096)
        if connection in ready:
            numbers = connection.recv(64)
            if not numbers:
                return
            for number in numbers:
                os.killpg(process.pid, number)


def end(process):
    """End a command that still runs, and everything that it started."""
    deadline = time.monotonic() + GRACE_S
    number = signal.SIGTERM
    while process.poll() is None:
        os.killpg(process.pid, number)
        while process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        number = signal.SIGKILL


def answer(connection, *message):
    """Tell the client; it may be gone."""
    with contextlib.suppress(OSError):
        connection.sendall(protocol.packed(*message))


def drain(connection):
    """Read what is left of a refused request: else the answer would be lost with it."""
    try:
        connection.shutdown(socket.SHUT_WR)
        deadline = time.monotonic() + protocol.ANSWER_S
        while connection.recv(1 << 16) and time.monotonic() < deadline:
            pass
    except OSError:
        pass


def log(text):
    """A line on the launcher's standard error."""
    # One write, so that lines of several processes do not mix; any text, in plain characters.
    line = text.encode("unicode_escape", "backslashreplace")
    os.write(2, b"bridge: " + line + b"\n")
