INSERT INTO migrations(number) VALUES (7);

-- What each person is to be told on which day, and what became of it: the plan and the ledger in one. A row is a function
-- of person, unit, occasion, deadline (`version`: its last valid day) and rung, so planning twice adds nothing.
-- `kind`: duty, phase, or what else there is to be told of; `about`: its id within the campaign. `day`: the day it is for,
-- `until`: the last day on which it is still worth telling (ISO, Asia/Ho_Chi_Minh); the hour is the person's own.
-- `state`: planned, queued (part of the message `outbox`), sent, failed, unknown, cancelled (planned again where it
-- follows once more), expired (not told, for good); `why`: what it was
-- planned for, `reason`: why it ended as it did.
CREATE TABLE notices (
  id {{id}}, member BIGINT NOT NULL, board TEXT NOT NULL, unit TEXT NOT NULL, kind TEXT NOT NULL, campaign TEXT NOT NULL,
  about TEXT NOT NULL, version TEXT NOT NULL, rung TEXT NOT NULL, day TEXT NOT NULL, until TEXT NOT NULL,
  state TEXT NOT NULL, why TEXT NOT NULL, reason TEXT, outbox BIGINT, planned_at BIGINT NOT NULL, ended_at BIGINT,
  acknowledged_at BIGINT, UNIQUE (member, kind, campaign, about, unit, version, rung)
);
CREATE INDEX notices_planned ON notices(campaign, about, member) WHERE state = 'planned';
CREATE INDEX notices_due ON notices(day, member) WHERE state = 'planned';
CREATE INDEX notices_of_occasion ON notices(campaign, about, unit);
CREATE INDEX notices_by_message ON notices(outbox) WHERE outbox IS NOT NULL;

-- What the planner has to look at again: everything of a board, of one occasion, of one unit, of one person. Empty columns
-- mean all of them.
CREATE TABLE replans (
  id {{id}}, board TEXT NOT NULL, campaign TEXT NOT NULL, about TEXT NOT NULL, unit TEXT NOT NULL, member BIGINT, why TEXT NOT NULL
);

-- An officer does not want this one to be reminded of; when an officer moved it, its last day stands in last_day.
ALTER TABLE duties ADD COLUMN muted BIGINT NOT NULL DEFAULT 0;
-- Why an officer moved it, for those it concerns to read; null where they corrected how the plan was read.
ALTER TABLE duties ADD COLUMN moved_why TEXT;

-- When on its day a person wants to be told (minute of the day), and what else than duties they do not want to hear of.
ALTER TABLE members ADD COLUMN notice_minute BIGINT NOT NULL DEFAULT 450;
ALTER TABLE members ADD COLUMN mutes TEXT NOT NULL DEFAULT '';

-- A launch or a free message to many. `audience` is as it was chosen, `body` the message, once for all; `listed_upto`: the
-- person up to whom the audience has been written down. `at_once`: also outside working hours. `watched_from`: errors before
-- it no longer count against the broadcast (it began then, or an officer had it go on).
CREATE TABLE broadcasts (
  id {{id}}, board TEXT NOT NULL, kind TEXT NOT NULL, campaign TEXT NOT NULL, phase TEXT NOT NULL, author BIGINT NOT NULL,
  body TEXT NOT NULL, audience TEXT NOT NULL, at_once BIGINT NOT NULL, state TEXT NOT NULL, reason TEXT, approver BIGINT,
  people BIGINT NOT NULL, listed_upto BIGINT NOT NULL, created_at BIGINT NOT NULL, starts_at BIGINT NOT NULL,
  started_at BIGINT, watched_from BIGINT, ended_at BIGINT
);
CREATE INDEX broadcasts_alive ON broadcasts(state, id) WHERE state NOT IN ('done', 'stopped', 'declined');
CREATE INDEX broadcasts_by_board ON broadcasts(board, id);
-- Two officers who launch one phase at once meet here.
CREATE UNIQUE INDEX broadcasts_launch ON broadcasts(campaign, phase)
WHERE kind = 'launch' AND state NOT IN ('stopped', 'declined');

-- The units an audience came to when it was frozen.
CREATE TABLE broadcast_units (
  broadcast BIGINT NOT NULL REFERENCES broadcasts(id), unit TEXT NOT NULL, PRIMARY KEY (broadcast, unit)
);
-- The people it came to, frozen, and what became of each. `state`: listed, queued (a row of the outbox), sent, failed,
-- unknown, removed (judged when sent); never more than one row a person.
CREATE TABLE recipients (
  broadcast BIGINT NOT NULL REFERENCES broadcasts(id), member BIGINT NOT NULL, unit TEXT NOT NULL,
  state TEXT NOT NULL, reason TEXT, ended_at BIGINT, acknowledged_at BIGINT, PRIMARY KEY (broadcast, member)
);
CREATE INDEX recipients_by_state ON recipients(broadcast, state, member);
CREATE INDEX recipients_lately ON recipients(broadcast, ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX recipients_acknowledged ON recipients(broadcast) WHERE acknowledged_at IS NOT NULL;

-- The broadcast a row belongs to (its words stand there), and the addresses that have been tried for it.
ALTER TABLE outbox ADD COLUMN broadcast BIGINT;
ALTER TABLE outbox ADD COLUMN tried TEXT NOT NULL DEFAULT '';
CREATE INDEX outbox_broadcast ON outbox(broadcast, channel, id) WHERE state = 'ready' AND broadcast IS NOT NULL;

-- When the messenger asked for the pause (machine time): before that moment, the clock has been set back since.
ALTER TABLE pace ADD COLUMN paused_at BIGINT NOT NULL DEFAULT 0;

-- Notices in the web chat by when they were stored there: whoever has not seen one is told elsewhere.
CREATE INDEX outbox_on_web ON outbox(ended_at) WHERE state = 'sent' AND channel = 'web' AND lane > 0;

-- Microseconds that a job's last run took.
ALTER TABLE jobs ADD COLUMN took BIGINT NOT NULL DEFAULT 0;
