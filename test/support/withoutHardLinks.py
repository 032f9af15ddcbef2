"""Runs a program for which hard links fail: the kernel itself answers with the given error, by a seccomp filter."""

import ctypes
import errno
import os
import platform
import struct
import sys

# link and linkat by the machine (asm/unistd.h); arm64 has no link.
CALLS = {"x86_64": (86, 265), "aarch64": (37,)}[platform.machine()]
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, SECCOMP_MODE_FILTER = 22, 38, 2
LOAD, EQUALS, RETURN = 0x20, 0x15, 0x06  # BPF_LD|BPF_W|BPF_ABS, BPF_JMP|BPF_JEQ|BPF_K, BPF_RET|BPF_K
ALLOW, FAIL = 0x7FFF0000, 0x00050000 | getattr(errno, sys.argv[1])

steps = [(LOAD, 0, 0, 0)]
steps += [(EQUALS, len(CALLS) - at, 0, call) for at, call in enumerate(CALLS)]
steps += [(RETURN, 0, 0, ALLOW), (RETURN, 0, 0, FAIL)]
code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))


class Filter(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_void_p)]


libc = ctypes.CDLL(None, use_errno=True)
program = Filter(len(steps), ctypes.addressof(code))
if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(
    PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program)
):
    raise OSError(ctypes.get_errno(), "no seccomp filter")
os.execvp(sys.argv[2], sys.argv[2:])
