-- Where the user sees a message while the server has it elsewhere.
ALTER TABLE placement ADD COLUMN shown INTEGER NOT NULL DEFAULT 0; -- the folder in whose list it stands; 0: in none
UPDATE placement SET shown = folder;
CREATE INDEX placement_away ON placement(folder, shown) WHERE shown <> folder;
ALTER TABLE pending ADD COLUMN step INTEGER NOT NULL DEFAULT 0;    -- as in own.db
ALTER TABLE pending ADD COLUMN way INTEGER NOT NULL DEFAULT 0;     -- the folder that the server was told
CREATE TABLE expected(                      -- messages that have come to a folder, whose numbers there were not fetched yet
  placement INTEGER PRIMARY KEY,
  uidvalidity INTEGER NOT NULL,             -- the number, if the server told it; 0 if not
  uid INTEGER NOT NULL,
  since INTEGER NOT NULL
);
CREATE INDEX pending_want ON pending(want);
