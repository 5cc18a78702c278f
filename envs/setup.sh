#!/bin/sh
# Make the environment that the lock file describes: sh envs/setup.sh PYTHON FOLDER
set -eu
python=$1
folder=$2

# Packages of the system: installed where that is possible without asking, else asked for.
system_packages() {
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing $* ..."
    apt-get update -qq && apt-get install -qq -y --no-install-recommends "$@" >/dev/null && return
  fi
  echo "This needs packages of the system. On Debian and Ubuntu: sudo apt-get install $*" >&2
  return 1
}

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "$python is $("$python" --version 2>&1); this needs Python 3.11 or newer." >&2
  echo "Name another one: make PYTHON=python3.12 ..." >&2
  exit 1
}
if [ ! -x "$folder/bin/python" ]; then
  if ! "$python" -c 'import ensurepip' 2>/dev/null; then
    system_packages "$("$python" -c 'import sys; print("python3.%d-venv" % sys.version_info[1])')"
  fi
  "$python" -m venv "$folder" || { rm -rf "$folder"; exit 1; }
fi
echo "Installing what envs/lock.txt lists into $folder (some gigabytes with PyTorch's CUDA files) ..."
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r envs/uv.txt
# The lock is complete and was resolved with overrides that the packages' own limits would refuse.
"$folder/bin/uv" pip install --python "$folder/bin/python" --require-hashes --no-deps -r envs/lock.txt
# Compiled once here, or every job of every run would compile them again for itself.
"$folder/bin/python" -m compileall -q -j 0 "$folder/lib" >/dev/null 2>&1 || true

# MediaPipe's library is linked to these two, although it draws nothing.
if [ "$(uname -s)" = Linux ]; then
  loads="import ctypes; ctypes.CDLL('libEGL.so.1'), ctypes.CDLL('libGLESv2.so.2')"
  "$folder/bin/python" -c "$loads" 2>/dev/null || system_packages libegl1 libgles2 || {
    echo "(on Fedora and the like: libglvnd-egl libglvnd-gles). Then run make again." >&2
    exit 1
  }
fi
touch "$folder/ready"
