# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a second "check -J" on stdin finds that the first, a file, does not."""
import json
import sys

with open(sys.argv[1], encoding="utf-8") as first:
    before = json.load(first)["findings"]
for finding in json.load(sys.stdin)["findings"]:
    if finding not in before:
        print(finding["code"], finding["message"])
