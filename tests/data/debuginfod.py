#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A debuginfod that behaves as it is told, on 127.0.0.1.

debuginfod.py file FILE BUILD-ID [LOG] PORT-FILE    serves one file
debuginfod.py 404|500 PORT-FILE                     answers with an error
debuginfod.py hang PORT-FILE                        takes requests and says nothing
"""
import http.server
import os
import sys
import time

how, *words = sys.argv[1:-1]


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if len(words) > 2:
            with open(words[2], "a") as log:
                print(self.path, file=log)
        if how == "hang":
            time.sleep(60)
        elif how == "file" and self.path == f"/buildid/{words[1]}/debuginfo":
            with open(words[0], "rb") as file:
                body = file.read()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        else:
            self.send_error(int(how) if how.isdigit() else 404)

    def log_message(self, *args):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
with open(sys.argv[-1] + ".new", "w") as file:
    print(server.server_port, file=file)
os.rename(sys.argv[-1] + ".new", sys.argv[-1])
server.serve_forever()
