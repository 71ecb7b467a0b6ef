"""Reads every *.eml of a folder as CPython's email package does, and prints what it read as JSON."""

import base64
import email
import email.policy
import json
import pathlib
import sys


def people(message, name):
    field = message[name]
    return [[one.display_name, one.addr_spec] for one in field.addresses] if field is not None else []


def words(message, name):
    return str(message[name]).split() if message[name] is not None else []


def held(part):
    if part.get_content_type() == "message/rfc822":
        return b""
    return part.get_payload(decode=True)


def read(raw):
    message = email.message_from_bytes(raw, policy=email.policy.default)
    plain = message.get_body(("plain",))
    page = message.get_body(("html",))
    files = []
    for part in message.walk():
        if part.get_content_disposition() is not None:
            names = [part.get_filename(), str(part["content-id"] or "")]
            files.append(names + [base64.b64encode(held(part)).decode()])
    defects = [repr(defect) for part in message.walk() for defect in part.defects]
    for part in message.walk():
        for name, value in part.items():
            # A name in words that a parameter must not have, for programs that know no others.
            if name.lower() == "content-type":
                continue
            defects += [repr(defect) for defect in getattr(value, "defects", ())]
    return {
        "subject": str(message["subject"]),
        "from": people(message, "from"),
        "to": people(message, "to"),
        "cc": people(message, "cc"),
        "reply_to": people(message, "reply-to"),
        "in_reply_to": words(message, "in-reply-to"),
        "references": words(message, "references"),
        "message_id": str(message["message-id"]),
        "custom": str(message["x-project"] or ""),
        "body": plain.get_content() if plain else "",
        "page": page.get_content() if page else "",
        "calendar": "".join(p.get_content() for p in message.walk() if p.get_content_type() == "text/calendar"),
        "files": files,
        "defects": defects,
    }


folder = pathlib.Path(sys.argv[1])
print(json.dumps({path.stem: read(path.read_bytes()) for path in sorted(folder.glob("*.eml"))}))
