INSERT INTO migrations(number) VALUES (3);

-- What takes too long for a turn. Its result comes back as a row of the inbox. created_at and ended_at are business
-- time, retry_at and lease_until machine time; `reports` counts what the person was told meanwhile.
CREATE TABLE work (
  id {{id}}, key TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, member BIGINT NOT NULL, channel TEXT NOT NULL,
  address TEXT NOT NULL, params TEXT NOT NULL, state TEXT NOT NULL, reason TEXT, attempts BIGINT NOT NULL,
  retry_at BIGINT NOT NULL, worker TEXT, lease_until BIGINT, reports BIGINT NOT NULL, created_at BIGINT NOT NULL,
  ended_at BIGINT
);
CREATE INDEX work_ready ON work(id) WHERE state = 'ready';
CREATE INDEX work_waiting ON work(member, id) WHERE state = 'ready';
CREATE INDEX work_running ON work(member) WHERE state = 'running';
CREATE INDEX work_by_member ON work(member);

-- Set only in rows that slow work makes, so that nothing a person sends can pass for one.
ALTER TABLE inbox ADD COLUMN work BIGINT;
CREATE UNIQUE INDEX inbox_by_work ON inbox(work) WHERE work IS NOT NULL;

-- Files that were handed in, by their content. Instants of the store are machine time; media_type is null until
-- somebody has looked inside.
CREATE TABLE files (sha256 TEXT PRIMARY KEY, size BIGINT NOT NULL, media_type TEXT, stored_at BIGINT NOT NULL);

-- Files on their way in: the row is there before the first byte, and names the content before that has its place.
CREATE TABLE arriving (token TEXT PRIMARY KEY, sha256 TEXT, began_at BIGINT NOT NULL);
CREATE INDEX arriving_by_content ON arriving(sha256);

-- Who refers to a file, such as "dossier:BN-2024-DH-00012-7:2".
CREATE TABLE file_uses (
  sha256 TEXT NOT NULL REFERENCES files(sha256), holder TEXT NOT NULL, PRIMARY KEY (sha256, holder)
);
