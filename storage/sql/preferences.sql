-- name: preferences.of
SELECT notice_minute, mutes FROM members WHERE id = :member

-- name: preferences.put
UPDATE members SET notice_minute = :minute, mutes = :mutes WHERE id = :member

-- name: preferences.forget
UPDATE members SET notice_minute = 450, mutes = '' WHERE id = :member
