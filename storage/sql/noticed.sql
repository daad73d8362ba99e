-- name: noticed.acknowledge
UPDATE notices SET acknowledged_at = :now WHERE outbox = :outbox AND member = :member AND acknowledged_at IS NULL

-- name: noticed.again
INSERT INTO notices(member, board, unit, kind, campaign, about, version, rung, day, until, state, why, planned_at)
SELECT member, board, unit, kind, campaign, about, version, CAST(:rung AS TEXT), CAST(:day AS TEXT), until, 'planned',
  CAST(:why AS TEXT), CAST(:now AS BIGINT)
FROM notices WHERE id = :id
ON CONFLICT (member, kind, campaign, about, unit, version, rung) DO NOTHING

-- name: noticed.recent
SELECT id, body, broadcast, key FROM outbox WHERE member = :member AND lane > 0 AND created_at >= :since
AND state NOT IN ('ready', 'cancelled', 'expired') ORDER BY id DESC LIMIT :most

-- name: noticed.of_member
SELECT day, kind, campaign, about, unit, rung, state, ended_at, acknowledged_at FROM notices WHERE member = :member
AND state IN ('sent', 'failed', 'unknown') ORDER BY id DESC LIMIT :most

-- name: noticed.broadcasts_of_member
SELECT broadcast, unit, state, reason, ended_at, acknowledged_at FROM recipients WHERE member = :member
ORDER BY broadcast DESC LIMIT :most
