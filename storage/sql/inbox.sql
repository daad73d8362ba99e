-- name: inbox.receive
INSERT INTO inbox(channel, update_id, address, member, raw, stamped_at, taken_at, state, attempts, reason)
VALUES (:channel, :update_id, :address, :member, :raw, :stamped_at, :taken_at, :state, 0, :reason)
ON CONFLICT (channel, update_id) DO NOTHING

-- name: inbox.put_result
INSERT INTO inbox(channel, update_id, address, member, raw, stamped_at, taken_at, state, attempts, reason, work)
VALUES (:channel, :update_id, :address, :member, :raw, NULL, :taken_at, 'waiting', 0, NULL, :work)

-- name: inbox.has
SELECT 1 AS there FROM inbox WHERE channel = :channel AND update_id = :update_id

-- name: inbox.next
SELECT id, channel, address, raw, stamped_at, taken_at, attempts, work FROM inbox
WHERE member = :member AND state = 'waiting' ORDER BY id LIMIT 1

-- name: inbox.waiting_members
SELECT member, MIN(id) AS first FROM inbox WHERE state = 'waiting' GROUP BY member ORDER BY first LIMIT :most

-- name: inbox.done
UPDATE inbox SET state = :state, reason = :reason WHERE id = :id AND state = 'waiting'
RETURNING EXISTS (SELECT 1 FROM inbox n WHERE n.member = inbox.member AND n.state = 'waiting' AND n.id > :id) AS more

-- name: inbox.failed
UPDATE inbox SET attempts = attempts + 1, reason = :reason WHERE id = :id AND state = 'waiting'

-- name: inbox.spoken_since
SELECT 1 AS spoken FROM inbox WHERE member = :member AND id > :id AND work IS NULL LIMIT 1

-- name: inbox.rehome
UPDATE inbox SET member = :into WHERE member = :member

-- name: inbox.counts
SELECT state, COUNT(*) AS number FROM inbox GROUP BY state

-- name: inbox.purge_visitors
DELETE FROM inbox WHERE state <> 'waiting' AND taken_at < :before
AND (member IS NULL OR member NOT IN (SELECT member FROM memberships))

-- name: inbox.forget_member
UPDATE inbox SET raw = '{}' WHERE member = :member AND (state <> 'waiting' OR id = :row)

-- name: inbox.of_member
SELECT channel, raw, taken_at FROM inbox WHERE member = :member ORDER BY id DESC LIMIT :most
