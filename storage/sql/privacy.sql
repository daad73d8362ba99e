-- name: privacy.results_told
-- The work they are of is gone; waiting, they would still be told.
DELETE FROM inbox WHERE member = :member AND state = 'waiting' AND work IS NOT NULL
AND work NOT IN (SELECT id FROM work WHERE member = :member)

-- name: privacy.dossiers
SELECT d.number FROM dossiers d WHERE d.id IN (SELECT v.dossier FROM dossier_versions v WHERE v.member = :member)
ORDER BY d.filed_at DESC, d.id DESC
