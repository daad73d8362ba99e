-- name: chasing.acting
-- Everybody who may be told of a duty for one of these units: whether they can be reached, and are told on that day in
-- whichever way but that the day has moved; what only waits to go tells nobody who cannot be reached. Without those who have filed in their own name what is asked for so.
SELECT DISTINCT u.board, u.slug AS unit, p.member,
  EXISTS (SELECT 1 FROM addresses a WHERE a.member = p.member AND a.reachable = 1) AS reached,
  EXISTS (SELECT 1 FROM notices n WHERE n.member = p.member AND n.kind = 'duty' AND n.campaign = :campaign
    AND n.about = :about AND (:own = 1 OR n.unit = u.slug) AND n.day = :day AND n.rung <> 'moved'
    AND (n.state IN ('sent', 'unknown') OR (n.state IN ('planned', 'queued')
      AND EXISTS (SELECT 1 FROM addresses a WHERE a.member = p.member AND a.reachable = 1)))) AS told
FROM units u JOIN memberships p ON p.unit = u.slug
WHERE u.board = :board AND :units LIKE '%,' || u.slug || ',%'
AND (:own = 1 OR p.role = 'delegate' OR (p.role <> 'member'
  AND NOT EXISTS (SELECT 1 FROM memberships d WHERE d.unit = p.unit AND d.role = 'delegate')))
AND NOT (:own = 1 AND EXISTS (SELECT 1 FROM dossiers d WHERE d.filer = p.member AND d.campaign = :campaign
  AND :asks LIKE '%,' || d.kind || ',%' AND d.state IN ('submitted', 'accepted', 'declined')))

-- name: chasing.ask
INSERT INTO notices(member, board, unit, kind, campaign, about, version, rung, day, until, state, why, planned_at)
VALUES (:member, :board, :unit, 'duty', :campaign, :about, '', :rung, :day, :until, 'planned', :why, :now)
ON CONFLICT (member, kind, campaign, about, unit, version, rung) DO UPDATE SET state = 'planned', until = excluded.until,
  why = excluded.why, reason = NULL, ended_at = NULL, planned_at = excluded.planned_at WHERE notices.state = 'cancelled'
