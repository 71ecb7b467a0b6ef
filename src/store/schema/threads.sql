-- mail.db: which messages belong together, and what they are.
-- A message has a strand from the moment when it comes in, and keeps it. Strands that turn out to be one conversation are
-- joined beside: so the order of a folder can be read from an index that no later message changes.
ALTER TABLE msg ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;      -- a letter, a bill, a code …
ALTER TABLE msg ADD COLUMN own INTEGER NOT NULL DEFAULT 0;       -- what its Message-ID hashes to; 0: it has none
ALTER TABLE msg ADD COLUMN other INTEGER NOT NULL DEFAULT 0;     -- the same of what it was called before its provider named it anew
ALTER TABLE msg ADD COLUMN refs BLOB NOT NULL DEFAULT x'';       -- the same of what it answers, 8 bytes each, the nearest first
ALTER TABLE placement ADD COLUMN strand INTEGER NOT NULL DEFAULT 0; -- 0: nobody looked yet
DROP INDEX placement_order;
CREATE INDEX placement_order ON placement(shown, arrival DESC, uid DESC, strand);
CREATE INDEX placement_strand ON placement(strand);
CREATE INDEX placement_msg ON placement(msg);
CREATE INDEX placement_starred ON placement(shown, arrival DESC) WHERE lflags & 4 <> 0;
CREATE TABLE ref(                           -- the strand of everything that has a Message-ID or is named by one
  h INTEGER PRIMARY KEY,
  strand INTEGER NOT NULL
);
CREATE TABLE joined(                        -- strands that belong to another's conversation; never in a chain
  strand INTEGER PRIMARY KEY,
  thread INTEGER NOT NULL
);
CREATE INDEX joined_thread ON joined(thread);
