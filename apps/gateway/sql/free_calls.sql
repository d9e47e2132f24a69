-- Free calls of an account, counted before each attempt: where the day or the minute is used up,
-- nothing is sent. Many attempts in one statement, in the order of the rows, so that no two batches
-- wait for each other. Counted is counted: whatever becomes of an attempt, its provider may have
-- counted it as well. Verdicts: taken, day, minute; with what had been used of the day.
CREATE OR REPLACE FUNCTION gateway_count_free(items jsonb)
RETURNS TABLE (place int, verdict text, used int) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    item record;
    this_minute timestamptz := date_trunc('minute', clock_timestamp());
    after_it int;
    standing connections_freecalls%ROWTYPE;
BEGIN
    INSERT INTO connections_freecalls
           (connection_id, day_starts_at, used, minute_at, minute_used)
    SELECT DISTINCT c.connection, c.day, 0, this_minute, 0
      FROM jsonb_to_recordset(items) AS c(connection bigint, day timestamptz)
     WHERE NOT EXISTS (SELECT 1 FROM connections_freecalls f
                        WHERE f.connection_id = c.connection AND f.day_starts_at = c.day)
     ORDER BY 1, 2
    ON CONFLICT DO NOTHING;
    FOR item IN
        SELECT c.* FROM jsonb_to_recordset(items) AS c(
               place int, connection bigint, day timestamptz, per_day int, per_minute int)
         ORDER BY c.connection, c.day, c.place
    LOOP
        UPDATE connections_freecalls f
           SET used = f.used + 1,
               minute_used = CASE WHEN f.minute_at < this_minute THEN 1 ELSE f.minute_used + 1 END,
               minute_at = greatest(f.minute_at, this_minute)
         WHERE f.connection_id = item.connection AND f.day_starts_at = item.day
           AND (item.per_day IS NULL OR f.used < item.per_day)
           AND (item.per_minute IS NULL OR f.minute_at < this_minute
                OR f.minute_used < item.per_minute)
        RETURNING f.used INTO after_it;
        IF FOUND THEN
            RETURN QUERY SELECT item.place, 'taken', after_it;
        ELSE
            SELECT f.* INTO standing FROM connections_freecalls f
             WHERE f.connection_id = item.connection AND f.day_starts_at = item.day;
            RETURN QUERY SELECT item.place,
                   CASE WHEN item.per_day <= standing.used THEN 'day' ELSE 'minute' END,
                   CASE WHEN item.per_day <= standing.used THEN standing.used
                        ELSE standing.minute_used END;
        END IF;
    END LOOP;
END $$;
