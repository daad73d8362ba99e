-- name: upload_links.void
UPDATE upload_links SET done_at = :now WHERE member = :member AND done_at IS NULL

-- name: upload_links.add
INSERT INTO upload_links(token_sha256, member, channel, address, flow, question, most, files, expires_at, done_at)
VALUES (:token_sha256, :member, :channel, :address, :flow, :question, :most, 0, :expires_at, NULL)

-- name: upload_links.find
SELECT l.id, l.member, l.channel, l.address, l.flow, l.question, l.most, l.files, l.expires_at, l.done_at FROM upload_links l
JOIN addresses a ON a.channel = l.channel AND a.address = l.address AND a.member = l.member AND a.reachable = 1
WHERE l.token_sha256 = :token_sha256

-- name: upload_links.count
UPDATE upload_links SET files = files + 1 WHERE id = :id AND files < most

-- name: upload_links.place_back
UPDATE upload_links SET files = files - 1 WHERE id = :id AND files > 0

-- name: upload_links.has
SELECT params FROM work WHERE key = :key

-- name: upload_links.done
UPDATE upload_links SET done_at = :now WHERE id = :id AND done_at IS NULL AND expires_at > :now

-- name: upload_links.rehome
UPDATE upload_links SET member = :into WHERE member = :member

-- name: upload_links.forget_member
DELETE FROM upload_links WHERE member = :member

-- name: upload_links.purge
DELETE FROM upload_links WHERE expires_at < :before

-- name: upload_links.of_member
SELECT flow, files, most, expires_at FROM upload_links WHERE member = :member AND done_at IS NULL AND expires_at > :now
ORDER BY id DESC LIMIT :most
