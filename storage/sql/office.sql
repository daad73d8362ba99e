-- name: office.people
SELECT m.id, m.name, p.unit, p.role, u.name AS unit_name FROM memberships p
JOIN members m ON m.id = p.member JOIN units u ON u.slug = p.unit
WHERE :board = '' OR u.board = :board ORDER BY m.id, p.unit

-- name: office.invites
SELECT i.serial, i.unit, u.name AS unit_name, i.role, i.name, i.expires_at, i.used_at, i.used_by FROM invites i
JOIN units u ON u.slug = i.unit WHERE u.board = :board AND i.kind = 'invite' ORDER BY u.name, i.unit, i.name, i.serial

-- name: office.oldest
SELECT MIN(taken_at) AS inbox FROM inbox WHERE state = 'waiting'

-- name: office.unconfirmed
SELECT due FROM duties WHERE confirmed_at IS NULL

-- name: office.sizes
SELECT (SELECT COUNT(*) FROM units) AS units, (SELECT COUNT(*) FROM members) AS members,
  (SELECT COUNT(*) FROM invites) AS invites, (SELECT COUNT(*) FROM inbox) AS inbox,
  (SELECT COUNT(*) FROM outbox) AS outbox, (SELECT COUNT(*) FROM audit) AS audit,
  (SELECT COUNT(*) FROM outbox WHERE state IN ('ready', 'sending')) AS still_to_send

-- name: migrations.begun
-- sqlite
SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'migrations'
-- postgres
SELECT 1 FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = 'migrations'
-- both

-- name: office.others
-- sqlite
SELECT 0 AS number
-- postgres
SELECT COUNT(*) AS number FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
-- both
