#!/bin/sh
# Make the environment that the lock file describes: sh envs/setup.sh PYTHON FOLDER
set -eu
python=$1
folder=$2

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "$python is $("$python" --version 2>&1); this needs Python 3.11 or newer." >&2
  echo "Name another one: make PYTHON=python3.12 ..." >&2
  exit 1
}
if [ ! -x "$folder/bin/python" ]; then
  "$python" -m venv "$folder" || {
    rm -rf "$folder"
    echo "Python's venv module is missing; on Debian and Ubuntu: apt-get install python3-venv" >&2
    exit 1
  }
fi
echo "Installing what envs/lock.txt lists into $folder (some gigabytes with PyTorch's CUDA files) ..."
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r envs/uv.txt
# The lock is complete and was resolved with overrides that the packages' own limits would refuse.
"$folder/bin/uv" pip install --python "$folder/bin/python" --require-hashes --no-deps -r envs/lock.txt
# Compiled once here, or every job of every run would compile them again for itself.
"$folder/bin/python" -m compileall -q -j 0 "$folder/lib" >/dev/null 2>&1 || true

# MediaPipe's library is linked to these two, although it draws nothing.
if [ "$(uname -s)" = Linux ]; then
  "$folder/bin/python" - <<'PY' || exit 1
import ctypes, sys
missing = []
for name in ("libEGL.so.1", "libGLESv2.so.2"):
    try:
        ctypes.CDLL(name)
    except OSError:
        missing.append(name)
if missing:
    print("MediaPipe needs", " and ".join(missing), "of the system. On Debian and Ubuntu:", file=sys.stderr)
    print("    sudo apt-get install libegl1 libgles2", file=sys.stderr)
    print("On Fedora and the like: libglvnd-egl libglvnd-gles. Then run make again.", file=sys.stderr)
    sys.exit(1)
PY
fi
touch "$folder/ready"
