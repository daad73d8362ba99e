INSERT INTO migrations(number) VALUES (5);

-- How many files a person has sent by upload since their hour began (machine time), and how many bytes.
CREATE TABLE uploads (
  member BIGINT PRIMARY KEY, since BIGINT NOT NULL, files BIGINT NOT NULL, bytes BIGINT NOT NULL
);
