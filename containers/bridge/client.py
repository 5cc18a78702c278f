"""The container side of the bridge: it takes the place of a program of the host.

    python3 -IS client.py FOLDER PROGRAM [ARGUMENT ...]

FOLDER is the folder of the bridge, with its socket. Small scripts named sbatch, squeue and so on
call this program. Input, output, signals and exit status are those of the host program.
"""

# Only modules that load quickly: importing `socket`, `signal` and `json` takes longer than
# everything else together, for each command.
import _signal
import _socket
import array
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from bridge import protocol

PASSED_ON = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGCONT", "SIGWINCH")


NOT_RUN = "the host did not answer within {} s; the command was not run. Try again later"


class Broken(Exception):
    """The host side is not running or does not respond."""


def main(folder, program, arguments):
    """Run the program on the host and return its exit status."""
    if _signal.getsignal(_signal.SIGINT) != _signal.SIG_IGN:
        _signal.signal(_signal.SIGINT, _signal.SIG_DFL)
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
    """File descriptors of input, output and error; closed ones are replaced by /dev/null."""
    files = [0, 1, 2]
    for descriptor in files:
        try:
            os.fstat(descriptor)
        except OSError:
            # os.open uses the lowest free descriptor, which is the missing one.
            os.open(os.devnull, os.O_RDWR)
    return files


def request(folder, program, arguments):
    """The request to the host: program, folder, umask, arguments and variables."""
    before = os.umask(0)
    os.umask(before)
    try:
        cwd = os.getcwd()
    except OSError as error:
        raise Broken(f"the working folder does not exist any more: {error.strerror}") from None
    with open(os.path.join(folder, "carried"), encoding="utf-8", errors="surrogateescape") as file:
        additional_names = file.read().split()
    variables = protocol.carried(os.environ, additional_names).items()
    variables = [f"{name}={value}" for name, value in variables]
    return [program, cwd, f"{before:o}", len(arguments), *arguments, *variables]


def connect(path):
    """Connect to the host side. Raises Broken immediately if nothing listens."""
    deadline = time.monotonic() + protocol.WAIT_S
    connection = _socket.socket(_socket.AF_UNIX)
    connection.settimeout(protocol.WAIT_S)
    while True:
        try:
            connection.connect(path)
            return connection
        except BlockingIOError:
            # The queue of the socket is full: more than a hundred other commands wait, too.
            if time.monotonic() > deadline:
                raise Broken(NOT_RUN.format(protocol.WAIT_S)) from None
            time.sleep(0.05)
        except OSError as error:
            raise Broken(
                f"the bridge to the host does not respond ({path}: {error}). It ends with the "
                "program that started this container, containers/run or containers/exec"
            ) from None


def send(connection, message, files):
    """Send the request, with the open files attached to its first byte."""
    data = protocol.packed(*message)
    if len(data) > protocol.MAX_REQUEST:
        raise Broken(f"arguments and variables of {len(data)} bytes are too long")
    rights = [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, array.array("i", files))]
    try:
        done = connection.sendmsg([data], rights)
        connection.sendall(data[done:])
    except OSError as error:
        # The host may have refused the request before all of it was sent.
        if not isinstance(error, (BrokenPipeError, ConnectionResetError)):
            raise Broken(f"the bridge to the host does not respond: {error}") from None


def result(connection, program):
    """Exit status of the program. If a signal ended it, the same signal ends this process."""
    kind, *values = next_message(connection, "it was not run")
    if kind == "ready":
        # The program may run for any time. If the bridge ends, the connection is closed.
        connection.settimeout(None)
        start_with_signals(connection)
        kind, *values = next_message(connection, "it was stopped")
    if kind == "refused":
        print(f"{program}: the host refused: {values[0]}", file=sys.stderr)
        return protocol.REFUSED
    number = int(values[0])
    if kind == "exit":
        return number
    try:
        _signal.signal(number, _signal.SIG_DFL)
    except OSError:
        pass  # SIGKILL has no handler
    os.kill(os.getpid(), number)
    return 128 + number


def start_with_signals(connection):
    """Let the program start. From now on every signal goes to it; before, a signal ends the client
    and nothing runs."""
    numbers = [getattr(_signal, name) for name in PASSED_ON]
    numbers = [n for n in numbers if _signal.getsignal(n) != _signal.SIG_IGN]
    _signal.pthread_sigmask(_signal.SIG_BLOCK, numbers)
    pass_on(connection, protocol.GO[0])  # no signal has this number
    for number in numbers:
        _signal.signal(number, lambda number, _: pass_on(connection, number))
    _signal.pthread_sigmask(_signal.SIG_UNBLOCK, numbers)


def pass_on(connection, number):
    """Forward a signal to the program."""
    try:
        connection.send(bytes([number]))
    except OSError:
        pass  # the program has just ended


def next_message(connection, consequence):
    """The next message of the host side. Raises Broken if there is none.

    `consequence` says what this means for the command.
    """
    try:
        message = protocol.receive(connection)
    except _socket.timeout:
        raise Broken(NOT_RUN.format(protocol.WAIT_S)) from None
    except (OSError, ValueError) as error:
        raise Broken(f"the bridge to the host does not respond: {error}; {consequence}") from None
    if message is None:
        raise Broken(f"the bridge to the host ended while the command waited or ran; {consequence}")
    return message


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
