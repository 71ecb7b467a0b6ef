"""Reads every *.eml of a folder as the programs of a time before Unicode do, and prints what it read as JSON.

Each word of a field is decoded for itself and turned into GBK at once: a character that is cut between two words is lost.
Names of files are looked for in `name=` alone, as words. What GBK does not have becomes a question mark."""

import base64
import email
import email.policy
import json
import pathlib
import re
import sys

WORD = re.compile(r"=\?utf-8\?b\?([^?]*)\?=", re.IGNORECASE)
BETWEEN = re.compile(r"(\?=)[ \t]*\r?\n?[ \t]+(=\?)")


def shown(text):
    return text.encode("gbk", "replace").decode("gbk")


def words(value):
    value = BETWEEN.sub(r"\1\2", value)
    value = re.sub(r"\r?\n([ \t])", r"\1", value)
    # Strictly: half a character is an error.
    return WORD.sub(lambda word: shown(base64.b64decode(word[1], validate=True).decode("utf-8")), value).strip()


def names(message):
    found = []
    for part in message.walk():
        if part.get("Content-Disposition") is None:
            continue
        name = re.search(r'[; \t]name="([^"]*)"', part.get("Content-Type", ""))
        found.append(words(name[1]) if name else "")
    return sorted(found)


def body(message):
    for part in message.walk():
        if part.get_content_type() == "text/plain" and part.get("Content-Disposition") is None:
            return shown(part.get_payload(decode=True).decode("utf-8")).replace("\r\n", "\n").rstrip()
    return ""


def read(raw):
    message = email.message_from_bytes(raw, policy=email.policy.compat32)
    return {"subject": words(message.get("Subject", "")), "from": words(message.get("From", "")), "body": body(message),
            "files": names(message)}


folder = pathlib.Path(sys.argv[1])
print(json.dumps({path.stem: read(path.read_bytes()) for path in sorted(folder.glob("*.eml"))}))
