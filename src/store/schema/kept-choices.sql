-- own.db: what the user wants to find again, and how conversations are shown.
CREATE TABLE muted(                          -- conversations whose new mail is not told of
  msgid TEXT PRIMARY KEY,                   -- of its oldest message: mail.db numbers conversations anew when it is rebuilt
  at INTEGER NOT NULL
);
CREATE TABLE named_search(                   -- searches that the user gave a name
  name TEXT PRIMARY KEY,
  words TEXT NOT NULL,
  at INTEGER NOT NULL
);
