-- name: extensions.ask
INSERT INTO extension_requests(board, campaign, duty, unit, member, reason, wished, state, asked_at)
VALUES (:board, :campaign, :duty, :unit, :member, :reason, :wished, 'asked', :now)
ON CONFLICT (unit, campaign, duty) WHERE state = 'asked' DO NOTHING RETURNING id

-- name: extensions.lock
SELECT id FROM extension_requests WHERE id = :id
-- postgres
FOR UPDATE
-- both

-- name: extensions.request
SELECT r.id, r.board, r.campaign, r.duty, r.unit, r.member, r.reason, r.wished, r.state, r.granted, r.answer, r.answered_by,
  r.asked_at, r.answered_at, a.name AS asker, o.name AS officer
FROM extension_requests r LEFT JOIN members a ON a.id = r.member LEFT JOIN members o ON o.id = r.answered_by
WHERE r.id = :id

-- name: extensions.open
SELECT id FROM extension_requests WHERE unit = :unit AND campaign = :campaign AND duty = :duty AND state = 'asked'
-- postgres
FOR UPDATE
-- both

-- name: extensions.waiting
SELECT id FROM extension_requests WHERE board = :board AND state = 'asked' ORDER BY id

-- name: extensions.answer
UPDATE extension_requests SET state = :state, granted = :granted, answer = :answer, answered_by = :by, answered_at = :now
WHERE id = :id AND state = 'asked'

-- name: extensions.put
INSERT INTO extensions(campaign, duty, unit, last_day, reason, given_by, given_at)
VALUES (:campaign, :duty, :unit, :last_day, :reason, :by, :now)
ON CONFLICT (unit, campaign, duty) DO UPDATE SET last_day = excluded.last_day, reason = excluded.reason,
  given_by = excluded.given_by, given_at = excluded.given_at

-- name: extensions.drop
DELETE FROM extensions WHERE unit = :unit AND campaign = :campaign AND duty = :duty

-- name: extensions.get
SELECT last_day FROM extensions WHERE unit = :unit AND campaign = :campaign AND duty = :duty
-- postgres
FOR UPDATE
-- both

-- name: extensions.of_unit
SELECT campaign, duty, last_day FROM extensions WHERE unit = :unit

-- name: extensions.of_duty
SELECT unit, last_day FROM extensions WHERE campaign = :campaign AND duty = :duty

-- name: extensions.handed_in
SELECT number, filed_at FROM dossiers WHERE campaign = :campaign AND kind = 'report' AND unit = :unit AND subject = :duty
AND state IN ('submitted', 'accepted', 'declined')

-- name: extensions.in_board
SELECT DISTINCT p.member FROM memberships p JOIN units u ON u.slug = p.unit
WHERE u.board = :board AND p.role = :role ORDER BY p.member

-- name: extensions.in_unit
SELECT DISTINCT member FROM memberships WHERE unit = :unit AND role = :role ORDER BY member

-- name: extensions.forget_reasons
UPDATE extensions SET reason = NULL WHERE EXISTS (SELECT 1 FROM extension_requests r WHERE r.member = :member
  AND r.unit = extensions.unit AND r.campaign = extensions.campaign AND r.duty = extensions.duty
  AND r.reason = extensions.reason)

-- name: extension_requests.forget_member
UPDATE extension_requests SET reason = '' WHERE member = :member

-- name: extension_requests.purge_visitors
UPDATE extension_requests SET reason = '' WHERE reason <> '' AND asked_at < :before
AND member NOT IN (SELECT member FROM memberships)

-- name: extension_requests.of_member
SELECT asked_at AS at, unit, campaign, duty, wished, reason, state FROM extension_requests WHERE member = :member
ORDER BY id DESC LIMIT :most
