-- name: openings.put
INSERT INTO openings(campaign, kind, actors, last_day, after_deadline, opened_at, opened_by)
VALUES (:campaign, :kind, :actors, :last_day, :after_deadline, :now, :by)
ON CONFLICT (campaign, kind) DO UPDATE SET actors = excluded.actors, last_day = excluded.last_day,
  after_deadline = excluded.after_deadline, opened_at = excluded.opened_at, opened_by = excluded.opened_by

-- name: openings.all
SELECT campaign, kind, actors, last_day, after_deadline FROM openings ORDER BY campaign, kind

-- name: duty_settings.put
INSERT INTO duty_settings(campaign, duty, after_deadline, set_at, set_by)
VALUES (:campaign, :duty, :after_deadline, :now, :by)
ON CONFLICT (campaign, duty) DO UPDATE SET after_deadline = excluded.after_deadline, set_at = excluded.set_at,
  set_by = excluded.set_by

-- name: duty_settings.all
SELECT campaign, duty, after_deadline FROM duty_settings

-- name: title_rules.put
INSERT INTO title_rules(board, code, ratio, needs, set_at, set_by) VALUES (:board, :code, :ratio, :needs, :now, :by)
ON CONFLICT (board, code) DO UPDATE SET ratio = excluded.ratio, needs = excluded.needs, set_at = excluded.set_at,
  set_by = excluded.set_by

-- name: title_rules.all
SELECT board, code, ratio, needs FROM title_rules ORDER BY board, code
