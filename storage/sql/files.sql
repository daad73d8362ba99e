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
INSERT INTO files(sha256, size, media_type, stored_at) VALUES (:sha, :size, NULL, :now)
ON CONFLICT (sha256) DO NOTHING

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
