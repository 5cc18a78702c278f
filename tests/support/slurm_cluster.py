"""A temporary SLURM cluster on this machine: one controller, three nodes, three partitions.

    python tests/support/slurm_cluster.py up /tmp/cluster [--accounting]
    python tests/support/slurm_cluster.py down /tmp/cluster

The daemons are those of Debian's packages slurmctld, slurmd, slurm-client and munge, and for
accounting mariadb-server and slurmdbd. The sizes of the nodes are invented, and the GPUs are device
files without a device. Every request, limit, signal and state is real. Only root can start the
cluster, as SLURM's daemons require, and only one at a time, because its ports are fixed.
"""

import argparse
import contextlib
import getpass
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "sinfo", "scancel")
ACCOUNTING_PROGRAMS = ("slurmdbd", "sacctmgr", "mariadbd", "mariadb-install-db", "mariadb")
NODES = {
    "cpu1": "CPUs=4 RealMemory=8000 Feature=old",
    "gpu1": "CPUs=4 RealMemory=16000 Gres=gpu:a100:2",
    "hm1": "CPUs=8 RealMemory=512000",
}
PARTITIONS = {"cpu": ("cpu1", 60), "gpu": ("gpu1", 120), "highmem": ("hm1", 240)}
"""Node and time limit in minutes of each partition."""
PARTITION_CONFIG = """\
partitions:
  cpu: {max_runtime: 60, max_mem_mb: 8000, max_threads: 4}
  gpu: {max_runtime: 120, max_mem_mb: 16000, max_threads: 4, max_gpu: 2}
  highmem: {max_runtime: 240, max_mem_mb: 512000, max_threads: 8}
"""
"""The same limits in the format of slurm-partition-config in the profile."""
ACCOUNT = "corpus"
ETC = Path("/etc/slurm")
LINKS = [ETC / name for name in ("slurm.conf", "gres.conf", "slurmdbd.conf")]
STARTUP_S = 300
"""How long a daemon may take to start, in seconds; a busy machine is slow."""

CONF = """\
ClusterName=corpus
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort=16817
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
# A requeued job waits until its old credential has expired.
AuthInfo=cred_expire=10
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool/%n
SlurmctldPidFile={folder}/run/slurmctld.pid
SlurmdPidFile={folder}/run/slurmd-%n.pid
SlurmctldLogFile={folder}/log/slurmctld.log
SlurmdLogFile={folder}/log/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerType=sched/backfill
SchedulerParameters=bf_interval=1,sched_interval=2,batch_sched_delay=0
GresTypes=gpu
# Without control groups, the memory of a job is sampled every second.
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill,NoShared
# Requests of each job, written when it ends: one line per job.
JobCompType=jobcomp/filetxt
JobCompLoc={folder}/log/jobcomp.txt
# Nodes may have more cores and memory than the machine.
SlurmdParameters=config_overrides
ReturnToService=2
MinJobAge=300
KillWait=2
# After this many seconds without an answer, a node is down and its jobs are lost.
SlurmdTimeout=20
MaxArraySize=1001
# Commands and daemons wait this many seconds for an answer; the machine may be busy.
MessageTimeout=60
DefMemPerCPU=500
InactiveLimit=0
{nodes}
{partitions}
"""

WITHOUT_ACCOUNTING = "AccountingStorageType=accounting_storage/none\n"
WITH_ACCOUNTING = """\
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=localhost
AccountingStoragePort=16819
AccountingStorageTRES=gres/gpu
AccountingStoreFlags=job_comment
"""
GRES = "NodeName=gpu1 Name=gpu Type=a100 File={folder}/dev/gpu[0-1]\n"
DBD = """\
AuthType=auth/munge
DbdHost=localhost
DbdPort=16819
SlurmUser=root
LogFile={folder}/log/slurmdbd.log
PidFile={folder}/run/slurmdbd.pid
StorageType=accounting_storage/mysql
StorageHost=localhost
StorageUser=slurm
StoragePass=throw-away
StorageLoc=slurm_acct_db
"""
DATABASE = (
    "CREATE DATABASE IF NOT EXISTS slurm_acct_db;"
    "CREATE USER IF NOT EXISTS slurm@localhost IDENTIFIED BY 'throw-away';"
    "GRANT ALL ON slurm_acct_db.* TO slurm@localhost;"
)


