-- name: dossier_pages.put
INSERT INTO dossier_pages(number, version, sha256, size, pages) VALUES (:number, :version, :sha, :size, :pages)
ON CONFLICT (number, version) DO NOTHING

-- name: dossier_pages.get
SELECT sha256, size, pages FROM dossier_pages WHERE number = :number AND version = :version
