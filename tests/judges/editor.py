"""What an editor shows at a place of a TOML file: tombi's language server is asked as an editor asks it.

    editor.py TOMBI FILE LINE COLUMN

prints a line for each completion: its label, its title, and what is said of it. Lines and columns count from 0."""

import json
import subprocess
import sys
import time
from pathlib import Path

tombi, name, line, column = sys.argv[1], Path(sys.argv[2]).resolve(), int(sys.argv[3]), int(sys.argv[4])
server = subprocess.Popen(
    [tombi, "lsp", "--offline"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=name.parent
)


def send(**message):
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    server.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
    server.stdin.flush()


def receive():
    length = 0
    while header := server.stdout.readline().strip():
        key, value = header.split(b":", 1)
        if key.lower() == b"content-length":
            length = int(value)
    return json.loads(server.stdout.read(length))


def ask(number, method, params):
    send(id=number, method=method, params=params)
    while True:
        message = receive()
        if "method" in message and "id" in message:
            send(id=message["id"], result=None)
        elif message.get("id") == number:
            return message["result"]


document = {"uri": name.as_uri()}
ask(1, "initialize", {"processId": None, "rootUri": name.parent.as_uri(), "capabilities": {}})
send(method="initialized", params={})
opened = {**document, "languageId": "toml", "version": 1, "text": name.read_text(encoding="utf-8")}
send(method="textDocument/didOpen", params={"textDocument": opened})
place = {"textDocument": document, "position": {"line": line, "character": column}}
# The server reads the schema beside, and knows no completion before it has: an editor asks again with the next key.
for number in range(2, 62):
    found = ask(number, "textDocument/completion", place) or []
    items = found if isinstance(found, list) else found["items"]
    if items:
        break
    time.sleep(0.5)
server.kill()
for item in items:
    said = item.get("documentation") or ""
    said = said if isinstance(said, str) else said["value"]
    print(" | ".join([item["label"], item.get("detail") or "", said.split("\n")[0]]))
