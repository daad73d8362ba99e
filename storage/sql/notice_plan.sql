-- Who is told of an occasion: people of units of these kinds in these roles (lists between commas). `stand_in`: where a
-- unit has no delegate, whoever else may hand in for it. `of_units`: a row for each unit, by its own deadline; `done`: the
-- unit or the person that has handed in is not told. The same conditions stand in `insert` and in the cancelling queries.

-- name: notice_plan.insert
-- CROSS, LATERAL and OFFSET keep to the order in which it is written, people first: both databases would walk through all
-- units of the board for a few people.
INSERT INTO notices(member, board, unit, kind, campaign, about, version, rung, day, until, state, why, planned_at)
SELECT w.member, CAST(:board AS TEXT), w.unit, CAST(:kind AS TEXT), CAST(:campaign AS TEXT), CAST(:about AS TEXT),
  CAST(:version AS TEXT), CAST(:rung AS TEXT), CAST(:day AS TEXT), CAST(:until AS TEXT), 'planned', CAST(:why AS TEXT),
  CAST(:now AS BIGINT)
FROM (SELECT DISTINCT p.member AS member, CASE WHEN :of_units = 1 THEN u.slug ELSE '' END AS unit FROM memberships p
-- sqlite
CROSS JOIN units u
-- postgres
CROSS JOIN LATERAL (SELECT o.slug, o.kind, o.board FROM units o WHERE o.slug = p.unit OFFSET 0) u
-- both
WHERE u.slug = p.unit AND p.member > :after AND p.member <= :upto AND u.board = :board AND (:unit = '' OR p.unit = :unit)
AND :kinds LIKE '%,' || u.kind || ',%' AND (:roles LIKE '%,' || p.role || ',%' OR (:stand_in = 1 AND p.role <> 'member'
  AND NOT EXISTS (SELECT 1 FROM memberships d WHERE d.unit = p.unit AND d.role = 'delegate')))
AND (:of_units = 0 OR :version = COALESCE((SELECT e.last_day FROM extensions e
  WHERE e.unit = p.unit AND e.campaign = :campaign AND e.duty = :about AND e.last_day > :base), :base))
AND NOT (:done = 'unit' AND EXISTS (SELECT 1 FROM dossiers d WHERE d.unit = p.unit AND d.campaign = :campaign
  AND :asks LIKE '%,' || d.kind || ',%' AND (d.kind <> 'report' OR d.subject = :about)
  AND d.state IN ('submitted', 'accepted', 'declined')))
AND NOT (:done = 'person' AND EXISTS (SELECT 1 FROM dossiers d WHERE d.filer = p.member AND d.campaign = :campaign
  AND :asks LIKE '%,' || d.kind || ',%' AND d.state IN ('submitted', 'accepted', 'declined')))
AND (:moved = 0 OR COALESCE((SELECT n.version FROM notices n WHERE n.member = p.member AND n.kind = :kind
  AND n.campaign = :campaign AND n.about = :about AND n.unit = p.unit AND n.version <> ''
  AND n.state IN ('queued', 'sent', 'unknown') ORDER BY COALESCE(n.ended_at, 9000000000000000000) DESC, n.id DESC LIMIT 1),
  CASE WHEN p.since < CAST(:moved_at AS BIGINT) THEN :printed ELSE :version END)
  NOT BETWEEN :known_from AND :version)
-- whoever has been told of it today by another deadline is not told once more the same day
AND (:day <> :today OR :moved = 1 OR NOT EXISTS (SELECT 1 FROM notices t WHERE t.member = p.member AND t.kind = :kind
  AND t.campaign = :campaign AND t.about = :about AND t.unit = p.unit AND t.day = :today AND t.version <> :version
  AND t.version <> '' AND t.state IN ('queued', 'sent', 'unknown')))) w
WHERE 1 = 1 ORDER BY w.member
ON CONFLICT (member, kind, campaign, about, unit, version, rung) DO UPDATE SET day = excluded.day,
  until = excluded.until, state = 'planned', why = excluded.why, reason = NULL, ended_at = NULL,
  acknowledged_at = NULL, planned_at = excluded.planned_at
