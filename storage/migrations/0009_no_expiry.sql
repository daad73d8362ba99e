INSERT INTO migrations(number) VALUES (9);

-- Nothing ever had one: whether a message is still of use is judged from what is true when it is about to go.
ALTER TABLE outbox DROP COLUMN expires_at;
