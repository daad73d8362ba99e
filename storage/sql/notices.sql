-- name: replans.add
INSERT INTO replans(board, campaign, about, unit, member, why)
VALUES (:board, :campaign, :about, :unit, :member, :why)

-- name: replans.waiting
SELECT id, board, campaign, about, unit, member, why FROM replans ORDER BY id LIMIT :most

-- name: replans.done
DELETE FROM replans WHERE id = :id

-- name: notices.unit_handed_in
UPDATE notices SET state = 'cancelled', reason = :reason, ended_at = :now
WHERE campaign = :campaign AND about = :about AND unit = :unit AND kind = 'duty' AND state = 'planned'

-- name: notices.person_handed_in
UPDATE notices SET state = 'cancelled', reason = :reason, ended_at = :now
WHERE member = :member AND kind = 'duty' AND campaign = :campaign AND about = :about AND unit <> '' AND state = 'planned'

-- name: notices.of_message
SELECT id, member, board, unit, kind, campaign, about, version, rung, day, until, state, outbox FROM notices
WHERE outbox = :outbox ORDER BY id

-- name: notices.settle
UPDATE notices SET state = :state, reason = :reason, ended_at = :now WHERE outbox = :outbox AND state = 'queued'

-- name: notices.drop
UPDATE notices SET state = :state, reason = :reason, ended_at = :now WHERE id = :id AND state IN ('planned', 'queued')

-- name: notices.acting
SELECT DISTINCT p.member FROM memberships p
WHERE p.unit = :unit AND (:own = 1 OR p.role = 'delegate' OR (p.role <> 'member'
  AND NOT EXISTS (SELECT 1 FROM memberships d WHERE d.unit = p.unit AND d.role = 'delegate'))) ORDER BY p.member

-- name: notices.unit_is_done
SELECT 1 AS done FROM dossiers d WHERE d.unit = :unit AND d.campaign = :campaign AND :asks LIKE '%,' || d.kind || ',%'
AND (d.kind <> 'report' OR d.subject = :about) AND d.state IN ('submitted', 'accepted', 'declined') LIMIT 1

-- name: notices.person_is_done
SELECT 1 AS done FROM dossiers d WHERE d.filer = :member AND d.campaign = :campaign
AND :asks LIKE '%,' || d.kind || ',%' AND d.state IN ('submitted', 'accepted', 'declined') LIMIT 1

-- name: notices.chased
SELECT unit, day, state, reason, ended_at, acknowledged_at FROM notices
WHERE campaign = :campaign AND about = :about AND unit <> '' AND rung <> 'moved'
AND state IN ('queued', 'sent', 'failed', 'unknown') ORDER BY id

-- name: notices.plan_of
SELECT body FROM campaigns WHERE slug = :campaign

-- name: notices.mutes
SELECT mutes FROM members WHERE id = :member

-- name: notices.came_in
SELECT unit, MIN(late) AS late FROM dossiers WHERE campaign = :campaign
AND :asks LIKE '%,' || kind || ',%' AND (kind <> 'report' OR subject = :about)
AND state IN ('submitted', 'accepted', 'declined') GROUP BY unit

-- name: notices.returned
SELECT number FROM dossiers WHERE unit = :unit AND campaign = :campaign AND :asks LIKE '%,' || kind || ',%'
AND (kind <> 'report' OR subject = :about) AND state = 'returned' AND late = 0
AND (:member = 0 OR filer = :member) ORDER BY id LIMIT 1
