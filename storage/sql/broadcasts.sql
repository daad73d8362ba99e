-- name: broadcasts.create
INSERT INTO broadcasts(board, campaign, phase, author, body, audience, at_once, state, people, listed_upto, created_at,
  starts_at, answers)
VALUES (:board, :campaign, :phase, :author, :body, :audience, :at_once, :state, :people, 0, :created_at, :starts_at, :answers)
ON CONFLICT DO NOTHING RETURNING id

-- name: broadcasts.get
SELECT * FROM broadcasts WHERE id = :id

-- name: broadcasts.lock
SELECT * FROM broadcasts WHERE id = :id
-- postgres
FOR UPDATE
-- both

-- name: broadcasts.of_board
SELECT * FROM broadcasts WHERE board = :board ORDER BY id DESC LIMIT :most OFFSET :skip

-- name: broadcasts.in_state
SELECT * FROM broadcasts WHERE state = :state AND state NOT IN ('done', 'stopped', 'declined') ORDER BY id

-- name: broadcasts.move
UPDATE broadcasts SET state = :state, reason = :reason,
  approver = COALESCE(:approver, approver), started_at = COALESCE(:started_at, started_at),
  watched_from = COALESCE(:watched_from, watched_from), ended_at = :ended_at WHERE id = :id

-- name: broadcasts.grown
UPDATE broadcasts SET people = :people WHERE id = :id

-- name: broadcasts.reschedule
UPDATE broadcasts SET starts_at = :starts_at WHERE id = :id

-- name: broadcasts.counts
SELECT state, COUNT(*) AS number FROM recipients WHERE broadcast = :id GROUP BY state

-- name: broadcasts.acknowledged
SELECT COUNT(*) AS number FROM recipients WHERE broadcast = :id AND acknowledged_at IS NOT NULL

-- name: broadcasts.failures
SELECT reason, COUNT(*) AS number FROM recipients WHERE broadcast = :id AND state = 'failed'
GROUP BY reason ORDER BY number DESC, reason

-- name: broadcasts.again
-- Why and when it failed stands until there is a way to send it again: else nobody would know any more.
UPDATE recipients SET reason = CASE WHEN state = 'failed' THEN reason END,
  ended_at = CASE WHEN state = 'failed' THEN ended_at END, state = 'listed' WHERE broadcast = :id AND state = :state

-- name: broadcasts.acknowledge
UPDATE recipients SET acknowledged_at = :now WHERE broadcast = :id AND member = :member AND acknowledged_at IS NULL

-- name: broadcasts.recipient
SELECT state FROM recipients WHERE broadcast = :id AND member = :member

-- name: broadcasts.take_back
UPDATE outbox SET state = 'cancelled', reason = :reason, ended_at = :now
WHERE broadcast = :id AND state = 'ready' AND broadcast IS NOT NULL

-- name: broadcasts.unqueue
UPDATE recipients SET state = 'listed' WHERE broadcast = :id AND state = 'queued'
AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.key = 'broadcast:' || recipients.broadcast || ':' || recipients.member
  AND o.state IN ('ready', 'sending'))
