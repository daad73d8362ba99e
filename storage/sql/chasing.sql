-- name: chasing.acting
-- Everybody who may be told of a duty for one of these units: whether they have been today, in whichever way, and can be
-- reached. Without those who have filed in their own name what is asked for so; `chasing.ask` tells the same people.
SELECT DISTINCT u.slug AS unit, p.member,
  EXISTS (SELECT 1 FROM notices n WHERE n.member = p.member AND n.kind = 'duty' AND n.campaign = :campaign
    AND n.about = :about AND n.day = :day AND n.state IN ('planned', 'queued', 'sent', 'unknown')) AS told,
  EXISTS (SELECT 1 FROM addresses a WHERE a.member = p.member AND a.reachable = 1) AS reached
FROM units u JOIN memberships p ON p.unit = u.slug
WHERE u.board = :board AND :units LIKE '%,' || u.slug || ',%'
AND (:own = 1 OR p.role = 'delegate' OR (p.role <> 'member'
  AND NOT EXISTS (SELECT 1 FROM memberships d WHERE d.unit = p.unit AND d.role = 'delegate')))
AND NOT (:own = 1 AND EXISTS (SELECT 1 FROM dossiers d WHERE d.filer = p.member AND d.campaign = :campaign
  AND :asks LIKE '%,' || d.kind || ',%' AND d.state IN ('submitted', 'accepted', 'declined')))

-- name: chasing.ask
-- Told today of the same already, in whichever way: not once more.
INSERT INTO notices(member, board, unit, kind, campaign, about, version, rung, day, until, state, why, planned_at)
SELECT DISTINCT p.member, u.board, u.slug, 'duty', CAST(:campaign AS TEXT), CAST(:about AS TEXT), '', CAST(:rung AS TEXT),
  CAST(:day AS TEXT), CAST(:until AS TEXT), 'planned', CAST(:why AS TEXT), CAST(:now AS BIGINT)
FROM units u JOIN memberships p ON p.unit = u.slug
WHERE u.board = :board AND :units LIKE '%,' || u.slug || ',%'
AND (:own = 1 OR p.role = 'delegate' OR (p.role <> 'member'
  AND NOT EXISTS (SELECT 1 FROM memberships d WHERE d.unit = p.unit AND d.role = 'delegate')))
AND NOT (:own = 1 AND EXISTS (SELECT 1 FROM dossiers d WHERE d.filer = p.member AND d.campaign = :campaign
  AND :asks LIKE '%,' || d.kind || ',%' AND d.state IN ('submitted', 'accepted', 'declined')))
AND NOT EXISTS (SELECT 1 FROM notices n WHERE n.member = p.member AND n.kind = 'duty' AND n.campaign = :campaign
  AND n.about = :about AND n.day = :day AND n.state IN ('planned', 'queued', 'sent', 'unknown'))
ON CONFLICT (member, kind, campaign, about, unit, version, rung) DO NOTHING
