-- What was learned of servers: they do not do what they say. Forgotten after a while, because servers change too.
CREATE TABLE learned(
  account TEXT NOT NULL,
  quirk TEXT NOT NULL,
  evidence TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY(account, quirk)
);
