-- name: dossier_files.kept
SELECT f.sha256, f.scan FROM file_uses u JOIN files f ON f.sha256 = u.sha256 WHERE u.holder = :holder

-- name: dossier_files.pages
SELECT p.sha256, p.size, p.pages, f.scan, f.size AS kept FROM dossier_pages p LEFT JOIN files f ON f.sha256 = p.sha256
WHERE p.number = :number AND p.version = :version

-- name: dossier_files.forgotten
SELECT MAX(at) AS at FROM audit WHERE about = :number AND act = :act

-- name: dossier_files.due
SELECT d.number FROM dossiers d WHERE d.kind = :kind AND d.changed_at < :before AND d.number > :after AND (
  EXISTS (SELECT 1 FROM dossier_versions v JOIN file_uses u ON u.holder = 'dossier:' || d.number || ':' || v.version
    WHERE v.dossier = d.id)
  OR EXISTS (SELECT 1 FROM dossier_pages p WHERE p.number = d.number))
ORDER BY d.number LIMIT :most

-- name: dossier_files.is_due
SELECT version FROM dossiers WHERE number = :number AND changed_at < :before

-- name: dossier_files.drop_uses
DELETE FROM file_uses WHERE holder = :holder

-- name: dossier_files.drop_pages
DELETE FROM dossier_pages WHERE number = :number
