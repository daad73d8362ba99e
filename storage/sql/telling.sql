-- name: telling.told
SELECT channel, address, ref, state, body FROM outbox WHERE key = :key

-- name: telling.broadcasts
SELECT id FROM broadcasts WHERE state NOT IN ('done', 'stopped', 'declined') AND started_at IS NOT NULL
UNION ALL SELECT id FROM broadcasts WHERE state IN ('done', 'stopped') AND ended_at >= :since AND started_at IS NOT NULL
ORDER BY id
