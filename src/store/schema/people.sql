-- Whom the list of messages knows. It has the first recipient of a message; the others are learned when mail comes.
INSERT INTO person(address, name, written, writes, last, stamp)
  SELECT lower(m.from_addr), substr(m.from_name, 1, 200), 0, count(*), max(m.date), 1
  FROM placement p JOIN msg m ON m.id = p.msg JOIN folder f ON f.id = p.folder
  WHERE coalesce(f.role, 'inbox') IN ('inbox', 'archive') AND m.from_addr LIKE '%_@_%' AND length(m.from_addr) <= 320
    AND m.from_addr NOT LIKE '%no%reply%@%' AND m.from_addr NOT LIKE '%mailer-daemon@%'
  GROUP BY lower(m.from_addr) ORDER BY max(m.date) DESC LIMIT 50000;
INSERT INTO person(address, name, written, writes, last, stamp)
  SELECT lower(m.to_addr), substr(m.to_name, 1, 200), count(*), 0, max(m.date), 1
  FROM placement p JOIN msg m ON m.id = p.msg JOIN folder f ON f.id = p.folder
  WHERE f.role = 'sent' AND m.to_addr LIKE '%_@_%' AND length(m.to_addr) <= 320
  GROUP BY lower(m.to_addr) ORDER BY max(m.date) DESC LIMIT 50000
  ON CONFLICT(address) DO UPDATE SET written = excluded.written, last = max(last, excluded.last),
    name = iif(excluded.name <> '', excluded.name, name);
