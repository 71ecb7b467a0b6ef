-- The accounts of the settings. Their names are the user's to change; what belongs to them refers to the number.
CREATE TABLE account(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  mark TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(16)))), -- what mail.db knows it by
  name TEXT NOT NULL UNIQUE,
  address TEXT NOT NULL DEFAULT '',         -- with the three that follow: finds it again under another name
  imap TEXT NOT NULL DEFAULT '',
  smtp TEXT NOT NULL DEFAULT '',
  login TEXT NOT NULL DEFAULT ''
);
INSERT INTO account(name)
  SELECT account FROM want UNION SELECT account FROM learned UNION SELECT account FROM dismissed;

CREATE TABLE want_5(
  id INTEGER PRIMARY KEY AUTOINCREMENT,     -- never used twice: mail.db remembers it
  account INTEGER NOT NULL REFERENCES account(id),
  folder BLOB NOT NULL,
  uidvalidity INTEGER NOT NULL,
  uid INTEGER NOT NULL,
  msgid TEXT NOT NULL,                      -- with size and arrival: finds the message again under another number
  size INTEGER NOT NULL,
  arrival INTEGER NOT NULL,
  add_flags INTEGER NOT NULL,
  remove_flags INTEGER NOT NULL,
  revision INTEGER NOT NULL DEFAULT 0,      -- grows with every change, so that an old confirmation confirms nothing new
  UNIQUE(account, folder, uidvalidity, uid)
);
INSERT INTO want_5 SELECT w.id, a.id, w.folder, w.uidvalidity, w.uid, w.msgid, w.size, w.arrival, w.add_flags,
  w.remove_flags, w.revision FROM want w JOIN account a ON a.name = w.account;
DELETE FROM sqlite_sequence WHERE name = 'want_5';
INSERT INTO sqlite_sequence(name, seq) SELECT 'want_5', seq FROM sqlite_sequence WHERE name = 'want';
DROP TABLE want;
ALTER TABLE want_5 RENAME TO want;

CREATE TABLE learned_5(
  account INTEGER NOT NULL REFERENCES account(id),
  quirk TEXT NOT NULL,
  evidence TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY(account, quirk)
);
INSERT INTO learned_5 SELECT a.id, l.quirk, l.evidence, l.at FROM learned l JOIN account a ON a.name = l.account;
DROP TABLE learned;
ALTER TABLE learned_5 RENAME TO learned;

CREATE TABLE dismissed_5(
  account INTEGER NOT NULL REFERENCES account(id),
  hint TEXT NOT NULL,
  PRIMARY KEY(account, hint)
);
INSERT INTO dismissed_5 SELECT a.id, d.hint FROM dismissed d JOIN account a ON a.name = d.account;
DROP TABLE dismissed;
ALTER TABLE dismissed_5 RENAME TO dismissed;

-- Wants out of a copy of this file: nobody knows whether they were done since, so they are not done.
CREATE TABLE doubtful(
  account INTEGER NOT NULL REFERENCES account(id),
  folder BLOB NOT NULL,
  uidvalidity INTEGER NOT NULL,
  uid INTEGER NOT NULL,
  msgid TEXT NOT NULL,
  size INTEGER NOT NULL,
  arrival INTEGER NOT NULL,
  add_flags INTEGER NOT NULL,
  remove_flags INTEGER NOT NULL
);

-- Messages that somebody writes. Bytes that go with them are files in `kept/`, named by their hash.
CREATE TABLE draft(
  id INTEGER PRIMARY KEY AUTOINCREMENT,     -- never used twice: a screen may still show the old one
  account INTEGER NOT NULL REFERENCES account(id),
  updated INTEGER NOT NULL,
  letter INTEGER,                           -- on its way out as this one; not shown until that is taken back
  sender TEXT NOT NULL,
  receivers TEXT NOT NULL,
  cc TEXT NOT NULL,
  bcc TEXT NOT NULL,
  reply_to TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  form TEXT NOT NULL
);
CREATE TABLE draft_field(                   -- other fields of the head
  draft INTEGER NOT NULL REFERENCES draft(id),
  n INTEGER NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY(draft, n)
) WITHOUT ROWID;
CREATE TABLE draft_file(
  draft INTEGER NOT NULL REFERENCES draft(id),
  n INTEGER NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  size INTEGER NOT NULL,
  path BLOB,                                -- where the user keeps it, byte for byte
  kept TEXT,                                -- or the hash of what is in `kept/`
  content_id TEXT,
  PRIMARY KEY(draft, n)
) WITHOUT ROWID;
CREATE TABLE draft_about(
  draft INTEGER PRIMARY KEY REFERENCES draft(id),
  what TEXT NOT NULL,
  message_id TEXT NOT NULL,
  refs TEXT NOT NULL,                       -- a line each
  page TEXT,                                -- the hash of what is in `kept/`
  quoted_from TEXT,
  subject TEXT NOT NULL,
  sender TEXT NOT NULL,
  date INTEGER
);

-- Messages on their way out. Their bytes are files in `outgoing/`, named by their hash; they never change.
CREATE TABLE outgoing(
  id INTEGER PRIMARY KEY AUTOINCREMENT,     -- never used twice
  account INTEGER NOT NULL REFERENCES account(id),
  sender TEXT NOT NULL,
  subject TEXT NOT NULL,
  message_id TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  size INTEGER NOT NULL,
  queued INTEGER NOT NULL,
  hold_until INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL,
  copy TEXT NOT NULL,
  copy_from INTEGER,                        -- when to look for the copy
  what TEXT,                                -- what is done with the message that it is about
  about TEXT NOT NULL DEFAULT '',           -- and the Message-ID of that
  failure TEXT,                             -- what went wrong last, by its word; the columns that follow belong to it
  failure_about TEXT NOT NULL DEFAULT '',
  failure_said TEXT NOT NULL DEFAULT '',
  failure_retry TEXT NOT NULL DEFAULT '',
  failure_remedy TEXT,
  worked_before INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE outgoing_recipient(
  letter INTEGER NOT NULL REFERENCES outgoing(id),
  n INTEGER NOT NULL,
  address TEXT NOT NULL,
  state TEXT NOT NULL,
  said TEXT NOT NULL DEFAULT '',
  PRIMARY KEY(letter, n)
) WITHOUT ROWID;

-- People whom the user brought along from elsewhere.
CREATE TABLE contact(
  id INTEGER PRIMARY KEY AUTOINCREMENT,     -- grows with every change
  address TEXT NOT NULL UNIQUE,             -- in lower case
  name TEXT NOT NULL
);
