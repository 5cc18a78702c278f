"""A throw-away SLURM on this machine: one controller, three nodes, three partitions.

    python tests/slurm_cluster.py up /tmp/cluster [--accounting]
    python tests/slurm_cluster.py down /tmp/cluster

All daemons are SLURM's own, from Debian's packages slurmctld, slurmd, slurm-client and munge, with
mariadb-server and slurmdbd for accounting. The sizes of the nodes are fiction, and the GPUs are
device files that nothing answers at: what is real is every request, limit, signal and state.
It must run as root, since SLURM's daemons do, and one at a time, since its ports are fixed.
"""

import argparse
import contextlib
import getpass
import os
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
"""Each with its node, and the most minutes a job may ask for."""
PARTITION_CONFIG = """\
partitions:
  cpu: {max_runtime: 60, max_mem_mb: 8000, max_threads: 4}
  gpu: {max_runtime: 120, max_mem_mb: 16000, max_threads: 4, max_gpu: 2}
  highmem: {max_runtime: 240, max_mem_mb: 512000, max_threads: 8}
"""
"""The same for the profile: the file that slurm-partition-config names."""
ACCOUNT = "corpus"
ETC = Path("/etc/slurm")
LINKS = [ETC / name for name in ("slurm.conf", "gres.conf", "slurmdbd.conf")]
STARTUP_S = 60

CONF = """\
ClusterName=corpus
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort=16817
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
# A job that is queued again waits until its old permission has run out.
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
# Without control groups a job's memory is sampled, each second.
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill,NoShared
# What each job asked for, as it ends: a line of text a job.
JobCompType=jobcomp/filetxt
JobCompLoc={folder}/log/jobcomp.txt
# Nodes may be larger than the machine.
SlurmdParameters=config_overrides
ReturnToService=2
MinJobAge=300
KillWait=2
# A node that does not answer for so long is down, and its jobs with it.
SlurmdTimeout=10
MaxArraySize=1001
DefMemPerCPU=500
InactiveLimit=0
# More tasks than the machine has cores: the work of the tests is small.
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
    """The cluster could not be started; the message says why, and where the logs are."""


def missing(accounting: bool = False) -> str | None:
    """What this machine lacks for a cluster, in words, or None."""
    wanted = PROGRAMS + (ACCOUNTING_PROGRAMS if accounting else ())
    # Debian keeps daemons where only root's PATH looks.
    path = f"{os.environ['PATH']}:/usr/sbin:/sbin"
    absent = [program for program in wanted if not shutil.which(program, path=path)]
    if absent:
        return f"no {', '.join(absent)} here; on Debian: apt-get install {packages(accounting)}"
    if any(link.exists() and not link.is_symlink() for link in LINKS):
        return f"this machine has its own SLURM ({ETC})"
    return None if os.geteuid() == 0 else "SLURM's daemons need root"


def packages(accounting: bool = False) -> str:
    """Debian's packages that bring the programs."""
    names = "slurmctld slurmd slurm-client munge"
    return f"{names} slurmdbd mariadb-server" if accounting else names


