INSERT INTO migrations(number) VALUES (9);

-- Nothing ever had one: whether a message is still of use is judged from what is true when it is about to go.
ALTER TABLE outbox DROP COLUMN expires_at;

-- What has a phase is its launch, all else is free.
DROP INDEX broadcasts_launch;
CREATE UNIQUE INDEX broadcasts_launch ON broadcasts(campaign, phase)
WHERE phase <> '' AND state NOT IN ('stopped', 'declined');
ALTER TABLE broadcasts DROP COLUMN kind;
-- What the conversation that made it was answered with, so that another can begin with the same.
ALTER TABLE broadcasts ADD COLUMN answers TEXT NOT NULL DEFAULT '{}';
