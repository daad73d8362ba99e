INSERT INTO migrations(number) VALUES (6);

-- A unit's own last day for a duty, in the place of the plan's, and what it was asked with. Days are ISO text.
CREATE TABLE extensions (
  campaign TEXT NOT NULL REFERENCES campaigns(slug), duty TEXT NOT NULL, unit TEXT NOT NULL REFERENCES units(slug),
  last_day TEXT NOT NULL, reason TEXT, given_by BIGINT NOT NULL, given_at BIGINT NOT NULL, PRIMARY KEY (unit, campaign, duty)
);

-- "Xin gia hạn": open until an officer answers (state asked, granted, refused, or void once the report is in);
-- one open request a unit and duty.
CREATE TABLE extension_requests (
  id {{id}}, board TEXT NOT NULL, campaign TEXT NOT NULL REFERENCES campaigns(slug), duty TEXT NOT NULL,
  unit TEXT NOT NULL REFERENCES units(slug), member BIGINT NOT NULL, reason TEXT NOT NULL, wished TEXT NOT NULL,
  state TEXT NOT NULL, granted TEXT, answer TEXT, answered_by BIGINT, asked_at BIGINT NOT NULL, answered_at BIGINT
);
CREATE UNIQUE INDEX extension_requests_open ON extension_requests(unit, campaign, duty) WHERE state = 'asked';
CREATE INDEX extension_requests_by_member ON extension_requests(member);

-- A link to upload files by a browser, for one question of one person; only the hash of its token is kept. `question`
-- tells conversations apart, `most` is how many files it takes, `files` how many came. Instants are business time;
-- done_at: it has been used, or a newer one has taken its place.
CREATE TABLE upload_links (
  id {{id}}, token_sha256 TEXT NOT NULL UNIQUE, member BIGINT NOT NULL, channel TEXT NOT NULL, address TEXT NOT NULL,
  flow TEXT NOT NULL, question TEXT NOT NULL, most BIGINT NOT NULL, files BIGINT NOT NULL, expires_at BIGINT NOT NULL,
  done_at BIGINT
);
CREATE INDEX upload_links_by_member ON upload_links(member);

-- Photographs of a version's pages, put together in their order as one PDF.
CREATE TABLE dossier_pages (
  number TEXT NOT NULL, version BIGINT NOT NULL, sha256 TEXT NOT NULL, size BIGINT NOT NULL, pages BIGINT NOT NULL,
  PRIMARY KEY (number, version)
);

-- What a virus scanner said of a file: clean, infected, or unscanned; null where none is configured.
ALTER TABLE files ADD COLUMN scan TEXT;

-- What a dossier uses, and whether anything uses a file: asked before either is forgotten.
CREATE INDEX file_uses_by_holder ON file_uses(holder);
CREATE INDEX dossier_pages_by_file ON dossier_pages(sha256);
