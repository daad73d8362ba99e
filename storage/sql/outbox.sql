-- name: outbox.put
INSERT INTO outbox(key, member, channel, address, lane, body, edits, not_before, state, attempts, repeats,
  retry_at, created_at)
VALUES (:key, :member, :channel, :address, :lane, :body, :edits, :not_before, 'ready', 0, 0, 0, :created_at)
ON CONFLICT (key) DO NOTHING

-- name: outbox.claim
UPDATE outbox SET state = 'sending', worker = :worker, lease_until = :lease_until, attempts = attempts + 1
-- sqlite
WHERE id IN (
-- postgres
WHERE id = ANY (ARRAY(
-- both
  SELECT o.id FROM outbox o
  WHERE o.channel = :channel AND o.state = 'ready' AND o.lane = :lane AND o.not_before <= :now
  AND (o.retry_at <= :machine OR o.retry_at > :set_back)
  AND NOT EXISTS (SELECT 1 FROM outbox s WHERE s.channel = o.channel AND s.address = o.address AND s.state = 'sending')
  AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.channel = o.channel AND e.lane = o.lane AND e.address = o.address
    AND e.state = 'ready' AND e.id < o.id AND e.not_before <= :now)
  ORDER BY o.not_before, o.id LIMIT :most
  -- sqlite
)
  -- postgres
  FOR UPDATE SKIP LOCKED))
  -- both
RETURNING id, key, member, address, lane, body, edits, attempts, repeats, created_at, broadcast, 1 AS meant,
  (SELECT m.language FROM members m WHERE m.id = outbox.member) AS language

-- name: outbox.claim_broadcast
UPDATE outbox SET state = 'sending', worker = :worker, lease_until = :lease_until, attempts = attempts + 1
-- sqlite
WHERE id IN (
-- postgres
WHERE id = ANY (ARRAY(
-- both
  SELECT o.id FROM outbox o
  WHERE o.broadcast = :broadcast AND o.channel = :channel AND o.state = 'ready' AND o.not_before <= :now
  AND (o.retry_at <= :machine OR o.retry_at > :set_back)
  AND NOT EXISTS (SELECT 1 FROM outbox s WHERE s.channel = o.channel AND s.address = o.address AND s.state = 'sending')
  ORDER BY o.id LIMIT :most
  -- sqlite
)
  -- postgres
  FOR UPDATE SKIP LOCKED))
  -- both
RETURNING id, key, member, address, lane, body, edits, attempts, repeats, created_at, broadcast,
  (SELECT m.language FROM members m WHERE m.id = outbox.member) AS language,
  (SELECT COUNT(*) FROM memberships p JOIN broadcast_units u ON u.unit = p.unit AND u.broadcast = :broadcast
   WHERE p.member = outbox.member) AS meant

-- name: broadcasts.running
SELECT id FROM broadcasts WHERE state = 'running' AND state NOT IN ('done', 'stopped', 'declined')
AND (at_once = 1 OR :hours = 1) ORDER BY id

-- name: outbox.hold
UPDATE outbox SET state = 'ready', reason = :reason, not_before = :not_before, attempts = attempts - 1, worker = NULL,
  lease_until = NULL
WHERE id = :id AND state = 'sending' AND worker = :worker

-- name: outbox.end
UPDATE outbox SET state = :state, reason = :reason, ref = :ref, ended_at = :ended_at, worker = NULL, lease_until = NULL
WHERE id = :id AND state = 'sending' AND worker = :worker
RETURNING id, key, member, broadcast

-- name: outbox.readdress
UPDATE outbox SET tried = tried || channel || ' ' || address || '|', channel = :channel, address = :address,
  state = 'ready', reason = :reason, attempts = 0, retry_at = 0, worker = NULL, lease_until = NULL
WHERE id = :id AND state = 'sending' AND worker = :worker

-- name: outbox.waiting_at
SELECT id, key, member, lane, broadcast, tried FROM outbox
WHERE channel = :channel AND address = :address AND state = 'ready' ORDER BY id
-- postgres
FOR UPDATE
-- both

-- name: outbox.tried
SELECT member, lane, tried FROM outbox WHERE id = :id

-- name: outbox.readdress_waiting
UPDATE outbox SET tried = tried || channel || ' ' || address || '|', channel = :channel, address = :address,
  reason = :reason, attempts = 0, retry_at = 0 WHERE id = :id AND state = 'ready'

-- name: outbox.end_waiting
UPDATE outbox SET state = :state, reason = :reason, ended_at = :ended_at WHERE id = :id AND state = 'ready'

-- name: outbox.breathe
UPDATE outbox SET retry_at = :retry_at
WHERE channel = :channel AND address = :address AND state = 'ready' AND lane > 0 AND retry_at < :retry_at

-- name: recipients.ended
UPDATE recipients SET state = :state, reason = :reason, ended_at = :now
WHERE broadcast = :broadcast AND member = :member AND state = 'queued'

-- name: outbox.again
UPDATE outbox SET state = 'ready', reason = :reason, retry_at = :retry_at, attempts = :attempts, repeats = :repeats,
  worker = NULL, lease_until = NULL
WHERE id = :id AND state = 'sending' AND worker = :worker

-- name: outbox.moved
UPDATE outbox SET address = :to WHERE channel = :channel AND address = :address AND state IN ('ready', 'sending')

-- name: outbox.lost_leases
SELECT id, key, member, lane, repeats, worker FROM outbox
WHERE state = 'sending' AND (lease_until < :machine OR (:worker <> '' AND worker <> :worker))

-- name: outbox.cut_leases
UPDATE outbox SET lease_until = :lease_until WHERE state = 'sending' AND lease_until > :too_far

-- name: outbox.renew
UPDATE outbox SET lease_until = :lease_until WHERE id = :id AND state = 'sending' AND worker = :worker

-- name: outbox.counts
SELECT state, lane, COUNT(*) AS number FROM outbox GROUP BY state, lane

-- name: outbox.rehome
UPDATE outbox SET member = :into WHERE member = :member

-- name: outbox.purge_visitors
DELETE FROM outbox WHERE state NOT IN ('ready', 'sending') AND created_at < :before
AND member NOT IN (SELECT member FROM memberships)

-- name: outbox.forget_member
DELETE FROM outbox WHERE member = :member AND state NOT IN ('ready', 'sending')

-- name: addresses.reachable
SELECT channel, address FROM addresses WHERE member = :member AND reachable = 1 ORDER BY last_contact DESC, id DESC

-- name: pace.get
SELECT next_at, paused_at, paused_until, slow_until FROM pace WHERE channel = :channel
-- postgres
FOR UPDATE
-- both

-- name: pace.begin
INSERT INTO pace(channel, next_at, paused_until, slow_until) VALUES (:channel, 0, 0, 0) ON CONFLICT (channel) DO NOTHING

-- name: pace.take
UPDATE pace SET next_at = :next_at WHERE channel = :channel

-- name: pace.pause
UPDATE pace SET paused_at = CASE WHEN paused_at > :paused_at THEN paused_at ELSE :paused_at END,
  paused_until = CASE WHEN paused_until > :paused_until THEN paused_until ELSE :paused_until END,
  slow_until = CASE WHEN slow_until > :slow_until THEN slow_until ELSE :slow_until END
WHERE channel = :channel

-- name: pace.resume
UPDATE pace SET paused_at = 0, paused_until = 0, slow_until = 0 WHERE channel = :channel
