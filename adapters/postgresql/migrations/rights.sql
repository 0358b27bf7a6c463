-- Who appends may call the function and read; who carries or projects may read. Nobody else may anything.
REVOKE ALL ON SCHEMA "@schema@" FROM PUBLIC;
GRANT USAGE ON SCHEMA "@schema@" TO samrad_append, samrad_relay, samrad_project;
GRANT SELECT ON "@schema@".records, "@schema@".log_end TO samrad_append, samrad_relay, samrad_project;
GRANT EXECUTE ON FUNCTION "@schema@".samrad_append(
    bigint, bytea, bytea[], bigint[], bytea[], bigint[], text[], boolean[], bytea[]
), "@schema@".samrad_take_turn() TO samrad_append;
GRANT USAGE ON SCHEMA samrad TO samrad_append, samrad_relay, samrad_project;
GRANT SELECT ON samrad.store_version TO samrad_append, samrad_relay, samrad_project;
