#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""overwrite_log.py TOOL CASE COPY CODE STATUS MESSAGE: overwrite a line of the log in a copy of
CASE's dump by MESSAGE, let TOOL check it, and print what is not as it should be: a finding
CODE that has the message in its words or evidence ("-": none besides notes), exit code STATUS.
"""

import json
import subprocess
import sys


def run(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)


def overwrite(tool, case, copy, message):
    """True: the log now has MESSAGE, blanks behind it, in the place of a longer line."""
    with open(f"{case}/vmcore", "rb") as file:
        core = bytearray(file.read())
    log = run(tool, "log", "-J", f"{case}/vmlinux", f"{case}/vmcore").stdout
    lines = [record["text"] for record in json.loads(log)["messages"]]
    for line in sorted(lines, key=len):
        old = line.encode("utf-8", "surrogateescape")
        if len(old) < len(message) or b"\\" in old or core.count(old) != 1:
            continue
        at = core.index(old)
        core[at:at + len(old)] = message.encode().ljust(len(old))
        with open(copy, "wb") as file:
            file.write(core)
        return True
    return False


def main():
    tool, case, copy, code, status, message = sys.argv[1:]
    if not overwrite(tool, case, copy, message):
        return print("no line of the log is as long as that, and there once")
    done = run(tool, "check", "-J", f"{case}/vmlinux", copy)
    findings = json.loads(done.stdout)["findings"]
    words = " ".join(message.split())
    about = [f for f in findings
             if any(words[:40] in " ".join(text.split()) for text in
                    [f["message"]] + [e["text"] for e in f["evidence"]])]
    if done.returncode != int(status):
        print(f"exit code {done.returncode}, not {status}: "
              f"{[f['message'] for f in findings if f['severity'] != 'note']}")
    if code != "-" and code not in [f["code"] for f in about]:
        print(f"found {[(f['code'], f['message']) for f in findings]}")
    if code == "-" and [f for f in about if f["severity"] != "note"]:
        print(f"found {[(f['code'], f['message']) for f in about]}")


if __name__ == "__main__":
    main()
