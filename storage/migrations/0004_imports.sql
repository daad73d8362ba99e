INSERT INTO migrations(number) VALUES (4);

-- A workbook that came back filled and was checked: its good rows wait for the person's word. `form` says what it was made
-- for, `rows` are keys and registrations, `counts` what they would come to.
CREATE TABLE imports (
  id {{id}}, work BIGINT NOT NULL UNIQUE, member BIGINT NOT NULL, form TEXT NOT NULL, rows TEXT NOT NULL, counts TEXT NOT NULL,
  state TEXT NOT NULL, created_at BIGINT NOT NULL
);
CREATE INDEX imports_by_member ON imports(member);
