-- Who carries reads frames in their order, and who projects finds a matter again as well; nothing that stands beside them.
-- Which records dispose of something is told by the records themselves, to who has their key.
REVOKE SELECT ON "@schema@".records, "@schema@".log_end FROM samrad_relay, samrad_project;
GRANT SELECT (position, frame) ON "@schema@".records TO samrad_relay;
-- The chain is a hash: who projects proves the place of a record in it before the record is set aside.
GRANT SELECT (position, stream, version, frame, chain) ON "@schema@".records TO samrad_project;
GRANT SELECT (position) ON "@schema@".log_end TO samrad_relay, samrad_project;
