-- name: addresses.find
SELECT id, member, reachable FROM addresses WHERE channel = :channel AND address = :address
-- postgres
FOR UPDATE
-- both

-- name: addresses.add
INSERT INTO addresses(channel, address, member, reachable, reason, since, last_contact)
VALUES (:channel, :address, :member, 1, NULL, :now, :now)
ON CONFLICT (channel, address) DO NOTHING

-- name: addresses.contact
UPDATE addresses SET last_contact = :now, reachable = 1, reason = NULL WHERE channel = :channel AND address = :address

-- name: addresses.unreachable
UPDATE addresses SET reachable = 0, reason = :reason, since = :now WHERE channel = :channel AND address = :address

-- name: addresses.moved
UPDATE addresses SET address = :to WHERE channel = :channel AND address = :address
AND NOT EXISTS (SELECT 1 FROM addresses b WHERE b.channel = :channel AND b.address = :to)

-- name: addresses.rehome
UPDATE addresses SET member = :into WHERE member = :member

-- name: addresses.of_member
SELECT channel, address, reachable, reason, last_contact FROM addresses WHERE member = :member ORDER BY id

-- name: addresses.best
SELECT channel, address FROM addresses WHERE member = :member AND reachable = 1
ORDER BY last_contact DESC, id DESC LIMIT 1

-- name: addresses.drop_of_member
DELETE FROM addresses WHERE member = :member

-- name: members.add
INSERT INTO members(name, shown_name, language, choice, first_seen, last_seen, wrong_codes, wrong_since)
VALUES (:name, :shown_name, :language, NULL, :now, :now, 0, 0) RETURNING id

-- name: members.get
SELECT id, name, shown_name, language, choice, wrong_codes, wrong_since FROM members WHERE id = :id
-- postgres
FOR UPDATE SKIP LOCKED
-- both

-- name: members.shown
SELECT name, shown_name FROM members WHERE id = :id

-- name: members.session
SELECT (SELECT body FROM sessions WHERE member = :member) AS session,
  (SELECT value FROM settings WHERE name = 'content') AS content

-- name: members.lock_both
SELECT id FROM members WHERE id IN (:one, :other) ORDER BY id
-- postgres
FOR UPDATE
-- both

-- name: members.seen
UPDATE members SET last_seen = :now, shown_name = :shown_name WHERE id = :id

-- name: members.language
UPDATE members SET language = :language WHERE id = :id

-- name: members.choice
UPDATE members SET choice = :choice WHERE id = :id

-- name: members.name
UPDATE members SET name = :name WHERE id = :id

-- name: members.wrong_code
UPDATE members SET wrong_codes = :wrong_codes, wrong_since = :wrong_since WHERE id = :id

-- name: members.drop
DELETE FROM members WHERE id = :id

-- name: addresses.purge_visitors
DELETE FROM addresses WHERE last_contact < :before AND member NOT IN (SELECT member FROM memberships)
AND member NOT IN (SELECT member FROM inbox WHERE state = 'waiting' AND member IS NOT NULL)

-- name: members.purge_visitors
DELETE FROM members WHERE id NOT IN (SELECT member FROM memberships) AND id NOT IN (SELECT member FROM addresses)
AND id NOT IN (SELECT member FROM inbox WHERE state = 'waiting' AND member IS NOT NULL)
AND id NOT IN (SELECT member FROM invites WHERE member IS NOT NULL) AND last_seen < :before

-- name: consents.purge_visitors
DELETE FROM consents WHERE at < :before AND member NOT IN (SELECT id FROM members)

-- name: sessions.purge_visitors
DELETE FROM sessions WHERE updated_at < :before AND member NOT IN (SELECT id FROM members)

-- name: drafts.purge_visitors
DELETE FROM drafts WHERE saved_at < :before AND member NOT IN (SELECT id FROM members)

-- name: memberships.of
SELECT p.unit, p.role, p.position, u.name, u.kind, u.board, u.parent FROM memberships p JOIN units u ON u.slug = p.unit
WHERE p.member = :member ORDER BY p.since, p.unit

