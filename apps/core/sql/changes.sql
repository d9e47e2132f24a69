-- A topic's counter rises, and listeners are told, in the transaction that changed the topic.
CREATE FUNCTION core_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO core_changecounter AS c (topic, version) VALUES (TG_ARGV[0], 1)
        ON CONFLICT (topic) DO UPDATE SET version = c.version + 1;
    PERFORM pg_notify('gatehouse_changed', TG_ARGV[0]);
    RETURN NULL;
END $$;
