-- name: migrations.done
SELECT number FROM migrations

-- name: units.put
INSERT INTO units(slug, board, parent, kind, name, short_name, tax_code, predecessors, sample)
VALUES (:slug, :board, :parent, :kind, :name, :short_name, :tax_code, :predecessors, :sample)
ON CONFLICT (slug) DO UPDATE SET board = excluded.board, parent = excluded.parent, kind = excluded.kind,
  name = excluded.name, short_name = excluded.short_name, tax_code = excluded.tax_code,
  predecessors = excluded.predecessors, sample = excluded.sample

-- name: units.all
SELECT slug, board, parent, kind, name, short_name, tax_code, predecessors, sample FROM units ORDER BY slug

-- name: campaigns.put
INSERT INTO campaigns(slug, board, body, version, loaded_at) VALUES (:slug, :board, :body, 1, :now)
ON CONFLICT (slug) DO UPDATE SET board = excluded.board, body = excluded.body, version = campaigns.version + 1,
  loaded_at = excluded.loaded_at WHERE campaigns.body <> excluded.body

-- name: campaigns.all
SELECT slug, body FROM campaigns ORDER BY slug

-- name: phases.put
INSERT INTO phases(campaign, id, starts, ends, confirmed_at, confirmed_by)
VALUES (:campaign, :id, :starts, :ends, :confirmed_at, NULL)
ON CONFLICT (campaign, id) DO UPDATE SET starts = excluded.starts, ends = excluded.ends

-- name: duties.put
INSERT INTO duties(campaign, id, version, due, last_day, confirmed_at, confirmed_by)
VALUES (:campaign, :id, 1, :due, NULL, :confirmed_at, NULL)
ON CONFLICT (campaign, id) DO UPDATE SET due = excluded.due, version = duties.version + 1,
  confirmed_at = excluded.confirmed_at, confirmed_by = NULL WHERE duties.due <> excluded.due

-- name: duties.confirm_all
UPDATE duties SET confirmed_at = :now WHERE campaign = :campaign AND confirmed_at IS NULL

-- name: phases.confirm_all
UPDATE phases SET confirmed_at = :now WHERE campaign = :campaign AND confirmed_at IS NULL

-- name: duties.all
SELECT campaign, id, version, last_day, confirmed_at FROM duties

-- name: duties.muted
SELECT campaign, id FROM duties WHERE muted = 1

-- name: phases.confirmed
SELECT campaign, id FROM phases WHERE confirmed_at IS NOT NULL

-- name: calendar.put
INSERT INTO calendar(day, works, name, source) VALUES (:day, :works, :name, :source)
ON CONFLICT (day) DO UPDATE SET works = excluded.works, name = excluded.name, source = excluded.source
WHERE calendar.source NOT LIKE 'officer%'

-- name: calendar.all
SELECT day, works, name, source FROM calendar

-- name: calendar.put_year
INSERT INTO calendar_years(year, confirmed, source) VALUES (:year, :confirmed, :source) ON CONFLICT (year) DO NOTHING

-- name: calendar.years
SELECT year FROM calendar_years WHERE confirmed = 1

-- name: settings.get
SELECT value FROM settings WHERE name = :name

-- name: settings.hold
-- Nobody else changes it until the transaction has ended.
SELECT value FROM settings WHERE name = :name
-- postgres
FOR SHARE
-- both

-- name: settings.put
INSERT INTO settings(name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = excluded.value

-- name: settings.count
INSERT INTO settings(name, value) VALUES (:name, '1')
ON CONFLICT (name) DO UPDATE SET value = CAST(CAST(settings.value AS BIGINT) + 1 AS TEXT)

-- name: settings.on
SELECT name FROM settings WHERE name LIKE :prefix || '%' AND value = '1'

-- name: transcript.add
INSERT INTO transcript(channel, address, key, at, body, edits) VALUES (:channel, :address, :key, :at, :body, :edits)
ON CONFLICT (key) DO NOTHING

-- name: transcript.in_order
SELECT id FROM addresses WHERE channel = :channel AND address = :address
-- postgres
FOR UPDATE
-- both

-- name: transcript.by_key
SELECT id FROM transcript WHERE key = :key

-- name: transcript.after
SELECT id, key, at, body, edits FROM transcript
WHERE channel = :channel AND address = :address AND id > :after ORDER BY id LIMIT :most

-- name: transcript.before
SELECT id, key, at, body, edits FROM transcript
WHERE channel = :channel AND address = :address AND id < :before ORDER BY id DESC LIMIT :most

-- name: transcript.seen
UPDATE transcript SET seen_at = :now WHERE channel = :channel AND address = :address AND id <= :upto AND seen_at IS NULL

-- name: transcript.forget
DELETE FROM transcript WHERE channel = :channel AND address = :address

-- name: transcript.purge_visitors
DELETE FROM transcript WHERE at < :before AND NOT EXISTS (
  SELECT 1 FROM addresses a JOIN memberships p ON p.member = a.member
  WHERE a.channel = transcript.channel AND a.address = transcript.address)

-- name: jobs.ran
INSERT INTO jobs(name, last_run, counts, error, took) VALUES (:name, :last_run, :counts, :error, :took)
ON CONFLICT (name) DO UPDATE SET last_run = excluded.last_run, counts = excluded.counts, error = excluded.error,
  took = excluded.took

-- name: jobs.all
SELECT name, last_run, counts, error, took FROM jobs ORDER BY name