class ClusterError(Exception):
    """The cluster could not be started; the message gives the reason and the folder of logs."""


def missing(accounting: bool = False) -> str | None:
    """Return a message about what this machine lacks for a cluster, or None."""
    required = PROGRAMS + (ACCOUNTING_PROGRAMS if accounting else ())
    # Debian installs daemons in folders that are only in root's PATH.
    path = f"{os.environ['PATH']}:/usr/sbin:/sbin"
    absent = [program for program in required if not shutil.which(program, path=path)]
    if absent:
        return f"no {', '.join(absent)} here; on Debian: apt-get install {packages(accounting)}"
    if any(link.exists() and not link.is_symlink() for link in LINKS):
        return f"this machine has its own SLURM ({ETC})"
    return None if os.geteuid() == 0 else "SLURM's daemons need root"


def packages(accounting: bool = False) -> str:
    """Debian packages that contain the programs."""
    names = "slurmctld slurmd slurm-client munge"
    return f"{names} slurmdbd mariadb-server" if accounting else names


class Cluster:
    """The daemons of a cluster, with their files in `folder`.

    Use it as a context manager: on exit, jobs are cancelled and all daemons are stopped.
    """

    def __init__(self, folder: Path | str, accounting: bool = False) -> None:
        self.folder = Path(folder).resolve()
        self.accounting = accounting

    def __enter__(self) -> "Cluster":
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def environment(self) -> dict[str, str]:
        """Environment variables with which SLURM's commands use this cluster."""
        path = f"{os.environ['PATH']}:/usr/sbin:/sbin"
        return os.environ | {"PATH": path, "SLURM_CONF": str(self.folder / "slurm.conf")}

    def run(self, *command: str, check: bool = True, timeout_s: float = 120) -> str:
        """Run one of SLURM's commands and return its output."""
        process = subprocess.run(
            command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout_s,
        )
        if check and process.returncode:
            raise ClusterError(f"{' '.join(command)}: {process.stderr.strip()}")
        return process.stdout

    def start(self) -> None:
        """Start all daemons and wait until all nodes are idle."""
        if lack := missing(self.accounting):
            raise ClusterError(lack)
        self._write_files()
        self._start(
            "munged",
            f"--key-file={self.folder}/munge.key",
            f"--pid-file={self.folder}/run/munged.pid",
            f"--log-file={self.folder}/log/munged.log",
            f"--seed-file={self.folder}/run/munged.seed",
            "--force",
        )
        if self.accounting:
            self._start_accounting()
        # -c discards the state of an earlier start.
        self._start("slurmctld", "-c", "-f", self.folder / "slurm.conf")
        for node in NODES:
            self.start_node(node)
        self._wait(self._all_idle, "all nodes idle")

    def stop(self) -> None:
        """Cancel all jobs and stop all daemons that were started from this folder."""
        self.run("scancel", f"--user={getpass.getuser()}", check=False)
        daemons = [f"slurmd-{node}" for node in NODES] + ["slurmctld", "slurmdbd"]
        for daemon in [*daemons, "mariadbd", "munged"]:
            self._kill(daemon, signal.SIGTERM)
        for link in LINKS:
            if link.is_symlink() and link.readlink().is_relative_to(self.folder):
                link.unlink()

    def start_node(self, node: str) -> None:
        """Start the daemon of one node."""
        (self.folder / "spool" / node).mkdir(parents=True, exist_ok=True)
        self._start("slurmd", "-f", self.folder / "slurm.conf", "-N", node)

    def lose_node(self, node: str) -> None:
        """Kill the daemon and all processes of a node at once, as in a power failure."""
        jobs = self.run("squeue", "-h", "-t", "R", "-w", node, "-o", "%i").split()
        self._kill(f"slurmd-{node}", signal.SIGKILL)
        # A process may start another one while the others are being killed.
        while pids := [pid for job in jobs for pid in job_processes(job)]:
            for pid in pids:
                _signal(pid, signal.SIGKILL)
            time.sleep(0.1)

    def requests(self) -> list[dict[str, str]]:
        """Requests and end state of each ended job: one row per job, with jobcomp's fields."""
        file = self.folder / "log" / "jobcomp.txt"
        lines = file.read_text().splitlines() if file.exists() else []
        return [dict(f.split("=", 1) for f in line.split(" ") if "=" in f) for line in lines]

    def _write_files(self) -> None:
        # The workflow's jobs remove SLURM_CONF from the environment of their steps, so the
        # configuration must be at SLURM's default path. A real configuration is never replaced.
        for name in ("state", "spool", "log", "run", "dev"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        for folder in (ETC, Path("/run/munge")):
            folder.mkdir(parents=True, exist_ok=True)
        Path("/run/munge").chmod(0o755)
        for index in (0, 1):
            gpu = self.folder / "dev" / f"gpu{index}"
            if not gpu.exists():
                os.mknod(gpu, 0o666 | 0o020000, os.makedev(1, 3))
        key = self.folder / "munge.key"
        key.touch(mode=0o600)
        key.write_bytes(os.urandom(1024))
        conf = CONF + (WITH_ACCOUNTING if self.accounting else WITHOUT_ACCOUNTING)
        host = socket.gethostname()
        nodes = [
            f"NodeName={name} NodeHostname={host} NodeAddr=127.0.0.1 Port={port} {sizes}"
            for port, (name, sizes) in enumerate(NODES.items(), start=17001)
        ]
        partitions = [
            f"PartitionName={name} Nodes={node} MaxTime={minutes} DefaultTime=10 State=UP"
            + (" Default=YES" if name == "cpu" else "")
            for name, (node, minutes) in PARTITIONS.items()
        ]
        values = {"nodes": "\n".join(nodes), "partitions": "\n".join(partitions)}
        values |= {"folder": self.folder, "host": host}
        texts = {"slurm.conf": conf, "gres.conf": GRES, "partitions.yaml": PARTITION_CONFIG}
        if self.accounting:
            texts["slurmdbd.conf"] = DBD
        for name, text in texts.items():
            file = self.folder / name
            file.write_text(text if name == "partitions.yaml" else text.format(**values))
            file.chmod(0o600 if name == "slurmdbd.conf" else 0o644)
            if name == "partitions.yaml":
                continue
            link = ETC / name
            link.unlink(missing_ok=True)
            link.symlink_to(file)

    def _start_accounting(self) -> None:
        data, sock = self.folder / "mysql", self.folder / "run" / "mysqld.sock"
        data.mkdir(exist_ok=True)
        # As root, like the other daemons: other users cannot read the folders of the tests.
        common = ["--no-defaults", f"--datadir={data}", "--user=root"]
        self._start("mariadb-install-db", *common, "--auth-root-authentication-method=normal")
        with open(self.folder / "log" / "mariadbd.log", "ab") as log:
            database = subprocess.Popen(
                [
                    "mariadbd",
                    *common,
                    f"--socket={sock}",
                    "--skip-networking",
                    "--innodb-buffer-pool-size=64M",
                    "--innodb-lock-wait-timeout=900",
                ],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        (self.folder / "run" / "mariadbd.pid").write_text(str(database.pid))
        client = ["mariadb", "--no-defaults", "-u", "root", f"--socket={sock}", "-e"]
        self._wait(lambda: self._succeeds(*client, "SELECT 1"), "the database")
        self.run(*client, DATABASE)
        # slurmdbd only looks for a local database at the default socket.
        default_socket = Path("/run/mysqld/mysqld.sock")
        default_socket.parent.mkdir(exist_ok=True)
        default_socket.unlink(missing_ok=True)
        default_socket.symlink_to(sock)
        self._start("slurmdbd")
        self._wait(lambda: self._succeeds("sacctmgr", "-n", "list", "cluster"), "slurmdbd")
        self.run("sacctmgr", "-i", "add", "cluster", "corpus", check=False)
        self.run("sacctmgr", "-i", "add", "account", ACCOUNT, "Cluster=corpus", check=False)
        user = getpass.getuser()
        self.run("sacctmgr", "-i", "add", "user", user, f"Account={ACCOUNT}", check=False)
        self.run("sacctmgr", "-i", "add", "qos", "long", check=False)
        self.run("sacctmgr", "-i", "modify", "user", user, "set", "qos=normal,long", check=False)
        # The commands above fail where the database already has an entry.
        listed = ("sacctmgr", "-n", "list", "association", f"user={user}", "format=account,qos%40")
        self._wait(
            lambda: {ACCOUNT, "long"} <= set(re.split(r"[\s,]+", self.run(*listed, check=False))),
            "account for the user of the tests",
        )

    def _start(self, program: str, *arguments: str | Path) -> None:
        # A daemon keeps its standard output open, so this must not be a pipe.
        log = self.folder / "log" / "start.log"
        with open(log, "ab") as out:
            process = subprocess.run(
                [program, *map(str, arguments)],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                timeout=STARTUP_S,
            )
        if process.returncode:
            end = log.read_text(errors="replace").splitlines()[-3:]
            raise ClusterError(f"{program} did not start ({self.folder / 'log'}): {end}")

    def _all_idle(self) -> bool:
        idle = self.run("sinfo", "-h", "-N", "-t", "idle", "-o", "%N", check=False).split()
        return set(idle) == set(NODES)

    def _succeeds(self, *command: str) -> bool:
        try:
            process = subprocess.run(command, env=self.environment, capture_output=True, timeout=30)
        except subprocess.TimeoutExpired:
            return False
        return process.returncode == 0

    def _wait(self, condition, description: str) -> None:
        end = time.monotonic() + STARTUP_S
        while not condition():
            if time.monotonic() > end:
                states = self.run("sinfo", "-N", "-o", "%N %T %E", check=False)
                raise ClusterError(
                    f"no {description} after {STARTUP_S} s ({self.folder / 'log'})\n{states}"
                )
            time.sleep(0.2)

    def _pid(self, daemon: str) -> int | None:
        file = self.folder / "run" / f"{daemon}.pid"
        text = file.read_text().strip() if file.exists() else ""
        pid = int(text) if text.isdigit() else None
        name = Path(f"/proc/{pid}/comm")
        # The id may belong to another process by now.
        if pid is None or not name.exists() or name.read_text().strip() not in daemon:
            return None
        return pid

    def _kill(self, daemon: str, signal_number: signal.Signals) -> None:
        pid = self._pid(daemon)
        if pid is None:
            return
        _signal(pid, signal_number)
        for _ in range(100):
            if not Path(f"/proc/{pid}").exists() or _is_zombie(pid):
                return
            time.sleep(0.1)
        _signal(pid, signal.SIGKILL)


def job_processes(job: str) -> list[int]:
    """Processes with the id of a job in their environment, and the step daemons of the job."""
    pids = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environment = (folder / "environ").read_bytes()
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        belongs = f"SLURM_JOB_ID={job}".encode() in environment.split(b"\0")
        if belongs or command.startswith(f"slurmstepd: [{job}.".encode()):
            pids.append(int(folder.name))
    return pids


def _signal(pid: int, signal_number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal_number)


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


def main() -> None:
    """Start or stop the cluster."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("action", choices=["up", "down"])
    parser.add_argument("folder", type=Path, help="folder for its files and logs")
    parser.add_argument("--accounting", action="store_true", help="with slurmdbd and a database")
    options = parser.parse_args()
    cluster = Cluster(options.folder, options.accounting)
    try:
        if options.action == "up":
            cluster.start()
            print(f"export SLURM_CONF={options.folder.resolve() / 'slurm.conf'}")
        else:
            cluster.stop()
    except ClusterError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
