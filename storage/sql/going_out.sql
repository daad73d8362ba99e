-- name: going_out.oldest
SELECT channel, MIN(CASE WHEN not_before > created_at THEN not_before ELSE created_at END) AS since FROM outbox
WHERE state = 'ready' AND broadcast IS NULL AND not_before <= :now GROUP BY channel

-- name: going_out.broadcasts
SELECT o.channel, MIN(o.created_at) AS created_at, MAX(b.watched_from) AS watched_from,
  (SELECT MAX(r.ended_at) FROM recipients r WHERE r.broadcast = b.id AND r.ended_at IS NOT NULL) AS moved
FROM broadcasts b JOIN outbox o ON o.broadcast = b.id AND o.state = 'ready' AND o.broadcast IS NOT NULL
WHERE b.state = 'running' AND (b.at_once = 1 OR :hours = 1) GROUP BY b.id, o.channel

-- name: going_out.unseen
-- Begun by us, stored in the web chat between two moments, and not shown on any page since.
SELECT o.id, o.key, o.member, o.address, o.broadcast FROM outbox o JOIN transcript t ON t.key = o.key
WHERE o.state = 'sent' AND o.channel = 'web' AND o.lane > 0 AND o.ended_at > :after AND o.ended_at <= :upto
AND t.seen_at IS NULL ORDER BY o.id LIMIT :most

-- name: going_out.elsewhere
UPDATE outbox SET tried = tried || channel || ' ' || address || '|', channel = :channel, address = :address, state = 'ready',
  reason = :reason, attempts = 0, retry_at = 0, ref = NULL, ended_at = NULL WHERE id = :id AND state = 'sent'

-- name: going_out.not_seen
UPDATE outbox SET state = 'failed', reason = :reason WHERE id = :id AND state = 'sent'

-- name: notices.unsettle
UPDATE notices SET state = :state, reason = :reason, ended_at = :now
WHERE outbox = :outbox AND state = 'sent' AND acknowledged_at IS NULL

-- name: recipients.unsettle
UPDATE recipients SET state = :state, reason = :reason, ended_at = :now
WHERE broadcast = :broadcast AND member = :member AND state = 'sent' AND acknowledged_at IS NULL

-- name: going_out.busy
SELECT EXISTS (SELECT 1 FROM outbox WHERE state = 'sending') OR EXISTS (SELECT 1 FROM outbox
  WHERE state = 'ready' AND broadcast IS NULL AND not_before <= :now) AS busy

-- name: going_out.sending
SELECT EXISTS (SELECT 1 FROM outbox WHERE state = 'sending' AND channel = :channel) AS sending
