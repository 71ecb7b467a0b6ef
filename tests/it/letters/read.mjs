// Reads every *.eml of a folder as the Node package mailparser does, and prints what it read as JSON.
// usage: node read.mjs FOLDER MODULES

import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { domainToASCII } from "node:url";

const [folder, modules] = process.argv.slice(2);
const wanted = createRequire(join(modules, "judge.js"));
const { simpleParser } = wanted("mailparser");
const words = wanted("libmime");

// It shows domains as people read them; compared is what was written.
const written = (address) => address.replace(/[^@]*$/, (domain) => domainToASCII(domain));
const person = (one) => [one.name ?? "", written(one.address ?? "")];
const people = (field) => (field?.value ?? []).filter((one) => one.address).map(person);
const listed = (value) => (value === undefined ? [] : [].concat(value));
const bracketed = (id) => (id.startsWith("<") ? id : `<${id}>`);

async function read(path) {
  // As it stands: addresses in the text are not made into links, pages and pictures not into text.
  const raw = readFileSync(path);
  const options = { skipHtmlToText: true, skipTextToHtml: true, skipImageLinks: true, skipTextLinks: true, keepCidLinks: true };
  const message = await simpleParser(raw, options);
  const files = message.attachments.filter((part) => part.contentDisposition);
  const calendar = message.attachments.filter((part) => part.contentType === "text/calendar");
  return {
    subject: message.subject ?? "",
    from: people(message.from),
    to: people(message.to),
    cc: people(message.cc),
    reply_to: people(message.replyTo),
    in_reply_to: listed(message.inReplyTo).map(bracketed),
    references: listed(message.references).map(bracketed),
    message_id: message.messageId ?? "",
    custom: words.decodeWords(String(message.headers.get("x-project") ?? "")),
    body: message.text ?? "",
    page: message.html || "",
    calendar: calendar.map((part) => part.content.toString("utf8")).join(""),
    files: files.map((part) => [part.filename ?? "", part.contentId ?? "", part.content.toString("base64")]),
  };
}

const seen = {};
for (const name of readdirSync(folder).filter((name) => name.endsWith(".eml")).sort()) {
  seen[basename(name, ".eml")] = await read(join(folder, name));
}
console.log(JSON.stringify(seen));
