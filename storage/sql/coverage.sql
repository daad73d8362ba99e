-- name: coverage.people
SELECT r.member, r.unit, u.name AS unit_name, m.name, r.state, r.reason, r.ended_at, r.acknowledged_at
FROM recipients r LEFT JOIN units u ON u.slug = r.unit LEFT JOIN members m ON m.id = r.member
WHERE r.broadcast = :id AND r.member > :after ORDER BY r.member LIMIT :most

-- name: coverage.in_state
SELECT r.member, r.unit, u.name AS unit_name, m.name, r.state, r.reason, r.ended_at, r.acknowledged_at
FROM recipients r LEFT JOIN units u ON u.slug = r.unit LEFT JOIN members m ON m.id = r.member
WHERE r.broadcast = :id AND r.state = :state ORDER BY u.name, m.name, r.member LIMIT :most

-- name: coverage.units
SELECT b.unit, u.name FROM broadcast_units b LEFT JOIN units u ON u.slug = b.unit
WHERE b.broadcast = :id AND (u.kind IS NULL OR u.kind NOT IN ('board', 'zone')) ORDER BY u.name, b.unit
