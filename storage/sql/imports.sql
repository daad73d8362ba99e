-- name: imports.put
-- Only for work that is still there: its person may have had everything erased while it was being done.
INSERT INTO imports(work, member, form, rows, counts, state, created_at)
SELECT w.id, :member, :form, :rows, :counts, 'checked', :now FROM work w WHERE w.id = :work
-- postgres
FOR UPDATE
-- both
ON CONFLICT (work) DO UPDATE SET rows = excluded.rows, counts = excluded.counts RETURNING id

-- name: imports.get
SELECT id, member, form, rows, counts, state FROM imports WHERE id = :id

-- name: imports.head
SELECT id, member, form, counts, state FROM imports WHERE id = :id

-- name: imports.move
UPDATE imports SET state = :state WHERE id = :id AND state = :was

-- name: imports.forget_member
DELETE FROM imports WHERE member = :member AND state <> 'registering'

-- name: imports.purge_visitors
DELETE FROM imports WHERE state <> 'registering' AND created_at < :before
AND member NOT IN (SELECT member FROM memberships)

-- name: imports.known
SELECT d.number, d.subject, d.row_key, d.state, d.fingerprint, v.content FROM dossiers d
JOIN dossier_versions v ON v.dossier = d.id AND v.version = d.version
WHERE d.campaign = :campaign AND d.kind = :kind AND d.unit = :unit ORDER BY d.id
