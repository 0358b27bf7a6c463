-- The vault: wrapped keys, which tell nothing without the master key, and the hub's own wrapped secret.

CREATE SCHEMA IF NOT EXISTS vault;

CREATE TABLE IF NOT EXISTS vault.hub (
    id smallint PRIMARY KEY CHECK (id = 1),
    epoch integer NOT NULL,
    least integer NOT NULL, -- nothing is stored under an epoch before this one: a rotation has begun
    wrapped bytea NOT NULL
);

CREATE TABLE IF NOT EXISTS vault.keys (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id bytea NOT NULL UNIQUE,
    epoch integer NOT NULL,
    drawer smallint NOT NULL,
    scope bytea NOT NULL,
    stream bytea NOT NULL,
    wrapped bytea NOT NULL
);
CREATE INDEX IF NOT EXISTS keys_by_scope ON vault.keys (scope);
CREATE INDEX IF NOT EXISTS keys_by_stream ON vault.keys (stream);
CREATE INDEX IF NOT EXISTS keys_by_epoch ON vault.keys (epoch);

-- The ids of keys that were deleted, so that every process that has opened one hears of it. The log names them too.
CREATE TABLE IF NOT EXISTS vault.gone (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id bytea NOT NULL
);

-- What is told again of requests whose records were disposed of, sealed under a key of the month of the request.
CREATE TABLE IF NOT EXISTS vault.receipts (
    tag bytea PRIMARY KEY,
    month integer NOT NULL,
    key bytea NOT NULL,
    sealed bytea NOT NULL
);
