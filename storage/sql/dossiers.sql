-- name: counters.take
INSERT INTO counters(name, last) VALUES (:name, :many) ON CONFLICT (name) DO UPDATE SET last = counters.last + :many
RETURNING last

-- name: dossiers.add
INSERT INTO dossiers(number, board, campaign, kind, unit, subject, label, folded, titles, state, version, filed_at, late, filer,
  row_key, fingerprint, changed_at)
VALUES (:number, :board, :campaign, :kind, :unit, :subject, :label, :folded, :titles, 'submitted', 1, :filed_at, :late, :filer,
  :row_key, :fingerprint, :filed_at)
ON CONFLICT DO NOTHING RETURNING id

-- name: dossiers.add_version
INSERT INTO dossier_versions(dossier, version, content, sha256, filed_at, late, member)
VALUES (:dossier, :version, :content, :digest, :filed_at, :late, :member)

-- name: dossiers.by_row
SELECT id, number, campaign, kind, unit, subject, state, version, late, row_key, fingerprint FROM dossiers
WHERE campaign = :campaign AND kind = :kind AND unit = :unit AND row_key = :row_key
-- postgres
FOR UPDATE
-- both

-- name: dossiers.by_subject
-- The unit bare would let a plan made while the table was empty walk through all of the unit, for every row of a workbook.
SELECT id, number, campaign, kind, unit, subject, state, version, late, row_key, fingerprint FROM dossiers
WHERE campaign = :campaign AND kind = :kind AND unit || '' = :unit AND subject = :subject
-- postgres
FOR UPDATE
-- both

-- name: dossiers.lock
SELECT id, number, campaign, kind, unit, subject, state, version, late, row_key, fingerprint FROM dossiers
WHERE number = :number
-- postgres
FOR UPDATE
-- both

-- name: dossiers.other
SELECT number, state FROM dossiers
WHERE campaign = :campaign AND kind = :kind AND unit || '' = :unit AND subject = :subject AND number <> :number

-- name: dossiers.renew
-- A report is its unit's, and whoever handed it in last answers for it; what somebody has registered stays theirs, whoever
-- of their unit corrects it.
UPDATE dossiers SET unit = :unit, subject = :subject, label = :label, folded = :folded, titles = :titles, state = 'submitted',
  version = :version, filed_at = :filed_at, late = :late, fingerprint = :fingerprint,
  filer = CASE WHEN kind = 'report' OR NOT EXISTS (SELECT 1 FROM members m WHERE m.id = dossiers.filer) THEN :filer ELSE filer END,
  changed_at = :filed_at WHERE id = :id

-- name: dossiers.give_row
UPDATE dossiers SET row_key = :row_key WHERE id = :id AND row_key IS NULL AND NOT EXISTS (
  SELECT 1 FROM dossiers o WHERE o.campaign = :campaign AND o.kind = :kind AND o.unit = :unit AND o.row_key = :row_key)

-- name: dossiers.change
UPDATE dossiers SET state = :state, changed_at = :now WHERE id = :id

-- name: dossiers.get
SELECT d.id, d.number, d.board, d.campaign, d.kind, d.unit, d.subject, d.label, d.state, d.version, d.filed_at, d.late,
  d.filer, d.row_key, v.content, v.sha256
FROM dossiers d JOIN dossier_versions v ON v.dossier = d.id AND v.version = d.version WHERE d.number = :number

-- name: dossiers.versions
SELECT d.number, d.kind, d.state, v.version, v.filed_at, v.late, v.sha256, v.content FROM dossiers d
JOIN dossier_versions v ON v.dossier = d.id WHERE d.number = :number ORDER BY v.version

-- name: dossiers.version
SELECT v.version, v.content, v.sha256, v.filed_at, v.late, v.member FROM dossiers d
JOIN dossier_versions v ON v.dossier = d.id WHERE d.number = :number AND v.version = :version

-- name: dossiers.mine
SELECT number, kind, label, state, filed_at, late, campaign, unit FROM dossiers WHERE filer = :member
ORDER BY filed_at DESC, id DESC LIMIT :most OFFSET :skip

-- name: dossiers.of_unit
SELECT number, kind, label, state, filed_at, late, campaign, unit FROM dossiers WHERE unit = :unit
ORDER BY filed_at DESC, id DESC LIMIT :most OFFSET :skip

-- name: dossiers.waiting
SELECT number, kind, label, state, filed_at, late, campaign, unit FROM dossiers WHERE board = :board AND state = 'submitted'
ORDER BY filed_at DESC, id DESC LIMIT :most OFFSET :skip

-- name: dossiers.alike
SELECT d.number, d.label, d.state, v.content FROM dossiers d
JOIN dossier_versions v ON v.dossier = d.id AND v.version = d.version
WHERE d.campaign = :campaign AND d.kind = :kind AND d.unit = :unit ORDER BY d.id

-- name: dossiers.namesakes
SELECT d.number, d.label, d.state, v.content FROM dossiers d
JOIN dossier_versions v ON v.dossier = d.id AND v.version = d.version
WHERE d.campaign = :campaign AND d.kind = :kind AND d.unit || '' = :unit AND d.folded = :folded ORDER BY d.id

-- name: dossiers.titles
SELECT titles, COUNT(*) AS number FROM dossiers WHERE campaign = :campaign AND unit = :unit AND titles IS NOT NULL
AND state NOT IN ('withdrawn', 'declined') GROUP BY titles

-- name: dossiers.of_person
SELECT d.number, d.campaign, d.kind, d.state, v.version, v.filed_at, v.content FROM dossier_versions v
JOIN dossiers d ON d.id = v.dossier WHERE v.member = :member ORDER BY v.filed_at DESC, d.id DESC, v.version DESC
LIMIT :most

-- name: dossiers.reports
SELECT d.number, d.campaign, d.subject, d.state, d.version, d.filed_at, d.late, m.name FROM dossiers d
LEFT JOIN members m ON m.id = d.filer WHERE d.unit = :unit AND d.kind = 'report'

-- name: memberships.who_speak_for
SELECT DISTINCT member FROM memberships WHERE unit = :unit AND role IN ('delegate', 'head') ORDER BY member

-- name: dossiers.rehome
UPDATE dossiers SET filer = :into WHERE filer = :member

-- name: audit.about
SELECT a.at, a.member, m.name, a.act, a.detail FROM audit a LEFT JOIN members m ON m.id = a.member
WHERE a.about = :about ORDER BY a.id

-- name: dossiers.with_initiative
SELECT d.number, v.content FROM dossiers d JOIN dossier_versions v ON v.dossier = d.id AND v.version = d.version
WHERE d.campaign = :campaign AND d.unit = :unit AND d.kind = 'title' AND d.state NOT IN ('withdrawn', 'declined')
AND v.content LIKE '%"initiative":"%'