-- name: memberships.add
INSERT INTO memberships(member, unit, role, position, since) VALUES (:member, :unit, :role, :position, :since)
ON CONFLICT (member, unit, role) DO NOTHING

-- name: memberships.drop
DELETE FROM memberships WHERE member = :member

-- name: memberships.in_unit
SELECT m.id, m.name, p.role, u.name AS unit_name FROM memberships p JOIN members m ON m.id = p.member
JOIN units u ON u.slug = p.unit WHERE p.unit = :unit
AND NOT EXISTS (SELECT 1 FROM memberships a JOIN units b ON b.slug = a.unit WHERE a.member = m.id
  AND (a.role IN ('admin', :above, :too) OR a.unit <> :unit)) ORDER BY m.name, m.id

-- name: memberships.in_board
SELECT m.id, m.name, p.role, u.name AS unit_name FROM memberships p JOIN members m ON m.id = p.member
JOIN units u ON u.slug = p.unit WHERE u.board = :board
AND NOT EXISTS (SELECT 1 FROM memberships a JOIN units b ON b.slug = a.unit WHERE a.member = m.id
  AND (a.role IN ('admin', :above, :too) OR b.board <> :board)) ORDER BY m.name, m.id

-- name: consents.add
INSERT INTO consents(member, version, given, at, channel) VALUES (:member, :version, :given, :at, :channel)

-- name: consents.of
SELECT version, given, at, channel FROM consents WHERE member = :member ORDER BY id

-- name: consents.drop
DELETE FROM consents WHERE member = :member

-- name: invites.add
INSERT INTO invites(serial, hash, kind, unit, role, name, position, member, issued_by, issued_at, expires_at)
VALUES (:serial, :hash, :kind, :unit, :role, :name, :position, :member, :issued_by, :issued_at, :expires_at)

-- name: invites.by_hash
SELECT i.serial, i.kind, i.unit, i.role, i.name, i.position, i.member, i.expires_at, i.used_at, i.used_by,
  u.name AS unit_name, b.name AS board_name
FROM invites i LEFT JOIN units u ON u.slug = i.unit LEFT JOIN units b ON b.slug = u.board WHERE i.hash = :hash

-- name: invites.by_serial
SELECT i.serial, i.kind, i.unit, i.role, i.name, i.position, i.member, i.expires_at, i.used_at, i.used_by,
  u.name AS unit_name, b.name AS board_name
FROM invites i LEFT JOIN units u ON u.slug = i.unit LEFT JOIN units b ON b.slug = u.board WHERE i.serial = :serial

-- name: invites.use
UPDATE invites SET used_by = :member, used_at = :now WHERE serial = :serial AND used_at IS NULL

-- name: invites.forget_member
UPDATE invites SET name = NULL, position = NULL WHERE used_by = :member

-- name: invites.drop_sign_ins
DELETE FROM invites WHERE member = :member

-- name: sessions.put
INSERT INTO sessions(member, body, updated_at) VALUES (:member, :body, :now)
ON CONFLICT (member) DO UPDATE SET body = excluded.body, updated_at = excluded.updated_at

-- name: sessions.drop
DELETE FROM sessions WHERE member = :member

-- name: drafts.put
INSERT INTO drafts(member, flow, body, saved_at) VALUES (:member, :flow, :body, :now) RETURNING id

-- name: drafts.of
SELECT id, flow, body, saved_at FROM drafts WHERE member = :member ORDER BY saved_at DESC, id DESC

-- name: drafts.take
DELETE FROM drafts WHERE member = :member AND id = :id RETURNING body

-- name: drafts.drop_all
DELETE FROM drafts WHERE member = :member

-- name: audit.add
INSERT INTO audit(at, member, act, about, detail) VALUES (:at, :member, :act, :about, :detail)

-- name: audit.of
SELECT at, act, about FROM audit WHERE member = :member ORDER BY id DESC LIMIT :most

-- name: memberships.officers
SELECT DISTINCT member FROM memberships WHERE role IN ('officer', 'admin') ORDER BY member
