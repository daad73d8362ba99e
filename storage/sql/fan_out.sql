-- name: fan_out.due
SELECT id FROM broadcasts WHERE state = 'scheduled' AND state NOT IN ('done', 'stopped', 'declined') AND starts_at <= :now
ORDER BY id

-- name: fan_out.add_unit
INSERT INTO broadcast_units(broadcast, unit) VALUES (:broadcast, :unit) ON CONFLICT (broadcast, unit) DO NOTHING

-- name: fan_out.upto
-- The last of the next so many people who belong to anything.
SELECT MAX(member) AS upto FROM
(SELECT DISTINCT member FROM memberships WHERE member > :after ORDER BY member LIMIT :most) AS next_ones

-- name: fan_out.list
-- The units are counted and not joined, so that both databases go through the people of the chunk in their order: fresh
-- rows have no statistics yet, and each would rather go through all units' people for each chunk.
INSERT INTO recipients(broadcast, member, unit, state)
SELECT CAST(:broadcast AS BIGINT), p.member, MIN(p.unit), 'listed' FROM memberships p
WHERE p.member > :after AND p.member <= :upto AND :roles LIKE '% ' || p.role || ' %'
AND (SELECT COUNT(*) FROM broadcast_units u WHERE u.broadcast = :broadcast AND u.unit = p.unit) = 1
GROUP BY p.member
ON CONFLICT (broadcast, member) DO NOTHING

-- name: fan_out.listed_upto
UPDATE broadcasts SET listed_upto = :upto WHERE id = :id

-- name: fan_out.waiting
SELECT channel, COUNT(*) AS number FROM outbox WHERE broadcast = :broadcast AND broadcast IS NOT NULL AND state = 'ready'
GROUP BY channel

-- name: fan_out.window
SELECT MAX(member) AS upto FROM (SELECT member FROM recipients WHERE broadcast = :broadcast AND state = 'listed'
  AND member > :after ORDER BY member LIMIT :most) AS next_ones

-- name: fan_out.feed
-- Its row may stand there from an earlier time that did not reach the person.
INSERT INTO outbox(key, member, channel, address, lane, body, edits, not_before, state, attempts, repeats,
  retry_at, created_at, broadcast)
SELECT 'broadcast:' || r.broadcast || ':' || r.member, r.member, a.channel, a.address, 2, '', NULL, 0, 'ready', 0, 0, 0,
  CAST(:now AS BIGINT), r.broadcast
FROM recipients r JOIN addresses a ON a.id = (SELECT b.id FROM addresses b WHERE b.member = r.member AND b.reachable = 1
  AND :channels LIKE '% ' || b.channel || ' %' ORDER BY b.last_contact DESC, b.id DESC LIMIT 1)
WHERE r.broadcast = :broadcast AND r.state = 'listed' AND r.member > :after AND r.member <= :upto AND a.channel = :channel
ON CONFLICT (key) DO UPDATE SET channel = excluded.channel, address = excluded.address, state = 'ready', reason = NULL,
  attempts = 0, repeats = 0, retry_at = 0, tried = '', ref = NULL, ended_at = NULL, created_at = excluded.created_at
  WHERE outbox.state NOT IN ('ready', 'sending')

-- name: fan_out.queued
UPDATE recipients SET state = 'queued', reason = NULL, ended_at = NULL
WHERE broadcast = :broadcast AND state = 'listed' AND member > :after AND member <= :upto
AND EXISTS (SELECT 1 FROM outbox o WHERE o.key = 'broadcast:' || recipients.broadcast || ':' || recipients.member
  AND o.state IN ('ready', 'sending'))

-- name: fan_out.unreachable
UPDATE recipients SET state = 'failed', reason = COALESCE(reason, :reason), ended_at = COALESCE(ended_at, :now)
WHERE broadcast = :broadcast AND state = 'listed' AND member > :after AND member <= :upto
AND NOT EXISTS (SELECT 1 FROM addresses b WHERE b.member = recipients.member AND b.reachable = 1
  AND :channels LIKE '% ' || b.channel || ' %')

-- name: fan_out.left_over
SELECT EXISTS (SELECT 1 FROM recipients WHERE broadcast = :broadcast AND state = 'listed') AS listed,
  EXISTS (SELECT 1 FROM recipients WHERE broadcast = :broadcast AND state = 'queued') AS queued

-- name: fan_out.lately
SELECT state, reason FROM recipients WHERE broadcast = :broadcast AND ended_at >= :since AND ended_at IS NOT NULL
AND (reason IS NULL OR reason NOT IN (:untried, :cut)) AND state IN ('sent', 'failed', 'unknown') ORDER BY ended_at DESC LIMIT :most

-- name: fan_out.stranded
SELECT DISTINCT o.broadcast FROM outbox o JOIN broadcasts b ON b.id = o.broadcast
WHERE o.state = 'ready' AND o.broadcast IS NOT NULL AND b.state = 'stopped'
