-- name: uploads.sender
SELECT a.member FROM addresses a WHERE a.channel = :channel AND a.address = :address
AND EXISTS (SELECT 1 FROM memberships p WHERE p.member = a.member)

-- name: uploads.begin
INSERT INTO uploads(member, since, files, bytes) VALUES (:member, :now, 1, :size)
ON CONFLICT (member) DO UPDATE SET
  since = CASE WHEN uploads.since <= :over THEN :now ELSE uploads.since END,
  files = CASE WHEN uploads.since <= :over THEN 1 ELSE uploads.files + 1 END,
  bytes = CASE WHEN uploads.since <= :over THEN :size ELSE uploads.bytes + :size END
WHERE uploads.since <= :over OR (uploads.files < :most_files AND uploads.bytes + :size <= :most_bytes)
RETURNING since

-- name: uploads.give_back
UPDATE uploads SET files = files - :files, bytes = bytes - :size WHERE member = :member AND since = :since

-- name: uploads.forget_member
DELETE FROM uploads WHERE member = :member

-- name: uploads.purge_visitors
DELETE FROM uploads WHERE since < :before AND member NOT IN (SELECT member FROM memberships)
