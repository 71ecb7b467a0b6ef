-- How far the copy of a folder can be trusted, so that the next look at it can be short.
ALTER TABLE folder ADD COLUMN modseq INTEGER NOT NULL DEFAULT 0;              -- the server's count of changes when the folder was last in step; 0: it has none
ALTER TABLE folder ADD COLUMN whole_from INTEGER NOT NULL DEFAULT 4294967296; -- from this number upwards nothing was missing
-- When the server first left the folder out of its list; 0 while it is there.
ALTER TABLE folder ADD COLUMN absent_since INTEGER NOT NULL DEFAULT 0;
