-- One log: its records, and the one row that says where it ends. What stands is never changed, by the owner neither.
CREATE SCHEMA "@schema@";

CREATE TABLE "@schema@".records (
    position bigint PRIMARY KEY,
    stream bytea NOT NULL CHECK (octet_length(stream) = 16),
    version bigint NOT NULL,
    topic text NOT NULL,
    tag bytea,
    disposal boolean NOT NULL,
    frame bytea NOT NULL CHECK (octet_length(frame) BETWEEN 16 AND 262144),
    chain bytea NOT NULL CHECK (octet_length(chain) = 32)
);
ALTER TABLE "@schema@".records ALTER COLUMN frame SET STORAGE EXTERNAL; -- what is sealed cannot be compressed
CREATE UNIQUE INDEX records_by_stream ON "@schema@".records (stream, version);
CREATE INDEX records_by_tag ON "@schema@".records (tag, position) WHERE tag IS NOT NULL;
CREATE INDEX records_of_disposal ON "@schema@".records (position) WHERE disposal;

CREATE TABLE "@schema@".log_end (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    position bigint NOT NULL,
    chain bytea NOT NULL,
    committed bigint NOT NULL,
    turn bytea NOT NULL DEFAULT '' -- whose turn it is to append; nobody's: anybody's
) WITH (fillfactor = 50); -- it is updated in place by every group
INSERT INTO "@schema@".log_end (position, chain, committed) VALUES (0, decode(repeat('00', 32), 'hex'), 0);

CREATE FUNCTION "@schema@".refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER records_are_appended BEFORE INSERT ON "@schema@".records FOR EACH STATEMENT
    WHEN (current_setting('samrad.appending', true) IS DISTINCT FROM 'on')
    EXECUTE FUNCTION "@schema@".refuse('a record is appended by the function for it alone');
CREATE TRIGGER records_are_not_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON "@schema@".records FOR EACH STATEMENT
    EXECUTE FUNCTION "@schema@".refuse('a record is never changed or deleted');
CREATE TRIGGER end_goes_on BEFORE UPDATE ON "@schema@".log_end FOR EACH ROW
    WHEN (NEW.position < OLD.position OR NEW.committed < OLD.committed OR NEW.position = OLD.position
        AND (NEW.turn = OLD.turn OR NEW.chain <> OLD.chain OR NEW.committed <> OLD.committed))
    EXECUTE FUNCTION "@schema@".refuse('the log''s end never goes back');
CREATE TRIGGER end_is_one BEFORE INSERT OR DELETE OR TRUNCATE ON "@schema@".log_end FOR EACH STATEMENT
    EXECUTE FUNCTION "@schema@".refuse('a log has one end');
