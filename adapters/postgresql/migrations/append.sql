-- A group of commands, each recorded whole or not at all, with a verdict for each: the position of its first event; 0 if
-- a version of a stream is taken or is not the next one; less than 0 if the same request was recorded before, from that
-- position on. `turn` is the caller's turn: who has lost it to another records nothing, however late the group comes.
-- `tags` and `sizes` are one per command, the other arrays one per event, command after command.
CREATE FUNCTION "@schema@".samrad_append(
    clock bigint, turn bytea, tags bytea[], sizes bigint[],
    streams bytea[], versions bigint[], topics text[], disposals boolean[], bodies bytea[],
    OUT verdicts bigint[], OUT last_position bigint, OUT last_chain bytea, OUT last_committed bigint
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = "@schema@", pg_temp
AS $$
DECLARE
    commands bigint := cardinality(tags);
    events bigint := cardinality(streams);
    latest bigint[];   -- by event: the latest stored version of its stream
    previous bigint[]; -- by event: the event before it of the same stream in this group, 0 if there is none
    reached bigint[];  -- by event: the latest version of its stream once this event was placed or refused
    earlier bigint[];  -- by command: where its request was recorded first, 0 if it was not
    alike bigint[];    -- by command: the command before it with the same tag in this group, 0 if there is none
    places bigint[]; event_tags bytea[]; frames bytea[]; chains bytea[]; -- by event: what is stored, 0 if it is not
    started bigint;
    whose bytea;
    committed bytea;
    done bigint := 0;
    ends bigint;
    before bigint;
    tag bytea;
    framed bytea;
    fits boolean;
    plain boolean := false; -- whether each command is one event, the next of a stream of its own, and no request twice
BEGIN
    IF cardinality(sizes) <> commands OR cardinality(versions) <> events OR cardinality(topics) <> events
        OR cardinality(disposals) <> events OR cardinality(bodies) <> events THEN
        RAISE EXCEPTION 'the arrays of a group differ in length' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    -- Whoever holds this lock is alone; the next one sees all that was committed, since every statement looks anew.
    PERFORM pg_advisory_xact_lock(@lock@);
    SELECT e.position, e.chain, e.committed, e.turn INTO STRICT last_position, last_chain, last_committed, whose
    FROM log_end e;
    IF whose <> turn THEN
        RAISE EXCEPTION 'another process has the turn' USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    started := last_position;
    last_committed := greatest(last_committed, clock);
    committed := int8send(last_committed);

    -- Almost every group is plain; what is below would find the same of it, event by event.
    IF commands = 1 AND events = 1 AND sizes[1] = 1 THEN
        plain := versions[1] = 1 + coalesce((SELECT max(r.version) FROM records r WHERE r.stream = streams[1]), 0)
            AND (tags[1] = ''::bytea OR NOT EXISTS (SELECT FROM records r WHERE r.tag = tags[1]));
    ELSIF commands = events AND 1 = ALL (sizes) THEN
        SELECT bool_and(
            e.version = 1 + coalesce((SELECT max(r.version) FROM records r WHERE r.stream = e.stream), 0)
            AND (e.tag = ''::bytea OR NOT EXISTS (SELECT FROM records r WHERE r.tag = e.tag))
        )
            AND (SELECT count(DISTINCT g.stream) = count(*) FROM unnest(streams) AS g (stream))
            AND (SELECT count(DISTINCT g.tag) = count(*) FROM unnest(tags) AS g (tag) WHERE g.tag <> ''::bytea)
        INTO plain
        FROM unnest(streams, versions, tags) AS e (stream, version, tag);
    END IF;
    IF plain THEN
        FOR event IN 1..events LOOP
            last_position := last_position + 1;
            last_chain := sha256(last_chain || int8send(last_position) || committed || bodies[event]);
            verdicts[event] := last_position;
            chains[event] := last_chain;
        END LOOP;
        PERFORM set_config('samrad.appending', 'on', true);
        IF events = 1 THEN
            INSERT INTO records (position, stream, version, topic, tag, disposal, frame, chain)
            VALUES (
                last_position, streams[1], versions[1], topics[1], nullif(tags[1], ''::bytea), disposals[1],
                int8send(last_position) || committed || bodies[1], last_chain
            );
        ELSE
            INSERT INTO records (position, stream, version, topic, tag, disposal, frame, chain)
            SELECT verdicts[n], streams[n], versions[n], topics[n], nullif(tags[n], ''::bytea), disposals[n],
                int8send(verdicts[n]) || committed || bodies[n], chains[n]
            FROM generate_series(1, events) AS n;
        END IF;
        UPDATE log_end SET position = last_position, chain = last_chain, committed = last_committed;
        RETURN;
    END IF;

    IF events = 1 THEN
        latest := ARRAY[coalesce((SELECT max(r.version) FROM records r WHERE r.stream = streams[1]), 0)];
        previous := ARRAY[0];
    ELSE
        SELECT array_agg(coalesce(stored.version, 0) ORDER BY e.number), array_agg(e.previous ORDER BY e.number)
        INTO latest, previous
        FROM (
            SELECT g.stream, g.number, coalesce(lag(g.number) OVER (PARTITION BY g.stream ORDER BY g.number), 0) AS previous
            FROM unnest(streams) WITH ORDINALITY AS g (stream, number)
        ) e
        LEFT JOIN LATERAL (
            SELECT r.version FROM records r WHERE r.stream = e.stream ORDER BY r.version DESC LIMIT 1
        ) stored ON true;
    END IF;
    IF commands = 1 THEN
        earlier := ARRAY[0];
        alike := ARRAY[0];
        IF tags[1] <> ''::bytea THEN
            earlier := ARRAY[coalesce((SELECT min(r.position) FROM records r WHERE r.tag = tags[1]), 0)];
        END IF;
    ELSE
        SELECT array_agg(coalesce(stored.position, 0) ORDER BY c.number), array_agg(c.alike ORDER BY c.number)
        INTO earlier, alike
        FROM (
            SELECT g.tag, g.number, coalesce(lag(g.number) OVER (PARTITION BY g.tag ORDER BY g.number), 0) AS alike
            FROM unnest(tags) WITH ORDINALITY AS g (tag, number)
        ) c
        LEFT JOIN LATERAL (
            SELECT r.position FROM records r WHERE c.tag <> ''::bytea AND r.tag = c.tag ORDER BY r.position LIMIT 1
        ) stored ON true;
    END IF;

    FOR command IN 1..commands LOOP
        ends := done + sizes[command];
        IF ends <= done OR ends > events THEN
            RAISE EXCEPTION 'the sizes of a group are not those of its commands' USING ERRCODE = 'invalid_parameter_value';
        END IF;
        tag := nullif(tags[command], ''::bytea);
        IF tag IS NOT NULL AND earlier[command] = 0 AND alike[command] > 0 THEN
            earlier[command] := earlier[alike[command]];
        END IF;
        fits := earlier[command] = 0;
        FOR event IN done + 1..ends LOOP
            before := CASE WHEN previous[event] > 0 THEN reached[previous[event]] ELSE latest[event] END;
            IF topics[event] = 'samrad.record' AND versions[event] <> before + 1 THEN
                fits := false;
            END IF;
            reached[event] := greatest(before, versions[event]);
        END LOOP;
        IF fits THEN
            verdicts[command] := last_position + 1;
            IF tag IS NOT NULL THEN
                earlier[command] := last_position + 1;
            END IF;
            FOR event IN done + 1..ends LOOP
                last_position := last_position + 1;
                framed := int8send(last_position) || committed || bodies[event];
                last_chain := sha256(last_chain || framed);
                places[event] := last_position;
                event_tags[event] := tag;
                frames[event] := framed;
                chains[event] := last_chain;
            END LOOP;
        ELSE
            verdicts[command] := -earlier[command];
            FOR event IN done + 1..ends LOOP
                reached[event] := CASE WHEN previous[event] > 0 THEN reached[previous[event]] ELSE latest[event] END;
                places[event] := 0;
                event_tags[event] := NULL;
                frames[event] := NULL;
                chains[event] := NULL;
            END LOOP;
        END IF;
        done := ends;
    END LOOP;
    IF done <> events THEN
        RAISE EXCEPTION 'the sizes of a group are not those of its commands' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF last_position > started THEN
        PERFORM set_config('samrad.appending', 'on', true);
        INSERT INTO records (position, stream, version, topic, tag, disposal, frame, chain)
        SELECT e.place, e.stream, e.version, e.topic, e.tag, e.disposal, e.frame, e.chain
        FROM unnest(places, streams, versions, topics, event_tags, disposals, frames, chains)
            AS e (place, stream, version, topic, tag, disposal, frame, chain)
        WHERE e.place > 0;
        UPDATE log_end SET position = last_position, chain = last_chain, committed = last_committed;
    ELSE
        SELECT e.committed INTO STRICT last_committed FROM log_end e;
    END IF;
END $$;
REVOKE ALL ON FUNCTION "@schema@".samrad_append(
    bigint, bytea, bytea[], bigint[], bytea[], bigint[], text[], boolean[], bytea[]
) FROM PUBLIC;

-- Begin a turn, and end the one before: when this has returned, nothing of that one is under way or will be recorded.
-- It is asked on the connection that holds the lease, so that turns follow each other as leases do.
CREATE FUNCTION "@schema@".samrad_take_turn() RETURNS bytea
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = "@schema@", pg_temp
AS $$
DECLARE
    mine bytea := uuid_send(gen_random_uuid());
BEGIN
    PERFORM pg_advisory_xact_lock(@lock@);
    UPDATE log_end SET turn = mine;
    RETURN mine;
END $$;
REVOKE ALL ON FUNCTION "@schema@".samrad_take_turn() FROM PUBLIC;