class Cluster:
    """The cluster's daemons, its files in `folder`, and what to look at it with.

    Use it as a context: on leaving, jobs are cancelled and all daemons stopped.
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
        """Environment in which SLURM's commands reach this cluster."""
        path = f"{os.environ['PATH']}:/usr/sbin:/sbin"
        return os.environ | {"PATH": path, "SLURM_CONF": str(self.folder / "slurm.conf")}

    def run(self, *command: str, check: bool = True) -> str:
        """Output of one of SLURM's commands."""
        done = subprocess.run(
            command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )
        if check and done.returncode:
            raise ClusterError(f"{' '.join(command)}: {done.stderr.strip()}")
        return done.stdout

    def start(self) -> None:
        """Start all daemons, and wait until all nodes are idle."""
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
        # -c forgets the states of an earlier start.
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
        """End a node's daemon and all that runs there at once, as a power cut does."""
        jobs = self.run("squeue", "-h", "-t", "R", "-w", node, "-o", "%i").split()
        self._kill(f"slurmd-{node}", signal.SIGKILL)
        # A process may start another while the others are being ended.
        while left := [pid for job in jobs for pid in job_processes(job)]:
            for pid in left:
                _signal(pid, signal.SIGKILL)
            time.sleep(0.1)

    def requests(self) -> list[dict[str, str]]:
        """What each ended job asked for and how it ended: a row a job, of jobcomp's fields."""
        file = self.folder / "log" / "jobcomp.txt"
        lines = file.read_text().splitlines() if file.exists() else []
        return [dict(f.split("=", 1) for f in line.split(" ") if "=" in f) for line in lines]

    def _write_files(self) -> None:
        # The workflow's jobs drop SLURM_CONF from the environment of their steps, so the
        # configuration has to be where SLURM looks by itself. A real one is never replaced.
        for name in ("state", "spool", "log", "run", "dev"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        for folder in (ETC, Path("/run/munge")):
            folder.mkdir(parents=True, exist_ok=True)
        Path("/run/munge").chmod(0o755)
        for number in (0, 1):
            gpu = self.folder / "dev" / f"gpu{number}"
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
        # As root like all the others: nobody else can enter the tests' folders.
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
        self._wait(lambda: self._answers(*client, "SELECT 1"), "the database")
        self.run(*client, DATABASE)
        # slurmdbd finds a local database by its usual socket alone.
        usual = Path("/run/mysqld/mysqld.sock")
        usual.parent.mkdir(exist_ok=True)
        usual.unlink(missing_ok=True)
        usual.symlink_to(sock)
        self._start("slurmdbd")
        self._wait(lambda: self._answers("sacctmgr", "-n", "list", "cluster"), "slurmdbd")
        self.run("sacctmgr", "-i", "add", "cluster", "corpus", check=False)
        self.run("sacctmgr", "-i", "add", "account", ACCOUNT, "Cluster=corpus", check=False)
        user = getpass.getuser()
        self.run("sacctmgr", "-i", "add", "user", user, f"Account={ACCOUNT}", check=False)
        self.run("sacctmgr", "-i", "add", "qos", "long", check=False)
        self.run("sacctmgr", "-i", "modify", "user", user, "set", "qos=normal,long", check=False)

    def _start(self, program: str, *arguments: str | Path) -> None:
        # A daemon keeps the output that it was given, so it must not be a pipe to somebody.
        log = self.folder / "log" / "start.log"
        with open(log, "ab") as out:
            done = subprocess.run(
                [program, *map(str, arguments)],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                timeout=STARTUP_S,
                preexec_fn=interruptible,
            )
        if done.returncode:
            end = log.read_text(errors="replace").splitlines()[-3:]
            raise ClusterError(f"{program} did not start ({self.folder / 'log'}): {end}")

    def _all_idle(self) -> bool:
        idle = self.run("sinfo", "-h", "-N", "-t", "idle", "-o", "%N", check=False).split()
        return set(idle) == set(NODES)

    def _answers(self, *command: str) -> bool:
        done = subprocess.run(command, env=self.environment, capture_output=True, timeout=30)
        return done.returncode == 0

    def _wait(self, happened, what: str) -> None:
        end = time.monotonic() + STARTUP_S
        while not happened():
            if time.monotonic() > end:
                states = self.run("sinfo", "-N", "-o", "%N %T %E", check=False)
                raise ClusterError(
                    f"no {what} after {STARTUP_S} s ({self.folder / 'log'})\n{states}"
                )
            time.sleep(0.2)

    def _pid(self, daemon: str) -> int | None:
        file = self.folder / "run" / f"{daemon}.pid"
        text = file.read_text().strip() if file.exists() else ""
        pid = int(text) if text.isdigit() else None
        name = Path(f"/proc/{pid}/comm")
        # A number may have gone to another process since.
        if pid is None or not name.exists() or name.read_text().strip() not in daemon:
            return None
        return pid

    def _kill(self, daemon: str, number: signal.Signals) -> None:
        pid = self._pid(daemon)
        if pid is None:
            return
        _signal(pid, number)
        for _ in range(100):
            if not Path(f"/proc/{pid}").exists() or _is_zombie(pid):
                return
            time.sleep(0.1)
        _signal(pid, signal.SIGKILL)


def interruptible() -> None:
    """For a new process: let it hear an interrupt, also where the tests run in the background of
    a script, whose processes ignore one, and all that they start."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def job_processes(job: str) -> list[int]:
    """Processes of a job, which carry its number in their environment, and its step daemons."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environment = (folder / "environ").read_bytes()
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        mine = f"SLURM_JOB_ID={job}".encode() in environment.split(b"\0")
        if mine or command.startswith(f"slurmstepd: [{job}.".encode()):
            found.append(int(folder.name))
    return found


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("action", choices=["up", "down"])
    parser.add_argument("folder", type=Path, help="where its files and logs go")
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
