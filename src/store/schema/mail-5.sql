-- Which account of own.db it is.
ALTER TABLE account ADD COLUMN mark TEXT;
-- Whom the user wrote to, and who wrote.
CREATE TABLE person(
  address TEXT PRIMARY KEY,                 -- in lower case
  name TEXT NOT NULL,                       -- may be empty
  written INTEGER NOT NULL,                 -- letters to them in folders for sent mail
  writes INTEGER NOT NULL,                  -- letters from them in the others
  last INTEGER NOT NULL,                    -- the youngest of them
  stamp INTEGER NOT NULL                    -- grows with every change
);
CREATE INDEX person_stamp ON person(stamp);
