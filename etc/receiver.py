"""A receiver of jivod's changes to begin with: python3 receiver.py crm.secret [PORT]. Needs nothing but Python.

It checks the signature (standardwebhooks.com), lets each webhook-id through once, and answers 204. Whatever else it
answers, or if it takes longer than `timeout`, the change comes again. For https put a proxy before it.
"""

import base64
import hmac
import http.server
import json
import sys
import time

TOLERANCE = 300  # seconds between its clock and ours
LONGEST = 64 * 1024  # bytes; jivod sends 20,000 at most


def key_of(secret):
    return base64.b64decode(secret[6:]) if secret.startswith("whsec_") else secret.encode()


def is_ours(key, headers, body, now):
    """Whether jivod signed this body, and lately."""
    name, second = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not (second.isascii() and second.isdigit()) or abs(now - int(second[:12])) > TOLERANCE:
        return False
    signed = b".".join([name.encode(), second.encode(), body])
    expected = b"v1," + base64.b64encode(hmac.digest(key, signed, "sha256"))
    given = headers.get("webhook-signature", "").encode().split()
    return any(hmac.compare_digest(expected, each) for each in given)


def handle(message):
    """Here begins what is yours."""
    print(message["type"], json.dumps(message["data"].get("customer"), ensure_ascii=False), flush=True)


class Receiver(http.server.BaseHTTPRequestHandler):
    key = b""
    seen = {}  # webhook-id -> nothing, the oldest first; keep it in a table if it must outlive this process

    def do_POST(self):
        length = self.headers.get("content-length", "")
        body = self.rfile.read(int(length)) if length.isdigit() and int(length) <= LONGEST else b""
        headers = {name.lower(): value for name, value in self.headers.items()}
        if not body or not is_ours(self.key, headers, body, time.time()):
            return self.answer(401)
        if headers["webhook-id"] not in self.seen:
            handle(json.loads(body))  # if this fails there is no answer, and it comes again
            self.seen[headers["webhook-id"]] = None
            if len(self.seen) > 10_000:
                del self.seen[next(iter(self.seen))]
        return self.answer(204)

    def answer(self, status):
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        """Say nothing of each request."""


if __name__ == "__main__":
    with open(sys.argv[1], encoding="ascii") as file:
        Receiver.key = key_of(file.read().strip())
    port = int(sys.argv[2]) if len(sys.argv) > 2 else 8090
    http.server.ThreadingHTTPServer(("127.0.0.1", port), Receiver).serve_forever()
