#!/bin/sh
# Create the Python environment that lock files describe: sh envs/setup.sh PYTHON FOLDER LOCK_FILE...
#
# In an existing environment, only packages that are missing or have another version are installed.
# Other packages are left alone.
set -eu
python=$1
folder=$2
shift 2

# Install system packages if this is possible without a password, otherwise print the command.
system_packages() {
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing $* ..."
    apt-get update -qq && apt-get install -qq -y --no-install-recommends "$@" >/dev/null && return
  fi
  echo "System packages are missing. On Debian and Ubuntu, install them with: sudo apt-get install $*" >&2
  return 1
}

# What the packages of a lock file take, measured on Linux with an x86-64 processor. On other systems,
# lock.txt does not include CUDA.
size() {
  case $(basename "$1"),$(uname -s) in
    lock.txt,Linux) echo " (downloads 3.5 GB, takes 7.3 GB on disk, most of it PyTorch and CUDA)" ;;
    lock-tests.txt,*) echo " (downloads 150 MB, takes 600 MB on disk)" ;;
  esac
}

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "$python is $("$python" --version 2>&1), but Python 3.11 or newer is required." >&2
  echo "Choose another Python: make PYTHON=python3.12 ..." >&2
  exit 1
}
if [ ! -x "$folder/bin/python" ]; then
  if ! "$python" -c 'import ensurepip' 2>/dev/null; then
    system_packages "$("$python" -c 'import sys; print("python3.%d-venv" % sys.version_info[1])')"
  fi
  "$python" -m venv "$folder" || { rm -rf "$folder"; exit 1; }
fi
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r envs/uv.txt
for lock_file in "$@"; do
  echo "Installing the packages in $lock_file into $folder$(size "$lock_file") ..."
  # --no-deps: the lock files are complete, and the overrides contradict requirements of some packages.
  "$folder/bin/uv" pip install --python "$folder/bin/python" --require-hashes --no-deps -r "$lock_file"
done
# Compile once here, otherwise every job of every run would compile the packages again.
"$folder/bin/python" -m compileall -q -j 0 "$folder/lib" >/dev/null 2>&1 || true

# Only tests and benchmarks use MediaPipe. Its library is linked to these two libraries, although it
# draws nothing here.
has_mediapipe='import importlib.util, sys; sys.exit(importlib.util.find_spec("mediapipe") is None)'
if [ "$(uname -s)" = Linux ] && "$folder/bin/python" -c "$has_mediapipe"; then
  loads="import ctypes; ctypes.CDLL('libEGL.so.1'), ctypes.CDLL('libGLESv2.so.2')"
  "$folder/bin/python" -c "$loads" 2>/dev/null || system_packages libegl1 libgles2 || {
    echo "On Fedora and similar systems: sudo dnf install libglvnd-egl libglvnd-gles" >&2
    echo "Then run make again." >&2
    exit 1
  }
fi
