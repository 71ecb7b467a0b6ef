-- own.db: where messages shall lie, what the user did last, and what could not be done.
ALTER TABLE want ADD COLUMN target BLOB;                        -- the server's name of the folder where it shall lie; NULL: it stays
ALTER TABLE want ADD COLUMN erase INTEGER;                      -- it shall be gone, and the server is not told before this moment
ALTER TABLE want ADD COLUMN step INTEGER NOT NULL DEFAULT 0;    -- 0 nothing was told, 1 moving, 2 copying, 3 copied, 4 flagged, 5 kept
ALTER TABLE want ADD COLUMN way BLOB NOT NULL DEFAULT x'';      -- the folder that the server was told
ALTER TABLE want ADD COLUMN mark_validity INTEGER NOT NULL DEFAULT 0; -- the greatest number there before it was told
ALTER TABLE want ADD COLUMN mark INTEGER NOT NULL DEFAULT 0;
ALTER TABLE want ADD COLUMN since INTEGER NOT NULL DEFAULT 0;   -- when the step was taken
ALTER TABLE want ADD COLUMN subject TEXT NOT NULL DEFAULT '';   -- to say which one it was if it is gone
ALTER TABLE want ADD COLUMN sender TEXT NOT NULL DEFAULT '';
CREATE INDEX want_message ON want(msgid, size, arrival);
CREATE TABLE copy(                          -- copies that shall lie elsewhere
  want INTEGER NOT NULL REFERENCES want(id),
  target BLOB NOT NULL,
  begun INTEGER NOT NULL DEFAULT 0,         -- when the server was told; 0: not yet
  mark_validity INTEGER NOT NULL DEFAULT 0,
  mark INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY(want, target)
) WITHOUT ROWID;
CREATE TABLE deed(                          -- what one key did; the last one is taken back first
  id INTEGER PRIMARY KEY AUTOINCREMENT,     -- never used twice
  kind TEXT NOT NULL,
  add_flags INTEGER NOT NULL DEFAULT 0,
  remove_flags INTEGER NOT NULL DEFAULT 0,
  account INTEGER,                          -- of the folder
  target BLOB,
  at INTEGER NOT NULL
);
CREATE TABLE deed_with(                     -- one key did it together with another deed
  deed INTEGER PRIMARY KEY,
  first INTEGER NOT NULL                    -- the first of them
);
CREATE TABLE deed_part(
  deed INTEGER NOT NULL REFERENCES deed(id),
  n INTEGER NOT NULL,
  placement INTEGER NOT NULL,               -- in the mail.db of that time
  want INTEGER NOT NULL,                    -- 0: no server has the message
  account INTEGER NOT NULL REFERENCES account(id),
  folder BLOB NOT NULL,                     -- as in want: finds it in another mail.db
  uidvalidity INTEGER NOT NULL,
  uid INTEGER NOT NULL,
  msgid TEXT NOT NULL,
  size INTEGER NOT NULL,
  arrival INTEGER NOT NULL,
  lay BLOB NOT NULL,                        -- where the user saw it
  flags INTEGER NOT NULL,                   -- and how
  PRIMARY KEY(deed, n)
) WITHOUT ROWID;
CREATE TABLE need(                          -- what could not be done; the user says what becomes of it
  id INTEGER PRIMARY KEY AUTOINCREMENT,     -- never used twice
  want INTEGER NOT NULL,                    -- which want it was
  account INTEGER NOT NULL REFERENCES account(id),
  folder BLOB NOT NULL,                     -- as in want
  uidvalidity INTEGER NOT NULL,
  uid INTEGER NOT NULL,
  msgid TEXT NOT NULL,
  size INTEGER NOT NULL,
  arrival INTEGER NOT NULL,
  subject TEXT NOT NULL,
  sender TEXT NOT NULL,
  kind TEXT NOT NULL,
  target BLOB,
  why TEXT NOT NULL,
  said TEXT NOT NULL DEFAULT '',
  since INTEGER NOT NULL
);
