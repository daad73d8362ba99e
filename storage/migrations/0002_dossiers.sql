INSERT INTO migrations(number) VALUES (2);

-- A person may have put several conversations of one flow aside: each draft has a number of its own.
CREATE TABLE drafts_with_id (
  id {{id}}, member BIGINT NOT NULL, flow TEXT NOT NULL, body TEXT NOT NULL, saved_at BIGINT NOT NULL
);
INSERT INTO drafts_with_id(member, flow, body, saved_at) SELECT member, flow, body, saved_at FROM drafts ORDER BY saved_at;
DROP TABLE drafts;
ALTER TABLE drafts_with_id RENAME TO drafts;
CREATE INDEX drafts_by_member ON drafts(member, saved_at);

-- One dossier for one subject: `subject` is its identity within campaign, kind and unit, `folded` its label as names are
-- compared. Version, moment of filing, late and fingerprint (SHA-256 of what is registered, to tell what has changed) are
-- those of its latest version. `titles` are the codes asked for an individual, apart by blanks; null for anything else.
-- `row_key` is the hidden key of its row in a workbook. Indexes begin with what tells dossiers of one unit apart: to a planner
-- without statistics two that begin with campaign, kind and unit are the same, and the wrong one reads the whole unit.
CREATE TABLE dossiers (
  id {{id}}, number TEXT NOT NULL UNIQUE, board TEXT NOT NULL, campaign TEXT NOT NULL REFERENCES campaigns(slug),
  kind TEXT NOT NULL, unit TEXT NOT NULL REFERENCES units(slug), subject TEXT NOT NULL, label TEXT NOT NULL,
  folded TEXT NOT NULL, titles TEXT, state TEXT NOT NULL, version BIGINT NOT NULL, filed_at BIGINT NOT NULL, late BIGINT NOT NULL,
  filer BIGINT NOT NULL, row_key TEXT, fingerprint TEXT NOT NULL, changed_at BIGINT NOT NULL, UNIQUE (subject, unit, campaign, kind)
);
CREATE UNIQUE INDEX dossiers_by_row ON dossiers(row_key, unit, campaign, kind) WHERE row_key IS NOT NULL;
CREATE INDEX dossiers_by_filer ON dossiers(filer, filed_at);
CREATE INDEX dossiers_by_unit ON dossiers(unit, filed_at);
CREATE INDEX dossiers_by_board ON dossiers(board, state, filed_at);
CREATE INDEX dossiers_by_name ON dossiers(folded, unit, campaign, kind);
CREATE INDEX dossiers_by_titles ON dossiers(campaign, unit, titles, state) WHERE titles IS NOT NULL;

-- Every version as it was handed in, for good; `sha256` is the one on its receipt, taken of `content` to the letter.
CREATE TABLE dossier_versions (
  dossier BIGINT NOT NULL REFERENCES dossiers(id), version BIGINT NOT NULL, content TEXT NOT NULL, sha256 TEXT NOT NULL,
  filed_at BIGINT NOT NULL, late BIGINT NOT NULL, member BIGINT NOT NULL, PRIMARY KEY (dossier, version)
);
CREATE INDEX dossier_versions_by_member ON dossier_versions(member);

-- Running numbers, one row a (board code, year, kind).
CREATE TABLE counters (name TEXT PRIMARY KEY, last BIGINT NOT NULL);

-- What officers have opened by hand, and what becomes of what comes after a duty's last day where they have said so.
CREATE TABLE openings (
  campaign TEXT NOT NULL REFERENCES campaigns(slug), kind TEXT NOT NULL, actors TEXT NOT NULL, last_day TEXT,
  after_deadline TEXT NOT NULL, opened_at BIGINT NOT NULL, opened_by BIGINT, PRIMARY KEY (campaign, kind)
);
CREATE TABLE duty_settings (
  campaign TEXT NOT NULL REFERENCES campaigns(slug), duty TEXT NOT NULL, after_deadline TEXT NOT NULL,
  set_at BIGINT NOT NULL, set_by BIGINT, PRIMARY KEY (campaign, duty)
);

-- A board's own rules for a title: a ratio in per cent (it warns), and what a registration must bring (it refuses).
CREATE TABLE title_rules (
  board TEXT NOT NULL, code TEXT NOT NULL, ratio BIGINT, needs TEXT NOT NULL, set_at BIGINT NOT NULL, set_by BIGINT,
  PRIMARY KEY (board, code)
);

CREATE INDEX audit_by_about ON audit(about);
