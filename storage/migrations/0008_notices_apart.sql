INSERT INTO migrations(number) VALUES (8);

-- Where much is planned at once the planner's queries took this one, as good as notices_planned as long as the database
-- has not counted, and walked through everybody's notices of an occasion for a few people's.
DROP INDEX notices_of_occasion;
CREATE INDEX notices_of_unit ON notices(unit, campaign, about) WHERE state = 'planned';
CREATE INDEX notices_told ON notices(campaign, about) WHERE state IN ('queued', 'sent', 'failed', 'unknown');
