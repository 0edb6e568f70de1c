# SPDX-License-Identifier: LGPL-2.1-or-later
"""Whole processes timed in turns, and a table of it. Called by tests/bench.

Every round runs every job once, so that all of them meet the same machine: what
else it does, its clock, what the run before left in the processor's caches.
"""
import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
COMMANDS = ("check", "areas", "map", "info", "report")
WARM_UPS = 2


class Job:
    """A command that opens one dump, and what its runs measured."""

    def __init__(self, name, argv, root=""):
        self.name, self.argv, self.root, self.runs = name, argv, root, []
        self.is_peer = False

    def run(self, once, out):
        root = ["-r", self.root] if self.root else []
        done = subprocess.run([once, *root, "-o", out, *self.argv],
                              capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"bench: {done.stderr.strip() or 'once failed'}")
        return json.loads(done.stdout)

    def all(self, key):
        return [run[key] for run in self.runs]

    def median(self, key):
        return statistics.median(self.all(key))


# ---- The programs beside us ----

# How each is asked for all areas, and what a line of the answer looks like.
RECIPES = {
    "drgn": ("-q", "--no-default-symbols", "-c", "{vmcore}", "-s", "{vmlinux}",
             "{script}/areas_drgn.py"),
    "crash": ("-s", "-i", "{script}/areas.crash", "{vmlinux}", "{vmcore}"),
}
LINES = {
    "drgn": r"0x[0-9a-f]+-0x[0-9a-f]+ ",
    "crash": r"[0-9a-f]{8,} +[0-9a-f]{8,} +[0-9a-f]{8,} - [0-9a-f]{8,} ",
}


def complaint(name, text):
    """The line in which a program says what is wrong: of a Python traceback, the last."""
    lines = [line.strip() for line in text.splitlines() if line.strip()] or ["no output"]
    if any(line.startswith("Traceback ") for line in lines):
        return lines[-1]
    return next((line for line in lines if line.startswith(f"{name}: ")), lines[0])


def text_of(path):
    with open(path, encoding="utf-8", errors="replace") as f:
        return f.read()


class Peer:
    """drgn or crash, from PATH or from a root."""

    def __init__(self, name, path, root, opts):
        self.kind, self.path, self.root, self.opts = name, path, root, opts
        job = Job(name, [path, "--version"], root)
        with tempfile.NamedTemporaryFile() as out:
            job.run(opts.once, out.name)
            version = re.search(r"\d+(\.\d+)+", text_of(out.name))
        self.name = f"{name} {version.group(0) if version else '?'}"

    def seen(self, path):
        """The path of a file of the cache, as the peer sees it."""
        if not self.root:
            return path
        return "/mnt/" + os.path.relpath(path, os.path.realpath(self.opts.cache))

    def job(self, vmlinux, vmcore):
        vmlinux, vmcore = self.seen(vmlinux), self.seen(vmcore)
        script = "/tmp" if self.root else HERE
        argv = [self.path, *(word.format(vmlinux=vmlinux, vmcore=vmcore, script=script)
                             for word in RECIPES[self.kind])]
        job = Job(self.name, argv, self.root)
        job.is_peer = True
        return job

    def areas(self, output):
        return sum(1 for line in output.splitlines() if re.match(LINES[self.kind], line))


def find_peers(opts):
    peers = []
    for name in RECIPES:
        places = [(shutil.which(name), "")]
        if opts.root:
            inside = f"/usr/bin/{name}"
            places.append((inside if os.path.exists(opts.root + inside) else None,
                           opts.root))
        found = [Peer(name, path, root, opts)
                 for path, root in places if path]
        if not found:
            where = "PATH or VMATLAS_PEER_ROOT" if opts.root else "PATH"
            print(f"{name}: absent (not in {where})")
        peers += found
    return peers


# ---- Runs ----

def forget(opts, paths):
    """A cold cache."""
    if opts.drop == "all":
        os.sync()
        with open("/proc/sys/vm/drop_caches", "w", encoding="ascii") as f:
            f.write("3")
        return
    for path in paths:
        fd = os.open(path, os.O_RDONLY)
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(fd)


def own_jobs(opts, vmlinux, vmcore, out):
    """Ours that can open the dump."""
    jobs = []
    for command in COMMANDS:
        job = Job(f"vmatlas {command}", [opts.tool, command, vmlinux, vmcore])
        if job.run(opts.once, out)["rc"] in (0, 1, 3):
            jobs.append(job)
        else:
            print(f"{job.name}: {complaint('vmatlas', text_of(out))}")
    return jobs


def peer_jobs(peers, vmlinux, vmcore, out, once):
    jobs = []
    for peer in peers:
        job = peer.job(vmlinux, vmcore)
        job.run(once, out)
        said = text_of(out)
        nr = peer.areas(said)
        if nr:
            print(f"{peer.name}: lists {nr} areas")
            jobs.append(job)
        else:
            print(f"{peer.name}: cannot list the areas of this dump: "
                  f"{complaint(peer.kind, said)}")
    return jobs


def measure(opts, jobs, paths, cold):
    for job in jobs:
        job.runs = []
    for turn in range(WARM_UPS + opts.runs):
        for job in jobs:
            if cold:
                forget(opts, paths)
            run = job.run(opts.once, "/dev/null")
            if turn >= WARM_UPS:
                job.runs.append(run)


# ---- Words ----

def size(nr_bytes):
    return f"{nr_bytes / 2**20:.1f} MiB"


