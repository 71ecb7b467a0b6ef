-- Up to which number of which epoch the user was told of what came; -1: never yet.
ALTER TABLE folder ADD COLUMN told_epoch INTEGER NOT NULL DEFAULT -1;
ALTER TABLE folder ADD COLUMN told INTEGER NOT NULL DEFAULT 0;
