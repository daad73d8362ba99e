-- A day is not compared bare where people are meant: SQLite would go through everybody's notices of that day.

-- name: notice_bundle.expire
UPDATE notices SET state = 'expired', reason = :reason, ended_at = :now
WHERE state = 'planned' AND member >= :first AND member <= :last AND day || '' < :today AND until < :today
RETURNING board

-- name: notice_bundle.supersede
UPDATE notices SET state = 'expired', reason = :reason, ended_at = :now
WHERE state = 'planned' AND member >= :first AND member <= :last AND day || '' < :today AND EXISTS (
  SELECT 1 FROM notices l WHERE l.member = notices.member AND l.kind = notices.kind AND l.campaign = notices.campaign
  AND l.about = notices.about AND l.unit = notices.unit AND l.version = notices.version AND l.state = 'planned'
  AND l.day > notices.day AND l.day <= :today)
RETURNING board

-- name: notice_bundle.late
SELECT board, COUNT(*) AS number FROM notices WHERE state = 'planned' AND day < :today GROUP BY board

-- name: notice_bundle.people
SELECT DISTINCT n.member FROM notices n JOIN members m ON m.id = n.member
WHERE n.state = 'planned' AND n.day <= :today AND +n.member > :after AND m.notice_minute <= :minute
ORDER BY n.member LIMIT :most

-- name: notice_bundle.due
SELECT id, member, board, unit, kind, campaign, about, version, rung, day, until, state, outbox FROM notices
WHERE member = :member AND state = 'planned' AND day || '' <= :today ORDER BY day, id
-- postgres
FOR UPDATE SKIP LOCKED
-- both

-- name: notice_bundle.next
SELECT n.day, m.notice_minute FROM notices n JOIN members m ON m.id = n.member
WHERE n.state = 'planned' AND (:member = 0 OR n.member = :member)
AND (n.day > :today OR (n.day = :today AND m.notice_minute > :minute)) ORDER BY n.day, m.notice_minute LIMIT 1

-- name: notice_bundle.queue
UPDATE notices SET state = 'queued', reason = NULL, outbox = (SELECT o.id FROM outbox o WHERE o.key = :key)
WHERE id = :id AND state = 'planned'

-- name: notice_bundle.reached
-- Units of a board of which somebody who may be told can be reached; `own`: whoever it is.
SELECT DISTINCT p.unit FROM memberships p JOIN units u ON u.slug = p.unit
WHERE u.board = :board AND EXISTS (SELECT 1 FROM addresses a WHERE a.member = p.member AND a.reachable = 1)
AND (:own = 1 OR p.role = 'delegate' OR (p.role <> 'member'
  AND NOT EXISTS (SELECT 1 FROM memberships d WHERE d.unit = p.unit AND d.role = 'delegate')))