def table(jobs, disk):
    print(f"  {'':16}{'wall ms: min':>13}{'median':>9}{'max':>9}{'user+sys':>10}"
          f"{'peak RSS':>12}{'reads':>7}{'KiB read':>10}" +
          (f"{'KiB from disk':>15}" if disk else ""))
    for job in jobs:
        wall = job.all("wall")
        print(f"  {job.name:16}{min(wall):13.1f}{job.median('wall'):9.1f}{max(wall):9.1f}"
              f"{job.median('cpu'):10.1f}{size(job.median('rss') * 1024):>12}"
              f"{job.median('calls'):7.0f}{job.median('chars') / 1024:10.0f}" +
              (f"{job.median('disk') / 1024:15.0f}" if disk else ""))


def ratios(jobs):
    for peer in (job for job in jobs if job.is_peer):
        times = (f"{peer.median('wall') / job.median('wall'):.0f} x {job.name.split()[1]}"
                 for job in jobs if not job.is_peer)
        print(f"  median {peer.name} / median vmatlas: {', '.join(times)}")


def told_by_us(opts, command, vmlinux, vmcore):
    done = subprocess.run([opts.tool, command, "-J", vmlinux, vmcore],
                          capture_output=True, text=True)
    return json.loads(done.stdout) if done.returncode in (0, 1, 3) else None


def what_we_see(opts, vmlinux, vmcore):
    info = told_by_us(opts, "info", vmlinux, vmcore)
    if info:
        info = info["info"]
        print(f"vmatlas: {info['core_format']}; info reads {info['bytes_read']} bytes of "
              f"memory in {info['nr_reads']} reads")
    areas = told_by_us(opts, "areas", vmlinux, vmcore)
    if areas:
        print(f"vmatlas: lists {len(areas['areas'])} areas")


def one_case(opts, peers, name):
    folder = os.path.join(os.path.realpath(opts.cache), "cases", name)
    vmlinux, vmcore = (os.path.realpath(os.path.join(folder, f))
                       for f in ("vmlinux", "vmcore"))
    if not os.path.exists(vmcore):
        print(f"\n== {name}: absent (tests/lab/make-case {name} makes it)")
        return
    print(f"\n== {name}: vmcore {size(os.path.getsize(vmcore))}, "
          f"vmlinux {size(os.path.getsize(vmlinux))}")
    what_we_see(opts, vmlinux, vmcore)
    with tempfile.NamedTemporaryFile() as out:
        jobs = own_jobs(opts, vmlinux, vmcore, out.name)
        jobs += peer_jobs(peers, vmlinux, vmcore, out.name, opts.once)
    for cold in (False, True):
        how = "cold cache" if cold else "warm cache"
        measure(opts, jobs, (vmlinux, vmcore), cold)
        print(f"\n{how}, {opts.runs} runs after {WARM_UPS}:")
        table(jobs, cold)
        ratios(jobs)


# ---- How time grows with areas ----

def growth(opts, names):
    """`check` of guests that differ in their number of areas alone (tests/lab/make/scale)."""
    jobs = []
    for name in names:
        folder = os.path.join(os.path.realpath(opts.cache), "cases", name)
        if not os.path.exists(os.path.join(folder, "vmcore")):
            print(f"\n== {name}: absent (tests/lab/make/scale {name} makes it)")
            continue
        files = [os.path.realpath(os.path.join(folder, f)) for f in ("vmlinux", "vmcore")]
        found = re.search(r"([0-9]+) areas", subprocess.run(
            [opts.tool, "check", *files], capture_output=True, text=True).stdout)
        job = Job(name.removeprefix("scale-"), [opts.tool, "check", *files])
        job.nr_areas = int(found.group(1)) if found else 0
        jobs.append(job)
    if not jobs:
        return
    measure(opts, jobs, (), False)
    print(f"\n== check as areas grow, warm cache, {opts.runs} runs after {WARM_UPS}; "
          f"each more: than the row above it")
    print(f"  {'':16}{'areas':>9}{'wall ms':>9}{'user+sys':>10}{'peak RSS':>12}"
          f"{'each more: us':>15}{'bytes':>7}")
    for last, job in zip([None] + jobs, jobs):
        line = (f"  {job.name:16}{job.nr_areas:9}{job.median('wall'):9.1f}"
                f"{job.median('cpu'):10.1f}{size(job.median('rss') * 1024):>12}")
        more = job.nr_areas - last.nr_areas if last else 0
        if more >= 1000:
            line += (f"{(job.median('cpu') - last.median('cpu')) * 1000 / more:15.2f}"
                     f"{(job.median('rss') - last.median('rss')) * 1024 / more:7.0f}")
        print(line)


def machine():
    cpu = re.search(r"^(?:model name|Model)\s*: (.*)", text_of("/proc/cpuinfo"), re.M)
    return (f"{cpu.group(1) if cpu else os.uname().machine}, {os.cpu_count()} CPUs, "
            f"Linux {os.uname().release}")


def load():
    return "load average %.1f %.1f %.1f" % os.getloadavg()


def main():
    parser = argparse.ArgumentParser()
    for name in ("tool", "once", "cache", "root", "drop"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--runs", type=int, required=True)
    parser.add_argument("--growth", default="")
    parser.add_argument("case", nargs="+")
    opts = parser.parse_args()
    opts.root = os.path.realpath(opts.root) if opts.root else ""
    opts.tool = os.path.abspath(opts.tool)
    if not os.access("/proc/sys/vm/drop_caches", os.W_OK):
        opts.drop = "files"

    print(f"{machine()}, {load()}")
    print("cold cache: " + ("all caches dropped before each run" if opts.drop == "all"
                            else "vmlinux and vmcore forgotten before each run"))
    peers = find_peers(opts)
    for name in opts.case:
        one_case(opts, peers, name)
    growth(opts, opts.growth.split())
    print(f"\nat the end: {load()}")


main()
