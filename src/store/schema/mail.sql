-- mail.db: what the servers have. It is fetched again if it is lost, except for mail that no server lists any more.
CREATE TABLE account(
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
);
CREATE TABLE folder(
  id INTEGER PRIMARY KEY,
  account INTEGER NOT NULL REFERENCES account(id),
  wire BLOB NOT NULL,                       -- the server's name, byte for byte
  delimiter TEXT,
  name TEXT NOT NULL,                       -- the same, decoded, for people
  role TEXT,
  selectable INTEGER NOT NULL,
  uidvalidity INTEGER NOT NULL DEFAULT 0,
  epoch INTEGER NOT NULL DEFAULT 0,         -- counts the changes of uidvalidity
  on_server INTEGER NOT NULL DEFAULT 0,     -- messages there when it was last asked
  absent INTEGER NOT NULL DEFAULT 0,        -- lists of the server in a row that did not have it
  total INTEGER NOT NULL DEFAULT 0,         -- counters of placement, kept in the same transactions
  unread INTEGER NOT NULL DEFAULT 0,
  UNIQUE(account, wire)
);
CREATE TABLE msg(
  id INTEGER PRIMARY KEY AUTOINCREMENT,     -- never used twice: a screen may still show the old one
  date INTEGER NOT NULL,
  arrival INTEGER NOT NULL,
  size INTEGER NOT NULL,
  from_name TEXT NOT NULL,
  from_addr TEXT NOT NULL,
  to_name TEXT NOT NULL,
  to_addr TEXT NOT NULL,
  subject TEXT NOT NULL,
  msgid TEXT NOT NULL,
  attach INTEGER NOT NULL,
  body INTEGER NOT NULL DEFAULT 0,          -- 0 absent, 1 in body, 2 in a file of its own
  decoder INTEGER NOT NULL                  -- the version of the rules that made these columns
);
CREATE TABLE header(                        -- the bytes that the columns were made from, to make them again
  msg INTEGER PRIMARY KEY,
  raw BLOB NOT NULL
);
CREATE TABLE placement(
  id INTEGER PRIMARY KEY AUTOINCREMENT,     -- never used twice, for the same reason
  msg INTEGER NOT NULL,
  folder INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  uid INTEGER,
  arrival INTEGER NOT NULL,
  sflags INTEGER NOT NULL,                  -- as last seen on the server
  lflags INTEGER NOT NULL                   -- as the user sees them: sflags and the wants on top
);
CREATE UNIQUE INDEX placement_uid ON placement(folder, epoch, uid DESC);
CREATE INDEX placement_order ON placement(folder, arrival DESC, uid DESC);
CREATE TABLE pending(                       -- the wants of own.db, bound to placements; made anew at every start
  placement INTEGER PRIMARY KEY,
  want INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  add_flags INTEGER NOT NULL,
  remove_flags INTEGER NOT NULL
);
CREATE TABLE body(
  msg INTEGER PRIMARY KEY,
  dict INTEGER NOT NULL DEFAULT 0,
  size INTEGER NOT NULL,
  z BLOB NOT NULL                           -- zstd
);
CREATE TABLE bigbody(                       -- bodies of more than a megabyte are files, named by their content
  msg INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL,
  size INTEGER NOT NULL
);
