-- A day is not compared bare where people are meant: SQLite would go through everybody's notices of that day.

-- name: notice_bundle.missed
-- Whose day is over, by board; `ended`: those of them that are too late, or that a later one tells.
SELECT n.board, COUNT(*) AS number, SUM(CASE WHEN n.until < :today OR EXISTS (
  SELECT 1 FROM notices l WHERE l.member = n.member AND l.kind = n.kind AND l.campaign = n.campaign
  AND l.about = n.about AND l.unit = n.unit AND l.version = n.version AND l.state = 'planned'
  AND l.day > n.day AND l.day <= :today) THEN 1 ELSE 0 END) AS ended
FROM notices n WHERE n.state = 'planned' AND n.day < :today GROUP BY n.board ORDER BY n.board

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
