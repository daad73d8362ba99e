-- name: reach.of_board
-- One row for each place that a person has in a unit of the board; `channel`: of their best address, NULL where none can be
-- reached.
SELECT p.member, p.unit, p.role, m.name, u.name AS unit_name, u.kind,
  (SELECT a.channel FROM addresses a WHERE a.member = p.member AND a.reachable = 1
   ORDER BY a.last_contact DESC, a.id DESC LIMIT 1) AS channel
FROM memberships p JOIN units u ON u.slug = p.unit JOIN members m ON m.id = p.member
WHERE u.board = :board

-- name: reach.addressees
-- Of the people whose message is on its way now, the units for which they get it. CROSS: SQLite keeps to the order in which
-- it is written, the few messages first.
SELECT o.member, m.name, u.name AS unit_name, u.kind FROM outbox o CROSS JOIN memberships p CROSS JOIN units u
CROSS JOIN members m
WHERE o.state = 'sending' AND o.broadcast = :broadcast AND p.member = o.member AND :roles LIKE '% ' || p.role || ' %'
AND EXISTS (SELECT 1 FROM broadcast_units b WHERE b.broadcast = :broadcast AND b.unit = p.unit)
AND u.slug = p.unit AND m.id = o.member

-- name: reach.approvers
-- Officers of the board; `heads`: its leaders and the heads of its office.
SELECT DISTINCT p.member, p.role IN ('officer', 'admin') AS officer FROM memberships p JOIN units u ON u.slug = p.unit
WHERE u.board = :board AND (p.role IN ('officer', 'admin') OR (p.role = 'head' AND u.kind IN ('board', 'office')))
ORDER BY p.member

-- name: reach.launched
SELECT b.id, b.created_at, b.state, m.name FROM broadcasts b LEFT JOIN members m ON m.id = b.author
WHERE b.campaign = :campaign AND b.phase = :phase AND b.state NOT IN ('stopped', 'declined')