WHERE notices.state = 'cancelled' OR (notices.state = 'planned' AND excluded.rung <> 'moved'
  AND (notices.day <> excluded.day OR notices.until <> excluded.until))
-- moved there, back and there again
OR (notices.state IN ('sent', 'unknown') AND excluded.rung = 'moved')

-- name: notice_plan.cancel_done
UPDATE notices SET state = 'cancelled', reason = :reason, ended_at = :now
WHERE state = 'planned' AND campaign = :campaign AND about = :about AND member > :after AND member <= :upto
AND kind = 'duty' AND unit <> '' AND (:unit = '' OR unit = :unit)
AND ((:done = 'unit' AND EXISTS (SELECT 1 FROM dossiers d WHERE d.unit = notices.unit AND d.campaign = :campaign
  AND :asks LIKE '%,' || d.kind || ',%' AND (d.kind <> 'report' OR d.subject = :about)
  AND d.state IN ('submitted', 'accepted', 'declined')))
OR (:done = 'person' AND EXISTS (SELECT 1 FROM dossiers d WHERE d.filer = notices.member AND d.campaign = :campaign
  AND :asks LIKE '%,' || d.kind || ',%' AND d.state IN ('submitted', 'accepted', 'declined'))))

-- name: notice_plan.cancel_moved
UPDATE notices SET state = 'cancelled', reason = :reason, ended_at = :now
WHERE state = 'planned' AND campaign = :campaign AND about = :about AND member > :after AND member <= :upto
AND kind = :kind AND (:unit = '' OR unit = :unit) AND rung NOT LIKE '%:%'
AND version <> CASE WHEN unit = '' THEN :base ELSE COALESCE((SELECT e.last_day FROM extensions e
  WHERE e.unit = notices.unit AND e.campaign = :campaign AND e.duty = :about AND e.last_day > :base), :base) END

-- name: notice_plan.cancel_gone
UPDATE notices SET state = 'cancelled', reason = :reason, ended_at = :now
WHERE state = 'planned' AND campaign = :campaign AND about = :about AND member > :after AND member <= :upto
AND kind = :kind AND (:unit = '' OR unit = :unit) AND rung NOT LIKE '%:%' AND version = :version
AND :rungs NOT LIKE '%,' || rung || ',%'

-- name: notice_plan.cancel_left
UPDATE notices SET state = 'cancelled', reason = :reason, ended_at = :now
WHERE state = 'planned' AND campaign = :campaign AND about = :about AND member > :after AND member <= :upto
AND kind = :kind AND (:unit = '' OR unit = :unit)
AND (:rungs LIKE '%,' || rung || ',%' OR (:stand_in = 1 AND rung LIKE '%:%'))
AND NOT EXISTS (SELECT 1 FROM memberships p JOIN units u ON u.slug = p.unit
  WHERE p.member = notices.member AND u.board = :board AND (notices.unit = '' OR p.unit = notices.unit)
  AND :kinds LIKE '%,' || u.kind || ',%' AND (:roles LIKE '%,' || p.role || ',%' OR (:stand_in = 1 AND p.role <> 'member'
    AND NOT EXISTS (SELECT 1 FROM memberships d WHERE d.unit = p.unit AND d.role = 'delegate'))))

-- name: notice_plan.people
SELECT DISTINCT p.member FROM memberships p JOIN units u ON u.slug = p.unit
WHERE u.board = :board AND (:unit = '' OR p.unit = :unit) ORDER BY p.member

-- name: notice_plan.extended
SELECT DISTINCT last_day FROM extensions WHERE campaign = :campaign AND duty = :about AND last_day > :base
AND (:unit = '' OR unit = :unit) ORDER BY last_day

-- name: notice_plan.count
-- PostgreSQL keeps to the plans that it made while the table was empty until it counts, which by itself it does a minute
-- later: by then each query walks through the notices of a whole occasion. SQLite never counts.
-- sqlite
SELECT 0
-- postgres
ANALYZE notices
-- both
