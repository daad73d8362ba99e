-- name: files.lock
-- sqlite
SELECT 1 AS held WHERE :sha256 <> ''
-- postgres
SELECT pg_advisory_xact_lock(hashtextextended(:sha256, 7460112)) AS held
-- both

-- name: files.begin
INSERT INTO arriving(token, sha256, began_at) VALUES (:token, NULL, :now)

-- name: files.named
UPDATE arriving SET sha256 = :sha256 WHERE token = :token

-- name: files.arrived
DELETE FROM arriving WHERE token = :token

-- name: files.put
INSERT INTO files(sha256, size, media_type, stored_at) VALUES (:sha256, :size, NULL, :now)
ON CONFLICT (sha256) DO NOTHING

-- name: files.typed
UPDATE files SET media_type = :media_type WHERE sha256 = :sha256

-- name: files.get
SELECT sha256, size, media_type, stored_at FROM files WHERE sha256 = :sha256

-- name: files.known
SELECT EXISTS (SELECT 1 FROM files WHERE sha256 = :sha256) OR EXISTS (SELECT 1 FROM arriving WHERE sha256 = :sha256)
  AS known

-- name: files.page
SELECT sha256, size FROM files WHERE sha256 > :after ORDER BY sha256 LIMIT :most

-- name: files.stale
SELECT token FROM arriving WHERE began_at < :before

-- name: files.tokens
SELECT token FROM arriving

-- name: files.use
INSERT INTO file_uses(sha256, holder) VALUES (:sha256, :holder) ON CONFLICT (sha256, holder) DO NOTHING

-- name: files.uses
SELECT holder FROM file_uses WHERE sha256 = :sha256 ORDER BY holder
