-- mail.db: which messages came, changed or went, in this order, for what is derived from them (search.db).
CREATE TABLE identity(mark TEXT NOT NULL);  -- tells this mail.db from another one in its place
INSERT INTO identity VALUES(lower(hex(randomblob(16))));
CREATE TABLE change(
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  msg INTEGER NOT NULL UNIQUE               -- its last change; a message that is gone stays here
);
INSERT INTO change(msg) SELECT id FROM msg ORDER BY arrival DESC, id;
CREATE TRIGGER message_came AFTER INSERT ON msg BEGIN
  INSERT INTO change(msg) VALUES(new.id);
END;
CREATE TRIGGER message_changed AFTER UPDATE OF body, decoder, from_name, from_addr, to_name, to_addr, subject ON msg BEGIN
  DELETE FROM change WHERE msg = new.id;
  INSERT INTO change(msg) VALUES(new.id);
END;
CREATE TRIGGER message_went AFTER DELETE ON msg BEGIN
  DELETE FROM change WHERE msg = old.id;
  INSERT INTO change(msg) VALUES(old.id);
END;
CREATE INDEX IF NOT EXISTS placement_msg ON placement(msg);
CREATE INDEX msg_without_body ON msg(arrival) WHERE body = 0;
