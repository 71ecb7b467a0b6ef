-- Finds the rows that were made by older rules, without a walk through all of them.
CREATE INDEX msg_decoder ON msg(decoder);
