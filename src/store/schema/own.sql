-- own.db: what no server has. Small, synced at every commit, copied every day, never deleted.
CREATE TABLE want(
  id INTEGER PRIMARY KEY AUTOINCREMENT,     -- never used twice: mail.db remembers it
  account TEXT NOT NULL,
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
