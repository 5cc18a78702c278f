"""Start a command in the image, with a bridge to the host beside it.

The launcher turns into Apptainer (exec): so signals, the terminal and the exit status are those of
the command, with nobody in between. The bridge is its child, and ends with it.
"""

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
"""The workflow's folder: a clone, or a copy out of the image."""

IN_IMAGE = "/opt/video-corpus-workflow"
"""Where the image has the workflow. The folder above is bound over it."""

PASSED_IN = (
    *("USER", "LOGNAME", "TERM", "COLUMNS", "LINES"),
    *("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"),
)
"""Environment variables that a command in the image sees of the host, beside those that the bridge
carries; nothing else, so that it does not depend on who starts it."""

FOLDER = "corpus-bridge-%d-"

GPU = "/dev/nvidiactl"


def runtime():
    """Apptainer, or Singularity, of this machine. Raises SiteError."""
    found = shutil.which("apptainer") or shutil.which("singularity")
    if not found:
        raise SiteError(
            "neither apptainer nor singularity is on PATH here; on many clusters: module load "
            "apptainer"
        )
    return found


def family():
    """How the names of that program's environment variables begin."""
    return os.path.basename(runtime()).upper()


def check_image(site):
    """Raises SiteError where the image is missing, or another than was recorded beside it."""
    if not os.path.isfile(site.image):
        raise SiteError(
            f"no image {site.image}. Make it with containers/build, copy it there, or name another "
            f"in {site.path}"
        )
    recorded = record(site.image)
    size = os.path.getsize(site.image)
    if recorded is not None and recorded.get("size") != size:
        raise SiteError(
            f"{site.image} has {size} bytes, and {recorded.get('size')} were recorded in "
            f"{site.image}.json: a copy that broke off, or another image. containers/doctor "
            "compares the checksum"
        )


def record(image):
    """What containers/build noted of an image, or None. Raises SiteError."""
    try:
        with open(image + ".json") as file:
            return dict(json.load(file))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise SiteError(f"{image}.json is no record of an image: {error}") from None


def sha256(path):
    """Checksum of a file."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for piece in iter(lambda: file.read(1 << 20), b""):
            digest.update(piece)
    return digest.hexdigest()


def make_folder():
    """A folder for one bridge, which only this user can enter, locked while the bridge lives.

    Not under TMPDIR: the path of a socket has 107 bytes at most (unix(7)).
    """
    prefix = FOLDER % os.getuid()
    for name in os.listdir("/tmp"):
        if name.startswith(prefix):
            remove_if_dead(os.path.join("/tmp", name))
    folder = tempfile.mkdtemp(prefix=prefix, dir="/tmp")
    lock = os.open(os.path.join(folder, "lock"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    return folder, lock


def remove_if_dead(folder):
    """Remove what a bridge left that was killed."""
    try:
        if os.lstat(folder).st_uid != os.getuid():
            return
        lock = os.open(os.path.join(folder, "lock"), os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return  # another launcher is making or removing it at this moment
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    except OSError:
        pass
    finally:
        os.close(lock)


def fill_folder(folder, programs, launch, more):
    """What the container needs of the bridge: a stand-in for each program, and what they read."""
    os.mkdir(os.path.join(folder, "bin"))
    client = os.path.join(os.path.dirname(os.path.abspath(__file__)), "client.py")
    # Named by their place, not by a variable, which a job's environment may lack.
    head = f"#!/bin/sh\nexec python3 -IS {quoted(client)} {quoted(folder)} "
    for program in programs:
        path = os.path.join(folder, "bin", program)
        with open(path, "w") as file:
            file.write(f'{head}{program} "$@"\n')
        os.chmod(path, 0o755)
    with open(os.path.join(folder, "launch.json"), "w") as file:
        json.dump(launch, file)
    with open(os.path.join(folder, "carried"), "w") as file:
        file.write(" ".join(more))


def quoted(text):
    """Text as one word of a shell."""
    return "'{}'".format(text.replace("'", "'\"'\"'"))


def binds(site, folder, cwd):
    """What is visible inside at the path that it has outside; and the workflow over the image's."""
    paths = [ROOT, cwd, folder, os.path.dirname(site.image), *shared(site)]
    return [*dict.fromkeys(paths), f"{ROOT}:{IN_IMAGE}", *of_user(site)]


