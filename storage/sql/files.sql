-- name: files.lock
-- sqlite
SELECT 1 AS held WHERE :sha <> ''
-- postgres
SELECT pg_advisory_xact_lock(hashtextextended(:sha, 7460112)) AS held
-- both

-- name: files.begin
INSERT INTO arriving(token, sha256, began_at) VALUES (:token, NULL, :now)

-- name: files.named
UPDATE arriving SET sha256 = :sha WHERE token = :token

-- name: files.arrived
DELETE FROM arriving WHERE token = :token

-- name: files.put
-- Content that comes again is as good as new to whoever removes what nothing has used for long.
INSERT INTO files(sha256, size, media_type, stored_at) VALUES (:sha, :size, NULL, :now)
ON CONFLICT (sha256) DO UPDATE SET stored_at = excluded.stored_at

-- name: files.typed
UPDATE files SET media_type = :media_type WHERE sha256 = :sha

-- name: files.get
SELECT sha256, size, media_type, stored_at FROM files WHERE sha256 = :sha

-- name: files.known
SELECT EXISTS (SELECT 1 FROM files WHERE sha256 = :sha) OR EXISTS (SELECT 1 FROM arriving WHERE sha256 = :sha)
  AS known

-- name: files.page
SELECT sha256, size FROM files WHERE sha256 > :after ORDER BY sha256 LIMIT :most

-- name: files.stale
SELECT token FROM arriving WHERE began_at < :before

-- name: files.tokens
SELECT token FROM arriving

-- name: files.use
INSERT INTO file_uses(sha256, holder) VALUES (:sha, :holder) ON CONFLICT (sha256, holder) DO NOTHING

-- name: files.uses
SELECT holder FROM file_uses WHERE sha256 = :sha ORDER BY holder

-- name: files.scanned
UPDATE files SET scan = :scan WHERE sha256 = :sha

-- name: files.unused
SELECT f.sha256, f.size FROM files f WHERE f.stored_at < :before AND f.sha256 > :after
AND NOT EXISTS (SELECT 1 FROM file_uses u WHERE u.sha256 = f.sha256)
AND NOT EXISTS (SELECT 1 FROM dossier_pages p WHERE p.sha256 = f.sha256) ORDER BY f.sha256 LIMIT :most

-- name: files.still_named
-- One statement: what moves from one table to another meanwhile is found in one of them.
SELECT body AS said FROM sessions WHERE body LIKE '%"sha256"%'
UNION ALL SELECT body FROM drafts WHERE body LIKE '%"sha256"%'
UNION ALL SELECT rows FROM imports WHERE state IN ('checked', 'registering') AND rows LIKE '%"sha256"%'
UNION ALL SELECT params FROM work WHERE state IN ('ready', 'running')
UNION ALL SELECT raw FROM inbox WHERE state = 'waiting'
UNION ALL SELECT body FROM outbox WHERE state IN ('ready', 'sending') AND body LIKE '%"stored"%'

-- name: files.hold
SELECT sha256 FROM files WHERE sha256 = :sha
-- postgres
FOR UPDATE
-- both

-- name: files.drop_unused
DELETE FROM files WHERE sha256 = :sha AND stored_at < :before
AND NOT EXISTS (SELECT 1 FROM file_uses u WHERE u.sha256 = :sha)
AND NOT EXISTS (SELECT 1 FROM dossier_pages p WHERE p.sha256 = :sha)
