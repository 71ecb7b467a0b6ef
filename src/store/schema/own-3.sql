-- In which encoding the mail of a sender is to be read, because the user said so once. The youngest choice has the greatest rowid.
CREATE TABLE encoding(
  sender TEXT PRIMARY KEY,                  -- the address, in lower case
  charset TEXT NOT NULL
);
