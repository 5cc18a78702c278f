"""Forbid a thread to open sockets: no connection, no look-up of an address.

The kernel enforces it (seccomp, Linux only), so it does not depend on what the thread runs or how
that is configured. It applies to the calling thread and to all threads and programs that this
thread starts later. Other threads of the process are not affected.
"""

import ctypes
import errno
import platform
import sys

_LIBC = ctypes.CDLL(None)

# Numbers from the kernel's headers: linux/audit.h and the system calls socket and seccomp.
_SYSTEM_CALLS = {"x86_64": (0xC000003E, 41, 317), "aarch64": (0xC00000B7, 198, 277)}
_PR_SET_NO_NEW_PRIVS = 38
_SET_MODE_FILTER = 1
_SPEC_ALLOW = 4
"""Keep the speed of the thread: before 5.16, a filter turns off speculative execution."""

# Instructions and results of a filter: linux/bpf_common.h, linux/seccomp.h.
_LOAD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _FAIL = 0x7FFF0000, 0x00050000 | errno.EACCES
_OFFSET_OF_NUMBER, _OFFSET_OF_ARCHITECTURE = 0, 4


class _Instruction(ctypes.Structure):
    _fields_ = [
        ("code", ctypes.c_ushort),
        ("if_true", ctypes.c_ubyte),
        ("if_false", ctypes.c_ubyte),
        ("value", ctypes.c_uint),
    ]


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.POINTER(_Instruction))]


def forbid_sockets() -> bool:
    """Let each later attempt of the calling thread to open a socket fail with EACCES.

    This holds for all families of addresses, because a look-up can also go to a service on the same
    machine. It cannot be undone. Returns whether it holds: False where the system has no such
    filter.
    """
    numbers = _SYSTEM_CALLS.get(platform.machine()) if sys.platform == "linux" else None
    if not numbers:
        return False
    architecture, socket_call, seccomp_call = numbers
    instructions = (_Instruction * 6)(
        (_LOAD, 0, 0, _OFFSET_OF_ARCHITECTURE),
        (_JUMP_IF_EQUAL, 0, 2, architecture),  # calls of another architecture fail
        (_LOAD, 0, 0, _OFFSET_OF_NUMBER),
        (_JUMP_IF_EQUAL, 0, 1, socket_call),
        (_RETURN, 0, 0, _FAIL),
        (_RETURN, 0, 0, _ALLOW),
    )
    program = ctypes.byref(_Program(len(instructions), instructions))
    # Required without root. It only means that programs cannot gain rights when they start.
    _LIBC.prctl(_PR_SET_NO_NEW_PRIVS, *map(ctypes.c_ulong, (1, 0, 0, 0)))
    call = tuple(map(ctypes.c_long, (seccomp_call, _SET_MODE_FILTER)))
    return any(
        _LIBC.syscall(*call, ctypes.c_long(flags), program) == 0 for flags in (_SPEC_ALLOW, 0)
    )