def check_folders(site):
    """Make the cache, and raise SiteError where a folder to bind is not there or has no place in
    Apptainer's options."""
    try:
        if site.cache:
            os.makedirs(site.cache, exist_ok=True)
    except OSError as error:
        raise SiteError(f"{site.path}, cache: {site.cache}: {error.strerror}") from None
    for folder in site.binds:
        if not os.path.isdir(folder):
            raise SiteError(f"{site.path}, binds: there is no folder {folder} on this machine")
    for path in [*shared(site), ROOT, os.getcwd(), site.image]:
        # Apptainer reads `a:b` as two paths, `a,b` as two binds, and knows no way to quote them.
        if ":" in path or "," in path:
            raise SiteError(f"Apptainer cannot bind a path with ':' or ',' in it: {path}")


def shared(site):
    """Folders of the site, which each container is to see."""
    return [folder for folder in (site.tmp, site.cache, *site.binds) if folder]


def of_user(site):
    """What the user asks Apptainer itself to bind, less what a bridge above has put there."""
    told = [bind for bind in os.environ.get(f"{family()}_BIND", "").split(",") if bind]
    return [bind for bind in dict.fromkeys(told) if bind not in shared(site)]


def inner_environment(site, folder):
    """Variables for the command in the image."""
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
    """Variables for what the bridge starts: images that a rule names see the same folders."""
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
    """Options of `apptainer exec` that this machine and the site want. Without a driver, --nv
    would only warn."""
    return (["--nv"] if has_gpu() else []) + site.options


def start(site, command, batch=None):
    """Become `command`, in the image. Returns only by SiteError."""
    program = runtime()
    check_image(site)
    check_folders(site)
    cwd = os.getcwd()
    folder, lock = make_folder()
    launch = [os.path.join(ROOT, "containers", "exec"), "--site", site.path]
    more = site.environment
    programs = host.find_programs()
    fill_folder(folder, programs, launch, more)
    if batch:
        command = [write_script(batch, folder), *command]
    listener = host.listen(os.path.join(folder, "socket"))
    # Apptainer takes what a command shall see from variables with this prefix.
    prefix = f"{family()}ENV_"
    arguments = [program, "--quiet", "exec", "--cleanenv", *options_of(site)]
    for bind in binds(site, folder, cwd):
        arguments += ["--bind", bind]
    arguments += ["--pwd", cwd, site.image, *command]
    inner = {prefix + name: v for name, v in inner_environment(site, folder).items()}
    sys.stdout.flush()
    if os.fork() == 0:
        bridge(listener, folder, programs, more, outer_environment(site))
    os.close(lock)
    listener.close()
    # What is left of these would come on top of what is passed here.
    left_out = ("APPTAINERENV", "SINGULARITYENV", "APPTAINER_BIND", "SINGULARITY_BIND")
    own = {n: v for n, v in os.environ.items() if not n.startswith(left_out)}
    os.execve(program, arguments, dict(own, **inner))


def bridge(listener, folder, programs, more, environment):
    """The child: serve until the container is gone, then clean up. Never returns."""
    os.setsid()
    os.environ.update(environment)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    main = os.getpid()
    try:
        host.serve(listener, programs, more)
    except SystemExit:
        pass
    finally:
        if os.getpid() == main:
            shutil.rmtree(folder, ignore_errors=True)
        os._exit(0)


def write_script(batch, folder):
    """The script of a job, as it was handed in, as a file that can be started."""
    with open(batch, "rb") as file:
        script = in_image.original(file.read())
    path = os.path.join(folder, "script")
    with open(path, "wb") as file:
        file.write(script)
    os.chmod(path, 0o700)
    return path


def site_of(path=None):
    """The site file: as given, as in CORPUS_SITE, or the workflow's own."""
    return Site(path or os.environ.get("CORPUS_SITE") or default_site(), ROOT)


def default_site():
    return os.path.join(ROOT, "containers", "site.ini")
