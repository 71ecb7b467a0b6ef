-- Hints that the user has read and does not want to see again.
CREATE TABLE dismissed(
  account TEXT NOT NULL,
  hint TEXT NOT NULL,
  PRIMARY KEY(account, hint)
);
