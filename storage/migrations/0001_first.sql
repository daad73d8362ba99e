-- Instants are microseconds since 1970 in UTC, days ISO text, structures JSON as text, yes/no 0 or 1.
-- {{id}} is each dialect's own numbering. The first line fails where another process has just been here.
INSERT INTO migrations(number) VALUES (1);

CREATE TABLE units (
  slug TEXT PRIMARY KEY, board TEXT NOT NULL, parent TEXT REFERENCES units(slug), kind TEXT NOT NULL,
  name TEXT NOT NULL, short_name TEXT, tax_code TEXT, predecessors TEXT NOT NULL, sample BIGINT NOT NULL
);
CREATE INDEX units_by_board ON units(board);

-- Everybody the bot has met, visitors too; a visitor is a member of nothing.
CREATE TABLE members (
  id {{id}}, name TEXT, shown_name TEXT, language TEXT NOT NULL, choice TEXT,
  first_seen BIGINT NOT NULL, last_seen BIGINT NOT NULL, wrong_codes BIGINT NOT NULL, wrong_since BIGINT NOT NULL
);
CREATE TABLE memberships (
  member BIGINT NOT NULL REFERENCES members(id), unit TEXT NOT NULL REFERENCES units(slug),
  role TEXT NOT NULL, position TEXT, since BIGINT NOT NULL, PRIMARY KEY (member, unit, role)
);
CREATE INDEX memberships_by_unit ON memberships(unit);

CREATE TABLE addresses (
  id {{id}}, channel TEXT NOT NULL, address TEXT NOT NULL, member BIGINT NOT NULL REFERENCES members(id),
  reachable BIGINT NOT NULL, reason TEXT, since BIGINT NOT NULL, last_contact BIGINT NOT NULL, UNIQUE (channel, address)
);
CREATE INDEX addresses_by_member ON addresses(member);

-- A code itself does not stand here (a message may hold one that was typed or handed out): it is derived from the secret key and the row's serial; only its hash stands here.
CREATE TABLE invites (
  serial TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, unit TEXT REFERENCES units(slug), role TEXT,
  name TEXT, position TEXT, member BIGINT REFERENCES members(id), issued_by BIGINT, issued_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL, used_by BIGINT, used_at BIGINT
);
CREATE INDEX invites_by_unit ON invites(unit);

CREATE TABLE consents (
  id {{id}}, member BIGINT NOT NULL, version TEXT NOT NULL, given BIGINT NOT NULL, at BIGINT NOT NULL, channel TEXT NOT NULL
);
CREATE INDEX consents_by_member ON consents(member);

CREATE TABLE campaigns (
  slug TEXT PRIMARY KEY, board TEXT NOT NULL, body TEXT NOT NULL, version BIGINT NOT NULL, loaded_at BIGINT NOT NULL
);
CREATE TABLE phases (
  campaign TEXT NOT NULL REFERENCES campaigns(slug), id TEXT NOT NULL, starts TEXT NOT NULL, ends TEXT NOT NULL,
  confirmed_at BIGINT, confirmed_by BIGINT, PRIMARY KEY (campaign, id)
);
CREATE TABLE duties (
  campaign TEXT NOT NULL REFERENCES campaigns(slug), id TEXT NOT NULL, version BIGINT NOT NULL, due TEXT NOT NULL,
  last_day TEXT, confirmed_at BIGINT, confirmed_by BIGINT, PRIMARY KEY (campaign, id)
);

CREATE TABLE calendar (day TEXT PRIMARY KEY, works BIGINT NOT NULL, name TEXT NOT NULL, source TEXT NOT NULL);
CREATE TABLE calendar_years (year BIGINT PRIMARY KEY, confirmed BIGINT NOT NULL, source TEXT NOT NULL);

CREATE TABLE sessions (member BIGINT PRIMARY KEY, body TEXT NOT NULL, updated_at BIGINT NOT NULL);
CREATE TABLE drafts (
  member BIGINT NOT NULL, flow TEXT NOT NULL, body TEXT NOT NULL, saved_at BIGINT NOT NULL, PRIMARY KEY (member, flow)
);

-- What came in. `member` is null only where not even the address could be read.
CREATE TABLE inbox (
  id {{id}}, channel TEXT NOT NULL, update_id TEXT NOT NULL, address TEXT, member BIGINT, raw TEXT NOT NULL,
  stamped_at BIGINT, taken_at BIGINT NOT NULL, state TEXT NOT NULL, attempts BIGINT NOT NULL, reason TEXT,
  UNIQUE (channel, update_id)
);
CREATE INDEX inbox_waiting ON inbox(member, id) WHERE state = 'waiting';
CREATE INDEX inbox_by_age ON inbox(taken_at) WHERE state <> 'waiting';

-- What goes out. not_before and expires_at are business time; retry_at and lease_until machine time.
CREATE TABLE outbox (
  id {{id}}, key TEXT NOT NULL UNIQUE, member BIGINT NOT NULL, channel TEXT NOT NULL, address TEXT NOT NULL,
  lane BIGINT NOT NULL, body TEXT NOT NULL, edits TEXT, not_before BIGINT NOT NULL, expires_at BIGINT,
  state TEXT NOT NULL, reason TEXT, attempts BIGINT NOT NULL, repeats BIGINT NOT NULL, retry_at BIGINT NOT NULL,
  worker TEXT, lease_until BIGINT, ref TEXT, created_at BIGINT NOT NULL, ended_at BIGINT
);
CREATE INDEX outbox_ready ON outbox(channel, lane, not_before, id) WHERE state = 'ready';
CREATE INDEX outbox_waiting ON outbox(channel, address, lane, id) WHERE state = 'ready';
CREATE INDEX outbox_sending ON outbox(channel, address) WHERE state = 'sending';
CREATE INDEX outbox_by_member ON outbox(member, id);

-- One row a bot token: when its next evenly spaced sending slot is free (machine time), and any pause it was told.
CREATE TABLE pace (channel TEXT PRIMARY KEY, next_at BIGINT NOT NULL, paused_until BIGINT NOT NULL, slow_until BIGINT NOT NULL);

-- The history of messengers that are our own (the web chat): what was said, on both sides.
CREATE TABLE transcript (
  id {{id}}, channel TEXT NOT NULL, address TEXT NOT NULL, key TEXT NOT NULL UNIQUE, at BIGINT NOT NULL,
  body TEXT NOT NULL, edits BIGINT, seen_at BIGINT
);
CREATE INDEX transcript_by_address ON transcript(channel, address, id);

CREATE TABLE audit (
  id {{id}}, at BIGINT NOT NULL, member BIGINT, act TEXT NOT NULL, about TEXT NOT NULL, detail TEXT NOT NULL
);
CREATE INDEX audit_by_member ON audit(member);
-- sqlite
CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
-- postgres
CREATE FUNCTION audit_is_kept() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$ LANGUAGE plpgsql;
CREATE TRIGGER audit_is_kept BEFORE DELETE OR UPDATE ON audit FOR EACH ROW EXECUTE FUNCTION audit_is_kept();
-- both

CREATE TABLE jobs (name TEXT PRIMARY KEY, last_run BIGINT NOT NULL, counts TEXT NOT NULL, error TEXT);
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
