-- name: due_dates.duties
SELECT d.id, d.confirmed_at, d.muted, d.last_day, d.moved_why, m.name AS officer
FROM duties d LEFT JOIN members m ON m.id = d.confirmed_by WHERE d.campaign = :campaign

-- name: due_dates.phases
SELECT p.id, p.confirmed_at, m.name AS officer FROM phases p LEFT JOIN members m ON m.id = p.confirmed_by
WHERE p.campaign = :campaign

-- name: due_dates.confirm_duty
UPDATE duties SET confirmed_at = :now, confirmed_by = :by
WHERE campaign = :campaign AND id = :id AND confirmed_at IS NULL

-- name: due_dates.confirm_phase
UPDATE phases SET confirmed_at = :now, confirmed_by = :by
WHERE campaign = :campaign AND id = :id AND confirmed_at IS NULL

-- name: due_dates.set_last_day
UPDATE duties SET last_day = :last_day, moved_why = :why, confirmed_at = :now, confirmed_by = :by
WHERE campaign = :campaign AND id = :id
AND (last_day IS NULL OR last_day <> :last_day OR COALESCE(moved_why, '') <> COALESCE(:why, ''))

-- name: due_dates.moved_at
SELECT confirmed_at FROM duties
WHERE campaign = :campaign AND id = :id AND moved_why IS NOT NULL AND confirmed_at IS NOT NULL

-- name: due_dates.restore
UPDATE duties SET last_day = NULL, moved_why = NULL, confirmed_at = :now, confirmed_by = :by
WHERE campaign = :campaign AND id = :id AND last_day IS NOT NULL

-- name: due_dates.mute
UPDATE duties SET muted = :muted WHERE campaign = :campaign AND id = :id AND muted <> :muted
