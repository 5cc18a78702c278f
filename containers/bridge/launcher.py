"""Start a command in the image, with a bridge to the host beside it.

The launcher process becomes Apptainer (exec). Signals, terminal and exit status are therefore those
of the command. The bridge is a child process and ends with it.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import sys
import tempfile

from . import host, in_image, protocol
from .site import Site, SiteError

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
"""Folder of the workflow: a clone, or a copy from the image."""

IN_IMAGE = "/opt/video-corpus-workflow"
"""Folder of the workflow in the image. ROOT is bound over it."""

PASSED_IN = (
    *("USER", "LOGNAME", "TERM", "COLUMNS", "LINES"),
    *("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"),
)
"""Environment variables of the host that a command in the image sees, in addition to those that the
bridge passes on. All others are hidden, so that results do not depend on the user."""

FOLDER = "corpus-bridge-%d-"

GPU = "/dev/nvidiactl"


def runtime():
    """Path of Apptainer or Singularity on this machine. Raises SiteError."""
    program = shutil.which("apptainer") or shutil.which("singularity")
    if not program:
        raise SiteError(
            "neither apptainer nor singularity is on PATH; on many clusters, run: module load "
            "apptainer"
        )
    return program


def family():
    """Prefix of the environment variables of Apptainer or Singularity."""
    return os.path.basename(runtime()).upper()


def check_image(site):
    """Raise SiteError if the image is missing or differs from the record beside it."""
    if not os.path.isfile(site.image):
        raise SiteError(
            f"image {site.image} does not exist. Make it with containers/build, copy it there, or "
            f"name another one in {site.path}"
        )
    recorded = record(site.image)
    size = os.path.getsize(site.image)
    if recorded is not None and recorded.get("size") != size:
        raise SiteError(
            f"{site.image} has {size} bytes, but {recorded.get('size')} are recorded in "
            f"{site.image}.json: the copy is incomplete, or it is another image. "
            "containers/doctor compares the checksum"
        )


def record(image):
    """The record that containers/build wrote for an image, or None. Raises SiteError."""
    try:
        with open(image + ".json", encoding="utf-8", errors="surrogateescape") as file:
            return dict(json.load(file))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise SiteError(f"{image}.json is not a valid record of an image: {error}") from None


def sha256(path):
    """SHA-256 of a file as hexadecimal text."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for piece in iter(lambda: file.read(1 << 20), b""):
            digest.update(piece)
    return digest.hexdigest()


