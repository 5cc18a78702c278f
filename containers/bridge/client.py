"""The side of the bridge in the container: stands in for a program of the host.

    python3 -IS client.py FOLDER PROGRAM [ARGUMENT ...]

FOLDER is the bridge's, with its socket; links named sbatch and so on call this. Input and output,
signals and the exit status are those of the program, as if it ran here.
"""

import array
import contextlib
import os
import signal
import socket
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from bridge import protocol

PASSED_ON = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGCONT", "SIGWINCH")


class Broken(Exception):
    """The host side is not there, or does not answer."""


def main(folder, program, arguments):
    """Run the program on the host; the exit status."""
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    files = standard_files()
    if program in ("sbatch", "srun"):
        from bridge import in_image

        launch = in_image.launch_command(folder)
        arguments, files[0] = in_image.rewritten(program, arguments, files[0], launch)
    try:
        connection = connect(os.path.join(folder, "socket"))
        send(connection, request(folder, program, arguments), files)
        return result(connection, program)
    except Broken as error:
        print(f"{program}: {error}", file=sys.stderr)
        return protocol.BROKEN


def standard_files():
    """Input, output and error; nothing, where they are closed."""
    files = [0, 1, 2]
    for number in files:
        try:
            os.fstat(number)
        except OSError:
            # The lowest free number is the one that is missing.
            os.open(os.devnull, os.O_RDWR)
    return files


def request(folder, program, arguments):
    """What the host is asked to do."""
    before = os.umask(0)
    os.umask(before)
    try:
        cwd = os.getcwd()
    except OSError as error:
        raise Broken(f"the working folder is gone: {error.strerror}") from None
    with open(os.path.join(folder, "carried")) as file:
        more = file.read().split()
    return {
        "program": program,
        "arguments": arguments,
        "cwd": cwd,
        "umask": before,
        "environment": protocol.carried(os.environ, more),
    }


def connect(path):
    """A connection to the host side. Raises Broken, at once, where nobody listens."""
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(protocol.ANSWER_S)
    try:
        connection.connect(path)
    except OSError as error:
        raise Broken(
            f"the bridge to the host does not answer ({path}: {error}). It ends with the program "
            "that started this container, containers/run or containers/exec"
        ) from None
    return connection


def send(connection, message, files):
    """The request, with the open files beside its first byte."""
    data = protocol.packed(message)
    if len(data) > protocol.MAX_REQUEST:
        raise Broken(f"arguments and variables of {len(data)} bytes are too long")
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", files))]
    try:
        done = connection.sendmsg([data], rights)
        connection.sendall(data[done:])
    except OSError as error:
        # A refusal may have come before all was sent.
        if not isinstance(error, (BrokenPipeError, ConnectionResetError)):
            raise Broken(f"the bridge to the host does not answer: {error}") from None


def result(connection, program):
    """The program's exit status; where a signal ended it, the same signal ends this process."""
    first = next_message(connection)
    if "refused" in first:
        print("{}: the host refused: {}".format(program, first["refused"]), file=sys.stderr)
        return protocol.REFUSED
    # The program takes as long as it takes; a bridge that ends closes the connection.
    connection.settimeout(None)
    for name in PASSED_ON:
        if signal.getsignal(getattr(signal, name)) is not signal.SIG_IGN:
            signal.signal(getattr(signal, name), lambda number, _: pass_on(connection, number))
    last = next_message(connection)
    if "exit" in last:
        return last["exit"]
    # Nothing can be set for SIGKILL, and need not be.
    with contextlib.suppress(OSError):
        signal.signal(last["signal"], signal.SIG_DFL)
    os.kill(os.getpid(), last["signal"])
    return 128 + last["signal"]


def pass_on(connection, number):
    """A signal to this process is one to the program."""
    # It may have just ended.
    with contextlib.suppress(OSError):
        connection.send(bytes([number]))


def next_message(connection):
    """What the host side says next. Raises Broken where it says nothing more."""
    try:
        message = protocol.receive(connection)
    except (OSError, ValueError) as error:
        raise Broken(f"the bridge to the host does not answer: {error}") from None
    if message is None:
        raise Broken("the bridge to the host ended while the command ran, which was ended, too")
    return message


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
