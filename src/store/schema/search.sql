-- search.db: every word of mail.db. It can be removed at any time.
CREATE VIRTUAL TABLE words USING fts5(
  sender, receivers, subject, body, files,
  sender_sounds, receiver_sounds,           -- Chinese names as they are typed by their sounds or initials
  content = '', contentless_delete = 1, tokenize = 'ascii',
  prefix = '3'                              -- as many letters as a word has that may go on; longer ones are rare enough
);
CREATE TABLE done(
  msg INTEGER PRIMARY KEY,
  arrival INTEGER NOT NULL
);
CREATE INDEX done_arrival ON done(arrival);
-- All changes of the mail.db with this mark are in here but those above `top` and those up to `bottom`.
CREATE TABLE progress(
  mark TEXT NOT NULL,
  cutter INTEGER NOT NULL,                  -- the version of the rules that cut the words
  top INTEGER NOT NULL,
  bottom INTEGER NOT NULL
);