def make_folder():
    """Create the folder of one bridge, which only this user can enter. It stays locked meanwhile.

    It is not in TMPDIR, because the path of a socket may have at most 107 bytes (unix(7)).
    """
    prefix = FOLDER % os.getuid()
    for name in os.listdir("/tmp"):
        if name.startswith(prefix):
            remove_if_dead(os.path.join("/tmp", name))
    while True:
        folder = tempfile.mkdtemp(prefix=prefix, dir="/tmp")
        file = os.path.join(folder, "lock")
        try:
            lock = os.open(file, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        except FileNotFoundError:
            continue  # another launcher took the new folder for one of a killed launcher
        fcntl.flock(lock, fcntl.LOCK_EX)
        # Another launcher may have locked the new file first, and removed the folder.
        if os.path.exists(file):
            return folder, lock
        os.close(lock)


def remove_if_dead(folder):
    """Remove the folder of a bridge that was killed."""
    try:
        if os.lstat(folder).st_uid != os.getuid():
            return
        lock = os.open(os.path.join(folder, "lock"), os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        # Its launcher was killed before it made the lock; one that still runs makes a new folder.
        with contextlib.suppress(OSError):
            os.rmdir(folder)
        return
    except OSError:
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    except OSError:
        pass
    finally:
        os.close(lock)


def fill_folder(folder, programs, launch, additional_names):
    """Write the files that the container needs: a script per program, and what the client reads."""
    os.mkdir(os.path.join(folder, "bin"))
    client = os.path.join(os.path.dirname(os.path.abspath(__file__)), "client.py")
    # Absolute paths instead of variables, which may be missing in the environment of a job.
    head = f"#!/bin/sh\nexec python3 -IS {quoted(client)} {quoted(folder)} "
    for program in programs:
        path = os.path.join(folder, "bin", program)
        with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(f'{head}{program} "$@"\n')
        os.chmod(path, 0o755)
    with open(
        os.path.join(folder, "launch.json"), "w", encoding="utf-8", errors="surrogateescape"
    ) as file:
        json.dump(launch, file)
    with open(
        os.path.join(folder, "carried"), "w", encoding="utf-8", errors="surrogateescape"
    ) as file:
        file.write(" ".join(additional_names))


def quoted(text):
    """Text quoted as one word of a shell."""
    return "'{}'".format(text.replace("'", "'\"'\"'"))


def binds(site, folder, cwd):
    """Folders visible inside with the same path, and the workflow over that of the image."""
    paths = [ROOT, cwd, folder, os.path.dirname(site.image), *shared(site)]
    return [*dict.fromkeys(paths), f"{ROOT}:{IN_IMAGE}", *of_user(site)]


def check_folders(site):
    """Create the cache. Raise SiteError if a folder is missing or cannot be given to Apptainer."""
    try:
        if site.cache:
            os.makedirs(site.cache, exist_ok=True)
    except OSError as error:
        raise SiteError(f"{site.path}, cache: {site.cache}: {error.strerror}") from None
    for folder in site.binds:
        if not os.path.isdir(folder):
            raise SiteError(f"{site.path}, binds: folder {folder} does not exist on this machine")
    for path in [*shared(site), ROOT, os.getcwd(), site.image]:
        # Apptainer reads `a:b` as two paths and `a,b` as two binds, and cannot quote them.
        if ":" in path or "," in path:
            raise SiteError(f"Apptainer cannot bind a path that contains ':' or ',': {path}")


def shared(site):
    """Folders of the site file that every container sees."""
    return [folder for folder in (site.tmp, site.cache, *site.binds) if folder]


def of_user(site):
    """Binds that the user set for Apptainer, without those that an outer bridge added."""
    user_binds = [bind for bind in os.environ.get(f"{family()}_BIND", "").split(",") if bind]
    return [bind for bind in dict.fromkeys(user_binds) if bind not in shared(site)]


def inner_environment(site, folder):
    """Environment variables for the command in the image."""
    inner = protocol.carried(os.environ, [*PASSED_IN, *site.environment])
    inner = {n: v for n, v in inner.items() if not n.startswith(("APPTAINERENV", "SINGULARITYENV"))}
    inner.pop("TMPDIR", None)
    if site.tmp:
        inner["TMPDIR"] = site.tmp
    if site.cache:
        inner["XDG_CACHE_HOME"] = site.cache
    inner["PREPEND_PATH"] = os.path.join(folder, "bin")
    return inner


def outer_environment(site):
    """Environment for commands of the bridge, so that images of rules see the same folders."""
    outer = {"BIND": ",".join([*shared(site), *of_user(site)])}
    if site.tmp:
        outer["TMPDIR"] = site.tmp
    if site.cache:
        outer["CACHEDIR"] = os.path.join(site.cache, "apptainer")
    outer = {f"{family()}_{name}": value for name, value in outer.items()}
    if site.tmp:
        outer.update({"TMPDIR": site.tmp, f"{family()}ENV_TMPDIR": site.tmp})
    return outer


def has_gpu():
    """Whether this machine has an NVIDIA driver."""
    return os.path.exists(GPU)


def options_of(site):
    """Options of `apptainer exec` for this machine and site. Without a driver, --nv only warns."""
    return (["--nv"] if has_gpu() else []) + site.options


def start(site, command, batch=None):
    """Replace this process by `command` in the image. Returns only by raising SiteError."""
    program = runtime()
    check_image(site)
    check_folders(site)
    cwd = os.getcwd()
    folder, lock = make_folder()
    launch = [os.path.join(ROOT, "containers", "exec"), "--site", site.path]
    additional_names = site.environment
    programs = host.find_programs()
    fill_folder(folder, programs, launch, additional_names)
    if batch:
        command = [write_script(batch, folder), *command]
    listener = host.listen(os.path.join(folder, "socket"))
    # Apptainer sets the variables of a command from variables with this prefix.
    prefix = f"{family()}ENV_"
    arguments = [program, "--quiet", "exec", "--cleanenv", *options_of(site)]
    for bind in binds(site, folder, cwd):
        arguments += ["--bind", bind]
    arguments += ["--pwd", cwd, site.image, *command]
    inner = {prefix + name: v for name, v in inner_environment(site, folder).items()}
    sys.stdout.flush()
    container = os.getpid()  # which the process that runs the container keeps
    if os.fork() == 0:
        bridge(listener, folder, programs, additional_names, outer_environment(site), container)
    os.close(lock)
    listener.close()
    # Other variables with these prefixes would be added to those passed here.
    hidden_prefixes = ("APPTAINERENV", "SINGULARITYENV", "APPTAINER_BIND", "SINGULARITY_BIND")
    host_variables = {n: v for n, v in os.environ.items() if not n.startswith(hidden_prefixes)}
    os.execve(program, arguments, dict(host_variables, **inner))


def bridge(listener, folder, programs, additional_names, environment, container):
    """Run the bridge in the child process until the container ends; clean up. Never returns."""
    os.setsid()
    os.environ.update(environment)
    null_device = os.open(os.devnull, os.O_RDWR)
    os.dup2(null_device, 0)
    os.dup2(null_device, 1)
    main = os.getpid()
    try:
        host.serve(listener, programs, additional_names, container)
    except SystemExit:
        pass
    except BaseException as error:
        host.log(f"ended: {error!r}")
    finally:
        if os.getpid() == main:
            shutil.rmtree(folder, ignore_errors=True)
        os._exit(0)


def write_script(batch, folder):
    """Write the submitted script of a job as an executable file, and return its path."""
    with open(batch, "rb") as file:
        script = in_image.original(file.read())
    path = os.path.join(folder, "script")
    with open(path, "wb") as file:
        file.write(script)
    os.chmod(path, 0o700)
    return path


def site_of(path=None):
    """The site file: the given path, else CORPUS_SITE, else that of the workflow."""
    return Site(path or os.environ.get("CORPUS_SITE") or default_site(), ROOT)


def default_site():
    return os.path.join(ROOT, "containers", "site.ini")
