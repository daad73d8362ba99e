-- name: work.ask
INSERT INTO work(key, kind, member, channel, address, params, state, attempts, retry_at, reports, created_at)
VALUES (:key, :kind, :member, :channel, :address, :params, 'ready', 0, 0, 0, :now)
ON CONFLICT (key) DO NOTHING

-- name: work.claim
UPDATE work SET state = 'running', worker = :worker, lease_until = :lease_until, attempts = attempts + 1
-- sqlite
WHERE id IN (
-- postgres
WHERE id = ANY (ARRAY(
-- both
  SELECT w.id FROM work w WHERE w.state = 'ready' AND w.retry_at <= :machine
  AND NOT EXISTS (SELECT 1 FROM work r WHERE r.member = w.member AND r.state = 'running')
  AND NOT EXISTS (SELECT 1 FROM work e WHERE e.member = w.member AND e.state = 'ready' AND e.id < w.id
    AND e.retry_at <= :machine)
  ORDER BY w.id LIMIT :most
  -- sqlite
)
  -- postgres
  FOR UPDATE SKIP LOCKED))
  -- both
RETURNING id, key, kind, member, channel, address, params, attempts, worker

-- name: work.renew
UPDATE work SET lease_until = :lease_until WHERE id = :id AND state = 'running' AND worker = :worker

-- name: work.others
SELECT 1 AS there FROM work w WHERE w.member = :member AND w.kind = :kind AND (w.state <> 'done' OR EXISTS (
  SELECT 1 FROM inbox i WHERE i.member = w.member AND i.work = w.id AND i.state = 'waiting' AND i.id <> :row))
LIMIT 1

-- name: work.again
UPDATE work SET state = 'ready', reason = :reason, retry_at = :retry_at, attempts = :attempts, worker = NULL,
  lease_until = NULL
WHERE id = :id AND state = 'running' AND worker = :worker

-- name: work.end
UPDATE work SET state = 'done', reason = :reason, worker = NULL, lease_until = NULL, ended_at = :now
WHERE id = :id AND state = 'running' AND worker = :worker
RETURNING member, reports

-- name: work.held
SELECT member, channel, address, reports FROM work WHERE id = :id AND state = 'running' AND worker = :worker
-- postgres
FOR UPDATE
-- both

-- name: work.reported
UPDATE work SET reports = :reports WHERE id = :id

-- name: work.report_sent
SELECT id, state, ref FROM outbox WHERE key = :key
-- postgres
FOR UPDATE
-- both

-- name: work.report_reworded
UPDATE outbox SET body = :body WHERE id = :id AND state = 'ready'

-- name: work.report_cancelled
UPDATE outbox SET state = 'cancelled', reason = 'the work has ended', ended_at = :now
WHERE key = :key AND state = 'ready'

-- name: work.lost_leases
SELECT id, key, kind, member, channel, address, params, attempts, worker FROM work
WHERE state = 'running' AND (lease_until < :machine OR (:worker <> '' AND worker <> :worker))

-- name: work.rehome
UPDATE work SET member = :into WHERE member = :member

-- name: work.forget_member
DELETE FROM work WHERE member = :member AND kind <> :stays

-- name: work.purge_visitors
DELETE FROM work WHERE state = 'done' AND created_at < :before AND member NOT IN (SELECT member FROM memberships)

-- name: work.counts
SELECT state, COUNT(*) AS number FROM work GROUP BY state

-- name: work.best_address
SELECT channel, address FROM addresses WHERE member = :member ORDER BY reachable DESC, last_contact DESC LIMIT 1
-- postgres
FOR UPDATE
-- both
